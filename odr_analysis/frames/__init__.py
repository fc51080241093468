"""An account from DataFrames: their rows checked and packed, and what becomes of them."""

from odr_analysis.frames.convert import Frames, account_from_frames

__all__ = ["Frames", "account_from_frames"]
