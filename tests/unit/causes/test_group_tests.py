"""Groups of orders against the rest: counts, shrinkage and exact tests."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact, hypergeom

from odr_analysis.causes.exact_tests import ALIKE, FALSE_CAUSES
from odr_analysis.causes.factors import Factor
from odr_analysis.causes.group_tests import ANY, causes, compared, group_counts


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
def test_series_of_one_report_are_compared_together(seed: int) -> None:
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


def test_ten_thousand_products_are_compared_at_once() -> None:
    n = 30_000
    rng = np.random.default_rng(1)
    at = np.arange(n)
    product = Factor.of("product", at, (at % 10_000).astype(str))
    wrong = (rng.random(n) < 0.005) | (at % 10_000 == 77)
    table = told(product, wrong)
    assert len(table) == 10_000
    assert table.index[0] == "77"
