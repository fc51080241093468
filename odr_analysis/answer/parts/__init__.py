"""Sections of a report, one per file: tables that are there already, put into words."""
