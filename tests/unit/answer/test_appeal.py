"""The evidence: the right orders, root causes and comparisons, harmless wherever they land."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import evidence, show, stands_out, what_to_do
from odr_analysis.account import Account
from odr_analysis.answer.appeal import (
    MOST_ROWS,
    PAGE,
    TABLES,
    Evidence,
    evidence_page,
    save_evidence,
)
from odr_analysis.errors import OdrError, ParameterError
from odr_analysis.receipt import FileReceipt, Receipt
from odr_analysis.save_tables import markdown_text
from tests.sources import bringing
from tests.unit.actions.test_strategies import items
from tests.unit.causes.test_reasons import seller

SINCE, DAY = "2026-08-25", "2026-09-30"
PRODUCT = "CUP|<script>alert(1)</script> # `x` [a](http://x) $\\alpha$"
COMMENT = "Came broken | <img src=x onerror=alert(1)>\n## head"
REASON = '=HYPERLINK("http://x")|damaged\n\n# head <b>x</b>'


@pytest.fixture(scope="module")
def hostile() -> Account:
    """Of 61 orders of a product 40 go wrong before the fix, and none of 6 since."""
    ids = [f"o{i}" for i in range(661)]
    placed = ["2026-08-20" if i < 600 else "2026-08-25" for i in range(660)] + ["2026-07-01"]
    orders = pd.DataFrame({"order_id": ids, "ordered_on": placed})
    orders = orders.assign(marketplace="Amazon.de", channel="mfn")
    rows = [
        (f"o{i}", "feedback", "2026-09-01", "", COMMENT, 1)
        if i
        else ("o0", "claim", "2026-09-01", REASON, "", None)
        for i in range(0, 400, 10)
    ]
    made = items(**{o: [PRODUCT if i % 10 == 0 else f"ok{i % 10}"] for i, o in enumerate(ids)})
    carried = made.assign(carrier=["=DHL" if i % 20 == 0 else "" for i in range(661)])
    account = seller(*rows, orders=orders)
    files = (FileReceipt("<i>a</i>|b.txt", "orders", sha256="f" * 64, rows_read=9, rows_kept=9),)
    return replace(
        bringing(account, items=lambda: carried),
        name="<b>A|B</b>",
        receipt=Receipt((*files, FileReceipt("frame", "frame"))),
    )


@pytest.fixture(scope="module")
def found(hostile: Account) -> Evidence:
    return evidence(hostile, SINCE, DAY)


def test_the_cause_its_orders_and_the_fix(found: Evidence) -> None:
    assert found.causes[["reason", "factor", "level", "n_defective"]].values.tolist() == [
        ["", "product", PRODUCT, 40]
    ]
    assert found.causes.order_ids[0].split("; ") == [f"o{i}" for i in range(0, 400, 10)]
    assert set(found.groups.factor) == {"product", "carrier"}
    assert (found.groups.n_defective > 0).all()
    # Ten products, a carrier and two weekdays.
    assert "of 13 groups of orders none" in found.nothing
    assert "With 40 defective orders a group must go wrong" in found.nothing
    every = found.comparison[(found.comparison.reason == "") & (found.comparison.factor == "")]
    assert every.before_n_defective.tolist() == [40]
    mine = found.comparison[found.comparison.level == PRODUCT]
    assert mine[["before_n_orders", "after_n_orders", "after_n_defective"]].values.tolist() == [
        [61, 6, 0]
    ]
    assert found.rates.as_of.dt.date.unique().tolist() == [found.since, found.as_of]
    assert found.reasons.n_defective.tolist() == [40]


def test_orders_are_those_of_either_window_and_those_placed_since() -> None:
    placed = {
        "left before": "2026-06-01",  # counted 16 Jun to 14 Aug
        "in the first": "2026-07-01",  # to 13 Sep
        "in both": "2026-08-01",
        "since": "2026-08-25",
        "too young": "2026-09-29",
        "good": "2026-08-01",
    }
    orders = pd.DataFrame({"order_id": list(placed), "ordered_on": list(placed.values())})
    orders = orders.assign(marketplace="Amazon.de", channel="mfn")
    rows = [(o, "claim", "2026-09-30", "", "", None) for o in placed if o != "good"]
    told = evidence(seller(*rows, orders=orders), SINCE, DAY).orders
    assert dict(zip(told.order_id, told.placed, strict=True)) == {
        "in the first": "before",
        "in both": "before",
        "since": "since",
        "too young": "since",
    }


def test_a_page_of_hostile_words_has_no_markup_of_theirs(found: Evidence) -> None:
    page = evidence_page(found)
    for markup in ("<script", "<img", "<b>", "<i>", "\n# `x`", "\n## head", "\n# head"):
        assert markup not in page
    assert not re.search(r"(?<!\\)\]\(http", page)
    assert markdown_text(PRODUCT) in page
    assert page.splitlines()[0] == (
        "# Order Defect Rate of &lt;b&gt;A\\|B&lt;/b&gt;: root causes and evidence"
    )
    rows = [line for line in page.splitlines() if line.startswith("| o")]
    # The page has the first of them, the CSV all.
    assert len([row for row in rows if row.startswith("| o1")]) > 1
    assert f"{40 - MOST_ROWS} more are in the CSV." in page
    assert {row.replace("\\|", "").count("|") for row in rows} == {9}


def test_the_page_says_what_it_is_of(found: Evidence) -> None:
    page = evidence_page(found)
    assert "As of 30 Sep 2026; fix since 25 Aug 2026. Rules: amazon-current." in page
    assert "- Seller-fulfilled, 30 Sep 2026: 6.06 % (40 of 660 orders)" in page
    # On 25 Aug all but one order were too young to count.
    assert "- Seller-fulfilled, 25 Aug 2026: 0 % (0 of 1 order)" in page
    # A file without a hash has none, and no empty mark of code.
    assert f"- `{'f' * 16}` &lt;i&gt;a&lt;/i&gt;\\|b.txt (orders)" in page
    assert "- frame (frame)" in page
    assert "9 rows read of 2 files, 0 dropped." in page


def test_every_table_is_a_csv_a_spreadsheet_can_open(found: Evidence, tmp_path: Path) -> None:
    paths = save_evidence(found, tmp_path / "made" / "here")
    assert [p.name for p in paths] == [PAGE, *TABLES.values()]
    for path in paths[1:]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert {len(row) for row in rows} == {len(rows[0])}
        cells = [cell for row in rows[1:] for cell in row]
        assert not [c for c in cells if c.startswith(("=", "@", "\t"))], path.name
    orders = pd.read_csv(paths[-1], encoding="utf-8-sig", keep_default_na=False)
    assert orders.order_id.tolist() == found.orders.order_id.tolist()
    assert len(orders) == 40 > MOST_ROWS
    # Buyers' words and a carrier's name that a spreadsheet would run.
    assert orders.evidence[0].startswith("'=HYPERLINK")
    assert orders.carrier[0] == "'=DHL"
    causes = pd.read_csv(paths[1], encoding="utf-8-sig")
    assert set(causes.order_ids[0].split("; ")) <= set(orders.order_id)


def test_a_folder_that_cannot_be_written_is_named(found: Evidence, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OdrError, match=r"cannot be written .*Choose another place with --out"):
            save_evidence(found, place)
    (tmp_path / "pack" / PAGE).mkdir(parents=True)
    with pytest.raises(OdrError, match="cannot be written"):
        save_evidence(found, tmp_path / "pack")


def test_without_a_defect_the_page_says_what_was_compared(tmp_path: Path) -> None:
    orders = pd.DataFrame({"order_id": list("abcd"), "ordered_on": "2026-08-20"})
    orders = orders.assign(marketplace="Amazon.de", channel="mfn")
    made = items(a=["X"], b=["X"], c=["Y"], d=["Z"])
    clean = bringing(seller(orders=orders), items=lambda: made)
    none = evidence(clean, SINCE, DAY)
    page = evidence_page(none)
    assert "- Nothing stands out: of 3 groups of orders none goes wrong" in page
    assert "With 0 defective orders no group could be found, however often it goes wrong." in page
    assert page.count("\nNone.\n") == 3, "no reasons, no groups, no orders"
    assert none.orders.empty
    assert "placed since 25 Aug 2026: none, so there is nothing to compare." in page
    assert len(save_evidence(none, tmp_path)) == 1 + len(TABLES)


def test_a_fix_of_tomorrow_and_days_that_are_none_are_told(hostile: Account) -> None:
    with pytest.raises(ParameterError, match="no order has been placed since"):
        evidence(hostile, "2026-10-01", DAY)
    with pytest.raises(ParameterError, match="since: 'soon' is not a date"):
        evidence(hostile, "soon", DAY)
    with pytest.raises(ParameterError, match="as_of: 'now' is not a date"):
        evidence(hostile, SINCE, "now")


def test_hostile_words_are_text_in_the_report(hostile: Account) -> None:
    for section in (stands_out(hostile, DAY), what_to_do(hostile, DAY)):
        told = show(section)
        assert "<script>alert" not in told.html
        assert "<img src" not in told.html
    assert "&lt;script&gt;" in show(stands_out(hostile, DAY)).html
