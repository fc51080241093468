"""Figures of many accounts beside each other: their rates by size, and over the days."""
