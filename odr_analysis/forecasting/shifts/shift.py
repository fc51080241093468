"""Shift or noise: whether reports of the last quarter are more or fewer than before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from odr_analysis.account import Account
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_model.fit import generator
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_table import DelayTable, SeriesDelays, as_table
from odr_analysis.forecasting.priors import chosen
from odr_analysis.forecasting.shifts.cusum import FALSE_ALARM_DAYS, Watch
from odr_analysis.forecasting.shifts.gap_chart import GAP_COLUMNS, gap_chart, p_now_higher
from odr_analysis.forecasting.shifts.reference import WATCHED_DAYS, Reference, reports_by_day
from odr_analysis.forecasting.shifts.week_chart import WEEK_COLUMNS, Maturity, week_chart
from odr_analysis.rates.rolling import to_stamps
from odr_analysis.schema import Column, Columns, table_of, typed

WORSE, BETTER = "worse", "better"
NO_SHIFT, NOT_ENOUGH = "no shift found", "not enough data"

FEWEST_DAYS = 150
"""Days of history below which the reference period is too short."""
MOST_UNDATED = 0.1
"""Share of defective orders without a day of report above which those left out could make or hide a
change."""
FEWEST_FOUND = 0.5
"""Probability of finding a doubling within 60 days below which not finding one means nothing."""
N_DRAWS = 2000

NO_ORDERS = "no orders before the last 91 days"
SHORT = "fewer than 150 days of history"
UNDATED = "too many reports without a date"
NO_REPORT = "no reports before the last 91 days to compare with"
BLIND = "a doubling would probably not be found within 60 days"

SHIFT_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "finding": Column("str", f"{WORSE!r}, {BETTER!r}, {NO_SHIFT!r} or {NOT_ENOUGH!r}"),
    "reason": Column("str", "why there is not enough data", missing="'' with another finding"),
    "watched_from": Column("datetime64[us]", "first of the days watched", unit="midnight"),
    "n_reports": Column("int64", "first reports of the watched days, of orders of any day"),
    "expected": Column(
        "float64",
        "the same if nothing changed since the reference period",
        unit="reports",
        missing="NaN where nothing can be expected",
    ),
    "n_reference": Column("int64", "first reports of the reference period, known at its end"),
    "n_undated": Column(
        "int64", "defective orders left out, since no file dates their first report"
    ),
    "since": Column(
        "datetime64[us]",
        "day the CUSUM began to climb: an estimate of when reports changed; their orders are older",
        unit="midnight",
        missing="NaT without a shift",
    ),
    "alarm_on": Column(
        "datetime64[us]",
        "first day of that climb over the limit",
        unit="midnight",
        missing="NaT without a shift",
    ),
    "ratio_bound": Column(
        "float64",
        "worse: reports are at least so many times those expected; better: at most. Holds in 9 of "
        "10 cases, and 1 is not a bound",
        missing="NaN without a shift",
    ),
    "false_alarm_days": Column(
        "int64", "days for one false alarm on average, in each direction", unit="days"
    ),
    "share_worse": Column(
        "float64",
        "of its limit, reached by the CUSUM for more reports; over 1 is over it",
        missing="NaN where nothing can be expected",
    ),
    "share_better": Column(
        "float64",
        "of its limit, reached by the CUSUM for fewer reports; over 1 is over it",
        missing="NaN where nothing can be expected",
    ),
    "p_doubling_30": Column(
        "float64",
        "probability of an alarm within 30 days of a doubling of the rate",
        missing="NaN where nothing can be expected",
    ),
    "p_doubling_60": Column(
        "float64",
        "the same within 60 days",
        missing="NaN where nothing can be expected",
    ),
    "p_now_higher": Column(
        "float64",
        "probability that the rate of orders of the watched days is higher than that of those "
        "before, whether or not either is known well",
        missing="NaN where there are no orders of one of them",
    ),
}
"""Columns of ``Shift.table``: one row per marketplace x channel."""

PATH_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "day": Column("datetime64[us]", unit="midnight"),
    "n_reports": Column("int64", "first reports of the day"),
    "expected": Column("float64", "if nothing changed since the reference period", unit="reports"),
    "worse": Column("float64", "CUSUM for more reports"),
    "worse_limit": Column("float64"),
    "better": Column("float64", "CUSUM for fewer reports"),
    "better_limit": Column("float64"),
}
"""Columns of ``Shift.path``: one row per marketplace x channel x watched day."""


@dataclass(frozen=True, eq=False)
class Shift:
    """What :func:`shift` gives.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per marketplace x channel: ``SHIFT_COLUMNS``.
    path : pandas.DataFrame
        One row per marketplace x channel x watched day: ``PATH_COLUMNS``; none where nothing can be
        expected.
    weeks : pandas.DataFrame
        The p' chart, one row per marketplace x channel x order week: ``WEEK_COLUMNS``.
    gaps : pandas.DataFrame
        The g chart, one row per marketplace x channel x gap: ``GAP_COLUMNS``; none where weeks can
        be compared.
    """

    table: pd.DataFrame
    path: pd.DataFrame
    weeks: pd.DataFrame
    gaps: pd.DataFrame

    def suspects_change(self, marketplace: str, channel: str) -> bool:
        """Whether a series shows a shift.

        Raises
        ------
        ParameterError
            There is no such series.
        """
        keys = zip(self.table.marketplace, self.table.channel, strict=True)
        found = dict(zip(keys, self.table.finding, strict=True))
        if (marketplace, channel) not in found:
            known = ", ".join(" ".join(key) for key in found)
            raise ParameterError(f"no series {marketplace} {channel}; there are: {known}.")
        return found[marketplace, channel] in (WORSE, BETTER)


def shift(
    data: Account | DelayTable,
    as_of: date | str | None = None,
    rng: np.random.Generator | int | None = None,
    *,
    prior: Prior | None = None,
) -> Shift:
    """Whether defects are reported more or less often than before, or whether that is noise.

    The reports of each of the last 91 days are compared with those expected if rate, lags and
    reporting weekdays were still those of the period before. Limits are set so that a series in
    which nothing changes has one false alarm a year in each direction. If lags change and the
    rate does not, reports come in more or less often for a while, and may look like a shift.

    Parameters
    ----------
    data : Account or DelayTable
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default the last day on which every kind of report is known.
    rng : numpy.random.Generator or int, optional
        By default the same draws each time.
    prior : Prior, optional
        What is believed of an account before its data; by default that of the policy.

    Returns
    -------
    Shift
        Defects without a day of report take no part in the comparison by days and so in no finding;
        they do in the charts of order weeks and of gaps, since by `as_of` they are known.

    Raises
    ------
    ParameterError
        `as_of` is not a date or not known of.

    Examples
    --------
    One order in ten has a defect, and from July on, one in four:

    >>> orders = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "n_orders": 20,
    ...                        "ordered_on": pd.date_range("2026-01-01", "2026-09-30")})
    >>> bad = orders.loc[orders.index.repeat(2 + 3 * (orders.ordered_on >= "2026-07-01"))]
    >>> defects = bad.assign(claim_on=bad.ordered_on + pd.Timedelta(days=20),
    ...                      feedback_on=pd.NaT, chargeback_on=pd.NaT)
    >>> table = DelayTable(orders, defects[defects.claim_on <= "2026-09-30"], date(2026, 9, 30))
    >>> found = shift(table)
    >>> row = found.table.iloc[0]
    >>> row.finding, str(row.since.date()), int(row.n_reports)
    ('worse', '2026-07-21', 398)
    >>> bool(1.5 < row.ratio_bound < 2.5)
    True
    """
    table = as_table(data, as_of)
    random = generator(rng, N_DRAWS)
    prior = chosen(prior, table.policy)
    rows, paths, weeks, gaps = [], [], [], []
    for series in table.series():
        watch, row = _watched(series, prior, random)
        maturity = Maturity.of(series, prior)
        rows.append(row | {"p_now_higher": p_now_higher(maturity, WATCHED_DAYS)})
        if watch:
            paths.append(_path(series, watch))
        weeks.append(week_chart(series, maturity))
        gaps.append(gap_chart(series, maturity))
    return Shift(
        table_of(rows, SHIFT_COLUMNS),
        _all(paths, PATH_COLUMNS),
        _all(weeks, WEEK_COLUMNS),
        _all(gaps, GAP_COLUMNS),
    )


def _watched(
    series: SeriesDelays, prior: Prior, rng: np.random.Generator
) -> tuple[Watch | None, dict[str, object]]:
    """The watched days of one series, where anything can be expected of them, and its row."""
    first_day = series.today - WATCHED_DAYS + 1
    n_reports = reports_by_day(series, WATCHED_DAYS)
    reference = Reference.of(series, prior, N_DRAWS, rng)
    n_undated = int((~series.first_is_dated).sum())
    row: dict[str, object] = {
        "marketplace": series.marketplace,
        "channel": series.channel,
        "finding": NOT_ENOUGH,
        "reason": "",
        "watched_from": _stamp(first_day),
        "n_reports": int(n_reports.sum()),
        "n_reference": reference.n_reports if reference else 0,
        "n_undated": n_undated,
        "false_alarm_days": FALSE_ALARM_DAYS,
    }
    if reference is None:
        return None, row | {"reason": NO_ORDERS}
    if len(series.n_orders) < FEWEST_DAYS:
        return None, row | {"reason": SHORT}
    if n_undated > MOST_UNDATED * len(series.age):
        return None, row | {"reason": UNDATED}
    if not reference.n_reports:
        return None, row | {"reason": NO_REPORT}
    watch = Watch.of(
        n_reports,
        reference.expected,
        reference.drawn(reference.by_bin),
        reference.drawn(reference.of_late),
        rng,
    )
    row |= {
        "expected": float(watch.expected.sum()),
        "share_worse": watch.worse.share,
        "share_better": watch.better.share,
        "p_doubling_30": watch.p_doubling[0],
        "p_doubling_60": watch.p_doubling[1],
    }
    finding, reason = finding_of(watch)
    row |= {"finding": finding, "reason": reason}
    if watch.alarm is not None and finding in (WORSE, BETTER):
        row |= {
            "since": _stamp(first_day + watch.alarm.since),
            "alarm_on": _stamp(first_day + watch.alarm.alarm_on),
            "ratio_bound": watch.ratio_bound,
        }
    return watch, row


def finding_of(watch: Watch) -> tuple[str, str]:
    """The finding, and why there is not enough data.

    Where even a doubling would probably be missed, one or two reports carry the CUSUM over its
    limit and keep it there for weeks. There an alarm needs a ratio that is sure not to be 1.
    """
    blind = watch.p_doubling[1] < FEWEST_FOUND
    if watch.alarm is not None and (not blind or watch.ratio_bound != 1):
        return WORSE if watch.alarm is watch.worse else BETTER, ""
    return (NOT_ENOUGH, BLIND) if blind else (NO_SHIFT, "")


def _path(series: SeriesDelays, watch: Watch) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "day": to_stamps(series.today - np.arange(WATCHED_DAYS)[::-1]),
            "n_reports": watch.n_reports,
            "expected": watch.expected,
            "worse": watch.worse.path,
            "worse_limit": watch.worse.limit,
            "better": watch.better.path,
            "better_limit": watch.better.limit,
        }
    ).assign(marketplace=series.marketplace, channel=series.channel)
    return typed(frame, PATH_COLUMNS)


def _all(parts: list[pd.DataFrame], columns: Columns) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else table_of([], columns)


def _stamp(day: int) -> pd.Timestamp:
    return pd.Timestamp(to_stamps(np.array([day]))[0])
