"""The judge, by a model that knows the future's distribution and one that is naive."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecast.accounts import GENERATORS, generate
from benchmarks.forecast.judge import CERTAIN, Cell, Toolkit, broken, judge, known_path
from benchmarks.forecast.picture import BINS, pit_histograms
from benchmarks.forecast.standins import Oracle, Persistence
from benchmarks.forecast.table import figures, printed, summary
from benchmarks.forecast.world import DAYS
from odr_analysis.forecasting.track_record import scores

CELLS = [Cell("calm", 200), Cell("rate-x2", 5_000)]


@pytest.fixture(scope="module")
def of_oracle() -> pd.DataFrame:
    return judge(Oracle(50), [*CELLS, Cell("calm", 200, 90)], accounts=40)


def test_what_knows_the_truth_has_a_uniform_pit(of_oracle: pd.DataFrame) -> None:
    pits = of_oracle.pit.dropna()
    assert len(pits) == 3 * 40 * 12
    # Targets of one account depend on each other, so that 120 accounts have an error of 2 points.
    assert scores.inside(pits, 0.9).mean() == pytest.approx(0.9, abs=0.03)
    assert scores.inside(pits, 0.5).mean() == pytest.approx(0.5, abs=0.06)
    assert pits.mean() == pytest.approx(0.5, abs=0.04)


def test_it_is_better_than_what_it_is_compared_with(of_oracle: pd.DataFrame) -> None:
    by = {(f.measure, f.orders, f.horizon): f for f in figures(of_oracle)}
    for orders in (200, 5_000):
        for horizon in (7, 14, 30, 60):
            for name in ("WIS/persistence", "WIS/known path"):
                assert by[f"forecast {name}", orders, horizon].value < 0.9
        assert by["nowcast WIS/as reported, mature", orders, 0].value < 0.9


def test_the_table_marks_what_is_missed() -> None:
    found = figures(judge(Persistence(), CELLS, accounts=10))
    missed = {f.measure for f in found if f.missed}
    assert {"nowcast PIT90, mature", "forecast WIS/persistence", "rule broken, certain"} <= missed
    assert not any(f.missed for f in found if f.measure == "rule broken, today")
    text = printed(found)
    assert text.count("!") - 1 == sum(f.missed for f in found)
    assert "5,000 orders in 60 days" in text


def test_a_wrong_recount_is_noticed() -> None:
    account = generate("g1", "calm", 200, 3)
    rng = np.random.default_rng(0)
    draws, ahead = Toolkit().nowcast(account, rng), Toolkit().forecast(account, rng)
    assert not any(broken(draws, ahead, account).values())
    for column in CERTAIN:
        wrong = ahead.certain.assign(**{column: ahead.certain[column] + (ahead.certain.index == 9)})
        assert broken(draws, ahead._replace(certain=wrong), account)["recount"] == 1


def test_a_short_history_is_judged_apart(of_oracle: pd.DataFrame) -> None:
    found = figures(of_oracle)
    assert {f.n for f in found if f.measure.startswith("90 days")} == {40}
    assert {f.n for f in found if f.measure.startswith("nowcast")} == {40}
    assert set(summary(of_oracle).reset_index().history_days) == {90, 364}
    alone = figures(of_oracle[of_oracle.history_days == 90])
    assert [f.n for f in alone if f.measure.startswith("90 days")] == [40, 40]


def test_scores_are_the_same_each_time_and_with_more_processes() -> None:
    one = judge(Persistence(), CELLS[:1], accounts=8)
    two = judge(Persistence(), CELLS[:1], accounts=8, jobs=2)
    pd.testing.assert_frame_equal(one, two)
    parts = [judge(Persistence(), CELLS[:1], accounts=4, first=n) for n in (0, 2)]
    pd.testing.assert_frame_equal(one, pd.concat(parts, ignore_index=True))


@pytest.mark.parametrize("generator", GENERATORS)
def test_the_known_path_adds_orders_not_placed_yet_at_the_rate_of_today(generator: str) -> None:
    account = generate(generator, "calm", 5_000, 1)
    truth, path = account.truth, known_path(account)
    assert path[0] == pytest.approx(100 * truth.defects[0] / truth.orders[0])
    assert path[15] == pytest.approx(100 * truth.known[15] / truth.orders[15])
    recent = account.n_orders[(DAYS > -28) & (DAYS <= 0)].mean()
    today = truth.defects[0] / truth.orders[0]
    n = truth.known_orders[40] + 25 * recent
    assert path[40] == pytest.approx(100 * (truth.known[40] + today * 25 * recent) / n)
    assert np.isclose(path[75], 100 * today)


def test_the_picture_is_of_the_pits(of_oracle: pd.DataFrame) -> None:
    axes = pit_histograms(of_oracle).axes
    assert [a.get_title().splitlines()[1] for a in axes[:2]] == [
        "200 orders in 60 days",
        "5,000 orders in 60 days",
    ]
    pits = of_oracle[(of_oracle.target == "forecast") & (of_oracle.orders == 5_000)].pit
    (stairs,) = axes[1].patches[1:]
    values = stairs.get_data().values
    assert values.sum() == pytest.approx(BINS)
    assert values[0] == pytest.approx((pits < 1 / BINS).mean() * BINS)
