"""The index over all accounts of a batch: its rows, worst first, as page, CSV and JSON."""
