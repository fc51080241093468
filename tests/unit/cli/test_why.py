"""``odr why``: what it prints, and what it refuses."""

from __future__ import annotations

from pathlib import Path

from odr_analysis import archive_folder, write_sample
from odr_analysis.cli.why import why
from tests.bucket import NAME, Served
from tests.commands import SAMPLE, run


def test_an_account_without_a_defect_has_nothing_to_do(tmp_path: Path) -> None:
    write_sample(tmp_path / "clean", orders=800, seed=3, scenario="clean")
    assert "No defect is known, so there is none to work on." in run(
        "worklist", tmp_path / "clean", "--no-cache"
    )
    told = run(why, tmp_path / "clean", "--no-cache")
    assert "No order in the window is known to be defective" in told
    told = run("evidence", tmp_path / "clean", "--since", "2026-09-01", "--out", tmp_path / "pack")
    assert "Nothing stands out" in told or "No group" in told


def test_days_in_the_wrong_order_are_told_apart() -> None:
    told = run(why, SAMPLE, "--from", "2026-09-30", "--to", "2026-09-01", code=2)
    assert "Swap them" in told


def test_an_archive_by_its_url_is_one(bucket: Served, seller: Path, tmp_path: Path) -> None:
    for day in ("2026-09-01", "2026-09-30"):
        archive_folder(seller, tmp_path / "store", day)
    bucket.put_folder(tmp_path / "store", "alpha")
    days = ("--from", "2026-09-01", "--to", "2026-09-30")
    told = run(why, f"s3://{NAME}/alpha", *days)
    assert told == run(why, tmp_path / "store", *days)
    before = run(why, f"s3://{NAME}/alpha", "--from", "2026-08-01", "--to", "2026-09-30", code=2)
    assert "knows nothing" in before, "as only an archive says"
