"""Evidence, causes and the worklist in words: right, short, and harmless wherever they land."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from odr_analysis import account_from_frames, evidence, load_sample, show, stands_out, what_to_do
from odr_analysis.answer.causes import cause_sentences, nothing_stands_out
from odr_analysis.answer.evidence import evidence_page
from odr_analysis.answer.todo import deadline_text, worklist_json, worklist_lines
from odr_analysis.export import markdown_text, to_markdown

HOSTILE = "CUP|<script>alert(1)</script>\n# `x` [a](http://x) $\\alpha$"


@pytest.fixture(scope="module")
def hostile():
    n = 600
    orders = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(n)],
            "ordered_on": "2026-08-20",
            "marketplace": "Amazon.de",
            "channel": "mfn",
            "sku": [HOSTILE if i % 10 == 0 else f"ok{i % 10}" for i in range(n)],
        }
    )
    defects = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(0, 400, 10)],
            "component": "feedback",
            "rating": 1,
            "reported_on": "2026-09-01",
            "comment": "Broken | <img src=x onerror=alert(1)>\n## head",
        }
    )
    return account_from_frames(orders, defects, name="<b>A|B</b>")


def test_a_page_of_hostile_words_has_no_markup_of_theirs(hostile) -> None:
    page = evidence_page(evidence(hostile, "2026-08-25", "2026-09-30"))
    for markup in ("<script", "<img", "<b>", "\n# `x`", "\n## head"):
        assert markup not in page
    assert not re.search(r"(?<!\\)\]\(http", page), "a link of theirs"
    assert markdown_text(HOSTILE) in page
    rows = [line for line in page.splitlines() if line.startswith("| o")]
    assert rows
    assert {row.replace("\\|", "").count("|") for row in rows} == {9}


def test_hostile_words_are_text_in_the_report(hostile) -> None:
    for section in (stands_out(hostile, "2026-09-30"), what_to_do(hostile, "2026-09-30")):
        told = show(section)
        assert "<script>alert" not in told.html
        assert "<img src" not in told.html
    assert "&lt;script&gt;" in show(stands_out(hostile, "2026-09-30")).html


def test_markdown_cells_are_days_counts_and_words() -> None:
    table = pd.DataFrame(
        {
            "day": [pd.Timestamp("2026-09-05"), pd.NaT],
            "n": [1234, 5],
            "rate": [0.01234, float("nan")],
            "said": ["a|b", ""],
        }
    )
    assert to_markdown(table, {"n": "orders"}).splitlines() == [
        "| day | orders | rate | said |",
        "| --- | ---: | ---: | --- |",
        "| 5 Sep 2026 | 1,234 | 0.0123 | a\\|b |",
        "| – | 5 | – |  |",
    ]


def test_a_cause_is_told_with_its_counts_and_days() -> None:
    row = {
        "marketplace": "Amazon.de",
        "channel": "mfn",
        "reason": "",
        "factor": "weekday",
        "level": "Monday",
        "n_orders": 100,
        "n_defective": 5,
        "rest_n_orders": 600,
        "rest_n_defective": 12,
        "first_on": pd.Timestamp("2026-08-03"),
        "last_on": pd.Timestamp("2026-08-03"),
    }
    (said,) = cause_sentences(pd.DataFrame([row]), year=2026)
    assert said == (
        "Seller-fulfilled: orders placed on a Monday go wrong 2.5 times as often as the others "
        "(5 of 100, against 12 of 600 others), all placed 3 Aug."
    )
    two = pd.DataFrame([row, {**row, "marketplace": "Amazon.fr", "rest_n_defective": 0}])
    assert cause_sentences(two)[1].startswith(
        "Seller-fulfilled on Amazon.fr: orders placed on a Monday go wrong (5 of 100, against 0 of"
    )
    assert "17 groups" in nothing_stands_out(17)
    assert "Of 3 defective orders no file" in nothing_stands_out(17, 3)


def test_the_worklist_says_what_is_due_and_what_is_closed() -> None:
    account = load_sample()
    found = what_to_do(account)
    assert found.lines == tuple(worklist_lines(found.table, found.as_of))
    assert len(found.open) == (found.table.step != "").sum()
    year = 2026
    assert deadline_text(pd.NaT, pd.NA, year) == "–"
    assert deadline_text(pd.Timestamp("2026-10-04"), 3, year) == "4 Oct, 3 days left"
    assert deadline_text(pd.Timestamp("2026-09-30"), 0, year) == "30 Sep, today"
    assert deadline_text(pd.Timestamp("2026-09-14"), -16, year) == "was 14 Sep"
    coming = found.table.assign(
        deadline=pd.Timestamp("2026-10-02"), days_to_deadline=pd.array([2] * len(found.table))
    )
    assert worklist_lines(coming, found.as_of)[1].endswith("by 2 Oct (2 days left).")
    told = json.loads(worklist_json(found.table, found.as_of))
    assert [row["rank"] for row in told["worklist"][:2]] == [1, 2]
    assert told["worklist"][0]["deadline"] is None
