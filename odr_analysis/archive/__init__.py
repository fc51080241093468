"""The archive of an account: what its exports said on which day, and what changed since."""

from __future__ import annotations

from odr_analysis.archive.deliver import ArchivedFile, Delivery, archive_folder
from odr_analysis.archive.events import archive_events

__all__ = ["ArchivedFile", "Delivery", "archive_events", "archive_folder"]
