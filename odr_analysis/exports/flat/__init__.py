"""Workbooks, JSON and XML written as the flat file with the same data."""
