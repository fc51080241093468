"""Which groups of orders go wrong more often than the rest: rates, shrinkage, tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis.arrays import Flags, Floats, Integers, Stamps
from odr_analysis.causes.exact_tests import FALSE_CAUSES, compared_together, times_as_often
from odr_analysis.causes.factors import Factor
from odr_analysis.rates.intervals import jeffreys_interval
from odr_analysis.rates.rolling import to_stamps
from odr_analysis.schema import Column, Columns, table_of, typed

ANY = ""
"""Stands for defects of any reason."""

CAUSE_COLUMNS: Columns = {
    "reason": Column(
        "str",
        "only defects of this reason are counted, a key of CASE_REASONS",
        missing="'' for all",
    ),
    "factor": Column("str", "what the orders are grouped by, e.g. product"),
    "level": Column("str", "the group"),
    "n_orders": Column("int64", "orders in the group"),
    "n_defective": Column("int64", "of them defective, for this reason"),
    "rate": Column("float64", "fraction 0-1"),
    "lower": Column("float64", "lower Jeffreys bound of the group's underlying rate"),
    "upper": Column("float64", "upper Jeffreys bound"),
    "rest_n_orders": Column("int64", "all other orders"),
    "rest_n_defective": Column("int64", "of them defective, for this reason"),
    "rest_rate": Column("float64", "rate of all other orders"),
    "shrunk": Column(
        "float64", "rate drawn towards the mean of its factor, the more the fewer its orders"
    ),
    "excess": Column(
        "float64", "defective orders beyond what the rate of the other orders would give"
    ),
    "p_value": Column(
        "float64", "chance of as many defects or more, were the group like the rest (Fisher)"
    ),
    "p_adjusted": Column(
        "float64",
        "chance, at most, that any group looks so unlike the rest, were none: of all "
        "groups, reasons and series compared together",
    ),
    "significant": Column("bool", "p_adjusted is at most FALSE_CAUSES"),
    "needed": Column(
        "int64",
        "fewest defective orders at which it is significant; one more than it can "
        "have where none would do",
    ),
    "at_least": Column(
        "float64",
        "how many times as often it goes wrong as the rest, lower end, which allows "
        "for its being picked",
        missing="NaN where it is not significant",
    ),
    "at_most": Column(
        "float64",
        "upper end, inf where no order of the rest is defective",
        missing="NaN where it is not significant",
    ),
    "first_on": Column(
        "datetime64[us]",
        "day the first of its defective orders was placed",
        unit="midnight",
        missing="NaT without one",
    ),
    "last_on": Column("datetime64[us]", "day the last was", unit="midnight"),
}
"""Columns of :func:`causes`: one row per reason x factor x level."""


def causes(
    factors: Sequence[Factor],
    defective: Mapping[str, Flags],
    ordered: Integers,
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Groups of orders by how unlikely their defects are, were nothing the matter with them.

    Parameters
    ----------
    factors : sequence of Factor
        The groups of the orders looked at.
    defective : mapping of reason to array of bool
        Of each order whether it is defective for that reason; ``ANY`` stands for all. The
        position of an order is the same in all of them and in `factors`.
    ordered : int64 array
        Day number of each order.
    level : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per reason x factor x level that holds some of the orders and not all of them;
        of a single reason only levels with a defect are listed, though all are compared,
        unless one of their factor is significant.
        ``CAUSE_COLUMNS`` of this module. Most suspicious first: by ``p_value``, then ``excess``.

    Notes
    -----
    ``shrunk`` is empirical Bayes: a beta distribution is fitted to the rates of a factor's
    levels by moments (weights by orders), and each level's rate is the mean of what remains
    likely after its own counts. Three orders with one defect do not top a list so.
    ``p_adjusted`` allows for all groups compared, counted exactly, see
    :func:`~odr_analysis.causes.exact_tests.compared_together`. Only groups that stand out have
    ``at_least`` and ``at_most``, see :func:`~odr_analysis.causes.exact_tests.times_as_often`: the
    ratio of the rates itself is too high for groups picked because it is high.

    Examples
    --------
    >>> from odr_analysis.causes.factors import Factor
    >>> product = Factor.of("product", np.arange(300), ["A"] * 100 + ["B"] * 200)
    >>> wrong = np.arange(300) < 10
    >>> top = causes([product], {ANY: wrong}, np.arange(300)).iloc[0]
    >>> top.level, int(top.n_defective), round(float(top.excess), 1), bool(top.significant)
    ('A', 10, 10.0, True)
    """
    return compared([group_counts(factors, defective, ordered)], level=level)[0]


def group_counts(
    factors: Sequence[Factor], defective: Mapping[str, Flags], ordered: Integers
) -> pd.DataFrame:
    """Orders and defective orders of each group that holds some of the orders and not all.

    Parameters are those of :func:`causes`. One row per reason x factor x level, to be given to
    :func:`compared`.
    """
    if not factors or not defective:
        return table_of([], _COUNTED)
    n_orders = {factor.name: factor.counts() for factor in factors}
    parts = [
        {
            "reason": np.full(len(factor.levels), reason, dtype=object),
            "factor": np.full(len(factor.levels), factor.name, dtype=object),
            "level": factor.levels,
            "n_orders": n_orders[factor.name],
            "n_defective": factor.counts(bad),
            **_first_and_last(factor, bad, ordered),
            "all_n_orders": np.full(len(factor.levels), len(bad)),
            "all_n_defective": np.full(len(factor.levels), int(bad.sum())),
        }
        for reason, bad in defective.items()
        for factor in factors
    ]
    table = pd.DataFrame(
        {name: np.concatenate([part[name] for part in parts]) for name in _COUNTED}
    )
    some = (table.n_orders > 0) & (table.n_orders < table.all_n_orders)
    return typed(table[some].reset_index(drop=True), _COUNTED)


_COUNTED = {
    name: CAUSE_COLUMNS[name]
    for name in ("reason", "factor", "level", "n_orders", "n_defective", "first_on", "last_on")
} | {"all_n_orders": Column("int64"), "all_n_defective": Column("int64")}


def compared(counted: Sequence[pd.DataFrame], *, level: float = 0.95) -> list[pd.DataFrame]:
    """Tables of :func:`causes` of several series, tested together.

    Parameters
    ----------
    counted : sequence of pandas.DataFrame
        :func:`group_counts` of each series.
    level : float
        Of the intervals.
    """
    if not counted:
        return []
    table = pd.concat(counted, ignore_index=True)
    series = np.repeat(np.arange(len(counted)), [len(one) for one in counted])
    n, d, all_n, all_d = (
        table[c].to_numpy(np.int64)
        for c in ("n_orders", "n_defective", "all_n_orders", "all_n_defective")
    )
    rest = (all_d - d) / (all_n - n)
    lower, upper = jeffreys_interval(d, n, level)
    tested = compared_together(d, n, all_d, all_n)
    table = table.assign(
        rate=d / n,
        lower=lower,
        upper=upper,
        rest_n_orders=all_n - n,
        rest_n_defective=all_d - d,
        rest_rate=rest,
        shrunk=_shrunk([series, table.reason, table.factor], d, n),
        excess=d - n * rest,
        p_value=tested.p_value,
        p_adjusted=tested.p_adjusted,
        significant=tested.p_adjusted <= FALSE_CAUSES,
        needed=tested.needed,
        at_least=np.nan,
        at_most=np.nan,
    )
    for i in np.flatnonzero(table.significant):
        ends = times_as_often(*(int(v[i]) for v in (d, n, all_d, all_n, tested.needed)))
        table.loc[i, ["at_least", "at_most"]] = ends
    table = typed(table, CAUSE_COLUMNS)
    # Beside a significant group all of its factor stand, to see it among them.
    among = table.significant.groupby([series, table.reason, table.factor]).transform("any")
    listed = (table.reason == ANY) | (table.n_defective > 0) | among
    return [
        table[listed & (series == i)].sort_values(
            ["p_value", "excess", "reason", "factor", "level"],
            ascending=[True, False, True, True, True],
            kind="stable",
            ignore_index=True,
        )
        for i in range(len(counted))
    ]


def _first_and_last(factor: Factor, bad: Flags, ordered: Integers) -> dict[str, Stamps]:
    """Order days of the first and the last defective order of each level."""
    hit = bad[factor.at]
    code, days = factor.code[hit], ordered[factor.at[hit]]
    found = {}
    for name, pick, start in (
        ("first_on", np.minimum, np.iinfo(np.int64).max),
        ("last_on", np.maximum, np.iinfo(np.int64).min),
    ):
        day = np.full(len(factor.levels), start, dtype=np.int64)
        pick.at(day, code, days)
        stamps = to_stamps(np.where(day == start, 0, day))
        found[name] = np.where(day == start, np.datetime64("NaT"), stamps)
    return found


def _shrunk(factor: list[Any], d: Integers, n: Integers) -> Floats:
    """Rates drawn towards the mean rate of their factor (beta-binomial, moments)."""
    shrunk = np.empty(len(d), dtype=np.float64)
    for rows in pd.Series(d).groupby(factor).indices.values():
        bad, all_of = d[rows].astype(np.float64), n[rows].astype(np.float64)
        total = all_of.sum()
        mean = bad.sum() / total
        spread = mean * (1 - mean)
        # What the rates differ by beyond chance, see Kleinman (JASA 68, 1973).
        between = (all_of * (bad / all_of - mean) ** 2).sum() - spread * (len(rows) - 1)
        room = total - (all_of**2).sum() / total
        variance = between / room if room > 0 else 0.0
        if variance <= 0 or spread <= 0:
            shrunk[rows] = mean
            continue
        # A beta distribution has less variance than the coin of its mean.
        strength = max(spread / min(variance, spread * 0.99) - 1, 0.0)
        shrunk[rows] = (bad + mean * strength) / (all_of + strength)
    return shrunk


MIX_COLUMNS: Columns = {
    "level": Column("str", "the group"),
    "from_n_orders": Column("int64", "its orders before"),
    "from_n_defective": Column("int64"),
    "to_n_orders": Column("int64", "its orders after"),
    "to_n_defective": Column("int64"),
    "mix_effect": Column(
        "float64", "change of the whole rate because the group's share of orders changed"
    ),
    "rate_effect": Column(
        "float64", "change of the whole rate because the group's own rate changed"
    ),
}
"""Columns of :func:`mix_and_rate`: one row per level."""


def mix_and_rate(counts: pd.DataFrame) -> pd.DataFrame:
    """A change of a rate, split over groups into a change of mix and a change of their rates.

    Parameters
    ----------
    counts : pandas.DataFrame
        One row per ``level`` of one factor, each order in just one: ``from_n_orders``,
        ``from_n_defective``, ``to_n_orders``, ``to_n_defective``.

    Returns
    -------
    pandas.DataFrame
        One row per level; ``MIX_COLUMNS`` of this module, in the order given.
        ``mix_effect`` and ``rate_effect`` of all levels sum to the change of the whole rate;
        where one of the sides has no orders, all are NaN.

    Notes
    -----
    Kitagawa (JASA 50, 1955), with each factor at the mean of both days (Das Gupta, 1978)::

        rate = (r1 - r0) * (w0 + w1) / 2      mix = (w1 - w0) * ((r0 + r1) / 2 - R)

    with ``w`` the group's share of orders, ``r`` its rate and ``R`` the mean of the whole rates;
    taking ``R`` off changes no sum and makes a growing group with a good rate lower the whole. A
    group with orders on one side only has the same rate on both.

    Examples
    --------
    >>> counts = pd.DataFrame({"level": ["A", "B"], "from_n_orders": [50, 50],
    ...     "from_n_defective": [1, 3], "to_n_orders": [80, 20], "to_n_defective": [2, 1]})
    >>> table = mix_and_rate(counts)
    >>> print(round(float((table.mix_effect + table.rate_effect).sum()), 12))
    -0.01
    """
    n0, d0, n1, d1 = (
        counts[c].to_numpy(np.float64)
        for c in ("from_n_orders", "from_n_defective", "to_n_orders", "to_n_defective")
    )
    if not n0.sum() or not n1.sum():
        return counts.assign(mix_effect=np.nan, rate_effect=np.nan)[list(MIX_COLUMNS)]
    w0, w1 = n0 / n0.sum(), n1 / n1.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        r0, r1 = d0 / n0, d1 / n1
    r0, r1 = np.where(n0 > 0, r0, r1), np.where(n1 > 0, r1, r0)
    r0, r1 = np.nan_to_num(r0), np.nan_to_num(r1)
    middle = (d0.sum() / n0.sum() + d1.sum() / n1.sum()) / 2
    return counts.assign(
        mix_effect=(w1 - w0) * ((r0 + r1) / 2 - middle), rate_effect=(r1 - r0) * (w0 + w1) / 2
    )[list(MIX_COLUMNS)]
