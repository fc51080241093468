"""``odr archive``, and reports of what it keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from odr_analysis import component_rates, load_account
from odr_analysis.cli.archive import archive
from odr_analysis.errors import OdrError
from odr_analysis.sample import write_sample
from tests.commands import odr


def test_an_archive_is_reported_as_it_was_known(
    us_seller: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    kept = odr(archive, us_seller[0], "--into", store, "--on", "2026-10-01")
    assert kept.exit_code == 0, kept.output
    again = odr(archive, us_seller[0], "--into", store, "--on", "2026-10-02")
    assert "Nothing new" in again.output
    out = tmp_path / "out"
    done = odr("report", store, "--known-on", "2026-10-01", "--out", out)
    assert done.exit_code == 0, done.output
    straight = component_rates(load_account(us_seller[0]))
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    newest = straight[straight.as_of == summary["as_of"]]
    assert [r["n_defective"] for r in summary["rates"]] == newest.n_defective.tolist()


@pytest.mark.usefixtures("no_kernel")
def test_an_archive_that_cannot_be_reported_is_told_before_a_kernel_starts(
    tmp_path: Path,
) -> None:
    exports, store = tmp_path / "exports", tmp_path / "store"
    write_sample(exports, scenario="tiny")
    assert odr(archive, exports, "--into", store, "--on", "2026-10-01").exit_code == 0
    out = tmp_path / "out"

    def refused(*arguments: object) -> str:
        """What is said, and nothing of it by a kernel."""
        done = odr("report", *arguments, "--out", out, "--no-cache")
        assert done.exit_code == 2, done.output
        assert done.stderr.startswith("odr: ")
        assert not out.exists()
        return done.stderr

    for day, says in (
        ("2026-09-30", "the archive knows nothing of 2026-09-30; its first day is 2026-10-01"),
        ("2001-12-31", "the archive knows nothing of 2001-12-31"),
    ):
        assert says in refused(store, "--known-on", day)
        assert says in refused(exports, "--store", store, "--known-on", day)
    assert "not-a-day" in odr("report", store, "--known-on", "not-a-day").stderr
    assert "'soon' is no date" in refused(store, "-p", "known_on", "soon")
    assert "is no archive, so it is known only" in refused(exports, "--known-on", "2026-10-01")
    assert "read when they were archived" in refused(store, "--marketplace", "Amazon.de")
    (store / "store.json").rename(tmp_path / "aside")
    (store / "store.json").write_text('{"format": 99, "made_with": "odr-analysis 9"}')
    assert "written by a newer version (odr-analysis 9" in refused(store)
    assert "written by a newer version" in refused(exports, "--store", store)
    (tmp_path / "aside").rename(store / "store.json")
    for ledger in store.glob("objects/*/ledger.parquet"):
        ledger.write_bytes(b"")
    assert "the content of ledger.parquet is not what was written" in refused(store)
    for delivery in store.glob("deliveries/*/*.json"):
        delivery.write_text("{}")
    assert "delivery 1 of 2026-10-01 is damaged" in refused(store)


def test_what_is_archived_first_is_reported_as_it_was_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With a day the report is made of the archive, without one of the folder."""
    asked: list[tuple[Path, object]] = []

    def record(folder: Path, *_: Any, parameters: dict[str, Any], **__: Any) -> None:
        asked.append((folder, parameters.get("known_on")))
        raise OdrError("enough seen")

    monkeypatch.setattr("odr_analysis.reports.run_report", record)
    exports, store = tmp_path / "exports", tmp_path / "store"
    write_sample(exports, scenario="tiny")
    odr("report", exports, "--store", store)
    odr("report", exports, "--store", store, "--known-on", "2026-10-01")
    assert asked == [(exports, None), (store, "2026-10-01")]
