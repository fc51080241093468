"""One rate of Account Health as a line: state, shape, counts and sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from odr_analysis import html, terms
from odr_analysis.answer.parts.health_lines import (
    SHAPES,
    health_lines,
)
from odr_analysis.health.rules import HEALTH_COLUMNS, RULES, Rule, finished
from odr_analysis.schema import typed
from tests.unit.health.made import DE


def rule(metric: str) -> Rule:
    return next(r for r in RULES if r.metric == metric)


def line(metric: str, total: int | None, bad: int | None, **more: Any) -> Any:
    window = rule(metric).window(pd.Timestamp("2026-09-30").date())
    given = {"days": window.days, "from_on": window.start, "to_on": window.end}
    given |= {"n_total": total, "n_bad": bad, "source": "snapshot", **more}
    rates = pd.DataFrame([finished(rule(metric), DE, **given)])
    (found,) = health_lines(typed(rates, HEALTH_COLUMNS))
    return found


@pytest.mark.parametrize(
    ("metric", "total", "bad", "rate", "state", "word"),
    [
        ("late_shipment", 1000, 10, "1.00 %", "healthy", "Healthy"),
        ("late_shipment", 1000, 28, "2.80 %", "warning", "Close to the limit"),
        ("late_shipment", 1000, 40, "4.00 %", "critical", "Over the limit"),
        ("valid_tracking", 200, 2, "99.00 %", "healthy", "Healthy"),
        ("valid_tracking", 200, 10, "95.00 %", "critical", "Target missed"),
        ("valid_tracking", 1000, 36, "96.40 %", "warning", "Close to the limit"),
        ("on_time_delivery", 100, 50, "50.00 %", "warning", "Short of what Amazon recommends"),
        ("unit_on_time_delivery", 100, 10, "90.00 %", "warning", "Close to the limit"),
    ],
)
def test_state_shape_and_word(
    metric: str, total: int, bad: int, rate: str, state: str, word: str
) -> None:
    found = line(metric, total, bad)
    assert (found.rate_text, found.state, found.state_word) == (rate, state, word)
    assert found.shape == SHAPES[state]
    assert word in found.sentence, "the word stands beside the symbol"


def test_a_line_in_one_sentence() -> None:
    assert line("cancellation", 214, 3).sentence == (
        "Cancellation rate, 7 days (23 Sep to 29 Sep 2026): 1.40 % (3 of 214 seller-fulfilled "
        "orders), below 2.5 %. Healthy."
    )


def test_good_ones_are_counted_where_the_rate_is_of_those() -> None:
    found = line("valid_tracking", 200, 4)
    assert found.counts_text == "196 of 200 parcels"
    assert found.target_text == "above 95 %"
    assert line("on_time_delivery", 9, 0).target_text == "recommended: at least 97 %"


def test_counts_lead_where_one_bad_order_misses_the_target() -> None:
    assert "1 of 40 seller-fulfilled orders (2.50 %)" in line("cancellation", 40, 1).sentence
    assert "2.44 % (1 of 41 seller-fulfilled orders)" in line("cancellation", 41, 1).sentence


def test_a_rate_is_not_rounded_across_its_target() -> None:
    assert line("late_shipment", 10_000, 399).rate_text == "3.99 %"
    assert line("late_shipment", 100_000, 3_999).rate_text == "3.999 %"


def test_rates_without_counts_orders_or_anything() -> None:
    found = line("late_shipment", None, None, rate=0.0277)
    assert (found.rate_text, found.counts_text) == ("2.77 %", "")
    found = line("invoice_defects", 0, 0)
    assert found.sentence.endswith("no rate (no business order).")
    assert (found.state, found.state_word) == ("no data", "No data")
    found = line("late_shipment", 5, None)
    assert found.counts_text == "5 seller-fulfilled orders"
    found = line("cancellation", None, None, source="unknown", missing="the list or the report")
    assert found.sentence.endswith("cannot be known from these files; add the list or the report.")
    assert (found.rate_text, found.state_word) == ("", "Cannot be known")


def test_shapes_are_those_the_page_draws_for_odr() -> None:
    assert tuple(SHAPES) == terms.STATES
    text = (Path(html.__file__).parent / "templates/_macros.html.j2").read_text("utf-8")
    drawn = re.findall(r'state == "([\w ]+)"', text)
    assert set(drawn) == set(SHAPES) - {"no data"}
