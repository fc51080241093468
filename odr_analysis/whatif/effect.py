"""The effect of a scenario: the shown ODR of each coming day, without and with it.

Formula: an order of day ``t`` counts on the days ``t + lag_days`` to
``t + lag_days + window_days - 1``; a day's ODR is the defective orders that count on it over
all orders that count on it (Amazon's definition, see :class:`~odr_analysis.policy.Policy`).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from odr_analysis.errors import ParameterError
from odr_analysis.rates.defect_days import DefectDays, series_positions
from odr_analysis.rates.rolling import (
    Integers,
    date_of,
    day_number,
    day_numbers,
    on_calendar,
    rolling_sum,
    to_stamps,
)
from odr_analysis.schema import Column, Columns
from odr_analysis.whatif.assumptions import assumptions, removals_without_effect
from odr_analysis.whatif.paths import Course, Path
from odr_analysis.whatif.sentence import sentence_of

if TYPE_CHECKING:
    from odr_analysis.account import Account
    from odr_analysis.whatif.scenario import Scenario

ASSUMED_FROM_DAYS = 28
"""Ordinary orders are assumed to go on at the mean of this many days up to as_of."""

Floats = npt.NDArray[np.float64]

EFFECT_COLUMNS: Columns = {
    "day": Column("datetime64[us]", "the day the rate would be shown for", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "baseline_n_orders": Column("float64", "orders counting that day, known and assumed"),
    "baseline_n_defective": Column("float64", "of them defective, known and assumed"),
    "baseline_odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "scenario_n_orders": Column("float64", "the same with the scenario"),
    "scenario_n_defective": Column("float64"),
    "scenario_odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "delta": Column("float64", "scenario_odr - baseline_odr", missing="NaN when either is"),
    "known_n_orders": Column("int64", "of the baseline, orders already placed by as_of"),
    "known_n_defective": Column("int64", "of them, orders known by as_of to be defective"),
}
"""Columns of :func:`apply_scenario`: one row per coming day x marketplace x channel."""


def apply_scenario(
    account: Account,
    scenario: Scenario,
    as_of: date | str | None = None,
    horizon_days: int = 75,
) -> pd.DataFrame:
    """The shown ODR of each coming day, as things are (baseline) and with `scenario`.

    **One row per day from `as_of` to ``as_of + horizon_days`` x marketplace x channel**, sorted
    by day and then in the order of ``account.series``. Exact in the window arithmetic: extra
    orders count from the day they enter to the day they leave, and a known defect enters and
    leaves with its order. What is not known is assumed and said in
    ``frame.attrs["assumptions"]``: ordinary orders go on at the mean of the last 28 days, their
    defects at today's shown ODR, and defects not yet reported on orders already placed are left
    out. Up to ``as_of + lag_days`` no order placed later counts, so there the baseline is whole
    orders.

    Parameters
    ----------
    account : Account
        From ``load_account``, ``load_sample`` or ``account_from_frames``.
    scenario : Scenario
        What is done; ``Scenario()`` changes nothing.
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Day to look ahead from; only what was known by then is used. Default
        ``account.known_to``.
    horizon_days : int
        How many days to look ahead; by day 75 an order placed today has left again.

    Returns
    -------
    pandas.DataFrame
        Columns as in ``EFFECT_COLUMNS``. ``attrs`` holds ``assumptions`` (list of sentences),
        ``notes`` (removals without effect, one sentence each), ``sentence`` (the answer),
        ``as_of`` (ISO date), ``lag_days``, ``target``, ``series`` (marketplace and channel of
        the extra orders, or None) and ``removed`` ("marketplace|channel" to how many removals
        take effect).

    Raises
    ------
    ParameterError
        A removed order id is not in the account, extra orders start before the day after
        `as_of`, the series does not exist, or `horizon_days` is negative.

    Notes
    -----
    ``scenario_n_orders - baseline_n_orders`` is the number of extra orders counting that day.
    A defect rate of the extra orders gives expected values, and takes the defects as known from
    the day their order counts.

    Examples
    --------
    Twenty orders placed tomorrow count from the 16th to the 75th day ahead:

    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> frame = apply_scenario(load_sample(), Scenario(extra_orders_per_day=20, days=1))
    >>> rows = frame[frame.channel == "mfn"].reset_index(drop=True)
    >>> extra = (rows.scenario_n_orders - rows.baseline_n_orders).round()
    >>> extra.loc[[15, 16, 75]].tolist()
    [0.0, 20.0, 20.0]
    """
    return LookAhead.of(account, as_of, horizon_days).apply(scenario)


@dataclass(frozen=True, eq=False)
class LookAhead:
    """All that does not depend on the scenario, worked out once, so that a slider can move.

    Arrays are [coming day, series]; the first coming day is `as_of`.
    """

    account: Account
    as_of: date
    size: dict[tuple[str, str], int]
    n_orders: Integers
    n_defective: Integers
    future_days: Integers
    recent: Integers
    """Orders of the last ``recent_days`` days, by series."""
    recent_days: int
    rate_now: Floats
    said: list[str]
    clearable: dict[str, tuple[int, int]]
    """Order id to entering day number and series, where feedback is the only known defect."""

    @classmethod
    def of(cls, account: Account, as_of: date | str | None, horizon_days: int) -> LookAhead:
        """What is known on `as_of`, rolled over the coming days."""
        if horizon_days < 0:
            raise ParameterError(f"horizon_days must be 0 or more, got {horizon_days}.")
        policy, pairs = account.policy, account.series
        n_series = len(pairs)
        today = day_number(account.known_to if as_of is None else as_of)
        calendar = _Calendar(today, policy.lag_days, policy.window_days, horizon_days)

        ordered = day_numbers(account.daily["ordered_on"])
        series = series_positions(account, account.daily)
        counts = account.daily["n_orders"].to_numpy(np.int64)
        placed = ordered <= today
        defects = DefectDays.of(account)
        known = (defects.ordered <= today) & (defects.cells_on(today) > 0)
        n_orders = calendar.rolled(ordered[placed], series[placed], n_series, counts[placed])
        n_defective = calendar.rolled(defects.ordered[known], defects.series[known], n_series)

        # An account younger than that is not diluted with days before its first order.
        days = min(ASSUMED_FROM_DAYS, max(today - int(ordered.min(initial=today)) + 1, 1))
        recent, size = np.zeros((2, n_series), dtype=np.int64)
        np.add.at(size, series, counts)
        lately = placed & (ordered > today - days)
        np.add.at(recent, series[lately], counts[lately])

        only_feedback = known & (defects.cells_on(today) == 1)
        ids = account.defective["order_id"].to_numpy()[only_feedback].tolist()
        where = zip(
            defects.ordered[only_feedback].tolist(),
            defects.series[only_feedback].tolist(),
            strict=True,
        )
        as_of = date_of(today)
        latest = np.full(n_series, -1, dtype=np.int64)
        np.maximum.at(latest, series[placed], ordered[placed])
        return cls(
            account=account,
            as_of=as_of,
            size=dict(zip(pairs, size.tolist(), strict=True)),
            n_orders=n_orders,
            n_defective=n_defective,
            future_days=calendar.days_after(today),
            recent=recent,
            recent_days=days,
            rate_now=np.nan_to_num(_ratio(n_defective[0], n_orders[0])),
            said=assumptions(
                policy,
                pairs,
                as_of,
                recent,
                days,
                n_defective[0],
                n_orders[0],
                silent_days=[None if day < 0 else today - day for day in latest.tolist()],
            ),
            clearable=dict(zip(ids, where, strict=True)),
        )

    @property
    def per_day(self) -> Floats:
        """Ordinary orders a day, by series."""
        return self.recent / self.recent_days

    def apply(self, scenario: Scenario) -> pd.DataFrame:
        """The table of :func:`apply_scenario`."""
        account, policy, as_of = self.account, self.account.policy, self.as_of
        start = scenario.first_day(as_of)
        if scenario.n_extra and start <= as_of:
            raise ParameterError(
                f"scenario: start is {start}, but extra orders can only be placed after "
                f"{as_of}, the day looked ahead from."
            )
        series, target = list(self.size), scenario.target_series(self.size)
        notes = removals_without_effect(account, scenario, as_of)
        n_days, n_series = self.n_orders.shape
        calendar = _Calendar(day_number(as_of), policy.lag_days, policy.window_days, n_days - 1)
        gone = [self.clearable[i] for i in scenario.removed_feedback if i in self.clearable]
        ordered, whose = (np.array(gone, dtype=np.int64).reshape(-1, 2)).T
        removed = calendar.rolled(ordered, whose, n_series)
        still = policy.window(as_of).start.toordinal() - date(1970, 1, 1).toordinal()
        inside = np.bincount(whose[ordered >= still], minlength=n_series)

        extra = np.zeros((n_days, n_series), dtype=np.int64)
        if target is not None and scenario.n_extra:
            first, last = day_number(start), day_number(scenario.last_day(as_of))
            column = series.index(target)
            extra[:, column] = scenario.extra_orders_per_day * calendar.days_from(first, last)

        base_n = self.n_orders + self.per_day * self.future_days[:, None]
        base_d = self.n_defective + self.per_day * self.rate_now * self.future_days[:, None]
        then_n = base_n + extra
        then_d = base_d - removed + scenario.extra_defect_rate * extra
        paths = [
            Path(
                pair,
                as_of,
                Course(base_n[:, i], base_d[:, i], policy.target),
                Course(then_n[:, i], then_d[:, i], policy.target),
            )
            for i, pair in enumerate(series)
        ]
        # Plain JSON values, so that the table can be saved with them.
        attrs: dict[Hashable | None, Any] = {
            "as_of": as_of.isoformat(),
            "lag_days": policy.lag_days,
            "target": policy.target,
            "series": None if target is None else list(target),
            "assumptions": [*self.said, *scenario.said(as_of, target)],
            "notes": notes,
            "removed": {"|".join(p): int(n) for p, n in zip(series, inside, strict=True) if n},
        }
        attrs["sentence"] = sentence_of(policy, scenario, paths, attrs)
        base, then = _ratio(base_d, base_n), _ratio(then_d, then_n)
        days = day_number(as_of) + np.arange(n_days, dtype=np.int64)
        frame = pd.DataFrame(
            {
                "day": np.repeat(to_stamps(days), n_series),
                "marketplace": pd.array([m for m, _ in series] * n_days, dtype="str"),
                "channel": pd.array([c for _, c in series] * n_days, dtype="str"),
                "baseline_n_orders": base_n.ravel(),
                "baseline_n_defective": base_d.ravel(),
                "baseline_odr": base.ravel(),
                "scenario_n_orders": then_n.ravel(),
                "scenario_n_defective": then_d.ravel(),
                "scenario_odr": then.ravel(),
                "delta": (then - base).ravel(),
                "known_n_orders": self.n_orders.ravel(),
                "known_n_defective": self.n_defective.ravel(),
            }
        )
        frame.attrs = attrs
        return frame


@dataclass(frozen=True)
class _Calendar:
    """The coming days, and before them the days on which orders entered that count today."""

    today: int
    lag_days: int
    window_days: int
    horizon_days: int

    def rolled(
        self, ordered: Integers, series: Integers, n_series: int, counts: Integers | None = None
    ) -> Integers:
        """Orders counting on each coming day, [day, series], from their order days."""
        # Placed on the day it enters, an order counts for window_days days from there on.
        first = self.today - self.window_days + 1
        shape = (self.window_days + self.horizon_days, n_series)
        counts = np.ones(len(ordered), dtype=np.int64) if counts is None else counts
        daily = on_calendar(counts, ordered + self.lag_days, series, first, shape)
        return rolling_sum(daily, self.window_days)[self.window_days - 1 :]

    def days_from(self, first: int, last: int) -> Integers:
        """How many order days from `first` to `last` count on each coming day."""
        end = self.today + np.arange(self.horizon_days + 1, dtype=np.int64) - self.lag_days
        start = end - self.window_days + 1
        return np.maximum(np.minimum(end, last) - np.maximum(start, first) + 1, 0)

    def days_after(self, day: int) -> Integers:
        """How many order days after `day` count on each coming day."""
        return self.days_from(day + 1, self.today + self.horizon_days)


def _ratio(n: npt.ArrayLike, of: npt.ArrayLike) -> Floats:
    part, whole = np.asarray(n, dtype=float), np.asarray(of, dtype=float)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
