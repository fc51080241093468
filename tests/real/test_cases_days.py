"""Days and stores by a file's own orders: the shared cases, and siblings of each made in place."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odr_analysis.account import Account
from odr_analysis.archive.deliver import archive_folder
from odr_analysis.exports.orders.traces import CURRENCIES, DOMAINS, traced_store, traced_stores
from odr_analysis.load import load_account

FEEDBACK = "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n"
ORDERS = (
    "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\t"
    "sales-channel\tsku\n"
)


def loaded(folder: Path, **options: Any) -> Account:
    return load_account(folder, cache=None, **options)


def days(account: Account, component: str | None = None) -> list[str]:
    found = account.defects
    found = found if component is None else found[found.component == component]
    return sorted(found.reported_on.dropna().dt.strftime("%Y-%m-%d"))


def counts(account: Account) -> dict[tuple[str, str], int]:
    return account.daily.groupby(["marketplace", "channel"]).n_orders.sum().to_dict()


def notes(account: Account) -> str:
    return " ".join(n for f in account.receipt.files for n in f.notes)


def order_id(i: int, lead: int = 112) -> str:
    return f"{lead}-{2_000_000 + i:07d}-{4_000_000 + i:07d}"


def orders(store: str, n: int, first: date, lead: int, channel: str = "Merchant") -> str:
    """`n` orders, one a day."""
    rows = []
    for i in range(n):
        day = first + timedelta(days=i)
        when = f"{day}T12:00:00+00:00"
        rows.append(f"{order_id(i, lead)}\t{when}\t{when}\tShipped\t{channel}\t{store}\tSKU-{i}\n")
    return ORDERS + "".join(rows)


# Kind A: day and month by the file's own orders


def test_each_feedback_file_by_the_store_of_its_own_orders(cases: Path) -> None:
    account = loaded(cases / "44-sibling-two-stores-one-feedback-folder")
    assert days(account) == ["2026-09-05", "2026-09-05", "2026-09-07", "2026-09-13"]


def test_canadian_feedback_does_not_move_the_day_of_the_report(cases: Path) -> None:
    account = loaded(cases / "44b-canadian-feedback-moves-the-report-day")
    assert days(account) == ["2026-09-10", "2026-09-12", "2026-09-13"]
    assert account.known_to == date(2026, 9, 18)


def test_a_settlement_by_the_column_that_says_its_days_in_full(cases: Path) -> None:
    account = loaded(cases / "06-settlement-posted-date-resaved")
    assert days(account, "claim") == ["2026-09-05", "2026-09-07", "2026-09-09"]


@pytest.mark.parametrize(
    ("store", "lead", "written"),
    [
        ("Amazon.com", 112, "9/5/26"),
        ("Amazon.ca", 701, "05/09/26"),
        ("Amazon.de", 302, "05.09.26"),
        ("Amazon.co.jp", 249, "26/09/05"),
        ("Amazon.se", 205, "2026-09-05"),
        ("Amazon.com.au", 250, "5/9/26"),
    ],
)
@pytest.mark.parametrize("kind", ["feedback", "claims"])
def test_every_store_beside_a_larger_one_that_writes_otherwise(
    tmp_path: Path, store: str, lead: int, written: str, kind: str
) -> None:
    big = ("Amazon.com", 111) if store != "Amazon.com" else ("Amazon.co.uk", 204)
    (tmp_path / "big.txt").write_text(orders(big[0], 70, date(2026, 7, 10), big[1]))
    (tmp_path / "own.txt").write_text(orders(store, 20, date(2026, 8, 10), lead))
    if kind == "feedback":
        row = f"{written}\t1\tlate\t\t{order_id(3, lead)}\ta@b.c\n"
        (tmp_path / "f.txt").write_text(FEEDBACK + row)
    else:
        row = f"{order_id(3, lead)};{written};;granted\n"
        (tmp_path / "claims.csv").write_text("order id;claim date;reason;status\n" + row)
    account = loaded(tmp_path)
    assert days(account) == ["2026-09-05"]
    archive_folder(tmp_path, tmp_path.parent / f"{tmp_path.name}-store", "2026-09-30")
    kept = loaded(tmp_path.parent / f"{tmp_path.name}-store")
    assert days(kept) == ["2026-09-05"]
    assert kept.known_to == account.known_to


def test_rows_of_two_stores_in_one_file_are_read_each_in_its_own_way(tmp_path: Path) -> None:
    (tmp_path / "us.txt").write_text(orders("Amazon.com", 70, date(2026, 7, 10), 112))
    (tmp_path / "uk.txt").write_text(orders("Amazon.co.uk", 70, date(2026, 7, 10), 204))
    (tmp_path / "f.txt").write_text(
        FEEDBACK
        + f"9/5/26\t1\tfrom the US\t\t{order_id(3, 112)}\ta@b.c\n"
        + f"05/09/26\t2\tfrom the UK\nin two lines\t\t{order_id(3, 204)}\td@e.f\n"
    )
    account = loaded(tmp_path)
    assert days(account) == ["2026-09-05", "2026-09-05"]
    (file,) = [f for f in account.receipt.files if f.kind == "seller-feedback"]
    assert (file.rows_read, file.rows_kept) == (2, 2)
    assert set(account.feedback.comment) == {"from the US", "from the UK\nin two lines"}


def test_the_other_order_is_taken_where_only_that_is_after_the_order(tmp_path: Path) -> None:
    """Nothing names a store, and as month/day the defects would lie before their orders."""
    (tmp_path / "o.txt").write_text(orders("shop.example", 60, date(2026, 7, 20), 112))
    rows = "".join(f"0{d}/09/26\t1\tx\t\t{order_id(30 + d, 112)}\ta@b.c\n" for d in range(1, 9))
    (tmp_path / "f.txt").write_text(FEEDBACK + rows)
    account = loaded(tmp_path)
    assert days(account) == [f"2026-09-0{d}" for d in range(1, 9)]
    assert account.known_to == date(2026, 9, 17)


def test_a_day_before_its_order_is_named_and_not_kept(tmp_path: Path) -> None:
    (tmp_path / "o.txt").write_text(orders("Amazon.com", 60, date(2026, 7, 20), 112))
    (tmp_path / "f.txt").write_text(
        FEEDBACK
        + f"1/31/26\t1\tx\t\t{order_id(40, 112)}\ta@b.c\n"
        + f"9/13/26\t1\tx\t\t{order_id(41, 112)}\ta@b.c\n"
    )
    account = loaded(tmp_path)
    assert days(account) == ["2026-09-13"]
    assert len(account.defective) == 2
    assert "f.txt: 1 row(s) are dated before their order was placed (line 2)" in notes(account)


WRITTEN = {"mdy": "{m}/{d}/{y}", "dmy": "{d}/{m}/{y}"}


UNAMBIGUOUS = {
    "feedback": (FEEDBACK, "{day}\t1\tx\t\t{order}\ta@b.c\n"),
    "claims": ("claim date;order id;status\n", "{day};{order};granted\n"),
    "returns": (
        "Order ID\tReturn request date\tA-to-Z Claim\tReturn quantity\tASIN\n",
        "{order}\t{day}\tY\t1\tB00MADEUP1\n",
    ),
    "late shipments": (
        "order date,order id,expected ship date,actual ship date,ship confirmation date,"
        "account health impact\n",
        "{day},{order},{day},{day},{day},Yes\n",
    ),
}
"""Kinds of file to their header and a row."""
DATED = {
    "defects": ("reported_on", "decided_on"),
    "feedback": ("received_on",),
    "returns": ("requested_on",),
    "lapses": ("ordered_on", "done_on"),
}
"""Tables of an account to their days, none of which lies before its order or after today."""


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=6, unique=True),
    st.integers(0, 10),
    st.sampled_from(["mdy", "dmy"]),
    st.sampled_from(sorted(UNAMBIGUOUS)),
)
def test_permuting_day_and_month_of_an_unambiguous_column_changes_no_count(
    tmp_path_factory: pytest.TempPathFactory, late: list[int], ahead: int, order: str, kind: str
) -> None:
    """Days after the twelfth can be written in one order only, whatever store writes so.

    Orders are of 1 Jul to 29 Aug, days of 13 to 31 Aug; some lie before their order, and after a
    today of 20 to 30 Aug.
    """
    today = date(2026, 8, 20) + timedelta(days=ahead)
    head, row = UNAMBIGUOUS[kind]
    found = []
    for written in (order, "dmy" if order == "mdy" else "mdy"):
        folder = tmp_path_factory.mktemp("f")
        (folder / "o.txt").write_text(orders("Amazon.com", 60, date(2026, 7, 1), 112))
        rows = ""
        for i in late:
            day = date(2026, 8, 13) + timedelta(days=i % 19)
            said = WRITTEN[written].format(d=day.day, m=day.month, y=day.year)
            rows += row.format(day=said, order=order_id(i + 30 if i % 4 else i + 39))
        (folder / "f.csv").write_text(head + rows)
        store = folder.parent / f"{folder.name}-store"
        archive_folder(folder, store, today, today=today)
        for place in (folder, store):
            account = loaded(place, today=today)
            tables = {name: getattr(account, name) for name in DATED}
            kept = {n: t[[*DATED[n], "order_id"]].to_dict() for n, t in tables.items()}
            found.append((kept, len(account.defective), account.known_to))
            assert account.known_to <= today + timedelta(days=1)
            placed = account.orders.set_index("order_id").ordered_on
            assert sum(len(table) for table in tables.values()) >= len(late)
            for name, table in tables.items():
                for column in DATED[name]:
                    days_late = table[column] - table.order_id.map(placed)
                    assert not (days_late < pd.Timedelta(days=-1)).any(), (name, column)
                    assert not (table[column] > pd.Timestamp(today + timedelta(days=1))).any()
    assert all(str(one) == str(found[0]) for one in found)


# Kind D: shifted rows


@pytest.mark.parametrize(
    "case", ["07-mfn-returns-shifted-row", "07c-mfn-returns-shifted-row-of-200"]
)
def test_a_shifted_return_is_put_straight_and_said(cases: Path, case: str) -> None:
    account = loaded(cases / case)
    assert account.defects[account.defects.counts].order_id.nunique() == 2
    assert "1 row with shifted cells was put straight (line 3" in notes(account)


RETURN_TITLES = [
    *("Order ID", "Return request date", "Return carrier", "Tracking ID", "A-to-Z Claim"),
    *("Is prime", "ASIN", "Return quantity", "In policy", "Return Reason"),
]


def return_row(i: int, claim: str) -> list[str]:
    cells = [order_id(i), "01-Sep-2026", "UPS", "1Z999", claim, "N", "B00MADEUP1", "1", "Y"]
    return [*cells, "CR-DEFECTIVE"]


@pytest.mark.parametrize("at", [3, 4])
@pytest.mark.parametrize("change", ["more", "fewer"])
def test_a_cell_too_many_or_too_few_before_the_anchors(
    tmp_path: Path, at: int, change: str
) -> None:
    (tmp_path / "o.txt").write_text(orders("Amazon.com", 60, date(2026, 7, 10), 112))
    rows = [return_row(i, "N") for i in range(8)]
    odd = return_row(20, "Y")
    if change == "more":
        odd.insert(at, "")
    else:
        del odd[at - 1]
    text = "\n".join("\t".join(r) for r in [RETURN_TITLES, *rows, odd]) + "\n"
    (tmp_path / "r.txt").write_text(text)
    account = loaded(tmp_path)
    assert account.defects.order_id.tolist() == [order_id(20)]
    assert "put straight (line 10)" in notes(account)


def test_a_row_that_fits_no_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "o.txt").write_text(orders("Amazon.com", 60, date(2026, 7, 10), 112))
    rows = [return_row(i % 50, "N") for i in range(200)]
    broken = [order_id(20), "01-Sep-2026", "a", "b", "c", "Y", "d", "e", "f", "g"]
    text = "\n".join("\t".join(r) for r in [RETURN_TITLES, *rows, broken]) + "\n"
    (tmp_path / "r.txt").write_text(text)
    account = loaded(tmp_path)
    assert "1 row cannot be put under the titles (line 202)" in notes(account)
    (file,) = [f for f in account.receipt.files if f.kind == "mfn-returns"]
    assert file.rows_dropped == {"unreadable defect marker": 1}


# Kind F: orders that name no store


def test_unshipped_orders_by_the_aliases_of_their_buyers(cases: Path) -> None:
    folder = cases / "31-unshipped-orders-three-countries"
    found = {store: n for (store, _), n in counts(loaded(folder)).items()}
    assert found == {"Amazon.co.uk": 10, "Amazon.fr": 5, "Amazon.de": 4}
    named = {store: n for (store, _), n in counts(loaded(folder, marketplace="Amazon.it")).items()}
    assert named == found


NEW = "order-id\torder-item-id\tpurchase-date\tpayments-date\tquantity-purchased\tcurrency\n"


def test_the_option_names_orders_without_a_store_and_the_currency_before_it(
    tmp_path: Path,
) -> None:
    when = "2026-09-01T10:00:00+00:00"
    rows = [("EUR", 0), ("EUR", 1), ("GBP", 2), ("", 3)]
    text = NEW + "".join(f"{order_id(i)}\t{i}\t{when}\t{when}\t1\t{c}\n" for c, i in rows)
    (tmp_path / "n.txt").write_text(text)
    assert counts(loaded(tmp_path)) == {("Amazon.co.uk", "mfn"): 1, ("unknown", "mfn"): 3}
    expected = {("Amazon.co.uk", "mfn"): 1, ("Amazon.de", "mfn"): 3}
    assert counts(loaded(tmp_path, marketplace="Amazon.de")) == expected
    store = tmp_path.parent / f"{tmp_path.name}-store"
    archive_folder(tmp_path, store, "2026-09-30", marketplace="Amazon.de")
    assert counts(loaded(store)) == expected


def test_new_orders_of_a_seller_in_britain(cases: Path) -> None:
    account = loaded(cases / "31-sibling-new-orders-without-store")
    assert counts(account) == {("Amazon.co.uk", "mfn"): 30}


def test_a_store_that_a_file_names_wins_over_the_option(tmp_path: Path) -> None:
    (tmp_path / "o.txt").write_text(orders("Amazon.fr", 3, date(2026, 8, 1), 112))
    late = "2026-09-20T10:00:00+00:00"
    rows = "".join(f"{order_id(i)}\t{i}\t{late}\t{late}\t1\tEUR\n" for i in range(3))
    (tmp_path / "n.txt").write_text(NEW + rows)
    assert counts(loaded(tmp_path, marketplace="Amazon.de")) == {("Amazon.fr", "mfn"): 3}


def test_both_roads_read_the_store_off_the_same_traces() -> None:
    import ibis

    mails = [f"x9{ending}" for ending in DOMAINS] + ["X@MARKETPLACE.AMAZON.FR ", "a@b.c", ""]
    rows = [(m, c) for m in mails for c in (*CURRENCIES, "EUR", " gbp ", "")]
    frame = pd.DataFrame(rows, columns=["mail", "money"]).astype("str")
    table = ibis.memtable(frame)
    traced = table.mutate(store=traced_store(table.mail, table.money)).to_pandas()
    slow = traced_stores(traced.mail, traced.money)
    assert traced.store.tolist() == slow.tolist()
    assert len(set(slow)) > 20


# Kind G: one line, letter or spelling too many


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("37-excel-sep-line", {("Amazon.com", "mfn"): 120}),
        ("40-british-fulfilment-channel", {("Amazon.co.uk", "mfn"): 150}),
        ("40-sibling-british-fulfilled-shipments", {("Amazon.co.uk", "afn"): 150}),
        ("18-sales-channel-letter-case", {("Amazon.com", "mfn"): 60}),
    ],
)
def test_files_with_one_line_letter_or_spelling_too_many(
    cases: Path, case: str, expected: dict[tuple[str, str], int]
) -> None:
    account = loaded(cases / case)
    assert counts(account) == expected
    if case.startswith("37"):
        assert days(account, "claim") == ["2026-09-14"]


@pytest.mark.parametrize("line", ["sep=\t", "SEP=\t", '"sep=\t"'])
def test_any_form_of_the_line_that_states_the_delimiter(tmp_path: Path, line: str) -> None:
    text = orders("Amazon.de", 5, date(2026, 8, 1), 302)
    (tmp_path / "o.txt").write_text(f"{line}\n{text}")
    assert counts(loaded(tmp_path)) == {("Amazon.de", "mfn"): 5}


@pytest.mark.parametrize("store", ["AMAZON.DE", "amazon.de", "Amazon.De"])
@pytest.mark.parametrize("channel", ["Merchant", "FBM", "fbm", "mfn", "MFN"])
def test_letter_case_of_stores_and_words_of_channels(
    tmp_path: Path, store: str, channel: str
) -> None:
    (tmp_path / "a.txt").write_text(orders("Amazon.de", 5, date(2026, 8, 1), 302))
    (tmp_path / "b.txt").write_text(orders(store, 5, date(2026, 8, 1), 303, channel))
    assert counts(loaded(tmp_path)) == {("Amazon.de", "mfn"): 10}


def test_fba_is_fulfilled_by_amazon_on_both_roads(tmp_path: Path) -> None:
    text = orders("Amazon.de", 5, date(2026, 8, 1), 302, "FBA")
    (tmp_path / "fast.txt").write_text(text)
    careful = text.replace("302-", "303-")
    (tmp_path / "careful.csv").write_text(careful.replace("\t", ","))
    assert counts(loaded(tmp_path)) == {("Amazon.de", "afn"): 10}
