"""Which groups of orders go wrong more often than the rest: rates, shrinkage, discovery control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaln

from odr_analysis.exports.rows import typed
from odr_analysis.rates.intervals import jeffreys_interval
from odr_analysis.rates.windows import Integers, to_stamps
from odr_analysis.why.features import Factor

Floats = npt.NDArray[np.float64]

FALSE_DISCOVERIES = 0.05
"""Of the groups called significant, the share that may be so by chance alone."""

ANY = ""
"""Stands for defects of any reason."""

LARGEST_STEP = 0.5
"""A group more likely than this is not followed up: its q_value is 1."""

ALIKE = 1 + 1e-9
"""Chances nearer than this are one, written in other roundings."""

CAUSE_COLUMNS: dict[str, str] = {
    "reason": "str; only defects of this reason are counted, a key of CASE_REASONS; '' for all",
    "factor": "str; what the orders are grouped by, e.g. product",
    "level": "str; the group",
    "n_orders": "int64; orders in the group",
    "n_defective": "int64; of them defective, for this reason",
    "rate": "float64; fraction 0-1",
    "lower": "float64; lower Jeffreys bound of the group's underlying rate",
    "upper": "float64; upper Jeffreys bound",
    "rest_n_orders": "int64; all other orders",
    "rest_n_defective": "int64; of them defective, for this reason",
    "rest_rate": "float64; rate of all other orders",
    "shrunk": "float64; rate drawn towards the mean of its factor, the more the fewer its orders",
    "excess": "float64; defective orders beyond what the rate of the other orders would give",
    "p_value": "float64; chance of as many defects or more, were the group like the rest (Fisher)",
    "q_value": "float64; the same after false-discovery control over all groups and reasons",
    "significant": "bool; q_value is at most FALSE_DISCOVERIES",
    "first_on": "datetime64[us], midnight; day the first of its defective orders was placed, NaT "
    "without one",
    "last_on": "datetime64[us], midnight; day the last was",
}
"""Columns of :func:`causes`: one row per reason x factor x level."""


def causes(
    factors: Sequence[Factor],
    defective: Mapping[str, npt.NDArray[np.bool_]],
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
    ``q_value`` is that of Benjamini and Hochberg (J. R. Stat. Soc. B 57, 1995) over all rows,
    sharpened for counts that are few (Doehler, Durand and Roquain, Electron. J. Statist. 12,
    2018).

    Examples
    --------
    >>> from odr_analysis.why.features import Factor
    >>> product = Factor.of("product", np.arange(300), ["A"] * 100 + ["B"] * 200)
    >>> wrong = np.arange(300) < 10
    >>> top = causes([product], {ANY: wrong}, np.arange(300)).iloc[0]
    >>> top.level, int(top.n_defective), round(float(top.excess), 1), bool(top.significant)
    ('A', 10, 10.0, True)
    """
    parts = [
        pd.DataFrame(
            {
                "reason": reason,
                "factor": factor.name,
                "level": factor.levels,
                "n_orders": factor.counts(),
                "n_defective": factor.counts(bad),
                "rest_n_orders": len(bad),
                "rest_n_defective": int(bad.sum()),
                **_first_and_last(factor, bad, ordered),
            }
        )
        for reason, bad in defective.items()
        for factor in factors
    ]
    empty = typed(pd.DataFrame({c: [] for c in CAUSE_COLUMNS}), CAUSE_COLUMNS)
    table = pd.concat(parts, ignore_index=True) if parts else empty
    n = table.n_orders.to_numpy(np.int64)
    some = (n > 0) & (n < table.rest_n_orders.to_numpy(np.int64))
    table = table[some].reset_index(drop=True)
    n, d, all_n, all_d = (
        table[c].to_numpy(np.int64)
        for c in ("n_orders", "n_defective", "rest_n_orders", "rest_n_defective")
    )
    rest = (all_d - d) / (all_n - n)
    lower, upper = jeffreys_interval(d, n, level)
    p_values, q_values = _fisher(d, n, all_d, all_n)
    table = table.assign(
        rate=d / n,
        lower=lower,
        upper=upper,
        rest_n_orders=all_n - n,
        rest_n_defective=all_d - d,
        rest_rate=rest,
        shrunk=_shrunk(table.reason + "/" + table.factor, d, n),
        excess=d - n * rest,
        p_value=p_values,
        q_value=q_values,
    )
    table["significant"] = table.q_value <= FALSE_DISCOVERIES
    table = typed(table, CAUSE_COLUMNS)
    # Beside a significant group all of its factor stand, to see it among them.
    among = table.groupby(["reason", "factor"]).significant.transform("any").to_numpy(bool)
    table = table[(table.reason == ANY) | (table.n_defective > 0) | among]
    return table.sort_values(
        ["p_value", "excess", "reason", "factor", "level"],
        ascending=[True, False, True, True, True],
        kind="stable",
        ignore_index=True,
    )


def _first_and_last(
    factor: Factor, bad: npt.NDArray[np.bool_], ordered: Integers
) -> dict[str, npt.NDArray[np.datetime64]]:
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


def _fisher(d: Integers, n: Integers, all_d: Integers, all_n: Integers) -> tuple[Floats, Floats]:
    """One-sided Fisher test of each group against the rest, and what is left of it when several
    are looked at.

    Counts are whole, and a small group can reach few values: most of its chances of a small
    p-value are less than that p-value. The control of false discoveries counts the chances each
    group really has (discrete step-down procedure DBH-SD of Doehler, Durand and Roquain,
    Electron. J. Statist. 12, 2018); where counts are large it is that of Benjamini and Hochberg.
    """
    if not len(d):
        return np.empty(0), np.empty(0)
    # Many small groups have the same margins, and each is worked out once.
    margins, of, times = np.unique(
        np.stack([n, all_d, all_n]), axis=1, return_inverse=True, return_counts=True
    )
    of = of.ravel()
    size, bad, whole = margins
    tails = [
        _tail(*margin) for margin in zip(size.tolist(), bad.tolist(), whole.tolist(), strict=True)
    ]
    p = np.array([tails[m][k] for m, k in zip(of.tolist(), d.tolist(), strict=True)])
    order = np.argsort(p, kind="stable")
    steps = p[order]
    # Beyond this nothing can be significant, and q is only said to be large.
    asked = np.unique(steps[steps <= LARGEST_STEP])
    chances = np.zeros(len(asked))
    for tail, n_alike in zip(tails, times.tolist(), strict=True):
        # From the least likely on; having no defect at all is certain and no chance.
        rising = np.append(0.0, tail[:0:-1])
        reach = rising[np.searchsorted(rising, asked * ALIKE, side="right") - 1]
        chances += n_alike * reach / (1 - reach)
    sums = np.full(len(steps), np.inf)
    near = steps <= LARGEST_STEP
    sums[near] = chances[np.searchsorted(asked, steps[near])]
    # Groups alike in p share the last place among them.
    last = np.searchsorted(steps, steps * ALIKE, side="right")
    q = np.empty(len(p))
    q[order] = np.minimum(np.maximum.accumulate(sums / last), 1.0)
    return p, q


def _tail(n: int, all_d: int, all_n: int) -> Floats:
    """Chance of at least 0, 1, 2, ... defective among `n` of `all_n` orders, `all_d` of them bad.

    The tails of the hypergeometric distribution, summed from the small end so that small chances
    stay exact. (scipy.stats has them too, and takes half a second to import.)
    """
    k = np.arange(min(n, all_d) + 1)
    possible = all_n - all_d - n + k >= 0
    k = k[possible]
    log = log_choose(all_d, k) + log_choose(all_n - all_d, n - k) - log_choose(all_n, np.array(n))
    tail = np.exp(log)[::-1].cumsum()[::-1]
    return np.append(np.ones(int((~possible).sum())), np.minimum(tail / tail[0], 1.0))


def log_choose(n: int, k: npt.NDArray[Any]) -> Floats:
    """Logarithm of how many ways there are to choose `k` of `n`."""
    found: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return found


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
