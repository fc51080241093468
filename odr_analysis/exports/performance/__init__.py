"""Readers of Amazon's own counts: seller performance reports and the Business Report."""
