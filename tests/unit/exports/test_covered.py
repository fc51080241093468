"""Which days a file covers: those of rows whose orders are known, in a folder and its archive."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.account import Account
from odr_analysis.answer.known import what_is_known
from odr_analysis.answer.summary import summary_schema, to_summary
from odr_analysis.archive import source as load
from odr_analysis.archive.deliver import archive_folder
from odr_analysis.exports.covered import (
    MAY_BE_OLDER,
    covers_of,
    dated,
    proven_covers,
    with_stores,
)
from odr_analysis.load import load_account
from odr_analysis.policy import Policy

AS_OF, START, END = date(2026, 9, 30), date(2026, 7, 18), date(2026, 9, 15)
HEAD = (
    "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\t"
    "sales-channel\tsku\n"
)
STORES = {"Amazon.de": 302, "Amazon.fr": 404, "elsewhere": 701}


def oid(i: int, store: str = "Amazon.de") -> str:
    return f"{STORES[store]}-{2_000_000 + i:07d}-{4_000_000 + i:07d}"


def shop(store: str = "Amazon.de", *, days: range = range(92), a_day: int = 3) -> str:
    """Orders of every day of `days`, counted from 1 July; ids count from `a_day` x day on."""
    rows = []
    for i in range(days.start * a_day, days.stop * a_day, days.step):
        on = date(2026, 7, 1) + timedelta(days=i // a_day)
        channel = store if store in ("Amazon.de", "Amazon.fr") else "Non-Amazon DE"
        rows.append(
            f"{oid(i, store)}\t{on}T12:00:00+00:00\t{on}T12:00:00+00:00\tShipped\tMerchant\t"
            f"{channel}\tS\n"
        )
    return "".join(rows)


def feedback(*rows: tuple[date, str]) -> str:
    lines = (f"{day:%d.%m.%y}\t5\tok\t\t{order}\ta@b.c\n" for day, order in rows)
    return "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n" + "".join(lines)


def cases_of(title: str, *rows: tuple[date, str]) -> str:
    """A list kept by hand; a row without an order is the line ``none``."""
    lines = (f"{o},{day},,{'denied' if o else 'none'}\n" for day, o in rows)
    return f"order id,{title} date,reason,status\n" + "".join(lines)


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    made = {
        "orders.txt": HEAD + shop(),
        "feedback.txt": feedback((START, oid(3)), (AS_OF, oid(9))),
        "claims.csv": cases_of("claim", (AS_OF, "")),
        "chargebacks.csv": cases_of("chargeback", (AS_OF, "")),
    }
    made |= {name.replace("_", "."): text for name, text in files.items()}
    for name, text in made.items():
        (folder / name).write_text(text)
    return folder


def both(tmp_path: Path, policy: Policy | None = None, **files: str) -> Account:
    """The account of a folder, which is that of its archive."""
    folder = write(tmp_path / "exports", **files)
    archive_folder(folder, tmp_path / "kept", AS_OF)
    made = load_account(folder, cache=None, policy=policy)
    kept = load_account(tmp_path / "kept", cache=None, policy=policy)
    assert kept.receipt.to_dict() == made.receipt.to_dict()
    assert what_is_known(kept, AS_OF) == what_is_known(made, AS_OF)
    return made


def of(account: Account, store: str = "Amazon.de") -> dict[str, Any]:
    summary = to_summary(account, AS_OF)
    jsonschema.validate(summary, summary_schema())
    return next(r for r in summary["rates"] if r["marketplace"] == store)


def test_rows_of_unknown_orders_lend_no_day(tmp_path: Path) -> None:
    whole = [(START + timedelta(days=3 * i), oid(i, "elsewhere")) for i in range(25)]
    account = both(tmp_path, feedback_txt=feedback((START, oid(3)), *whole))
    assert of(account)["missing"] == ["no file of feedback after 18 Jul 2026"]


def test_a_file_of_unknown_orders_covers_nothing_and_says_so(tmp_path: Path) -> None:
    rows = [(START, oid(1, "elsewhere")), (AS_OF, oid(2, "elsewhere"))]
    account = both(tmp_path, feedback_txt=feedback(*rows))
    assert of(account)["state"] == "unknown"
    assert of(account)["missing"] == [
        "no file of feedback for these orders (feedback.txt names none of these orders)"
    ]


@pytest.mark.parametrize("title", ["claim", "chargeback"])
def test_a_list_of_unknown_orders_is_set_aside(tmp_path: Path, title: str) -> None:
    rows = [(START, oid(1, "elsewhere")), (AS_OF, oid(2, "elsewhere"))]
    account = both(tmp_path, **{f"{title}s_csv": cases_of(title, *rows)})
    (file,) = account.receipt.unknown
    assert "none of its orders is in any order export here: set aside" in file.notes[-1]
    assert (of(account)["state"], len(account.defects)) == ("unknown", 0)


def test_rows_older_than_every_order_show_where_a_file_begins(tmp_path: Path) -> None:
    rows = [(date(2026, 5, 1), oid(9999)), (date(2026, 8, 20), oid(30)), (AS_OF, oid(9))]
    assert of(both(tmp_path, feedback_txt=feedback(*rows)))["state"] == "healthy"


def test_a_file_of_two_stores_covers_each_by_its_own_rows(tmp_path: Path) -> None:
    rows = [(START, oid(3)), (AS_OF, oid(9)), (START, oid(3, "Amazon.fr"))]
    late = (date(2026, 8, 1), oid(9, "Amazon.fr"))
    orders = HEAD + shop() + shop("Amazon.fr")
    account = both(tmp_path, orders_txt=orders, feedback_txt=feedback(*rows, late))
    assert of(account)["state"] == "healthy"
    assert of(account, "Amazon.fr")["missing"] == ["no file of feedback after 1 Aug 2026"]


@pytest.mark.parametrize("n", range(5))
def test_the_line_none_stands_for_all_days_before_whatever_is_listed(
    tmp_path: Path, n: int
) -> None:
    late = [(date(2026, 9, 20 + i), oid(30 + i)) for i in range(n)]
    account = both(tmp_path, claims_csv=cases_of("claim", *late, (AS_OF, "")))
    assert of(account)["state"] == "healthy"
    bare = write(tmp_path / "bare", claims_csv=cases_of("claim", *late))
    assert of(load_account(bare, cache=None))["state"] == "unknown"


def test_orders_that_begin_late(tmp_path: Path) -> None:
    """A seller with an order every four days; a busy one; days of orders that do not count."""
    lines = (HEAD + shop(days=range(19, 92), a_day=1)).splitlines(keepends=True)
    every_fourth = lines[0] + "".join(lines[1::4])
    rows = [(START, oid(19)), (AS_OF, oid(23))]
    few = both(tmp_path, orders_txt=every_fourth, feedback_txt=feedback(*rows))
    assert few.first_order == date(2026, 7, 20)
    assert not any("orders before" in why for why in of(few)["missing"])
    busy = write(tmp_path / "busy", orders_txt=HEAD + shop(days=range(18, 92)))
    assert "no orders before 19 Jul 2026" in of(load_account(busy, cache=None))["missing"]
    other = HEAD + shop(days=range(18, 92)) + shop("elsewhere", days=range(16, 18))
    told = feedback((date(2026, 7, 20), oid(54)), (AS_OF, oid(57)))
    shown = write(tmp_path / "shown", orders_txt=other, feedback_txt=told)
    assert of(load_account(shown, cache=None))["missing"] == []


def settlement(first: str, last: str) -> str:
    names = "settlement-id settlement-start-date settlement-end-date currency transaction-type "
    names += "order-id amount-type amount-description amount posted-date marketplace-name"
    head = names.replace(" ", "\t")
    row = f"1\t\t\t\tOrder\t{oid(9)}\tItemPrice\tPrincipal\t9.00\t2026-09-29\tAmazon.de\n"
    return f"{head}\n1\t{first}T05:00:00+00:00\t{last}T05:00:00+00:00\tEUR\n{row}"


@pytest.mark.parametrize(
    ("first", "why"), [("2026-09-16", "before 16 Sep 2026"), ("2026-07-18", "")]
)
def test_a_settlement_covers_the_days_it_states(tmp_path: Path, first: str, why: str) -> None:
    account = both(
        tmp_path, Policy(accept_partial_sources=True), claims_csv=settlement(first, "2026-09-30")
    )
    assert of(account)["missing"] == ([f"no file of A-to-z claims {why}"] if why else [])


STORES_DRAWN = st.sampled_from(["Amazon.de", "Amazon.fr", ""])
ROWS = st.lists(st.tuples(st.integers(-30, 74), STORES_DRAWN), max_size=14)


@settings(max_examples=300, deadline=None)
@given(ROWS, st.integers(-40, 10))
def test_a_day_is_covered_between_known_rows_or_after_rows_older_than_every_order(
    drawn: list[tuple[int, str]], first: int
) -> None:
    """Against days looked at one by one; a row without a store is of an unknown order."""
    rows = dated(
        [oid(i) for i in range(len(drawn))],
        [START + timedelta(days=k) for k, _ in drawn],
        range(len(drawn)),
        file="f",
    )
    known = {oid(i): store for i, (_, store) in enumerate(drawn) if store}
    orders = pd.DataFrame(
        {"marketplace": known, "ordered_on": dict.fromkeys(known, pd.Timestamp("2026-01-01"))}
    ).astype({"marketplace": "str", "ordered_on": "datetime64[us]"})
    first_order = START + timedelta(days=first)
    whole = covers_of(["feedback"], rows["on"])
    found = proven_covers(whole, with_stores(rows, orders, first_order) if drawn else None)
    stores = {store for _, store in drawn if store}
    late = [store for k, store in drawn if k >= first + MAY_BE_OLDER.days]
    of_account = sum(map(bool, late)) >= 3 and sum(map(bool, late)) * 3 >= 2 * len(late)
    for store in ("Amazon.de", "Amazon.fr"):
        (cover,) = [c for c in found if c.store == store] or [None]
        own = [k for k, of_store in drawn if of_store == store]
        if not own:
            assert cover is None
            continue
        until = first + MAY_BE_OLDER.days if of_account else first
        older = [k for k, of_store in drawn if not of_store and k < until and stores == {store}]
        assert cover is not None
        assert cover.first == START + timedelta(days=min(own + older))
        assert cover.last == START + timedelta(days=max(own + older))
    if drawn and not stores:
        (cover,) = found
        assert cover.last is None or cover.last < first_order


SOURCES = ("feedback.txt", "claims.csv", "chargebacks.csv", "more.csv")


@pytest.mark.parametrize("n", range(1, 4))
def test_taking_files_of_defects_away_never_makes_a_state_better_than_unknown(
    tmp_path: Path, n: int
) -> None:
    """Every folder with `n` of four files less; a second claims.csv replaces the first."""
    for gone in combinations(SOURCES, n):
        folder = write(tmp_path / "-".join(gone), more_csv=cases_of("claim", (AS_OF, "")))
        for name in gone:
            (folder / name).unlink()
        lacks = {"feedback.txt", "chargebacks.csv"} & {*gone} or {*SOURCES[1::2]} <= {*gone}
        state = of(load_account(folder, cache=None))["state"]
        assert state == ("unknown" if lacks else "healthy"), gone


def before_dated(store: Path, policy: Policy | None = None) -> Account:
    """The account of an archive as a version made it that did not keep order and day of rows."""
    kept_files = load.kept_files

    def older(*asked: Any) -> Any:
        files = kept_files(*asked)
        for file in files:
            file.told["members"].pop("dated.parquet", None)
            receipt = file.told["receipt"]
            covers = [c for c in receipt.get("covers", []) if c["first"] or not c["stated"]]
            receipt["covers"] = [{**c, "stated": False} for c in covers]
        return files

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(load, "kept_files", older)
        return load_account(store, cache=None, policy=policy)


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ({}, []),
        ({"claims_csv": cases_of("claim", (date(2026, 9, 20), oid(30)), (AS_OF, ""))}, []),
        (
            {"feedback_txt": feedback((START, oid(3)), (AS_OF, oid(9, "elsewhere")))},
            ["no file of feedback after 18 Jul 2026"],
        ),
        (
            {"claims_csv": cases_of("claim", (START, oid(1, "elsewhere")), (AS_OF, ""))},
            ["no file of A-to-z claims"],
        ),
    ],
)
def test_an_older_archive_certifies_no_more_than_the_folder(
    tmp_path: Path, files: dict[str, str], missing: list[str]
) -> None:
    made = both(tmp_path, **files)
    assert of(made)["missing"] == missing
    assert of(before_dated(tmp_path / "kept"))["missing"] == missing


def test_where_an_older_archive_kept_too_little_it_is_to_be_made_again(tmp_path: Path) -> None:
    policy = Policy(accept_partial_sources=True)
    both(tmp_path, policy, claims_csv=settlement("2026-07-18", "2026-09-30"))
    (why,) = of(before_dated(tmp_path / "kept", policy))["missing"]
    assert why.endswith("(claims.csv was archived by an earlier version: archive its folder again)")
