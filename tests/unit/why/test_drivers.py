"""Groups of orders that go wrong: found where planted, counted right, summing to the change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from odr_analysis import bridge, driver_shifts, drivers, load_sample
from odr_analysis.why.causes import causes


@pytest.fixture(scope="module")
def sample():
    return load_sample()


def test_the_faults_of_the_sample_stand_first(sample) -> None:
    table = drivers(sample)
    mine = table[table.channel == "mfn"]
    assert (mine.factor.iloc[0], mine.level.iloc[0]) == ("ship service", "Expedited")
    products = mine[mine.factor == "product"]
    assert products.level.iloc[0] == "KT-TELLER-6"


def test_every_order_is_in_one_level_where_it_can_be_in_one_only(sample) -> None:
    table = drivers(sample)
    for channel in ("mfn", "afn"):
        mine = table[(table.channel == channel) & (table.factor == "weekday")]
        row = bridge(sample, sample.known_to, sample.known_to).query(
            "channel == @channel and measure == 'odr'"
        )
        assert mine.n_orders.sum() == row.to_n_orders.iloc[0]
        assert mine.n_defective.sum() == row.to_n_defective.iloc[0]


def test_mix_and_rate_of_every_factor_sum_to_the_change(sample) -> None:
    shifts = driver_shifts(sample, "2026-07-30", "2026-09-30")
    totals = bridge(sample, "2026-07-30", "2026-09-30")
    for (channel, factor), rows in shifts.groupby(["channel", "factor"]):
        change = totals[(totals.channel == channel) & (totals.measure == "odr")].change.iloc[0]
        assert (rows.mix_effect + rows.rate_effect).sum() == pytest.approx(change, abs=1e-12), (
            factor
        )


def test_three_orders_do_not_top_the_shrunk_rates() -> None:
    sizes = {"A": (400, 12), "B": (3, 1), **{f"C{i}": (300, 3) for i in range(8)}}
    rows, bad = [], {}
    for name, (n, d) in sizes.items():
        for i in range(n):
            rows.append((f"{name}-{i}", "product", name))
            bad[f"{name}-{i}"] = i < d
    levels = pd.DataFrame(rows, columns=["order_id", "factor", "level"])
    table = causes(levels, pd.Series(bad)).set_index("level")
    assert table.rate["B"] > table.rate["A"]
    assert table.shrunk["A"] > table.shrunk["B"]
    assert table.index[0] == "A"
    assert table.significant["A"]
    assert not table.significant["B"]


def test_a_group_of_all_orders_is_nothing_to_compare_and_unknown_orders_are_left_out() -> None:
    ids = [f"o{i}" for i in range(10)]
    levels = pd.DataFrame(
        {"order_id": [*ids, "x"], "factor": "weekday", "level": ["Monday"] * 10 + ["Sunday"]}
    )
    assert causes(levels, pd.Series(False, index=ids)).empty


def test_alike_groups_are_rarely_called_significant() -> None:
    rng = np.random.default_rng(7)
    ids = np.array([f"o{i}" for i in range(4000)])
    called = 0
    for _ in range(40):
        levels = pd.DataFrame(
            {
                "order_id": np.tile(ids, 2),
                "factor": np.repeat(["product", "weekday"], len(ids)),
                "level": np.concatenate(
                    [rng.integers(0, 40, len(ids)), rng.integers(0, 7, len(ids))]
                ).astype(str),
            }
        )
        wrong = pd.Series(rng.random(len(ids)) < 0.01, index=ids)
        called += bool(causes(levels, wrong).significant.any())
    assert called <= 4
