"""Planted cases as files: what each file shows of one case."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from odr_analysis.sample.files import case_files
from odr_analysis.sample.files.defect_files import Stranger
from odr_analysis.sample.files.folder import Folder
from odr_analysis.sample.model.cases import Case
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import Orders, day_number, make_orders
from odr_analysis.sample.model.recipes import Recipe
from odr_analysis.sample.model.scenarios import SETTINGS
from odr_analysis.sample.model.stores import STORES

END = date(2026, 9, 30)
LAST = day_number(END)
GERMAN = STORES["Amazon.de"]


@pytest.fixture(scope="module")
def orders() -> Orders:
    return make_orders(SETTINGS["witnesses"], 400, 273, END, Draws(4))


def of_window(orders: Orders) -> int:
    """A seller-fulfilled order of the window that counts and was not cancelled."""
    age = LAST - orders.day
    fits = (age >= 15) & (age <= 74) & orders.is_mfn & ~orders.cancelled
    return next(int(i) for i in fits.nonzero()[0] if int(i) not in orders.not_counted)


def case_of(orders: Orders, recipe: Recipe, **more: object) -> Case:
    return Case("made up", recipe, of_window(orders), "damaged", LAST - 9, **more)  # type: ignore[arg-type]


def read(folder: Folder, kind: str) -> list[list[list[str]]]:
    """Rows of each file of a kind, without its header."""
    found = []
    for entry in folder.files:
        if entry["kind"] == kind:
            text = (folder.out / entry["file"]).read_text(entry["encoding"])
            mark = "\t" if entry["file"].endswith(".txt") else ","
            rows = list(csv.reader(text.splitlines(), delimiter=mark))[1:]
            assert entry["rows"] == len(rows)
            found.append(rows)
    return found


def test_each_state_of_a_claim_is_a_row_by_day(orders: Orders, tmp_path: Path) -> None:
    recipe = Recipe("claim", "in words", told=(("pending", ""), ("denied", "Y")))
    case = case_of(orders, recipe, told=(LAST - 9, LAST - 3))
    stranger = Stranger("302-1234567-1234567", LAST - 5)
    folder = Folder(tmp_path)
    case_files.write_cases(folder, [case], orders, GERMAN, stranger, Draws(1))
    ((first, unknown, last),) = read(folder, "claims")
    own = orders.ids[case.order]
    assert (first[0], first[1], first[3], first[5]) == (own, "2026-09-21", "pending", "")
    assert (unknown[0], unknown[1]) == ("302-1234567-1234567", "2026-09-25")
    assert (last[1], last[3], last[5]) == ("2026-09-27", "denied", "Y")
    assert folder.files[0]["seen"] == {"claim": 3}


def test_without_a_case_there_is_no_file(orders: Orders, tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    case_files.write_cases(folder, [], orders, GERMAN, None, Draws(1))
    case_files.write_feedback(folder, [], orders, GERMAN, LAST, None, Draws(1))
    assert folder.files == []


def test_feedback_that_was_raised_has_other_stars_in_the_newer_report(
    orders: Orders, tmp_path: Path
) -> None:
    case = case_of(
        orders, Recipe("feedback", "in words", stars=("1", "3")), received=(LAST - 40, LAST - 38)
    )
    folder = Folder(tmp_path)
    case_files.write_feedback(folder, [case], orders, GERMAN, LAST, None, Draws(1))
    texts = [(tmp_path / e["file"]).read_text(e["encoding"]) for e in folder.files]
    assert len(texts) == 2
    assert all(orders.ids[case.order] in text for text in texts)
    # A German folder lists the newer report first.
    assert ["\t3\t" in text for text in texts] == [True, False]
    assert ["\t1\t" in text for text in texts] == [False, True]


def test_a_list_says_whether_a_case_has_an_impact(orders: Orders, tmp_path: Path) -> None:
    listed = case_of(orders, Recipe("claim", "in words", listed="no impact"))
    folder = Folder(tmp_path)
    case_files.write_lists(folder, [listed], orders, GERMAN, LAST, Draws(1))
    rows = [row for rows in read(folder, "order-defects") for row in rows]
    (own,) = (row for row in rows if row[0] == orders.ids[listed.order])
    assert own[2] == "Merchant"
    assert own[case_files.IMPACT] == "No"
    yes = own[case_files.LIST_COLUMNS["claim"]]
    assert own[case_files.LIST_COLUMNS["feedback"]] != yes
    others = [row for row in rows if row is not own]
    assert all(row[case_files.IMPACT] == "Yes" for row in others)
    assert all(row[i] != yes for row in others for i in case_files.LIST_COLUMNS.values())


def test_a_claim_with_a_return_is_marked_in_the_report_of_returns(
    orders: Orders, tmp_path: Path
) -> None:
    recipe = Recipe("claim", "in words", returned=True)
    case = case_of(orders, recipe, return_on=LAST - 12)
    folder = Folder(tmp_path)
    setting = SETTINGS["witnesses"]
    case_files.write_returns(folder, [case], orders, setting, GERMAN, LAST, Draws(1))
    (rows,) = read(folder, "mfn-returns")
    mine = [row for row in rows if row[0] == orders.ids[case.order]]
    assert [row[2] for row in mine] == ["18-Sep-2026"]
    assert "Y" in mine[0]
    assert folder.files[0]["seen"] == {"claim": 1}
