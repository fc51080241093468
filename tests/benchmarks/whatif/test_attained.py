"""What comes of extra orders in a world whose every order is known, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecast.accounts import GENERATORS
from benchmarks.forecast.judge import Ahead
from benchmarks.forecast.world import AHEAD_DAYS, DAYS, NEVER, Counts
from benchmarks.whatif.attained import (
    CELLS,
    DRIFT,
    MEASURED,
    NEEDED,
    NONE,
    OUT_OF_REACH,
    PAIRS,
    UNLIKE,
    Cell,
    Futures,
    printed,
    prior,
    run,
    summary,
    tried,
)
from odr_analysis.forecasting.delay_model.prior import Prior


@dataclass(frozen=True)
class EveryTenth:
    """A world in which each tenth order of a day is defective, reported after so many days."""

    delay: int
    today: date = date(2026, 9, 30)

    def orders(self, day: Counts, rng: np.random.Generator) -> Counts:
        return np.full(len(day), 20)

    def defects(
        self, day: Counts, n_orders: Counts, rng: np.random.Generator
    ) -> tuple[Counts, Counts]:
        cell = np.repeat(np.arange(len(day)), n_orders // 10)
        delays = np.full((len(cell), 3), NEVER)
        delays[:, 1] = self.delay
        return cell, delays


@pytest.fixture(scope="module")
def account():
    return Cell("g1", 200).account(1, "dev")


@pytest.mark.parametrize("delay", [3, 15, 22, 74, 75])
@pytest.mark.parametrize("at", [21, 45])
def test_extra_orders_are_shown_like_others(account, delay: int, at: int) -> None:
    world = EveryTenth(delay)
    futures = Futures.of(replace(account, world=world), np.random.default_rng(0), 2)
    rows = np.flatnonzero((DAYS > 0) & (at - 15 >= DAYS))
    slow = sum(
        3
        for day in range(1, at - 14)
        if at - 74 <= day <= at - 15 and day + delay <= at <= day + 74
    )
    assert futures.brought(rows, 30)[:, at].tolist() == [slow, slow]


@pytest.mark.parametrize(
    ("defects", "per_day", "clean", "under"),
    [(10, 0, True, 0), (9, 0, True, 1), (10, 1, True, 1), (10, 10, False, 0), (9, 10, False, 0)],
)
def test_the_rate_must_be_below_the_limit(account, defects, per_day, clean, under) -> None:
    shape = (3, AHEAD_DAYS + 1)
    ordinary = Ahead(np.full(shape, defects), np.full(shape, 1_000))
    world = replace(account, world=EveryTenth(4))
    futures = Futures(world, ordinary, np.random.default_rng(0))
    assert futures.under(30, per_day, clean) == under


def test_no_rate_is_not_under_the_limit(account) -> None:
    none = np.zeros((2, AHEAD_DAYS + 1), dtype=np.int64)
    futures = Futures(account, Ahead(none, none), np.random.default_rng(0))
    assert futures.under(30, 0, True) == 0


def test_accounts_are_those_of_their_kind() -> None:
    assert len(set(CELLS)) == len(CELLS) == 16
    one, again = (Cell("g2", 200, UNLIKE).account(3, "dev") for _ in range(2))
    pd.testing.assert_frame_equal(one.table.defects, again.table.defects)
    near = [np.log(Cell("g1", 200).account(n, "dev").world.level[-1]) for n in range(60)]
    unlike = [np.log(Cell("g1", 200, UNLIKE).account(n, "dev").world.level[-1]) for n in range(60)]
    assert np.std(near) == pytest.approx(0.3, rel=0.25)
    assert np.std(unlike) == pytest.approx(Prior().rate_sd, rel=0.25)
    # 0.843 % of orders become defective where a level is 1.
    assert 0.00843 * np.exp(np.mean(unlike)) == pytest.approx(0.0045, rel=0.35)
    wanders = Cell("g1", 200, DRIFT).account(0, "dev").world.level
    assert np.ptp(np.log(wanders)) > 0.3


def test_a_prior_is_measured_on_other_sellers() -> None:
    assert prior(Cell("g1", 200), "dev") is None
    found = prior(Cell("g1", 200, MEASURED), "dev")
    assert found is not None
    # Near the limit, which is 1 % of orders shown, and so more of them in the end.
    assert 0.008 < found.rate < 0.016
    assert found.rate_sd < 0.6


@pytest.mark.parametrize("generator", GENERATORS)
def test_what_is_needed_is_enough_nine_times_of_ten(generator: str) -> None:
    cell = Cell(generator, 5_000)
    pairs = [(30, "clean"), (21, "as usual")]
    rows = [row for number in range(8) for row in tried(cell, number, "dev", pairs)]
    of = {a: [r for r in rows if r["answer"] == a] for a in (NEEDED, NONE, OUT_OF_REACH)}
    assert len(of[NEEDED]) >= 6
    assert all(r["per_day"] == 0 and r["claimed"] >= 0.9 for r in of[NONE])
    assert all(r["claimed"] < 0.9 for r in of[OUT_OF_REACH])
    assert all(r["claimed"] >= 0.9 for r in of[NEEDED])
    attained, even, without = (
        np.mean([r[name] for r in of[NEEDED]]) for name in ("attained", "even", "without")
    )
    assert attained > 0.8
    assert attained > even >= without
    assert list(tried(cell, 0, "dev", pairs)) == rows[:2]


def test_accounts_are_made_until_enough_need_orders() -> None:
    rows = run(Cell("g1", 200), 2)
    by = rows.groupby(["days", "quality"])
    assert set(by.groups) == set(PAIRS)
    for _, part in by:
        needing = part.answer == NEEDED
        # The last one is the second that needs some, or there are eight times as many as should.
        assert needing.iloc[-1] if needing.sum() == 2 else len(part) == 16


def made_up(attained: list[float]) -> pd.DataFrame:
    key = {"kind": "calm", "orders": 5_000, "generator": "g1", "days": 30, "quality": "clean"}
    share = {"claimed": 0.9, "without": 0.1, "even": 0.5, "today": 0.4}
    needing = [{**key, **share, "answer": NEEDED, "per_day": 50, "attained": a} for a in attained]
    none = {"answer": NONE, "per_day": 0, "claimed": 0.95, "attained": 0.94, "without": 0.94}
    return pd.DataFrame([*needing, {**key, **none}])


@pytest.mark.parametrize(
    ("attained", "missed"),
    [([0.88, 0.88], False), ([0.9, 1.0], False), ([0.8, 0.9], True), ([0.98, 0.98], True)],
)
def test_shares_out_of_range_are_marked(attained: list[float], missed: bool) -> None:
    table = summary(made_up(attained))
    (row,) = table.to_dict("records")
    assert row["attained"] == pytest.approx(np.mean(attained))
    assert row["error"] == pytest.approx(abs(attained[0] - attained[1]) / 2)
    assert (row["needing"], row["none"], row["out"]) == (2, 1, 0)
    assert row["usual"] == pytest.approx(0.6)
    assert (row["even"], row["none_attained"]) == (0.5, 0.94)
    assert ("!" in printed(table)) == row["missed"] == missed
