"""Recipes that run a batch every day with what exists: no scheduler of our own."""
