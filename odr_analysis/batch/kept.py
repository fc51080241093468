"""The reports of the last days of an account, each in a folder of its day beside the newest."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path

from odr_analysis.reports.reader_process import SUMMARY, TABLE
from odr_analysis.reports.runner import NOTEBOOK, PAGE
from odr_analysis.writing import together

FILES = (NOTEBOOK, PAGE, SUMMARY, TABLE)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def keep_dated(place: Path, day: date, keep: int) -> None:
    """Put the newest report into the folder of its day, too, and remove those of older days.

    It takes no room a second time where the file system has links. A folder ``2026-09-30`` of an
    account is therefore always that of a whole report.

    Parameters
    ----------
    place : pathlib.Path
        Folder of the account, with the report of `day`.
    day : datetime.date
    keep : int
        How many days to keep, the latest; 0 leaves all as it is.

    Raises
    ------
    PlaceError, MachineError
        It cannot be written there.
    """
    if not keep:
        return
    own = place / day.isoformat()
    # A file is not put in place of itself: the system would leave both.
    if new := [name for name in FILES if not _same(own / name, place / name)]:
        with together(own) as made:
            for name in new:
                _link(place / name, made / name)
    days = sorted(path for path in place.iterdir() if DAY.fullmatch(path.name) and path.is_dir())
    for old in days[:-keep]:
        shutil.rmtree(old, ignore_errors=True)


def _same(one: Path, other: Path) -> bool:
    """Whether two files hold the same."""
    if not one.is_file():
        return False
    return os.path.samefile(one, other) or one.read_bytes() == other.read_bytes()


def _link(source: Path, target: Path) -> None:
    with suppress(OSError):
        os.link(source, target)
        return
    shutil.copy2(source, target)
