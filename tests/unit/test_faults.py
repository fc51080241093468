"""The catalogue of faults: complete, used, and the only source of what is refused or dropped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import odr_analysis
from odr_analysis import faults
from odr_analysis.errors import ExportError
from odr_analysis.faults import CATALOGUE, DROPPED, NOTED, REFUSED, SET_ASIDE, Fault
from odr_analysis.receipt import FileReceipt, Receipt

PACKAGE = Path(odr_analysis.__file__).parent
NAMES = {name: fault for name, fault in vars(faults).items() if isinstance(fault, Fault)}


def modules(below: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(below.rglob("*.py")):
        if path.name != "faults.py":
            yield path, ast.parse(path.read_text("utf-8"))


def calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    """Calls of a function or a method of that name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if name == (called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")):
                yield node


def test_every_entry_has_an_id_an_effect_a_description_and_a_remedy() -> None:
    assert len(NAMES) == len(CATALOGUE) > 50, "no two of one type"
    for fault in CATALOGUE.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", fault.type)
        assert fault.effect in (DROPPED, SET_ASIDE, REFUSED, NOTED)
        assert fault.description
        # A note may be about something that is mended already.
        assert fault.remedy or fault.effect == NOTED, fault.type


def test_every_entry_is_used() -> None:
    used: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name != "faults.py":
            used |= set(re.findall(r"\b[A-Z_]{3,}\b", path.read_text("utf-8")))
    assert set(NAMES) <= used


def test_a_row_is_dropped_under_a_name_without_blanks_of_its_own() -> None:
    dropped = [fault for fault in CATALOGUE.values() if fault.effect == DROPPED]
    assert len({fault.description for fault in dropped}) == len(dropped)
    for fault in dropped:
        assert [name for _, name, *_ in Formatter().parse(fault.description) if name] == []
        assert faults.dropped_for(fault.description) is fault
    assert faults.dropped_for("a reason of an older version") is None


def test_exports_refuse_and_drop_only_for_entries_of_the_catalogue() -> None:
    checked = 0
    for path, tree in modules(PACKAGE / "exports"):
        assert not list(calls(tree, "ExportError")), f"{path}: refuses a file in words of its own"
        for call in calls(tree, "drop"):
            if len(call.args) == 2:  # a tally's; a table's takes one argument
                checked += 1
                assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr), path
    assert checked > 8


def test_an_error_has_file_line_problem_and_remedy() -> None:
    error = faults.COLUMN_TWICE.error("a.txt", 1, column="sku", n=2)
    assert isinstance(error, ExportError)
    assert (error.file, error.line) == ("a.txt", 1)
    assert error.problem == "the header has the column 'sku' 2 times."
    assert error.expected.startswith("Remove or rename one of them")


def test_a_blank_that_is_not_filled_in_is_an_error() -> None:
    with pytest.raises(KeyError):
        faults.COLUMN_TWICE.error("a.txt", 1, column="sku")


def test_the_receipt_shows_what_to_do_about_dropped_rows() -> None:
    file = FileReceipt(
        "a.txt",
        "all-orders",
        rows_read=3,
        rows_kept=1,
        rows_dropped={"unreadable date": 1, "a reason of an older version": 1},
        dropped_lines={"unreadable date": [3], "a reason of an older version": [4]},
    )
    lines = Receipt((file,)).lines()
    assert lines[1:4] == [
        "    dropped 1: unreadable date (line 3)",
        f"        to do: {faults.DATE_UNREADABLE.remedy}",
        "    dropped 1: a reason of an older version (line 4)",
    ]
