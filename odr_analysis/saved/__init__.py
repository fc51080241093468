"""An account that was worked out elsewhere, as a folder that is opened like any other."""

from odr_analysis.saved.saved_account import SavedReading, is_saved, save_account

__all__ = ["SavedReading", "is_saved", "save_account"]
