"""Readers of payments: what money that moved says of claims and chargebacks."""
