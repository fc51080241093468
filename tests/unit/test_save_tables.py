"""Tables for others: no spreadsheet runs a cell, no Markdown reader obeys a text."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest

from odr_analysis import load_sample
from odr_analysis.save_tables import markdown_text, to_csv, to_markdown
from odr_analysis.visible import first_seen
from tests.unit.test_visible import NASTY, OBEYED


def test_csv_runs_no_formula_and_leaves_numbers_alone(tmp_path):
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1+1", "a=b", "", "Größe"]
    frame = pd.DataFrame(
        {
            "comment": pd.array(evil, dtype="str"),
            "change": [-0.1 - 0.2, *range(-4, 5)],
            "day": pd.Timestamp("2026-09-30"),
            "=name": "x",
        }
    )
    path = to_csv(frame, tmp_path / "t.csv")
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["comment", "change", "day", "'=name"]
    assert [row[0] for row in rows] == [f"'{e}" for e in evil[:7]] + evil[7:]
    assert [float(row[1]) for row in rows] == frame["change"].tolist()
    assert frame["comment"].tolist() == evil


def test_csv_of_mixed_and_categorical_columns(tmp_path):
    frame = pd.DataFrame(
        {"a": pd.Categorical(["=x", "y"]), "b": pd.Series([-1, "=z"], dtype=object)}
    )
    text = to_csv(frame, tmp_path / "t.csv").read_text("utf-8-sig")
    assert text.splitlines()[1:] == ["'=x,-1", "y,'=z"]


def test_csv_reads_back(tmp_path):
    frame = load_sample().daily
    back = pd.read_csv(to_csv(frame, tmp_path / "t.csv"), parse_dates=["ordered_on"])
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)


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


BEFORE = [
    "",
    " ",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u2060",
    "\u3000",
    "\x00",
    "\x1b",
    "\u202e",
    "\u2800",
]


def test_markdown_makes_no_link_of_a_text():
    texts = (
        "see http://evil.example/a, HTTPS://evil.example www.evil.example a.b@evil.example ftp://x"
    )
    shown = markdown_text(texts)
    # What GitHub and Jupyter turn into links by themselves, in the text as it is shown.
    plain = re.sub(r"\\([^\w\s])", r"\1", shown)
    assert not re.search(r"(?i)\b(https?|ftp)://|\bwww\.|[\w.+-]+@[\w-]+\.", plain)
    assert plain.replace("\u2060", "") == texts
    assert not OBEYED & set(markdown_text(NASTY))
    assert markdown_text("[a](javascript:x) <https://x> ![b](c)") == (
        "\\[a\\](javascript:x) &lt;https:\u2060//x&gt; !\\[b\\](c)"
    )


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
def test_a_formula_behind_what_shows_nothing_is_one(tmp_path, sign):
    cells = [before + sign + "1+1" for before in BEFORE]
    path = to_csv(pd.DataFrame({"comment": cells, "n": -1}), tmp_path / "t.csv")
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))[1:]
    assert len(rows) == len(cells)
    for cell, number in rows:
        assert cell.startswith("'")
        assert number == "-1"
        assert not OBEYED & set(cell)
    assert first_seen("\u200bfine") == "f"
