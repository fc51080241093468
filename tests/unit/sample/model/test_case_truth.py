"""Answers for accounts of many sources, held against their own files."""

from __future__ import annotations

import ast
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import odr_analysis.sample
from odr_analysis.policy import Policy
from odr_analysis.sample.model.case_truth import make_records, seller_fulfilled, status_of
from odr_analysis.sample.model.cases import Case
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, Orders, as_date, day_number, make_orders
from odr_analysis.sample.model.recipes import RECIPES, Recipe
from odr_analysis.sample.model.scenarios import SETTINGS
from tests.unit.sample.written import STORES, Written

COMPONENTS = ("feedback", "claim", "chargeback")


def test_the_answers_ask_no_code_that_reads_or_ranks_evidence() -> None:
    rooms = sorted(Path(odr_analysis.sample.__file__).parent.rglob("*.py"))
    assert len(rooms) > 15
    for room in rooms:
        for node in ast.walk(ast.parse(room.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith(
                    ("odr_analysis.exports", "odr_analysis.l")
                )


def test_counts_are_those_of_the_files_read_again(made: Written) -> None:
    """Orders from the order files, verdicts from the planted cases: on the last day, by which all
    are known."""
    orders: dict[str, dict[str, str]] = {}
    for row in made.rows("all-orders"):
        old = orders.get(row["amazon-order-id"])
        if old is None or row["last-updated-date"] >= old["last-updated-date"]:
            orders[row["amazon-order-id"]] = row
    assert len(orders) == made.truth["orders"]["distinct"] == 1_500
    as_of = date.fromisoformat(made.truth["as_of"])
    for preset, lag in (("amazon-current", 15), ("amazon-2016", 30), ("as-reported", 15)):
        hit: dict[str, set[str]] = {}
        for case in made.truth["planted"]:
            for order_id in case["orders"] if case["counts"][preset] else ():
                hit.setdefault(order_id, set()).add(case["component"])
        counts = {channel: Counter[str]() for channel in ("Merchant", "Amazon")}
        for order_id, row in orders.items():
            placed = datetime.fromisoformat(row["purchase-date"]).date()
            inside = as_of - timedelta(lag + 59) <= placed <= as_of - timedelta(lag)
            named = row["sales-channel"] == STORES[made.truth["scenario"]]
            if inside and named and not order_id.startswith("S"):
                own = counts[row["fulfillment-channel"]]
                own["n_orders"] += 1
                own["n_defective"] += bool(hit.get(order_id))
                own.update(f"n_{component}" for component in hit.get(order_id, ()))
        for row in made.truth["policies"][preset]["rates"]:
            own = counts["Merchant" if row["channel"] == "mfn" else "Amazon"]
            for name in ("n_orders", "n_defective", *(f"n_{c}" for c in COMPONENTS)):
                assert row[name] == own[name], (preset, row["channel"], name)


def test_rates_of_the_account_are_those_of_todays_rules(made: Written) -> None:
    own = made.truth["policies"]["amazon-current"]
    assert made.truth["rates"] == own["rates"]
    assert made.truth["rates_history"] == own["rates_history"]


def test_contradictions_are_planted_cases(made: Written) -> None:
    wanted = sorted(
        (order_id, case["component"], case["name"])
        for case in made.truth["planted"]
        for order_id in case["orders"]
        if RECIPES[case["name"]].contradiction
    )
    told = made.truth["contradictions"]
    assert [(c["order_id"], c["component"], c["name"]) for c in told] == wanted
    assert len({name for _, _, name in wanted}) == sum(r.contradiction for r in RECIPES.values())
    assert all(c["what"] for c in told)


LAST = day_number(date(2026, 9, 30))


@pytest.fixture
def few() -> Orders:
    return make_orders(SETTINGS["witnesses"], 60, 273, date(2026, 9, 30), Draws(6))


def plain(orders: Orders) -> int:
    """The first order that counts and was shipped."""
    shipped = orders.shipped_by((LAST + 1) * DAY - 1).nonzero()[0].tolist()
    return next(i for i in shipped if i not in orders.not_counted)


def test_the_status_is_that_of_the_end_of_the_last_day(few: Orders) -> None:
    end, order = (LAST + 1) * DAY, plain(few)
    assert status_of(few, order, LAST) == ""
    few.done_at[order] = few.paid_at[order] = end
    assert status_of(few, order, LAST) == "pending"
    few.paid_at[order] = end - 1
    assert status_of(few, order, LAST) == "", "paid, and waits to be sent"
    few.done_at[order], few.cancelled[order] = end - 1, True
    assert status_of(few, order, LAST) == "cancelled"


def test_a_policy_may_leave_cancelled_orders_out(few: Orders) -> None:
    order = plain(few)
    few.cancelled[order] = True
    with_them = make_records(few, [], LAST, Policy(count_cancelled_orders=True))
    without = make_records(few, [], LAST, Policy(count_cancelled_orders=False))
    statuses = [status_of(few, i, LAST) for i in range(few.n) if i not in few.not_counted]
    assert len(with_them) - len(without) == statuses.count("cancelled") >= 1


def test_a_case_is_known_from_its_first_day_or_from_the_order_day(few: Orders) -> None:
    order = plain(few)
    on = int(few.day[order])
    listed = Case("made up", Recipe("claim", "in words", listed="yes"), order, "late", on)
    dated = Case("made up", Recipe("feedback", "", stars=("", "1")), order, "late", on)
    dated.received = (on + 3, on + 4)
    (record,) = (r for r in make_records(few, [listed, dated], LAST, Policy()) if r.claim_on)
    assert (record.claim_on, record.feedback_on) == (as_date(on), as_date(on + 4))
    assert record.chargeback_on is None


def test_orders_the_seller_sends_are_counted_by_day_both_ends_included(few: Orders) -> None:
    first, last = as_date(int(few.day.min())), as_date(int(few.day.max()))
    mine = [i for i in few.is_mfn.nonzero()[0].tolist() if i not in few.not_counted]
    assert seller_fulfilled(few, first, last) == len(mine)
    day = as_date(int(few.day[mine[0]]))
    on_it = [i for i in mine if as_date(int(few.day[i])) == day]
    assert seller_fulfilled(few, day, day) == len(on_it) >= 1
