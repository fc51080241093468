"""Defects of a synthetic seller: delays and rates."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from odr_analysis.sample.model.defects import Defects, make_defects
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import Orders, day_number, make_orders
from odr_analysis.sample.model.scenarios import SETTINGS

END = date(2026, 9, 30)

LAST = day_number(END)


def make(scenario: str, n: int, seed: int = 11) -> tuple[Orders, Defects]:
    draws = Draws(seed)
    orders = make_orders(SETTINGS[scenario], n, 273, END, draws)
    return orders, make_defects(SETTINGS[scenario], orders, LAST, draws)


def reports(orders: Orders, defects: Defects) -> dict[tuple[str, str], int]:
    """(order id, kind) to days from order to report."""
    day = orders.day.tolist()
    kinds = {"f": defects.feedback, "c": defects.claims, "b": defects.chargebacks}
    return {
        (orders.ids[entry.order], kind): entry.on - day[entry.order]
        for kind, entries in kinds.items()
        for entry in entries
    }


def test_reports_due_in_the_last_60_days_take_40_percent_longer() -> None:
    orders, before = make("stationary", 30_000)
    _, after = make("lag-shift", 30_000)
    day = dict(zip(orders.ids, orders.day.tolist(), strict=True))
    usual, late = reports(orders, before), reports(orders, after)
    assert set(late) < set(usual)
    moved = 0
    for key, delay in late.items():
        due = day[key[0]] + usual[key]
        if due <= LAST - 61:
            assert delay == usual[key]
        elif due >= LAST - 58:
            # both are whole days, so rounding may take one either way
            assert delay == pytest.approx(1.4 * usual[key], abs=1.3)
            moved += 1
    assert moved > 20


@pytest.mark.parametrize(
    ("scenario", "newest", "oldest", "factor"),
    [("step", 0, 44, 2.0), ("drift", 200, 272, 0.7), ("drift", 30, 80, 1.8)],
)
def test_risk_moves_the_rate(scenario: str, newest: int, oldest: int, factor: float) -> None:
    def n_bad(name: str) -> int:
        orders, defects = make(name, 60_000)
        age = LAST - orders.day
        bad = {f.order for f in defects.feedback if f.negative}
        bad |= {c.order for c in defects.claims if c.counts}
        return sum(newest <= age[i] <= oldest for i in bad)

    assert n_bad(scenario) == pytest.approx(factor * n_bad("stationary"), rel=0.25)


def test_delays_have_the_stated_medians() -> None:
    delays: dict[str, list[int]] = {"f": [], "c": [], "b": []}
    for seed in (11, 12, 13):
        orders, defects = make("stationary", 60_000, seed)
        old = {orders.ids[i] for i in np.flatnonzero(LAST - orders.day > 150).tolist()}
        for (order, kind), delay in reports(orders, defects).items():
            if order in old:
                delays[kind].append(delay)
    assert np.median(delays["f"]) == pytest.approx(16, rel=0.1)
    assert np.median(delays["c"]) == pytest.approx(24, rel=0.15)
    assert np.median(delays["b"]) == pytest.approx(45, rel=0.3)
    assert min(map(min, delays.values())) >= 3


def test_ultimate_rates_are_the_stated_ones() -> None:
    orders, defects = make("stationary", 60_000)
    old = LAST - orders.day > 120
    claims = {c.order for c in defects.claims if c.counts and old[c.order]}
    feedback = {f.order for f in defects.feedback if f.negative and old[f.order]}
    n = int(old.sum())
    assert len(feedback) / n == pytest.approx(0.005, rel=0.2)
    assert len(claims) / n == pytest.approx(0.0025, rel=0.2)
    assert len(claims & feedback) / len(claims) == pytest.approx(0.3, abs=0.12)
