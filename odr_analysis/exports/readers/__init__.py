"""Readers of one kind of list each: feedback, returns, claims, defects, lapses."""
