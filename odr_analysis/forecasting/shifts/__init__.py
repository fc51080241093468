"""Shift or noise: whether the reports of the last days are more or fewer than those before."""
