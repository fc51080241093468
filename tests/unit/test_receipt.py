"""The receipt: everything adds up, and the loss budget stops."""

from __future__ import annotations

import json

import pytest

from odr_analysis.errors import LossBudgetError, ParameterError
from odr_analysis.faults import DATE_UNREADABLE
from odr_analysis.receipt import FileReceipt, Receipt, no_orders


def lossy(read: int, lost: int, name: str = "may.txt") -> FileReceipt:
    why = {"unreadable date": lost} if lost else {}
    lines = {"unreadable date": list(range(2, 2 + min(lost, 50)))} if lost else {}
    return FileReceipt(
        name,
        "all-orders",
        "utf-8",
        "\t",
        "y-m-d",
        rows_read=read,
        rows_kept=read - lost,
        rows_dropped=why,
        dropped_lines=lines,
    )


def test_rows_that_do_not_add_up_cannot_be_told():
    with pytest.raises(AssertionError, match=r"may\.txt: rows read, kept and dropped do not"):
        FileReceipt("may.txt", "all-orders", rows_read=3, rows_kept=1, rows_dropped={"x": 1})


@pytest.mark.parametrize(
    ("read", "lost", "budget", "stops"),
    [
        (100, 1, 0.01, False),
        (99, 1, 0.01, True),
        (10_000, 100, 0.01, False),
        (10_000, 101, 0.01, True),
        (100, 29, 0.29, False),
        (100, 100, 1.0, False),
        (100, 1, 0.0, True),
        (0, 0, 0.0, False),
    ],
)
def test_the_loss_budget_is_exact(read, lost, budget, stops):
    receipt = Receipt((lossy(1_000_000, 0, "big.txt"), lossy(read, lost)))
    if not stops:
        receipt.check_loss(budget)
        return
    with pytest.raises(LossBudgetError) as told:
        receipt.check_loss(budget)
    message = str(told.value)
    assert f"may.txt: {lost:,} of {read:,} rows unusable: {lost:,} x unreadable date" in message
    assert "(line 2" in message
    assert "big.txt" not in message
    assert "Download the file again" in message


def test_a_list_kept_by_hand_is_not_downloaded_again():
    by_hand = FileReceipt(
        "claims.csv", "claims", rows_read=1, rows_dropped={"x": 1}, dropped_lines={"x": [2]}
    )
    for files, remedy in (
        ((by_hand,), "\nCorrect these lines, or accept"),
        ((by_hand, lossy(1, 1)), "spreadsheet (correct lists kept by hand), or accept"),
    ):
        with pytest.raises(LossBudgetError) as told:
            Receipt(files).check_loss(0.01)
        assert remedy in str(told.value)


@pytest.mark.parametrize("budget", [-0.1, 1.1, float("nan")])
def test_a_budget_that_is_no_fraction(budget):
    with pytest.raises(ParameterError, match="loss budget must be a fraction from 0 to 1"):
        Receipt((lossy(1, 0),)).check_loss(budget)


WHOLE = Receipt(
    (
        lossy(200, 12),
        FileReceipt("p.jpg", "unknown", notes=("a photo (JPEG)",), nearest="", missing=()),
        FileReceipt("x.csv", "unknown", nearest="claims", missing=("claim date",), notes=("n",)),
    ),
    {"rows": 188, "distinct": 180, "counted": 170, "not_counted": {"cancelled": 10}},
    {"seen": 3, "counted": 1, "not_counted": {"order unknown": 2}},
    ("One sentence.",),
)


def test_totals():
    assert (WHOLE.rows_read, WHOLE.rows_kept, WHOLE.rows_dropped) == (200, 188, 12)
    assert [f.file for f in WHOLE.unknown] == ["p.jpg", "x.csv"]


def test_it_survives_json():
    data = json.loads(json.dumps(WHOLE.to_dict()))
    again = Receipt.from_dict(data)
    assert again == WHOLE
    assert data["rows_read"] == data["rows_kept"] + data["rows_dropped"]
    first = data["files"][0]
    promised = {"kind", "encoding", "delimiter", "locale", "sha256"}
    assert promised | {"rows_read", "rows_kept", "rows_dropped"} <= set(first)
    assert first["dropped_lines"] == {"unreadable date": list(range(2, 14))}


def test_as_text():
    assert WHOLE.lines() == [
        "may.txt: all-orders, utf-8, tab, dates y-m-d: 200 rows read, 188 kept",
        "    dropped 12: unreadable date (line 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...)",
        f"        to do: {DATE_UNREADABLE.remedy}",
        "p.jpg: not read (a photo (JPEG))",
        "x.csv: not read (n)",
        "200 rows read = 188 kept + 12 dropped",
        "180 orders, 170 counted; not counted: cancelled 10",
        "3 defect sightings, 1 counted; not counted: order unknown 2",
        "One sentence.",
    ]


def test_as_text_what_a_file_does_not_have_is_left_out():
    document = FileReceipt(
        "t.json",
        "finances",
        "utf-8",
        locale="y-m-d",
        rows_read=1,
        rows_kept=1,
        details={"types": {}},
    )
    empty = FileReceipt("f.txt", "seller-feedback", "utf-8", "\t", "en")
    assert Receipt((document, empty)).lines()[:3] == [
        "t.json: finances, utf-8, dates y-m-d: 1 row read, 1 kept",
        "f.txt: seller-feedback, utf-8, tab: 0 rows read, 0 kept",
        "1 row read = 1 kept + 0 dropped",
    ]


def test_the_loss_can_be_accepted_by_whoever_asked():
    with pytest.raises(LossBudgetError) as error:
        Receipt((lossy(1, 1),)).check_loss(0.01)
    assert str(error.value).endswith(
        "Download the file again without opening it in a spreadsheet, or accept the loss with a "
        "larger loss_budget (--loss-budget of odr load and odr report)."
    )
    with pytest.raises(LossBudgetError) as error:
        Receipt((lossy(1, 1),)).check_loss(0.01, "Mend the table")
    assert "\nMend the table, or accept the loss" in str(error.value)


def test_files_without_an_order_are_listed_with_their_rows() -> None:
    files = (
        FileReceipt("a.csv", "chargebacks", rows_read=1, rows_kept=1),
        FileReceipt("b.csv", "claims", rows_read=1200, rows_kept=1200),
        FileReceipt("c.jpg", "unknown", notes=("an image",)),
    )
    assert no_orders("/exports", Receipt(files)).split("\n")[1:4] == [
        "  a.csv: chargebacks (1 row)",
        "  b.csv: claims (1,200 rows)",
        "  c.jpg: unknown (an image)",
    ]
