"""Today, passed down: no file knows of a later day, and a file is read the same on every day
that decides nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from odr_analysis import clock
from odr_analysis.account import Account
from odr_analysis.archive.deliver import archive_folder
from odr_analysis.cli import main
from odr_analysis.errors import ParameterError
from odr_analysis.exports.days.places import Places, look_at
from odr_analysis.exports.days.possible_days import Settled, proven_day, settle
from odr_analysis.exports.readers import claims
from odr_analysis.exports.text.delimited import split_rows
from odr_analysis.load import load_account, load_receipt
from odr_analysis.reports import run_report

FEEDBACK = "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n"
ORDERS = (
    "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\t"
    "sales-channel\tsku\n"
)
FIRST = date(2026, 7, 10)
TODAY = date(2026, 9, 30)


def order_id(i: int) -> str:
    return f"112-{2_000_000 + i:07d}-{4_000_000 + i:07d}"


def orders(store: str, n: int = 70) -> str:
    """`n` orders, one a day from ``FIRST`` on."""
    rows = []
    for i in range(n):
        when = f"{FIRST + timedelta(days=i)}T12:00:00+00:00"
        rows.append(f"{order_id(i)}\t{when}\t{when}\tShipped\tMerchant\t{store}\tSKU-{i}\n")
    return ORDERS + "".join(rows)


def feedback(*written: str, order: int = 30) -> str:
    rows = (f"{day}\t1\tx\t\t{order_id(order + i)}\ta@b.c\n" for i, day in enumerate(written))
    return FEEDBACK + "".join(rows)


def seller(folder: Path, store: str, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "orders.txt").write_text(orders(store))
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def both(folder: Path, today: date | None, **options: Any) -> list[Account]:
    """The folder, and the archive made of it on that day."""
    store = folder.parent / f"{folder.name}-store-{today}"
    archive_folder(folder, store, today or TODAY, today=today, **options)
    return [
        load_account(folder, cache=None, today=today, **options),
        load_account(store, cache=None, today=today),
    ]


def days(account: Account) -> list[str]:
    return sorted(account.defects.reported_on.dropna().dt.strftime("%Y-%m-%d"))


def notes(account: Account) -> str:
    return " ".join(n for f in account.receipt.files for n in f.notes)


def claims_settled(places: Places, *written: str) -> Settled:
    """Claims of orders 0, 1 and so on, first read as Amazon.com writes days."""
    rows = "".join(f"{order_id(i)},{day},granted\n" for i, day in enumerate(written))
    text = f"order id,claim date,status\n{rows}"
    table = split_rows(text, file="claims.csv", delimiter=",", quoted=True)
    looks = look_at(claims.CLAIMS, table, "Amazon.com", places, whole=False)
    return settle(looks, places, "claims.csv")


def test_a_day_above_twelve_proves_itself_and_one_below_does_not() -> None:
    places = Places(today=TODAY)
    both_ways = claims_settled(places, "8/9/2026")
    assert proven_day(both_ways.read, places) is None
    one_way = claims_settled(places, "8/9/2026", "7/25/2026", "7/14/2026")
    assert proven_day(one_way.read, places) == date(2026, 7, 25)
    placed = Places(days={order_id(1): date(2026, 7, 27)}, today=TODAY)
    assert proven_day(one_way.read, placed) == date(2026, 7, 14), "25 Jul is before its order"


def test_days_are_left_as_the_store_writes_them_where_no_rule_is_broken() -> None:
    settled = claims_settled(Places(days={order_id(0): FIRST}, today=TODAY), "8/9/2026")
    assert settled.read.defects is not None
    assert settled.read.defects.reported_on.tolist() == [pd.Timestamp(2026, 8, 9)]
    assert settled.how == ("Amazon.com",)
    assert settled.furthest == date(2026, 8, 9), "no other order was tried"


def test_a_day_that_fits_in_no_order_is_left_out_with_its_line() -> None:
    """12/11 is 11 Dec or 12 Nov, both after today; 8/9 beside it is 9 Aug or 8 Sep."""
    settled = claims_settled(Places(today=TODAY), "8/9/2026", "12/11/2026")
    assert settled.read.defects is not None
    assert settled.read.defects.reported_on.notna().tolist() == [True, False]
    assert settled.how[-1] == 3, "the header is line 1"
    assert settled.furthest == date(2026, 12, 11)


# Of orders of 9 Aug on: 05/09 of Amazon.co.uk would be 5 Sep; written by hand as month/day it is
# 9 May, before the order, and 10/09 or 09/10 can be told by the newest day of the files or today.


@pytest.mark.parametrize(
    ("store", "written", "right"),
    [
        ("Amazon.com", "12/9/26", "2026-09-12"),
        ("Amazon.com", "11/9/2026", "2026-09-11"),
        ("Amazon.co.uk", "09/12/26", "2026-09-12"),
        ("Amazon.de", "9/12/2026", "2026-09-12"),
    ],
)
def test_the_other_order_is_taken_where_the_stores_own_is_after_today(
    tmp_path: Path, store: str, written: str, right: str
) -> None:
    folder = seller(tmp_path / "f", store, f=feedback(written))
    for account in both(folder, TODAY):
        assert days(account) == [right]
        assert account.known_to <= TODAY
        assert "days are read as" in notes(account)
        assert "line 2" in notes(account)


def test_the_newest_day_of_any_file_settles_a_store_known_only_by_order_ids(
    tmp_path: Path,
) -> None:
    """10/9/26 is 9 Oct in the order of Amazon.com; every other file ends by 18 Sep."""
    folder = seller(tmp_path / "f", "Amazon.com", f=feedback("10/9/26", order=50))
    for account in both(folder, date(2026, 11, 28)):
        assert days(account) == ["2026-09-10"]
        assert account.known_to == date(2026, 9, 18) - timedelta(days=1)
    other = FEEDBACK + f"10/13/26\t5\tx\t\t{order_id(20)}\ta@b.c\n"
    seller(folder, "Amazon.com", newer=other)
    for account in both(folder, date(2026, 11, 29)):
        assert days(account) == ["2026-10-09"], "another file proves that October is known"


def test_the_word_of_the_user_is_not_given_up_for_the_newest_file(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", "shop.example", f=feedback("10/9/26", order=50))
    (american,) = {d for a in both(folder, None, marketplace="Amazon.com") for d in days(a)}
    assert american == "2026-10-09"
    late = date(2026, 10, 1)
    for account in both(folder, late, marketplace="Amazon.com"):
        assert days(account) == ["2026-09-10"], "after today it cannot be"


def test_a_day_after_today_in_every_order_is_named_and_not_kept(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", "Amazon.com", f=feedback("11/25/26", "9/20/26"))
    for account in both(folder, TODAY):
        assert days(account) == ["2026-09-20"]
        assert len(account.defective) == 2, "it counts, without a day"
        assert account.known_to == date(2026, 9, 20)
        assert "1 row(s) are dated after the day they were read, 2026-09-30 (line 2)" in notes(
            account
        )
        (cover,) = [c for f in account.receipt.files for c in f.covers]
        assert cover.last == date(2026, 9, 20), "no day to come is covered"
    (open_end,) = {max(days(a)) for a in both(folder, None)}
    assert open_end == "2026-11-25", "without a clock nothing says so"


def test_a_day_after_today_covers_nothing(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", "Amazon.com", f=feedback("11/25/26"))
    for account in both(folder, TODAY):
        (cover,) = [c for f in account.receipt.files for c in f.covers]
        assert (cover.first, cover.last, cover.n) == (None, None, 0)


def test_order_exports_are_read_by_today_too(tmp_path: Path) -> None:
    """Re-saved by a spreadsheet with the day first, below a store that writes the month first."""
    rows = "".join(
        f"{order_id(i)}\t{i + 1:02d}/09/2026 12:00\t{i + 1:02d}/09/2026 13:00\tShipped\tMerchant\t"
        f"Amazon.com\tSKU\n"
        for i in range(3, 12)
    )
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "o.txt").write_text(ORDERS + rows)
    for account in both(tmp_path / "f", TODAY):
        assert account.known_to == date(2026, 9, 12)
        placed = account.orders.ordered_on
        assert (placed.min(), placed.max()) == (pd.Timestamp(2026, 9, 4), pd.Timestamp(2026, 9, 12))
        assert "after today" in notes(account)


def test_orders_after_today_do_not_move_the_day_of_the_report(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", "Amazon.com")
    early = date(2026, 8, 20)
    for account in both(folder, early):
        assert account.known_to == early
        assert "the report is of today" in " ".join(account.receipt.notes)


def test_a_clock_before_the_first_order_is_not_used(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", "Amazon.com", f=feedback("9/13/26"))
    for account in both(folder, date(2020, 1, 1)):
        assert account.known_to == date(2026, 9, 17)
        assert days(account) == ["2026-09-13"]
        assert "the clock of this computer is not used" in " ".join(account.receipt.notes)


@pytest.mark.parametrize("table", ["returns", "late shipments", "finances"])
def test_no_day_before_its_order_in_any_table(tmp_path: Path, table: str) -> None:
    """Orders are of 10 Jul on; order 30 of 9 Aug."""
    bad = order_id(30)
    texts = {
        "returns": "Order ID\tReturn request date\tA-to-Z Claim\tReturn quantity\tASIN\n"
        f"{bad}\t01-Aug-2026\tY\t1\tB00MADEUP1\n{order_id(31)}\t01-Sep-2026\tY\t1\tB00MADEUP1\n",
        "late shipments": "order date,order id,expected ship date,actual ship date,"
        f"ship confirmation date,account health impact\n2026-08-01,{bad},2026-08-02,2026-08-05,"
        f"2026-08-05,Yes\n2026-08-10,{order_id(31)},2026-08-12,2026-08-15,2026-08-15,Yes\n",
        "finances": '{"FinancialEvents": {"ChargebackEventList": ['
        + ",".join(
            f'{{"AmazonOrderId": "{oid}", "PostedDate": "{day}T10:00:00Z", "MarketplaceName": '
            '"Amazon.com", "ShipmentItemAdjustmentList": [{"ItemChargeAdjustmentList": '
            '[{"ChargeType": "Principal", "ChargeAmount": {"CurrencyCode": "USD", '
            '"CurrencyAmount": -5.0}}]}]}'
            for oid, day in ((bad, "2026-08-01"), (order_id(31), "2026-09-01"))
        )
        + "]}}",
    }
    folder = seller(tmp_path / "f", "Amazon.com", t=texts[table])
    columns = {
        "returns": ("returns", "requested_on"),
        "late shipments": ("lapses", "done_on"),
        "finances": ("defects", "reported_on"),
    }
    name, column = columns[table]
    for account in both(folder, TODAY):
        found = getattr(account, name).set_index("order_id")[column]
        assert found.notna().to_dict() == {bad: False, order_id(31): True}
        assert "dated before their order was placed" in notes(account)


# The cache


def test_the_reading_is_the_same_on_two_days_unless_the_day_decides(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    folder = seller(tmp_path / "f", "Amazon.com", f=feedback("9/13/26"))

    def entries() -> int:
        return sum(1 for p in cache.iterdir() if p.is_dir())

    load_account(folder, cache=cache, today=TODAY)
    made = entries()
    for later in (TODAY + timedelta(days=1), date(2030, 1, 1), None):
        load_account(folder, cache=cache, today=later)
        assert entries() == made, "read again though no day decided"


def test_the_cache_gives_no_reading_of_another_day(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    folder = seller(tmp_path / "f", "Amazon.com", f=feedback("11/9/2026", order=55))
    # As month/day it is 9 Nov; the files end in September, but 16 Nov is proven by another file.
    seller(folder, "Amazon.com", g=FEEDBACK + f"11/16/26\t5\tx\t\t{order_id(3)}\ta@b.c\n")
    asked = [None, date(2026, 10, 1), date(2026, 11, 28), None, date(2026, 10, 1)]
    asked += [date(2026, 12, 24), date(2026, 10, 2)]
    for today in asked:
        kept = load_account(folder, cache=cache, today=today)
        fresh = load_account(folder, cache=None, today=today)
        assert days(kept) == days(fresh)
        assert kept.known_to == fresh.known_to
        right = "2026-09-11" if today is not None and today < date(2026, 11, 1) else "2026-11-09"
        assert days(kept) == [right]


# Days that are still to come, asked for


def test_a_day_to_come_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", "Amazon.com")
    with pytest.raises(ParameterError, match="as_of 2026-10-02 is after today"):
        run_report(
            folder, tmp_path / "out", parameters={"as_of": "2026-10-02"}, today=TODAY, cache=None
        )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "option",
    [
        ("report", "--as-of"),
        ("report", "--no-chargebacks-known-to"),
        ("worklist", "--as-of"),
        ("why", "--to"),
        ("archive", "--on"),
    ],
)
def test_the_command_line_refuses_days_to_come(tmp_path: Path, option: tuple[str, str]) -> None:
    command, name = option
    late = (clock.today() + timedelta(days=2)).isoformat()
    arguments = [command, str(tmp_path), name, late]
    if command == "archive":
        arguments += ["--into", str(tmp_path.parent / "s")]
    run = CliRunner().invoke(main, arguments)
    assert run.exit_code == 2
    assert "is after today" in run.output


def test_the_command_line_asks_the_clock_once_and_passes_it_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    folder = seller(tmp_path / "f", "Amazon.com", f=feedback("11/25/26"))
    run = CliRunner().invoke(main, ["load", str(folder), "--no-cache"])
    assert run.exit_code == 0, run.output
    assert "dated after the day they were read, 2026-09-30" in run.output
    receipt = load_receipt(folder, cache=None, today=TODAY)
    assert [f.notes for f in receipt.files if f.kind == "seller-feedback"] != [()]
