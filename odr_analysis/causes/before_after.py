"""Comparison of orders placed before a fix and since, at the same age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.arrays import Floats, Integers
from odr_analysis.causes.drivers import leading_causes
from odr_analysis.causes.exact_tests import log_choose
from odr_analysis.causes.factors import counted_orders, order_factors
from odr_analysis.causes.group_tests import ANY
from odr_analysis.causes.reasons import defect_reasons
from odr_analysis.errors import ParameterError
from odr_analysis.rates.defect_days import DefectDays
from odr_analysis.rates.rolling import asked_on, date_of, day_numbers, named_day
from odr_analysis.schema import Column, Columns, typed

LEVEL = 0.95
NO_DIFFERENCE = "no difference shown"
FEWEST = 3
"""A reason of fewer defective orders on both sides is not compared by itself."""

BEFORE_AFTER_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "reason": Column("str", "only defects of this reason", missing="'' for all"),
    "factor": Column("str", "what the orders have in common", missing="'' for all orders"),
    "level": Column("str"),
    "before_n_orders": Column("int64", "orders placed in the days before"),
    "before_n_defective": Column("int64", "of them, known to be defective"),
    "after_n_orders": Column("int64", "orders placed since"),
    "after_n_defective": Column("int64", "of them, known to be defective"),
    "expected": Column(
        "float64",
        "defective orders there would be since, had orders of every age gone wrong as"
        " often as those before",
        missing="NaN where none before can tell",
    ),
    "ratio": Column(
        "float64",
        "how often orders since go wrong beside those before at the same age: 0.5 is half as often",
        missing="NaN without a defect on either side",
    ),
    "lower": Column("float64", "lower bound of the ratio"),
    "upper": Column("float64", "upper bound, inf where no order before was defective"),
    "p_value": Column(
        "float64",
        "probability of a difference as large either way, had nothing changed",
        missing="NaN where nothing can be compared",
    ),
    "q_value": Column("float64", "the same after false-discovery control over all rows compared"),
    "verdict": Column(
        "str", "'better' or 'worse' where q_value is at most 0.05, else 'no difference shown'"
    ),
}
"""Columns of :func:`before_after`: one row per marketplace x channel x group compared."""


def before_after(
    account: Account,
    since: date | str,
    as_of: date | str | None = None,
    *,
    days_before: int = 60,
    why: pd.DataFrame | None = None,
    causes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Whether orders placed since a day go wrong less often than those before, and how surely.

    Parameters
    ----------
    account : Account
    since : datetime.date, pandas.Timestamp or ISO text
        First day of the fix: the new box, the other carrier.
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``. What became known later is left out.
    days_before : int
        Orders of this many days before `since` are compared with those since.
    why, causes : pandas.DataFrame, optional
        ``defect_reasons`` of `as_of`, and ``leading_causes`` of `as_of` and of the day before
        `since` one after the other, where they are at hand.

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel for all orders, for each reason, and for each of the
        :func:`~odr_analysis.leading_causes` of either day; ``BEFORE_AFTER_COLUMNS`` of this
        module.

    Raises
    ------
    ParameterError
        One of the days is no date, `since` is after `as_of`, or `days_before` is less than 1.

    Notes
    -----
    Younger orders have had less time to go wrong, so plain rates would make every fix look good.
    Orders are therefore compared day of age by day of age: of the orders of either side that had
    reached an age without a defect, any was as likely as another to be among those whose defect
    became known at it. How many of these are newer orders is then hypergeometric, and their sum
    over all ages is what is tested (the exact form of the log-rank test); ``p_value`` doubles its
    smaller tail. With a ratio other than 1 (of odds, at rates this small of rates) the numbers are
    those of Fisher's noncentral distribution; ``lower`` and ``upper`` are the ratios that a test
    at 5 % would not reject. Ages up to the last day an order counts are looked at. ``q_value`` is
    that of Benjamini and Hochberg (J. R. Stat. Soc. B 57, 1995).

    A group that is a cause was chosen because it went wrong often, by chance as well as by fault;
    such a group goes wrong less often afterwards even if nothing is done (regression to the mean).
    Its ratio flatters the fix. So do those of all orders and of a reason where the fix began
    because the rate had risen, say to 1 %; no interval here takes that into account.

    Examples
    --------
    Before, 12 of 60 orders were reported within ten days; since, none of 60:

    >>> from odr_analysis import account_from_frames
    >>> days = pd.date_range("2026-07-01", periods=120)
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(120)], "ordered_on": days,
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> bad = orders[:60:5]
    >>> defects = pd.DataFrame({"order_id": bad.order_id, "component": "claim",
    ...                         "reported_on": bad.ordered_on + pd.Timedelta(days=10)})
    >>> account = account_from_frames(orders, defects)
    >>> row = before_after(account, "2026-08-30", "2026-12-31").iloc[0]
    >>> int(row.after_n_defective), round(float(row.expected), 1), row.verdict
    (0, 12.0, 'better')
    """
    first = named_day(since, "since")
    today = asked_on(as_of, account.known_to)
    check_since(date_of(first), date_of(today))
    if days_before < 1:
        raise ParameterError(f"days_before must be at least 1, got {days_before}.")
    orders = counted_orders(account)
    ordered = day_numbers(orders.ordered_on)
    orders = orders[(ordered >= first - days_before) & (ordered <= today)].reset_index(drop=True)
    ordered = day_numbers(orders.ordered_on)
    known = _known(account, orders, today)
    why = defect_reasons(account, date_of(today)) if why is None else why
    reason = (
        orders.order_id.map(why.set_index("order_id").reason)
        .astype(object)
        .fillna("")
        .to_numpy(object)
    )
    factors = {factor.name: factor for factor in order_factors(account, orders)}
    oldest = account.policy.lag_days + account.policy.window_days - 1
    if causes is None:
        days = dict.fromkeys((today, first - 1))
        causes = pd.concat([leading_causes(account, date_of(day)) for day in days])
    causes = causes.drop_duplicates(["marketplace", "channel", "reason", "factor", "level"])
    rows = []
    for marketplace, channel in account.series:
        mine = ((orders.marketplace == marketplace) & (orders.channel == channel)).to_numpy(bool)
        groups = [(ANY, "", "")]
        told, times = np.unique(reason[mine & (known >= 0)], return_counts=True)
        groups += [(r, "", "") for r, n in zip(told, times, strict=True) if r and n >= FEWEST]
        own = causes[(causes.marketplace == marketplace) & (causes.channel == channel)]
        groups += list(own[["reason", "factor", "level"]].itertuples(index=False, name=None))
        for why_bad, factor, level in groups:
            inside = mine.copy()
            if factor:
                members = np.zeros(len(orders), dtype=bool)
                if factor in factors:
                    members[factors[factor].members(level)] = True
                inside &= members
            counted = known if why_bad == ANY else np.where(reason == why_bad, known, -1)
            at = np.minimum(today - ordered, oldest)
            sides = [inside & (ordered < first), inside & (ordered >= first)]
            rows.append(
                {
                    "marketplace": marketplace,
                    "channel": channel,
                    "reason": why_bad,
                    "factor": factor,
                    "level": level,
                    **_compared([(at[s], counted[s]) for s in sides]),
                }
            )
    table = pd.DataFrame(rows, columns=list(BEFORE_AFTER_COLUMNS))
    table["q_value"] = _controlled(table.p_value.astype("float64"))
    # Of many rows some look different by chance alone.
    chance = table.q_value > 1 - LEVEL
    table["verdict"] = table.verdict.mask(chance, NO_DIFFERENCE)
    return typed(table, BEFORE_AFTER_COLUMNS)


def check_since(since: date, as_of: date) -> None:
    """Refuse a fix that has not begun.

    Raises
    ------
    ParameterError
        `since` is after `as_of`.
    """
    if since > as_of:
        raise ParameterError(
            f"since={since} is after as_of={as_of}: no order has been placed since. Give the day "
            "from which orders were handled in the new way."
        )


def _controlled(p_values: pd.Series) -> pd.Series:
    """p-values after false-discovery control; those that are NaN stay so and are no test."""
    from scipy.stats import false_discovery_control

    told = p_values.dropna()
    q_values = false_discovery_control(told) if len(told) else []
    return pd.Series(q_values, index=told.index, dtype="float64").reindex(p_values.index)


def _known(account: Account, orders: pd.DataFrame, today: int) -> Integers:
    """Age at which each order became known to be defective, -1 where it is not."""
    days = DefectDays.of(account)
    first = days.known.min(axis=1)
    at = pd.Index(orders.order_id).get_indexer(pd.Index(account.defective.order_id))
    told = (at >= 0) & (first <= today)
    age = np.full(len(orders), -1, dtype=np.int64)
    # A defect dated before its order is known from the order's first day on.
    age[at[told]] = np.maximum(first[told] - days.ordered[told], 0)
    return age


@dataclass(frozen=True)
class Ages:
    """How the defects of each age can fall on either side.

    ``ways`` has, for each age with a defect, how many of its defects can be newer orders', and
    for each such number the logarithm of how many choices of orders give it; ``seen`` is how many
    of all the defects are newer orders'.
    """

    ways: list[tuple[Floats, Floats]]
    seen: int

    @classmethod
    def of(cls, before: Integers, after: Integers, defects: Integers, seen: int) -> Ages:
        """From the orders at risk and all defects of each age."""
        ways = []
        for n0, n1, d in zip(before, after, defects, strict=True):
            if d:
                k = np.arange(max(d - n0, 0), min(d, n1) + 1, dtype=np.float64)
                ways.append((k, log_choose(n1, k) + log_choose(n0, d - k)))
        return cls(ways, seen)

    @property
    def fewest(self) -> int:
        """Of all defects, those that must be newer orders'."""
        return int(sum(k[0] for k, _ in self.ways))

    @property
    def most(self) -> int:
        """Of all defects, those that can be newer orders'."""
        return int(sum(k[-1] for k, _ in self.ways))

    def chances(self, ratio: float) -> list[Floats]:
        """Of each age, how likely each number is."""
        weights = [ways + k * np.log(ratio) for k, ways in self.ways]
        likely = [np.exp(weight - weight.max()) for weight in weights]
        return [chance / chance.sum() for chance in likely]

    def expected(self, ratio: float) -> float:
        """How many of the defects are newer orders', on average."""
        return float(
            sum(k @ chance for (k, _), chance in zip(self.ways, self.chances(ratio), strict=True))
        )

    def tails(self, ratio: float) -> tuple[float, float]:
        """Chance of at most, and of at least, as many newer orders as there are."""
        whole = np.array([1.0])
        for chance in self.chances(ratio):
            whole = np.convolve(whole, chance)
        at = self.seen - self.fewest
        return float(whole[: at + 1].sum()), float(whole[at:].sum())


def _compared(sides: list[tuple[Integers, Integers]]) -> dict[str, Any]:
    """One row of the table: what is observed of each order (age reached, age of its defect)."""
    (seen0, hit0), (seen1, hit1) = sides
    # A defect that came when the order counted no longer is none of ODR's.
    hit0, hit1 = (np.where(hit > seen, -1, hit) for seen, hit in ((seen0, hit0), (seen1, hit1)))
    told: dict[str, Any] = {
        "before_n_orders": len(seen0),
        "before_n_defective": int((hit0 >= 0).sum()),
        "after_n_orders": len(seen1),
        "after_n_defective": int((hit1 >= 0).sum()),
        **dict.fromkeys(("expected", "ratio", "lower", "upper", "p_value"), np.nan),
        "verdict": NO_DIFFERENCE,
    }
    size = int(max(seen0.max(initial=-1), seen1.max(initial=-1))) + 1
    risk0, risk1 = _at_risk(seen0, hit0, size), _at_risk(seen1, hit1, size)
    events0, events1 = (np.bincount(hit[hit >= 0], minlength=size) for hit in (hit0, hit1))
    both = (risk0 > 0) & (risk1 > 0)
    if not both.any():
        return told
    risk0, risk1 = risk0[both], risk1[both]
    events0, events1 = events0[both], events1[both]
    told["expected"] = float((risk1 * events0 / risk0).sum())
    ages = Ages.of(risk0, risk1, events0 + events1, int(events1.sum()))
    if ages.fewest == ages.most:
        return told
    told |= _tested(ages)
    if told["p_value"] <= 1 - LEVEL:
        told["verdict"] = "better" if told["ratio"] < 1 else "worse"
    return told


def _at_risk(seen: Integers, hit: Integers, size: int) -> Integers:
    """Orders that had reached each age without a defect before it."""
    until = np.where(hit >= 0, hit, seen)
    return np.bincount(until, minlength=size)[::-1].cumsum()[::-1]


def _tested(ages: Ages) -> dict[str, float]:
    alpha = (1 - LEVEL) / 2
    found = {"lower": 0.0, "upper": np.inf}
    # The more often newer orders go wrong, the likelier so many of the defects are theirs.
    if ages.seen > ages.fewest:
        found["lower"] = _solved(lambda ratio: ages.tails(ratio)[1] - alpha)
    if ages.seen < ages.most:
        found["upper"] = _solved(lambda ratio: alpha - ages.tails(ratio)[0])
    found["ratio"] = (
        0.0
        if ages.seen == ages.fewest
        else np.inf
        if ages.seen == ages.most
        else _solved(lambda ratio: ages.expected(ratio) - ages.seen)
    )
    return {**found, "p_value": min(2 * min(ages.tails(1.0)), 1.0)}


def _solved(rising: Callable[[float], float]) -> float:
    """Where a function that rises with the ratio is 0; found on a scale of logarithms."""
    from scipy.optimize import brentq

    # No two sides are e^50 apart in size.
    return float(np.exp(brentq(lambda x: rising(float(np.exp(x))), -50.0, 50.0, xtol=1e-6)))


def before_after_sentence(row: dict[Any, Any], since: date) -> str:
    """One comparison in words."""
    what = "Orders" if not row["factor"] else f"Orders with {row['factor']} {row['level']}"
    because = f" ({row['reason']})" if row["reason"] else ""
    n, d = int(row["after_n_orders"]), int(row["after_n_defective"])
    said = (
        f"{what} placed since {words.day(since)}: {words.number(d)} of {words.number(n)} "
        f"defective{because}"
    )
    if not n:
        return f"{what} placed since {words.day(since)}: none, so there is nothing to compare."
    if not np.isfinite(row["expected"]):
        return f"{said}; there is nothing before to compare them with."
    before = f"{words.decimal(row['expected'])} would be expected at the rate before"
    if row["verdict"] == NO_DIFFERENCE:
        return f"{said}; {before}. That is within chance: no difference is shown."
    judged = (
        f"{said}; {before}. That is {row['verdict']} (p = {words.significant(row['p_value'], 2)})."
    )
    if row["factor"] and row["verdict"] == "better":
        judged += " The group was chosen for going wrong often, so part of this comes by itself."
    return judged
