"""The runs of one account."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from odr_analysis.batch.index.history_page import (
    HISTORY,
    history_line,
    read_history,
    write_history,
)
from tests.unit.batch.made import a_rate, an_outcome


def _history(folder, *outcomes, torn=""):
    folder.mkdir(parents=True)
    lines = [json.dumps(history_line(o)) for o in outcomes]
    (folder / HISTORY).write_text("\n".join([*lines, torn]), "utf-8")


def test_each_run_has_its_state_and_why_it_failed(tmp_path):
    folder = tmp_path / "accounts" / "a" / "b"
    _history(
        folder,
        an_outcome("A <b>", a_rate(1000, 20), seconds=4.25),
        an_outcome("A <b>", reason="Out of <i>time</i>.", attempts=3, seconds=900.0),
        torn='{"account": "A <b>", "da',
    )
    write_history(folder)
    page = (folder / "history.html").read_text("utf-8")
    assert "1 of 2 runs failed." in page.replace("\xa0", " ")
    assert "2.00\xa0% (20 of 1,000 orders)" in page
    assert "Out of &lt;i&gt;time&lt;/i&gt;." in page
    assert "4.2 s" in page
    assert "A &lt;b&gt;" in page
    assert "<b>A" not in page
    # The index is three folders up: accounts/a/b.
    assert 'href="../../../index.html"' in page
    assert page.index("Report failed") < page.index("Over the limit"), "the newest is first"
    assert "report.html" not in page, "there is no report to link to"


def test_what_the_last_run_left_of_a_failure_is_linked(tmp_path):
    folder = tmp_path / "accounts" / "a"
    failed, made = an_outcome("A", reason="Out of time."), an_outcome("A", a_rate(1000, 2))
    _history(folder, made, failed)
    (folder / "failed.html").touch()
    write_history(folder)
    page = (folder / "history.html").read_text("utf-8")
    assert '<a href="failed.html">Where it failed</a>' in page
    assert "log.txt" not in page
    (folder / HISTORY).unlink()
    (folder / HISTORY).write_text(json.dumps(history_line(made)), "utf-8")
    write_history(folder)
    assert "failed.html" not in (folder / "history.html").read_text("utf-8")


def test_without_a_run_the_page_states_so(tmp_path):
    folder = tmp_path / "accounts" / "a"
    folder.mkdir(parents=True)
    write_history(folder)
    page = (folder / "history.html").read_text("utf-8")
    assert "There has been no run yet." in page
    assert "<table" not in page
    assert read_history(folder / HISTORY) == []


def test_a_run_that_made_nothing_has_no_attempt(tmp_path):
    folder = tmp_path / "accounts" / "a"
    made = an_outcome("A", a_rate(1000, 2), attempts=1)
    _history(folder, made, replace(made, status="unchanged", attempts=0))
    write_history(folder)
    page = (folder / "history.html").read_text("utf-8")
    attempts = re.findall(r'data-label="Attempts" class="odr-num">([^<]*)<', page)
    assert attempts == ["–", "1"]
