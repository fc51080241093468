"""A scenario applied: the shown ODR of each coming day, without and with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from odr_analysis import fields, words
from odr_analysis.arrays import Floats, Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.bands import band_columns, cuts, names_of
from odr_analysis.forecasting.delay_model.reach import entered
from odr_analysis.forecasting.look_ahead import LookAhead, ratio
from odr_analysis.policy import Policy
from odr_analysis.rates.rolling import day_number, to_stamps
from odr_analysis.schema import Column, Columns, typed
from odr_analysis.terms import SERIES_KEYS
from odr_analysis.whatif.changes import MoreOrders, Pair, Span
from odr_analysis.whatif.coming_orders import ComingOrders, changed_days
from odr_analysis.whatif.paths import Course, Path
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.spans import coming_orders, largest_of, spans_of
from odr_analysis.whatif.touched import Idle, Touched, changes_by_series, touched

if TYPE_CHECKING:
    from odr_analysis.account import Account

EFFECT_COLUMNS: Columns = {
    "day": Column("datetime64[us]", "the day the rate would be shown for", unit="midnight"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "baseline_n_orders": Column("float64", "orders counting that day, median of the forecast"),
    "baseline_n_defective": Column("float64", "of them shown as defective, median"),
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


DEFECTIVE = ["known_defective", "mean_pending", "mean_new"]


def delta_columns(levels: Iterable[float]) -> Columns:
    """Columns of ``Effect.delta``: one row per marketplace x channel x day."""
    return {
        "marketplace": Column("str"),
        "channel": Column("str"),
        "day": Column("datetime64[us]", unit="midnight"),
        "n_orders": Column("float64", "of the medians of the orders that count"),
        "mean_defective": Column("float64", "of the orders expected to be shown as defective"),
        "odr": Column(
            "float64",
            "median of the difference of the ODR shown",
            unit="fraction",
            missing="NaN where in some draw no order counts",
        ),
        **band_columns(levels, unit="fraction", missing="NaN where in some draw no order counts"),
        "p_breach": Column("float64", "of the probabilities", missing="NaN where no order counts"),
    }


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
        What is known on ``as_of``.
    baseline, changed : Forecast
        The forecast without and with the scenario, from the same draws; the same object where it
        changes nothing.
    paths : tuple of Path
        The coming days of each marketplace and channel, in the order of ``account.series``.
    spans : tuple of (Span, tuple of (str, str))
        Each change of orders to come, and the marketplaces and channels it is about.
    orders : tuple of Touched
        Orders it names.
    idle : tuple of Idle
        What is done to orders that changes nothing, by order id.

    Examples
    --------
    >>> from odr_analysis import MoreOrders, Scenario, apply_scenario, load_sample
    >>> effect = apply_scenario(load_sample(), Scenario(MoreOrders(20, days=30)))
    >>> effect.as_of, effect.focus.pair, effect.removed
    (datetime.date(2026, 9, 30), ('Amazon.de', 'mfn'), {})
    >>> len(effect.table), len(effect.only("Amazon.de", "afn").table)
    (152, 76)
    """

    scenario: Scenario
    look: LookAhead = field(repr=False)
    baseline: Forecast = field(repr=False)
    changed: Forecast = field(repr=False)
    paths: tuple[Path, ...] = field(repr=False)
    spans: tuple[tuple[Span, tuple[Pair, ...]], ...]
    orders: tuple[Touched, ...]
    idle: tuple[Idle, ...]

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

    @cached_property
    def delta(self) -> pd.DataFrame:
        """The difference: one row per marketplace x channel x day of the forecast,
        ``delta_columns``.

        Its intervals are those of the difference in each draw, and so much narrower than those of
        the two rates.
        """
        parts, levels = [], self.baseline.levels
        for pair, was in self.baseline.draws.items():
            rates = [ratio(*draws) for draws in (self.changed.draws[pair], was)]
            apart = rates[0] - rates[1]
            some = np.isfinite(apart).all(axis=0)
            bands = np.full((1 + 2 * len(levels), apart.shape[1]), np.nan)
            bands[0, some] = np.quantile(apart[:, some], 0.5, axis=0, method="inverted_cdf")
            bands[1:, some] = cuts(apart[:, some], levels)
            parts.append(dict(zip(["odr", *names_of(levels)], bands, strict=True)))
        bands_of = [pd.DataFrame(part) for part in parts]
        before, after = self.baseline.table, self.changed.table
        whole = before[["marketplace", "channel", "day"]].assign(
            n_orders=after["n_orders"] - before["n_orders"],
            mean_defective=after[DEFECTIVE].sum(axis=1) - before[DEFECTIVE].sum(axis=1),
            p_breach=after["p_breach"] - before["p_breach"],
        )
        columns = delta_columns(levels)
        joined = (
            pd.concat([whole, pd.concat(bands_of, ignore_index=True)], axis=1)
            if parts
            else (pd.DataFrame(columns=list(columns)))
        )
        return typed(joined, columns)

    def spans_of(self, pair: Pair) -> list[Span]:
        """What is done to the orders to come of one series."""
        return [span for span, pairs in self.spans if pair in pairs and not span.is_nothing]

    @property
    def removed(self) -> dict[Pair, int]:
        """Of how many orders of each series defects are taken away while the order counts."""
        idle = {one.order_id for one in self.idle}
        return self._orders_by_series([o for o in self.orders if o.gone and o.name not in idle])

    @property
    def new_defects(self) -> dict[Pair, int]:
        """How many orders of each series become defective."""
        idle = {one.order_id for one in self.idle}
        return self._orders_by_series([o for o in self.orders if o.new and o.name not in idle])

    def _orders_by_series(self, orders: list[Touched]) -> dict[Pair, int]:
        counts = Counter(order.pair for order in orders)
        return {path.pair: counts[path.pair] for path in self.paths if counts[path.pair]}

    @property
    def focus(self) -> Path | None:
        """The one series a picture or a headline is about; None without orders.

        The first series that extra orders go to, if the scenario changes it; else the first one
        it changes; else the series extra orders would go to.
        """
        aims = [pairs for span, pairs in self.spans if isinstance(span, MoreOrders) and pairs]
        first = aims[0][0] if aims else largest_of(MoreOrders(), self.look.size)
        # Of an effect on other series only, the extra orders go to none.
        order = sorted(self.paths, key=lambda path: path.pair != first)
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
    bring their own defects, which are reported as late as those of other orders. Both share every
    draw of the forecast, so that the difference is that of the scenario alone.

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
        ``baseline`` and ``changed`` have the tables of a forecast, ``delta`` the difference;
        ``table`` has **one row per day from `as_of` to ``as_of + horizon_days`` x marketplace x
        channel**.

    Raises
    ------
    ParameterError
        An order id is not in the account, a change begins before the day after `as_of`, a
        series, reason, product or rule does not exist, or `horizon_days` is negative.

    Examples
    --------
    Twenty orders placed tomorrow count from the 16th to the 75th day ahead:

    >>> from odr_analysis import MoreOrders, Scenario, apply_scenario, load_sample
    >>> effect = apply_scenario(load_sample(), Scenario(MoreOrders(20, days=1)))
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
    if not isinstance(scenario, Scenario):
        raise ParameterError(
            f"scenario must be a Scenario, such as Scenario(MoreOrders(20)), got "
            f"{fields.shown(scenario)}."
        )
    baseline, pairs = look.forecast, list(look.size)
    spans = tuple(spans_of(look, scenario))
    orders, idle = touched(look, scenario)
    n_draws = {pair: days.fitted.n_draws for pair, days in baseline.marginals.items()}
    known = changes_by_series(look, orders, n_draws, baseline.seed)
    none = np.zeros((1, look.calendar.horizon_days + 1), dtype=np.int64)
    coming = {pair: coming_orders(look, pair, spans) for pair in pairs}
    new = {}
    for pair, days in baseline.marginals.items():
        then = changed_days(days, coming[pair], known.get(pair, none))
        if then is not days:
            new[pair] = then
    changed = baseline.with_days(new)
    return Effect(
        scenario=scenario,
        look=look,
        baseline=baseline,
        changed=changed,
        paths=tuple(_paths(look, baseline, changed, coming, known)),
        spans=spans,
        orders=tuple(orders),
        idle=idle,
    )


def _paths(
    look: LookAhead,
    baseline: Forecast,
    changed: Forecast,
    coming: Mapping[Pair, ComingOrders],
    known_changes: Mapping[Pair, Integers],
) -> Iterator[Path]:
    """The coming days of each series, without and with what a scenario does to it."""
    target = look.policy.target
    rows = {
        pair: np.asarray(at)
        for pair, at in baseline.table.groupby(list(SERIES_KEYS), sort=False).indices.items()
    }
    for i, pair in enumerate(look.size):
        known = Course(look.n_orders[:, i], look.n_defective[:, i], target)
        if pair not in rows:  # so few orders are known, or so long ago, that none is forecast
            more = known_changes.get(pair, np.zeros((1, 1), dtype=np.int64)).mean(axis=0)
            then = _known_alone(known, coming[pair], more, look.policy)
            yield Path(pair, look.as_of, known=known, base=known, then=then)
            continue
        base = _course(baseline.table, rows[pair], target)
        same = changed.marginals[pair] is baseline.marginals[pair]
        then = base if same else _course(changed.table, rows[pair], target)
        yield Path(pair, look.as_of, known=known, base=base, then=then)


def _course(table: pd.DataFrame, rows: Integers, target: float) -> Course:
    names = ("n_orders", "odr", "p_breach", "lower_90", "upper_90")
    n_orders, odr, p_breach, lower, upper = (table[name].to_numpy()[rows] for name in names)
    return Course(n_orders, np.nan_to_num(odr) * n_orders, target, p_breach, lower, upper)


def _known_alone(known: Course, coming: ComingOrders, more: Floats, policy: Policy) -> Course:
    """Of a series without a forecast: what is known, and the extra orders with their defects."""
    enters = entered(len(coming.sales), policy)
    bad = sum((orders * (rate or 0.0) for orders, rate in coming.extra), 0 * coming.sales)
    if not (coming.n_extra.any() or more.any()):
        return known
    return Course(
        known.n_orders + enters @ coming.n_extra,
        known.n_defective + more + enters @ bad,
        known.target,
    )
