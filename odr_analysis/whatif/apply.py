"""A scenario applied: the shown ODR of each coming day, without and with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import words
from odr_analysis.arrays import Floats, Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.coming_days.marginals import Marginals
from odr_analysis.forecasting.delay_model.reach import entered
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import day_number, to_stamps
from odr_analysis.schema import Column, Columns, typed
from odr_analysis.whatif.paths import Course, Path
from odr_analysis.whatif.removals import IdleRemoval, idle_removals
from odr_analysis.whatif.scenario import Scenario

if TYPE_CHECKING:
    from odr_analysis.account import Account

EFFECT_COLUMNS: Columns = {
    "day": Column("datetime64[us]", "the day the rate would be shown for", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "baseline_n_orders": Column("float64", "orders counting that day, median of the forecast"),
    "baseline_n_defective": Column("float64", "of them shown as defective, mean of the forecast"),
    "baseline_odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "baseline_p_breach": Column(
        "float64",
        "probability that the ODR shown is not below target",
        missing="NaN without orders",
    ),
    "scenario_n_orders": Column("float64", "the same with the scenario"),
    "scenario_n_defective": Column("float64"),
    "scenario_odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "scenario_p_breach": Column("float64", missing="NaN without orders"),
    "delta": Column("float64", "scenario_odr - baseline_odr", missing="NaN when either is"),
    "known_n_orders": Column("int64", "of the baseline, orders already placed by as_of"),
    "known_n_defective": Column("int64", "of them, orders known by as_of to be defective"),
}
"""Columns of ``Effect.table``: one row per coming day x marketplace x channel."""


@dataclass(frozen=True, eq=False)
class Effect:
    """What a scenario does to the coming days, from :func:`~odr_analysis.apply_scenario`.

    Numbers only; :func:`~odr_analysis.scenario_sentence`,
    :func:`~odr_analysis.scenario_notes` and :func:`~odr_analysis.scenario_assumptions` put them
    into words, and :func:`~odr_analysis.plot_scenario` draws them.

    Attributes
    ----------
    scenario : Scenario
    look : LookAhead
        What is known on ``as_of``, and the forecast.
    paths : tuple of Path
        The coming days of each marketplace and channel, in the order of ``account.series``.
    series : (str, str) or None
        Marketplace and channel of the extra orders; None for an account without orders.
    removed : mapping of (marketplace, channel) to int
        How many removals take effect there while their orders count.
    idle : tuple of IdleRemoval
        Removals without effect, by order id.

    Examples
    --------
    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> effect = apply_scenario(load_sample(), Scenario(extra_orders_per_day=20, days=30))
    >>> effect.as_of, effect.series, effect.removed
    (datetime.date(2026, 9, 30), ('Amazon.de', 'mfn'), {})
    >>> len(effect.table), len(effect.only("Amazon.de", "afn").table)
    (152, 76)
    """

    scenario: Scenario
    look: LookAhead = field(repr=False)
    paths: tuple[Path, ...] = field(repr=False)
    series: tuple[str, str] | None
    removed: Mapping[tuple[str, str], int]
    idle: tuple[IdleRemoval, ...]

    @property
    def as_of(self) -> date:
        """The day looked ahead from."""
        return self.look.as_of

    @property
    def policy(self) -> Policy:
        """The rules of the rate."""
        return self.look.policy

    @property
    def horizon_days(self) -> int:
        """How many days are looked ahead."""
        return self.look.calendar.horizon_days

    @property
    def table(self) -> pd.DataFrame:
        """One row per day from `as_of` on x marketplace x channel; ``EFFECT_COLUMNS``.

        Sorted by day, then in the order of ``account.series``. Made anew for every request, so
        that a change made to it does not reach others.
        """
        n_days, pairs = self.horizon_days + 1, [path.pair for path in self.paths]
        days = day_number(self.as_of) + np.arange(n_days, dtype=np.int64)
        columns: dict[str, Any] = {
            "day": np.repeat(to_stamps(days), len(pairs)),
            "marketplace": [marketplace for marketplace, _ in pairs] * n_days,
            "channel": [channel for _, channel in pairs] * n_days,
        }
        for name, which in (("baseline", "base"), ("scenario", "then"), ("known", "known")):
            courses = [getattr(path, which) for path in self.paths]
            for part in ("n_orders", "n_defective", "odr"):
                each = [getattr(course, part) for course in courses]
                columns[f"{name}_{part}"] = np.reshape(each, (len(pairs), n_days)).T.ravel()
            if name != "known":
                each = [course.probabilities for course in courses]
                columns[f"{name}_p_breach"] = np.reshape(each, (len(pairs), n_days)).T.ravel()
        table = pd.DataFrame(columns)
        return typed(
            table.assign(delta=table["scenario_odr"] - table["baseline_odr"]), EFFECT_COLUMNS
        )

    @property
    def focus(self) -> Path | None:
        """The one series a picture or a headline is about; None without orders.

        The series the extra orders go to, if the scenario moves it; else the first one it moves;
        else the series extra orders would go to.
        """
        # Of an effect on other series only, the extra orders go to none.
        order = sorted(self.paths, key=lambda path: path.pair != self.series)
        return next((path for path in order if path.changed), order[0] if order else None)

    def path(self, marketplace: str, channel: str) -> Path:
        """The coming days of one series.

        Raises
        ------
        ParameterError
            There is no such series; the message lists those there are.
        """
        for path in self.paths:
            if path.pair == (marketplace, channel):
                return path
        have = "; ".join(words.series(*path.pair) for path in self.paths) or "none"
        raise ParameterError(
            f"effect: no orders of {words.series(marketplace, channel)}. There are: {have}."
        )

    def only(self, marketplace: str, channel: str) -> Effect:
        """The effect on one series, to draw it or to put it into words.

        Raises
        ------
        ParameterError
            There is no such series.
        """
        return replace(self, paths=(self.path(marketplace, channel),))


def apply_scenario(
    account: Account,
    scenario: Scenario,
    as_of: date | str | None = None,
    horizon_days: int = 75,
) -> Effect:
    """The shown ODR of each coming day, as things are (baseline) and with `scenario`.

    The baseline is the forecast: known defects enter and leave with their orders, reports still
    to come and orders still to be placed are those of the delay model (``scenario_assumptions``
    lists what is assumed). Extra orders count from the day they enter to the day they leave, and
    a removed feedback is gone from `as_of` on. Both share every draw of the forecast, so that the
    difference is that of the scenario alone.

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
    Effect
        Its ``table`` has **one row per day from `as_of` to ``as_of + horizon_days`` x marketplace
        x channel**.

    Raises
    ------
    ParameterError
        A removed order id is not in the account, extra orders start before the day after
        `as_of`, the series does not exist, or `horizon_days` is negative.

    Notes
    -----
    ``scenario_n_orders - baseline_n_orders`` is the number of extra orders counting that day.
    Defects of the extra orders are reported as late as those of other orders.

    Examples
    --------
    Twenty orders placed tomorrow count from the 16th to the 75th day ahead:

    >>> from odr_analysis import Scenario, apply_scenario, load_sample
    >>> effect = apply_scenario(load_sample(), Scenario(extra_orders_per_day=20, days=1))
    >>> rows = effect.only("Amazon.de", "mfn").table
    >>> extra = (rows.scenario_n_orders - rows.baseline_n_orders).round()
    >>> extra.loc[[15, 16, 75]].tolist()
    [0.0, 20.0, 20.0]
    """
    return effect_of(account.on(as_of).look_ahead(horizon_days), scenario)


def effect_of(look: LookAhead, scenario: Scenario) -> Effect:
    """:func:`apply_scenario` where what is known of the coming days is at hand.

    Raises
    ------
    ParameterError
        As :func:`apply_scenario`.
    """
    as_of, calendar = look.as_of, look.calendar
    start = scenario.first_day(as_of)
    if scenario.n_extra and start <= as_of:
        raise ParameterError(
            f"scenario: start is {start}, but extra orders can only be placed after "
            f"{as_of}, the day looked ahead from."
        )
    pairs, target = list(look.size), scenario.target_series(look.size)
    idle = idle_removals(look.account, scenario.removed_feedback, as_of)
    gone = [look.by_feedback_alone.get(order_id) for order_id in scenario.removed_feedback]
    ordered, whose = np.array([g for g in gone if g], dtype=np.int64).reshape(-1, 2).T
    removed = calendar.rolled(ordered, whose, len(pairs))
    still = day_number(look.policy.window(as_of).start)
    inside = np.bincount(whose[ordered >= still], minlength=len(pairs))

    ahead = np.arange(1, calendar.horizon_days + 1)
    sold = (ahead >= (start - as_of).days) & (ahead <= (scenario.last_day(as_of) - as_of).days)
    extra = scenario.extra_orders_per_day * sold.astype(np.float64)
    none = np.zeros_like(extra)
    return Effect(
        scenario=scenario,
        look=look,
        paths=tuple(
            _path(look, i, extra if pair == target else none, scenario, removed[:, i])
            for i, pair in enumerate(pairs)
        ),
        series=target,
        removed={p: n for p, n in zip(pairs, inside.tolist(), strict=True) if n},
        idle=idle,
    )


def _path(look: LookAhead, i: int, extra: Floats, scenario: Scenario, removed: Integers) -> Path:
    """The coming days of one series, without and with what a scenario does to it.

    `extra` are its extra orders of each day from tomorrow on, `removed` the orders that are not
    defective any more and count on each day from today on.
    """
    pair, target = list(look.size)[i], look.policy.target
    known = Course(look.n_orders[:, i], look.n_defective[:, i], target)
    days = look.forecast.marginals.get(pair)
    if days is None:  # so few orders are known, or so long ago, that none is forecast
        counting = entered(len(extra), look.policy) @ extra
        bad = known.n_defective - removed + (scenario.extra_defect_rate or 0.0) * counting
        then = Course(known.n_orders + counting, bad, target)
        return Path(pair, look.as_of, known=known, base=known, then=then)
    changed = replace(days, known_defective=days.known_defective - removed)
    if extra.any():
        before = np.zeros(days.skipped)  # days up to as_of of which nothing is known
        changed = changed.with_extra(np.append(before, extra), scenario.extra_defect_rate)
    base, then = (_course(each, target) for each in (days, changed))
    return Path(pair, look.as_of, known=known, base=base, then=then)


def _course(days: Marginals, target: float) -> Course:
    return Course(
        np.median(days.orders, axis=0), days.mean_defective, target, p_breach=days.p_breach()
    )
