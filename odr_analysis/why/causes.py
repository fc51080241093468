"""Which groups of orders go wrong more often than the rest: rates, shrinkage, discovery control."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis.rates.intervals import jeffreys_interval
from odr_analysis.rates.windows import Integers

Floats = npt.NDArray[np.float64]

FALSE_DISCOVERIES = 0.05
"""Of the groups called significant, the share that may be so by chance alone."""

CAUSE_COLUMNS: dict[str, str] = {
    "factor": "str; what the orders are grouped by, e.g. product",
    "level": "str; the group",
    "n_orders": "int64; orders in the group",
    "n_defective": "int64; of them defective",
    "rate": "float64; fraction 0-1",
    "lower": "float64; lower Jeffreys bound of the group's underlying rate",
    "upper": "float64; upper Jeffreys bound",
    "rest_rate": "float64; rate of all other orders, NaN where there are none",
    "shrunk": "float64; rate drawn towards the mean of its factor, the more the fewer its orders",
    "excess": "float64; defective orders beyond what the rate of the other orders would give",
    "p_value": "float64; chance of as many defects or more, were the group like the rest (Fisher)",
    "q_value": "float64; the same after false-discovery control over all groups compared",
    "significant": "bool; q_value is at most FALSE_DISCOVERIES",
}
"""Columns of :func:`causes`: one row per factor x level."""


def causes(levels: pd.DataFrame, defective: pd.Series, *, level: float = 0.95) -> pd.DataFrame:
    """Groups of orders by how unlikely their defects are, were nothing the matter with them.

    Parameters
    ----------
    levels : pandas.DataFrame
        One row per order x factor x level: ``order_id``, ``factor``, ``level``. An order may be in
        several levels of a factor (it holds two products), and in none.
    defective : pandas.Series of bool, index = order id
        Every order looked at, once.
    level : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row per factor x level that holds some of the orders and not all of them;
        ``CAUSE_COLUMNS`` of this module. Most suspicious first: by ``p_value``, then ``excess``.

    Notes
    -----
    ``shrunk`` is empirical Bayes: a beta distribution is fitted to the rates of a factor's
    levels by moments (weights by orders), and each level's rate is the mean of what remains
    likely after its own counts. Three orders with one defect do not top a list so.
    ``q_value`` is that of Benjamini and Hochberg (J. R. Stat. Soc. B 57, 1995) over all rows.

    Examples
    --------
    >>> ids = [f"o{i}" for i in range(300)]
    >>> levels = pd.DataFrame({"order_id": ids, "factor": "product",
    ...                        "level": ["A"] * 100 + ["B"] * 200})
    >>> wrong = pd.Series([True] * 10 + [False] * 290, index=ids)
    >>> top = causes(levels, wrong).iloc[0]
    >>> top.level, int(top.n_defective), round(float(top.excess), 1), bool(top.significant)
    ('A', 10, 10.0, True)
    """
    at = pd.Index(defective.index).get_indexer(pd.Index(levels.order_id))
    known = levels[at >= 0].assign(bad=defective.to_numpy(bool)[at[at >= 0]])
    known = known.drop_duplicates(["order_id", "factor", "level"])
    table = known.groupby(["factor", "level"], sort=True).bad.agg(
        n_orders="count", n_defective="sum"
    )
    table = table.reset_index()
    n, d = (table[c].to_numpy(np.int64) for c in ("n_orders", "n_defective"))
    all_n, all_d = len(defective), int(defective.sum())
    whole = n == all_n
    table, n, d = table[~whole].reset_index(drop=True), n[~whole], d[~whole]
    rest = (all_d - d) / (all_n - n)
    lower, upper = jeffreys_interval(d, n, level)
    p_values = _fisher(d, n, all_d, all_n)
    table = table.assign(
        n_defective=d,
        rate=d / n,
        lower=lower,
        upper=upper,
        rest_rate=rest,
        shrunk=_shrunk(table.factor, d, n),
        excess=d - n * rest,
        p_value=p_values,
        q_value=_discovery(p_values),
    )
    table["significant"] = table.q_value <= FALSE_DISCOVERIES
    table = table.astype({"factor": "str", "level": "str"})
    order = table.sort_values(
        ["p_value", "excess", "factor", "level"], ascending=[True, False, True, True], kind="stable"
    )
    return order[list(CAUSE_COLUMNS)].reset_index(drop=True)


def _fisher(d: Integers, n: Integers, all_d: int, all_n: int) -> Floats:
    """One-sided Fisher test of each group against the rest."""
    from scipy.stats import hypergeom

    found: Floats = np.asarray(hypergeom.sf(d - 1, all_n, all_d, n), dtype=np.float64)
    return found


def _discovery(p_values: Floats) -> Floats:
    from scipy.stats import false_discovery_control

    if not len(p_values):
        return p_values
    return np.asarray(false_discovery_control(np.clip(p_values, 0, 1)), dtype=np.float64)


def _shrunk(factor: pd.Series, d: Integers, n: Integers) -> Floats:
    """Rates drawn towards the mean rate of their factor (beta-binomial, moments)."""
    shrunk = np.empty(len(d), dtype=np.float64)
    for rows in factor.groupby(factor).indices.values():
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


MIX_COLUMNS: dict[str, str] = {
    "level": "str; the group",
    "from_n_orders": "int64; its orders before",
    "from_n_defective": "int64",
    "to_n_orders": "int64; its orders after",
    "to_n_defective": "int64",
    "mix_effect": "float64; change of the whole rate because the group's share of orders changed",
    "rate_effect": "float64; change of the whole rate because the group's own rate changed",
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
