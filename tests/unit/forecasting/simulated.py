"""Series of orders and reports for tests of the forecast, with lognormal lags."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from odr_analysis.forecasting.delay_table import DelayTable, SeriesDelays
from odr_analysis.rates.rolling import date_of, day_number

TODAY = date(2026, 9, 30)
SERIES = {"marketplace": "Amazon.de", "channel": "mfn"}


def simulated(
    per_day: float,
    rate: float = 0.01,
    *,
    days: int = 364,
    median: float = 17.0,
    change: tuple[float, int] = (1.0, 0),
    longer: tuple[float, int] = (1.0, 0),
    seed: int = 0,
) -> DelayTable:
    """Orders of `days` up to ``TODAY`` and what is reported of them by then.

    A defective order has feedback, or with a third of the probability a claim ten days later too.
    The rate of orders of the last ``change[1]`` days is ``change[0]`` times as high, and the lags
    of those of the last ``longer[1]`` days are ``longer[0]`` times as long.
    """
    rng = np.random.default_rng(seed)
    age = np.arange(days)
    n = rng.poisson(per_day, days)
    rates = np.where(age < change[1], rate * change[0], rate)
    ages = np.repeat(age, rng.binomial(n, rates))
    median_of = np.where(ages < longer[1], median * longer[0], median)
    lag = np.floor(np.exp(np.log(median_of) + 0.75 * rng.standard_normal(len(ages)))).astype(int)
    claimed = rng.random(len(ages)) < 1 / 3
    today = day_number(TODAY)
    stamps = [pd.Timestamp(date_of(today - a)) for a in range(days)]
    orders = pd.DataFrame({"ordered_on": stamps, "n_orders": n} | SERIES)
    seen = lag <= ages
    by = pd.to_timedelta(lag, unit="D")
    ordered = pd.Series([stamps[a] for a in ages], dtype="datetime64[us]")
    claim = (ordered + by + pd.Timedelta(days=10)).where(claimed & (lag + 10 <= ages))
    defects = pd.DataFrame(
        {"ordered_on": ordered, "feedback_on": ordered + by, "claim_on": claim} | SERIES
    ).assign(chargeback_on=pd.NaT)
    return DelayTable(orders[orders.n_orders > 0], defects[seen], TODAY)


def series_of(table: DelayTable) -> SeriesDelays:
    """Its only series."""
    (series,) = table.series()
    return series
