"""Groups of orders that go wrong: found where planted, counted right, summing to the change."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact, hypergeom

from odr_analysis import (
    account_from_frames,
    before_after,
    bridge,
    driver_shifts,
    drivers,
    leading_causes,
    load_sample,
    reason_rates,
    stands_out,
    worklist,
)
from odr_analysis.causes.drivers import DRIVER_COLUMNS
from odr_analysis.causes.exact_tests import ALIKE, FALSE_CAUSES
from odr_analysis.causes.factors import Factor
from odr_analysis.causes.group_tests import ANY, causes, compared, group_counts
from odr_analysis.errors import ParameterError


@pytest.fixture(scope="module")
def sample():
    return load_sample()


def test_the_faults_of_the_sample_stand_first(sample) -> None:
    table = drivers(sample)
    mine = table[table.channel == "mfn"]
    assert (mine.factor.iloc[0], mine.level.iloc[0]) == ("ship service", "Expedited")
    products = mine[mine.factor == "product"]
    assert products.level.iloc[0] == "KT-TELLER-6"
    # Without their reasons they stand first too, but are not told from chance.
    every = mine[mine.reason == ANY]
    assert every.level.iloc[0] == "Expedited"


def test_every_order_is_in_one_level_where_it_can_be_in_one_only(sample) -> None:
    table = drivers(sample)
    for channel in ("mfn", "afn"):
        mine = table[
            (table.channel == channel) & (table.factor == "weekday") & (table.reason == ANY)
        ]
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


def grouped(sizes: dict[str, tuple[int, int]]) -> tuple[Factor, np.ndarray]:
    """Groups of one factor by orders and defective ones, and which orders are defective."""
    level = [name for name, (n, _) in sizes.items() for _ in range(n)]
    bad = [i < d for n, d in sizes.values() for i in range(n)]
    return Factor.of("product", np.arange(len(level)), level), np.array(bad)


def told(factor: Factor, bad: np.ndarray) -> pd.DataFrame:
    return causes([factor], {ANY: bad}, np.arange(len(bad))).set_index("level")


def test_three_orders_do_not_top_the_shrunk_rates() -> None:
    sizes = {"A": (400, 12), "B": (3, 1), **{f"C{i}": (300, 3) for i in range(8)}}
    table = told(*grouped(sizes))
    assert table.rate["B"] > table.rate["A"]
    assert table.shrunk["A"] > table.shrunk["B"]
    assert table.index[0] == "A"
    assert table.significant["A"]
    assert not table.significant["B"]


def test_counts_of_a_group_and_of_the_rest_are_those_of_its_orders() -> None:
    row = told(*grouped({"A": (40, 3), "B": (60, 1)})).loc["A"]
    assert (row.n_orders, row.n_defective, row.rest_n_orders, row.rest_n_defective) == (
        40,
        3,
        60,
        1,
    )
    assert row.rest_rate == 1 / 60
    assert row.excess == pytest.approx(3 - 40 / 60)
    first, last = (pd.Timestamp("1970-01-01") + pd.Timedelta(days=d) for d in (0, 2))
    assert (row.first_on, row.last_on) == (first, last)


def test_p_values_are_fishers() -> None:
    table = told(*grouped({"A": (40, 3), "B": (60, 1)}))
    for name, counts in {"A": [[3, 37], [1, 59]], "B": [[1, 59], [3, 37]]}.items():
        assert table.p_value[name] == pytest.approx(fisher_exact(counts, "greater").pvalue)


def test_a_group_of_all_orders_is_nothing_to_compare_and_an_order_may_be_in_none() -> None:
    bad = np.zeros(10, dtype=bool)
    assert causes(
        [Factor.of("weekday", range(10), ["Monday"] * 10)], {ANY: bad}, np.arange(10)
    ).empty
    some = Factor.of("weekday", range(10), ["Monday"] * 4 + [""] * 6)
    assert told(some, bad).n_orders.to_dict() == {"Monday": 4}
    assert causes([], {ANY: bad}, np.arange(10)).empty


Margins = list[tuple[int, int, int]]
"""Of each group its orders, and defective and all orders of its series."""


@cache
def can_be(n: int, all_d: int, all_n: int) -> list[float]:
    """The p-values of 1, 2, 3, ... defective orders."""
    return [hypergeom.sf(d - 1, all_n, all_d, n) for d in range(1, min(n, all_d) + 1)]


def slow_adjusted(p: float, margins: Margins) -> float:
    """How often any group has so small a p-value, at most: one group and one value at a time."""
    reach = [max((v for v in can_be(*m) if v <= p * ALIKE), default=0.0) for m in margins]
    return min(sum(reach), 1.0)


@pytest.mark.parametrize("seed", range(4))
def test_adjusted_p_values_are_those_spelled_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = {f"g{i}": (int(n), 0) for i, n in enumerate(rng.integers(3, 60, 12))}
    factor, bad = grouped(sizes)
    bad = rng.random(len(bad)) < np.where(factor.code == 0, 0.3, 0.03)
    table = told(factor, bad)
    margins = [(int(n), int(bad.sum()), len(bad)) for n in table.n_orders]
    some = table[table.n_defective > 0]
    assert len(some)
    assert some.p_adjusted.tolist() == pytest.approx(
        [slow_adjusted(p, margins) for p in some.p_value]
    )
    assert (table.p_adjusted[table.n_defective == 0] == 1).all()


def two_series(seed: int) -> list[pd.DataFrame]:
    """Counts of groups of two series of other sizes and rates, compared for two reasons."""
    rng = np.random.default_rng(seed)
    tables = []
    for n, usual in ((400, 0.04), (150, 0.02)):
        code = rng.integers(0, 6, n)
        bad = rng.random(n) < np.where(code == 1, 5 * usual, usual)
        factor = Factor.of("product", np.arange(n), [f"P{i}" for i in code])
        defective = {ANY: bad, "late": bad & (rng.random(n) < 0.5)}
        tables.append(group_counts([factor], defective, np.arange(n)))
    return tables


def margins_of(counted: list[pd.DataFrame]) -> Margins:
    rows = pd.concat(counted)[["n_orders", "all_n_defective", "all_n_orders"]]
    return [(n, d, all_n) for n, d, all_n in rows.to_numpy(int).tolist()]


@pytest.mark.parametrize("seed", range(4))
def test_series_of_one_report_are_judged_together(seed: int) -> None:
    counted = two_series(seed)
    both = compared(counted)
    margins = margins_of(counted)
    more = 0
    for table, alone in zip(both, (compared([one])[0] for one in counted), strict=True):
        some = table.n_defective > 0
        slow = [slow_adjusted(p, margins) for p in table.p_value[some]]
        assert table.p_adjusted[some].tolist() == pytest.approx(slow)
        # In a report of one series it is judged by its own groups only.
        assert (table.p_value == alone.p_value).all()
        assert (table.p_adjusted >= alone.p_adjusted - 1e-12).all()
        more += (table.p_adjusted > alone.p_adjusted + 1e-12).sum()
    assert more


@pytest.mark.parametrize("seed", range(4))
def test_needed_is_the_fewest_at_which_a_group_is_significant(seed: int) -> None:
    counted = two_series(seed)
    margins = margins_of(counted)

    def fewest(n: int, all_d: int, all_n: int) -> int:
        for d, p in enumerate(can_be(n, all_d, all_n), start=1):
            if slow_adjusted(p, margins) <= FALSE_CAUSES:
                return d
        return min(n, all_d) + 1

    seen = 0
    for i, (table, judged) in enumerate(zip(counted, compared(counted), strict=True)):
        needed = judged.set_index(["reason", "level"]).needed
        for at, row in enumerate(table.itertuples(), start=i * len(counted[0])):
            if (row.reason, row.level) in needed.index:
                assert needed[(row.reason, row.level)] == fewest(*margins[at])
                seen += 1
    assert seen >= len(margins) / 2


def test_alike_groups_are_rarely_called_significant() -> None:
    rng = np.random.default_rng(7)
    at = np.arange(4000)
    called = 0
    for _ in range(100):
        factors = [
            Factor.of(name, at, rng.integers(0, n, len(at)).astype(str))
            for name, n in (("product", 40), ("weekday", 7))
        ]
        wrong = rng.random(len(at)) < 0.01
        by_reason = {f"r{i}": wrong & (rng.integers(0, 3, len(at)) == i) for i in range(3)}
        table = causes(factors, {ANY: wrong, **by_reason}, at)
        called += bool(table.significant.any())
    assert called <= 10


def test_a_reason_finds_what_all_defects_together_hide(sample) -> None:
    table = drivers(sample)
    mine = table[(table.channel == "mfn") & table.significant]
    assert mine[["reason", "level"]].values.tolist() == [["not received", "Expedited"]]
    assert not table[table.reason == ANY].significant.any()
    # The damaged plates lead all that may be chance.
    rest = table[(table.channel == "mfn") & ~table.significant]
    assert rest[["reason", "level"]].values.tolist()[0] == ["damaged", "KT-TELLER-6"]
    assert FALSE_CAUSES < rest.p_adjusted.iloc[0] < 0.2


def test_what_only_goes_along_with_a_cause_is_no_cause_of_its_own() -> None:
    # Every order to Berlin goes by the failing carrier, which also serves other places.
    n = 4000
    carrier = np.where(np.arange(n) % 10 == 0, "GLS", "DHL")
    region = np.where(np.arange(n) % 30 == 0, "Berlin", "Hessen")
    orders = pd.DataFrame(
        {
            "order_id": [f"o{i}" for i in range(n)],
            "ordered_on": "2026-08-20",
            "marketplace": "Amazon.de",
            "channel": "mfn",
            "sku": "CUP",
            "carrier": carrier,
            "ship_country": "DE",
            "ship_region": region,
        }
    )
    bad = orders[(carrier == "GLS") & (np.arange(n) % 60 != 10)].order_id.iloc[::6]
    defects = pd.DataFrame(
        {
            "order_id": bad,
            "component": "claim",
            "reported_on": "2026-09-01",
            "reason": "Not received",
        }
    )
    account = account_from_frames(orders, defects)
    found = drivers(account, "2026-09-30")
    assert found[found.significant].factor.nunique() > 1
    assert set(found[found.significant].factor) == {"carrier", "destination"}
    causes_found = leading_causes(account, "2026-09-30")
    assert causes_found[["factor", "level"]].values.tolist() == [["carrier", "GLS"]]
    assert sorted(causes_found.order_ids.iloc[0].split("; ")) == sorted(bad)


def test_an_asin_is_a_group_only_where_it_has_several_skus() -> None:
    orders = pd.DataFrame(
        {
            "order_id": ["a", "b", "c", "d"],
            "ordered_on": "2026-08-20",
            "marketplace": "Amazon.de",
            "channel": "mfn",
            "sku": ["CUP-1", "CUP-2", "PLATE", "PLATE"],
            "asin": ["B1", "B1", "B2", "B2"],
        }
    )
    table = drivers(account_from_frames(orders), "2026-09-30")
    asins = table[table.factor == "ASIN"].set_index("level").n_orders.to_dict()
    assert asins == {"B1": 2, "B2": 2}
    table = drivers(account_from_frames(orders[orders.sku != "CUP-2"]), "2026-09-30")
    assert set(table.factor) == {"product"}


def bare(n: int, **more: object) -> pd.DataFrame:
    ids = [f"o{i}" for i in range(n)]
    return pd.DataFrame(
        {"order_id": ids, "ordered_on": "2026-08-20", "marketplace": "Amazon.de", "channel": "mfn"}
    ).assign(**more)


def test_orders_without_product_price_or_reason_have_nothing_to_compare() -> None:
    defects = pd.DataFrame({"order_id": ["o1"], "component": "claim", "reported_on": "2026-09-01"})
    for orders in (bare(50), bare(1)):
        account = account_from_frames(orders, defects if len(orders) > 1 else None)
        # A single weekday is no group among others.
        assert drivers(account, "2026-09-30").empty
        assert leading_causes(account, "2026-09-30").empty
        assert list(drivers(account, "2026-09-30").columns) == list(DRIVER_COLUMNS)
        shifts = driver_shifts(account, "2026-08-25", "2026-09-30")
        assert shifts.mix_effect.isna().all()


def test_days_without_orders_give_no_rows() -> None:
    account = account_from_frames(bare(5, sku=list("ABCDE")))
    assert drivers(account, "2026-08-25").empty
    assert drivers(account, "2027-08-25").empty
    assert driver_shifts(account, "2025-01-01", "2025-02-01").empty
    assert not drivers(account, "2026-09-30").empty


def test_ten_thousand_products_are_compared_at_once() -> None:
    n = 30_000
    rng = np.random.default_rng(1)
    at = np.arange(n)
    product = Factor.of("product", at, (at % 10_000).astype(str))
    wrong = (rng.random(n) < 0.005) | (at % 10_000 == 77)
    table = told(product, wrong)
    assert len(table) == 10_000
    assert table.index[0] == "77"


def test_days_the_wrong_way_round_are_told(sample) -> None:
    for asked in (driver_shifts, reason_rates):
        with pytest.raises(ParameterError, match="Swap them"):
            asked(sample, "2026-09-30", "2026-09-01")


def test_a_single_defective_order_goes_through_everything() -> None:
    defects = pd.DataFrame({"order_id": ["o0"], "component": "claim", "reported_on": "2026-09-01"})
    account = account_from_frames(bare(1), defects)
    assert leading_causes(account, "2026-09-30").empty
    found = stands_out(account, "2026-09-30")
    assert found.lines == (
        "No group of orders can be compared: the files name no product, service or place.",
    )
    assert found.funnel.empty
    assert found.reasons[["reason", "n_defective", "rate"]].values.tolist() == [["", 1, 1.0]]
    assert (found.strategies.n_untold == 1).all()
    assert "of no defective order does a file tell the reason" in found.strategy_line
    work = worklist(account, "2026-09-30")
    assert work.effect.tolist() == [-1.0]
    row = before_after(account, "2026-08-21", "2026-09-30").iloc[0]
    assert (row.before_n_orders, row.after_n_orders, row.verdict) == (1, 0, "no difference shown")
