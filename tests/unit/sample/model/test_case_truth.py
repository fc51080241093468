"""Answers for accounts of many sources, held against their own files."""

from __future__ import annotations

import ast
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import odr_analysis.sample
from odr_analysis.sample.model.recipes import RECIPES
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
