"""Engines that a newcomer's two commands need not fetch: ``make test-engines``."""
