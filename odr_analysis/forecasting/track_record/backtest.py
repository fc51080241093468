"""How right forecasts made on earlier days of an account would have been."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.archive.store import Store
from odr_analysis.arrays import Floats
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.ahead import Forecast
from odr_analysis.forecasting.bands import LEVELS, names_of
from odr_analysis.forecasting.delay_model.fit import Prior, generator
from odr_analysis.forecasting.delay_table import DelayTable
from odr_analysis.forecasting.forecast import MOST_AHEAD, forecast
from odr_analysis.forecasting.nowcast import SHOWN as SHOWN_WINDOW
from odr_analysis.forecasting.nowcast import UNION, Nowcast
from odr_analysis.forecasting.recalibration import Correction, Recalibration
from odr_analysis.forecasting.track_record import scores, tally
from odr_analysis.forecasting.track_record.past import ARCHIVE, SETTLED_AGE, Past, Series
from odr_analysis.forecasting.track_record.tally import FINAL, MATURE, ORIGIN_COLUMNS, SHOWN
from odr_analysis.load import load_account
from odr_analysis.policy import Policy
from odr_analysis.progress import Progress, Step, silent
from odr_analysis.rates.rolling import date_of, day_numbers, named_day
from odr_analysis.schema import table_of

HORIZONS = (7, 14, 30, 60)
EVERY = 14
"""Days between the origins that are chosen where none are given."""
WARN_FROM = (0.5, 0.8)
HISTORY_DAYS = 90
"""Days of orders a series must have by an origin: its window, and two weeks before."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """What :func:`backtest` gives.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per marketplace x channel x quantity x horizon: ``tally.TABLE_COLUMNS``.
    warnings : pandas.DataFrame
        One row per marketplace x channel x horizon x level: ``tally.WARNING_COLUMNS``.
    origins : pandas.DataFrame
        One row per marketplace x channel x origin x quantity x horizon whose truth is known:
        ``tally.ORIGIN_COLUMNS``.
    notes : tuple of str
        Where past days were taken from, and what that leaves out.
    policy : Policy
    """

    table: pd.DataFrame
    warnings: pd.DataFrame
    origins: pd.DataFrame
    notes: tuple[str, ...]
    policy: Policy

    @cached_property
    def recalibration(self) -> Recalibration:
        """What its errors correct in forecasts to come."""
        keys, window_days = list(terms.SERIES_KEYS), self.policy.window_days
        found: dict[bool, dict[Series, Correction]] = {True: {}, False: {}}
        shown = (self.origins.quantity == SHOWN).rename("shown")
        for (*pair, ahead), rows in self.origins.groupby([*keys, shown], sort=False):
            # Horizons of one origin share their reports: together they are worth its window.
            n = tally.independent_windows(day_numbers(rows.origin.drop_duplicates()), window_days)
            found[bool(ahead)][str(pair[0]), str(pair[1])] = Correction.learned(rows.pit, n)
        return Recalibration(ahead=found[True], window=found[False])


def backtest(
    data: Account | DelayTable | Store,
    origins: Iterable[date | str] | None = None,
    horizons: Iterable[int] = HORIZONS,
    *,
    as_of: date | str | None = None,
    every: int = EVERY,
    warn_from: Iterable[float] = WARN_FROM,
    rng: np.random.Generator | int | None = None,
    prior: Prior | None = None,
    n_draws: int = 1000,
    load: Callable[..., Account] = load_account,
    progress: Progress = silent,
) -> Backtest:
    """Forecast from earlier days with what was known then, and compare with what happened.

    Compared with two forecasts that need no model: "as reported so far", as if nothing more were
    reported, and "persistence", the ODR shown on the origin.

    Parameters
    ----------
    data : Account, DelayTable or Store
        Of an archive (``Store.open(path)``) a day is taken from the first delivery that reaches
        it; else from the days of reports, which do not show defects that were removed since.
    origins : iterable of days, optional
        Days to forecast from. By default every `every` days, the last one so that the shortest
        horizon is known; of an archive, the days of its deliveries come first.
    horizons : iterable of int
        Days ahead at which the shown ODR is scored.
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        The day the comparison is made on: what was reported later is left out. By default the
        last day anything is known of.
    every : int
        Days between origins where none are given, and between the deliveries used of an archive.
    warn_from : iterable of float
        Probabilities of a breach from which on there is a warning.
    rng : numpy.random.Generator or int, optional
        By default the same draws each time.
    prior : Prior, optional
        What is believed before any data.
    n_draws : int
    load : callable
        Reads an archive on a day: called with its folder and ``known_on``.
    progress : callable
        Takes each :class:`~odr_analysis.progress.Step`, one an origin.

    Returns
    -------
    Backtest
        Where there are too few origins, ``state`` is ``'not enough history'`` and the scores are
        missing. A series needs 90 days of orders by an origin.

    Raises
    ------
    ParameterError
        A number is out of its range, or an origin is not among the days anything is known of.
    OdrError
        The archive is empty.

    Examples
    --------
    >>> orders = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "n_orders": 20,
    ...                        "ordered_on": pd.date_range("2026-01-01", "2026-09-30")})
    >>> defects = orders.iloc[::9].assign(claim_on=lambda d: d.ordered_on + pd.Timedelta(days=20))
    >>> defects = defects[defects.claim_on <= "2026-09-30"]
    >>> defects = defects.assign(feedback_on=pd.NaT, chargeback_on=pd.NaT)
    >>> table = DelayTable(orders, defects, known_to=date(2026, 9, 30))
    >>> found = backtest(table, horizons=[7], every=60, n_draws=100)
    >>> found.table[["quantity", "horizon", "state", "n_origins", "n_windows"]]
      quantity  horizon   state  n_origins  n_windows
    0    shown        7  scored          3        3.0
    1    final        0  scored          2        2.0
    2   mature        0  scored          2        2.0
    """
    horizons, levels = sorted({*horizons}), sorted({*warn_from})
    if not horizons or not all(1 <= h <= MOST_AHEAD for h in horizons):
        raise ParameterError(f"horizons must be 1 to {MOST_AHEAD} days, got {horizons}.")
    if not all(0 < level <= 1 for level in levels):
        raise ParameterError(f"warn_from must be above 0 and at most 1, got {levels}.")
    if every < 1:
        raise ParameterError(f"every must be 1 or more, got {every}.")
    source = generator(rng, n_draws)
    (lots,) = source.spawn(1)
    past = Past.of(data, every, load, as_of)
    days = _chosen(past, horizons[0], every) if origins is None else _given(past, origins)
    rows: list[dict[str, Any]] = []
    for i, day in enumerate(days):
        note = words.day(date_of(day))
        progress(Step("Forecasting from earlier days", i, len(days), note))
        rows += _Origin(past, day, horizons).scored(source, lots, prior, n_draws)
    found = table_of(rows, ORIGIN_COLUMNS).sort_values(
        ["marketplace", "channel", "origin"], kind="stable", ignore_index=True
    )
    series, policy = past.series, past.policy
    return Backtest(
        tally.table(found, series, horizons, policy),
        tally.warnings(found, series, horizons, levels, policy),
        found,
        tuple(_notes(past, found)),
        policy,
    )


def _chosen(past: Past, shortest: int, every: int) -> list[int]:
    """Origins where none are given, as day numbers: deliveries of an archive where there are."""
    found: list[int] = []
    day = past.last - shortest
    while day >= past.first + HISTORY_DAYS - 1:
        delivered = [d for d in past.exact() if day - every < d <= day]
        found.append(max(delivered, default=day))
        day = found[-1] - every
    return found[::-1]


def _given(past: Past, origins: Iterable[date | str]) -> list[int]:
    days = sorted({named_day(day, "origins") for day in origins})
    if days and not past.first <= days[0] <= days[-1] <= past.last:
        raise ParameterError(
            f"origins must be days from {date_of(past.first)} to {date_of(past.last)}, the days "
            f"anything is known of; got {date_of(days[0])} to {date_of(days[-1])}."
        )
    return days


@dataclass(frozen=True, eq=False)
class _Origin:
    """One day to forecast from."""

    past: Past
    day: int
    horizons: Sequence[int]

    def scored(
        self,
        source: np.random.Generator,
        lots: np.random.Generator,
        prior: Prior | None,
        n_draws: int,
    ) -> Iterator[dict[str, Any]]:
        """Rows of ``ORIGIN_COLUMNS``."""
        known = self.past.known(self.day)
        enough = [
            (s.marketplace, s.channel) for s in known.series() if len(s.n_orders) >= HISTORY_DAYS
        ]
        if not enough:
            return
        reach = [h for h in self.horizons if self.day + h <= self.past.last]
        # By then the youngest order of the window has left it.
        left = self.day + self.past.policy.window_days - 1 <= self.past.last
        if not (reach or left):
            return
        days = max(reach, default=0)
        ahead = forecast(known, None, days, rng=source, prior=prior, n_draws=n_draws)
        for pair in enough:
            yield from self._ahead(pair, ahead, reach, lots)
        if left:
            for pair in enough:
                yield from self._now(pair, ahead.nowcast, lots)

    def _ahead(
        self, pair: Series, found: Forecast, reach: Sequence[int], lots: np.random.Generator
    ) -> Iterator[dict[str, Any]]:
        table = found.table
        of_pair = (table.marketplace == pair[0]) & (table.channel == pair[1])
        days = table[of_pair].reset_index(drop=True)
        defective, orders = found.draws[pair]
        shown = days.odr[0]
        for h in reach:
            truth = self.past.shown(pair, self.day + h)
            if truth is None or not truth[1] or np.isnan(shown) or not orders[:, h].all():
                continue
            row = days.loc[h]
            coming = row.n_orders - row.known_orders
            yield self._row(
                pair,
                (SHOWN, h),
                truth,
                defective[:, h] / orders[:, h],
                (row.known_defective + shown * coming) / row.n_orders,
                shown,
                lots,
            ) | {"p_breach": row.p_breach}

    def _now(
        self, pair: Series, found: Nowcast, lots: np.random.Generator
    ) -> Iterator[dict[str, Any]]:
        policy = self.past.policy
        shown = self.past.shown(pair, self.day)
        for quantity, most_age in (
            (FINAL, policy.lag_days + policy.window_days - 1),
            (MATURE, SETTLED_AGE),
        ):
            truth = self.past.in_the_end(pair, self.day, most_age)
            if truth is None or not truth[1] or shown is None or not shown[1]:
                continue
            draws = found.draws[(*pair, SHOWN_WINDOW, UNION, quantity)]
            reported = shown[0] / shown[1]
            provisional = self.day - policy.lag_days + most_age > self.past.last
            yield self._row(
                pair, (quantity, 0), truth, draws / shown[1], reported, reported, lots
            ) | {"provisional": provisional}

    def _row(
        self,
        pair: Series,
        what: tuple[str, int],
        truth: tuple[int, int],
        draws: Floats,
        reported: float,
        persistence: float,
        lots: np.random.Generator,
    ) -> dict[str, Any]:
        n_defective, n_orders = truth
        happened = n_defective / n_orders
        bounds = scores.quantiles(draws)
        return {
            "marketplace": pair[0],
            "channel": pair[1],
            "origin": pd.Timestamp(date_of(self.day)),
            "basis": self.past.basis(self.day),
            "quantity": what[0],
            "horizon": what[1],
            "n_orders": n_orders,
            "n_defective": n_defective,
            "truth": happened,
            "provisional": False,
            "median": bounds[0],
            **dict(zip(names_of(LEVELS), bounds[1:], strict=True)),
            "as_reported": reported,
            "persistence": persistence,
            "pit": scores.pit(happened, draws, lots),
            "wis": scores.wis(happened, bounds),
            "crps": scores.crps(happened, draws),
            "p_breach": np.nan,
            "breach": not self.past.policy.under_target(n_defective, n_orders),
        }


def _notes(past: Past, origins: pd.DataFrame) -> Iterator[str]:
    """Where past days were taken from, and what that leaves out."""
    days = origins.drop_duplicates("origin")
    exact = int((days.basis == ARCHIVE).sum())
    if exact:
        yield (
            f"{words.counted(exact, 'day')} of {len(days)} as the archive knew them then; the "
            "others from report dates in the next delivery."
            if exact < len(days)
            else "Every day is taken as the archive knew it then."
        )
    if exact < len(days):
        yield (
            "From report dates: defects removed before the files were made are not seen, so the "
            "past looks better than it did."
        )
    if past.n_undated:
        n = words.counted(past.n_undated, "defective order has", "defective orders have")
        yield (
            f"{n} a report without a date. Such reports are left out here: before "
            f"{words.day(date_of(past.last))} it is not known whether they were in."
        )
    if origins.provisional.any():
        yield (
            "Provisional: of some windows 150 days have not passed, so a few reports may still "
            "come."
        )
