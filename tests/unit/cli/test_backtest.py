"""``odr backtest``: as text, as JSON, of an archive, and what it refuses."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import archive_folder, backtest, load_sample, write_sample
from odr_analysis.cli.backtest import backtest as command
from tests.commands import SAMPLE, odr, run


def test_how_often_the_warning_was_right_stands_on_top() -> None:
    told = odr(command, SAMPLE, "--as-of", "2026-07-31")
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[0].startswith("How often the warning was right")
    assert any(line.startswith("Seller-fulfilled: ") for line in lines)
    assert "From report dates" in told.stdout
    assert "Not everything is known of the first of these days" in told.stdout
    assert max(map(len, lines)) < 80


def test_json_is_the_tables_of_the_function() -> None:
    told = json.loads(odr("backtest", SAMPLE, "--json", "--as-of", "2026-07-01").stdout)
    found = backtest(load_sample(), as_of="2026-07-01")
    table = pd.DataFrame(told["table"])
    assert table.n_origins.tolist() == found.table.n_origins.tolist()
    assert [row["pit"] for row in told["origins"]] == found.origins.pit.tolist()


def test_an_archive_is_taken_as_it_was_known(tmp_path: Path) -> None:
    exports, store = tmp_path / "exports", tmp_path / "store"
    write_sample(exports, orders=300, seed=7, days=160)
    last = date(2026, 9, 30)
    archive_folder(exports, store, last)
    told = run("backtest", store, "--no-cache")
    assert "From report dates" in told
    assert "not enough history" in told
    refused = run("backtest", store, "--no-cache", "--as-of", last - timedelta(days=1), code=2)
    assert "the archive knows nothing of 2026-09-29" in refused


def test_a_short_history_is_no_error(tmp_path: Path) -> None:
    write_sample(tmp_path / "tiny", scenario="tiny")
    told = run("backtest", tmp_path / "tiny", "--no-cache", "--as-of", "2026-07-20")
    assert "How often the warning was right: not enough history." in told


@pytest.mark.parametrize(
    ("args", "stated"),
    [(["--as-of", "soon"], "is no date"), (["--policy", "mine"], "mine")],
)
def test_what_cannot_be_asked(args: list[str], stated: str) -> None:
    assert stated in run("backtest", SAMPLE, *args, code=2)
