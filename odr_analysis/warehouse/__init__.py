"""An account from tables that stay in a warehouse, worked out where they are."""

from odr_analysis.warehouse.to_account import load_tables

__all__ = ["load_tables"]
