"""What Amazon will show on each of the coming days, from an account or its delay table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from numbers import Integral

import numpy as np

from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.ahead import Forecast, OrdersPerDay, Pair, of_fits
from odr_analysis.forecasting.bands import LEVELS, checked_levels
from odr_analysis.forecasting.coming_days.since import Since
from odr_analysis.forecasting.delay_model.fit import fit, generator
from odr_analysis.forecasting.delay_model.levels import WEEKS_AHEAD
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_table import (
    DelayTable,
    SeriesDelays,
    as_table,
    delay_table,
)
from odr_analysis.forecasting.priors import chosen
from odr_analysis.forecasting.recalibration import Recalibration
from odr_analysis.rates.rolling import asked_on, date_of, day_number

MOST_AHEAD = 7 * WEEKS_AHEAD


def forecast(
    data: Account | DelayTable,
    as_of: date | str | None = None,
    horizon_days: int = 75,
    orders_per_day: OrdersPerDay = None,
    rng: np.random.Generator | int | None = None,
    *,
    levels: Iterable[float] = LEVELS,
    prior: Prior | None = None,
    recalibration: Recalibration | None = None,
    n_draws: int = 1000,
) -> Forecast:
    """What Amazon will show on each day ahead, and how probable a breach is.

    What is known is counted exactly: known defects leave the window and enter it on days that are
    certain. Reports still to come of orders placed, and those of orders to be placed, come from
    the delay model. Where the files of an account end on different days, it is fitted to what was
    known when the first of them ended (``account.on(as_of).reported_to``); what the others report
    since is known, and the rest is estimated.

    Parameters
    ----------
    data : Account or DelayTable
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default the last day anything is known of.
    horizon_days : int
        Days ahead, at most 154.
    orders_per_day : float, or mapping of (marketplace, channel) to float, optional
        Orders that will be placed on the mean day of each series; 0 where nothing is sold any
        more. By default, and for a series the mapping does not name, as lately.
    rng : numpy.random.Generator or int, optional
        By default the same draws each time.
    levels : iterable of float
        Of the intervals.
    prior : Prior, optional
        What is believed of an account before its data; by default that of the policy.
    recalibration : Recalibration, optional
        What the errors of earlier forecasts correct, ``backtest(...).recalibration``. By default
        nothing: on generated accounts it gains nothing, and a backtest takes time.
    n_draws : int

    Returns
    -------
    Forecast
        Without any series where so many days are not known that none can be forecast.

    Raises
    ------
    ParameterError
        `as_of` is not a date or not known of, a number is out of its range, or `orders_per_day`
        names a series without orders.

    Warns
    -----
    OdrWarning
        A kind of defect or some orders of an account are unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "n_orders": 20,
    ...                        "ordered_on": pd.date_range("2026-03-01", "2026-09-30")})
    >>> defects = orders.iloc[::5].assign(claim_on=lambda d: d.ordered_on + pd.Timedelta(days=20))
    >>> defects = defects[defects.claim_on <= "2026-09-30"]
    >>> defects = defects.assign(feedback_on=pd.NaT, chargeback_on=pd.NaT)
    >>> found = forecast(DelayTable(orders, defects, known_to=date(2026, 9, 30)), horizon_days=14)
    >>> first, last = found.table.iloc[0], found.table.iloc[-1]
    >>> int(first.known_orders), int(first.known_defective), round(float(first.p_breach), 2)
    (1200, 11, 0.0)
    >>> int(last.leaving), int(last.entering)
    (3, 0)
    """
    latest = isinstance(data, Account) and as_of is None
    table = as_table(data, data.known_to if latest else as_of)
    return _forecast(
        data,
        table,
        horizon_days,
        orders_per_day,
        rng,
        levels=levels,
        prior=prior,
        recalibration=recalibration,
        n_draws=n_draws,
    )


def _forecast(
    data: Account | DelayTable,
    table: DelayTable,
    horizon_days: int,
    orders_per_day: OrdersPerDay,
    rng: np.random.Generator | int | None = None,
    *,
    levels: Iterable[float] = LEVELS,
    prior: Prior | None = None,
    recalibration: Recalibration | None = None,
    n_draws: int = 1000,
) -> Forecast:
    """:func:`forecast` of `data` as `table` has it, without a warning of what is unknown."""
    levels = checked_levels(levels)
    if not isinstance(horizon_days, Integral) or not 0 <= horizon_days <= MOST_AHEAD:
        raise ParameterError(
            f"horizon_days must be a whole number from 0 to {MOST_AHEAD}, got {horizon_days!r}."
        )
    series = _by_series(table)
    since: dict[Pair, Since] = {}
    if isinstance(data, Account):
        day = data.on(table.known_to)
        begins = day.reported_to
        if (table.known_to - begins).days + horizon_days > MOST_AHEAD:
            series = {}
        elif begins < table.known_to:
            series, since = _from_earlier(series, delay_table(data, begins), day.last_reports)
    prior = chosen(prior, table.policy)
    draw = generator(rng, n_draws)
    fits = {pair: fit(one, draw, prior, n_draws) for pair, one in series.items()}
    return of_fits(
        series,
        fits,
        horizon_days,
        orders_per_day if series else None,
        table.policy,
        int(draw.integers(2**63)),
        levels,
        recalibration or Recalibration(),
        since,
    )


def forecast_from(
    account: Account,
    as_of: date | str | None = None,
    horizon_days: int = 75,
    orders_per_day: OrdersPerDay = None,
    prior: Prior | None = None,
) -> Forecast:
    """:func:`forecast` seen from any day, also from one after ``account.known_to``.

    What was reported and ordered since is then drawn like the days ahead.
    """
    now = date_of(asked_on(as_of, account.known_to))
    after = max((now - account.known_to).days, 0)
    if horizon_days <= MOST_AHEAD < after + horizon_days:
        return of_fits({}, {}, horizon_days, None, account.policy, 0, LEVELS, Recalibration(), {})
    table = delay_table(account, min(now, account.known_to))
    return _forecast(account, table, horizon_days + after, orders_per_day, prior=prior).after(after)


def _by_series(table: DelayTable) -> dict[Pair, SeriesDelays]:
    return {(one.marketplace, one.channel): one for one in table.series()}


def _from_earlier(
    now: Mapping[Pair, SeriesDelays],
    table: DelayTable,
    last_reports: Mapping[Pair, Mapping[str, date]],
) -> tuple[dict[Pair, SeriesDelays], dict[Pair, Since]]:
    """What was known on the earlier day of `table`, and what is known of each series since."""
    then, today = _by_series(table), day_number(table.known_to)
    before = {
        pair: then.get(pair) or SeriesDelays.of(pair, table.orders[:0], table.defects[:0], today)
        for pair in now
    }
    since = {pair: Since.of(before[pair], one, last_reports[pair]) for pair, one in now.items()}
    return before, since
