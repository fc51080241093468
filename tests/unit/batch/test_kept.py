"""Reports of the last days, each in a folder of its day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from odr_analysis.batch import kept
from odr_analysis.batch.kept import FILES, keep_dated


def made(place: Path, day: date, keep: int) -> None:
    """A report of a day is put in place, as a batch does it, and kept."""
    place.mkdir(exist_ok=True)
    for name in FILES:
        aside = place / "aside"
        aside.write_text(f"{name} of {day}")
        aside.replace(place / name)
    keep_dated(place, day, keep)


def days(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.is_dir())


@pytest.mark.parametrize("links", [True, False])
def test_the_latest_days_are_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(kept, "_link", lambda a, b: b.write_bytes(a.read_bytes()))
    place = tmp_path / "Shoes"
    for n in (3, 1, 2, 5):
        made(place, date(2026, 9, n), 2)
    assert days(place) == ["2026-09-03", "2026-09-05"]
    for day in days(place):
        assert sorted(path.name for path in (place / day).iterdir()) == sorted(FILES)
        assert {path.read_text().split()[-1] for path in (place / day).iterdir()} == {day}


def test_a_day_made_again_is_replaced_and_one_that_is_there_is_left(tmp_path: Path) -> None:
    place, day = tmp_path / "Shoes", date(2026, 9, 1)
    made(place, day, 1)
    before = {path: path.stat() for path in (place / "2026-09-01").iterdir()}
    keep_dated(place, day, 1)
    assert before == {path: path.stat() for path in (place / "2026-09-01").iterdir()}
    (place / FILES[0]).unlink()
    (place / FILES[0]).write_text("anew")
    keep_dated(place, day, 1)
    assert (place / "2026-09-01" / FILES[0]).read_text() == "anew"


def test_without_days_to_keep_nothing_is_made_or_removed(tmp_path: Path) -> None:
    place = tmp_path / "Shoes"
    made(place, date(2026, 9, 1), 1)
    made(place, date(2026, 9, 2), 0)
    assert days(place) == ["2026-09-01"]
    (place / "notes").mkdir()
    made(place, date(2026, 9, 3), 1)
    assert days(place) == ["2026-09-03", "notes"], "only folders of days are of this kind"
