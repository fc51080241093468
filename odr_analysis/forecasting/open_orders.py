"""Orders that can still bring a report: until when, and how many reports are expected of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.arrays import Floats, Integers
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.delay_model.certain import defects_by_age
from odr_analysis.forecasting.delay_model.fit import Fit, fit, generator
from odr_analysis.forecasting.delay_model.lags import LONGEST
from odr_analysis.forecasting.delay_model.prior import Prior
from odr_analysis.forecasting.delay_model.reach import rates_by_bin
from odr_analysis.forecasting.delay_model.split import MASKS, N_KINDS, Kinds, unstretched
from odr_analysis.forecasting.delay_table import DelayTable, SeriesDelays, as_table
from odr_analysis.forecasting.priors import chosen
from odr_analysis.policy import Policy
from odr_analysis.rates.defect_days import HAS_COMPONENT
from odr_analysis.rates.rolling import to_stamps
from odr_analysis.schema import Column, Columns, typed

EXPECTED = {
    "expected": Column("float64", "reports of the kind expected", unit="orders"),
    "expected_shown": Column("float64", "of them, while the order counts", unit="orders"),
}

OPEN_ORDER_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "ordered_on": Column("datetime64[us]", "day the orders were placed", unit="midnight"),
    "component": Column("str"),
    "n_open": Column("int64", "orders of the day that do not have the kind and may still get it"),
    "latest_possible_on": Column(
        "datetime64[us]",
        "last day on which a report of the kind can come, were the order's latest estimated "
        "delivery as late as the policy allows for (`delivery_days`)",
        unit="midnight",
    ),
    "leaves_on": Column("datetime64[us]", "last day the orders count", unit="midnight"),
    **EXPECTED,
}
"""Columns of ``OpenOrders.table``: one row per marketplace x channel x order day x component."""

OPEN_DAY_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "day": Column("datetime64[us]", "day of the reports", unit="midnight"),
    "component": Column("str"),
    **EXPECTED,
}
"""Columns of ``OpenOrders.by_day``: one row per marketplace x channel x day ahead x component."""


@dataclass(frozen=True, eq=False)
class OpenOrders:
    """What :func:`open_orders` gives.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per marketplace x channel x order day x component: ``OPEN_ORDER_COLUMNS``.
    by_day : pandas.DataFrame
        One row per marketplace x channel x day ahead x component: ``OPEN_DAY_COLUMNS``. It adds up
        to the same as ``table``.
    """

    table: pd.DataFrame
    by_day: pd.DataFrame


def open_orders(
    data: Account | DelayTable,
    as_of: date | str | None = None,
    rng: np.random.Generator | int | None = None,
    *,
    fits: Mapping[tuple[str, str], Fit] | None = None,
    prior: Prior | None = None,
    n_draws: int = 1000,
) -> OpenOrders:
    """Orders that can still get feedback, a claim or a chargeback, and how many are expected to.

    An order that has a kind of defect cannot get it again, so it is not open for that kind; for
    the others it is. Until when a kind can be reported are rules of the policy
    (:meth:`~odr_analysis.policy.Policy.report_days`). Reports after that day, which Amazon may
    accept, are not expected here; :func:`~odr_analysis.forecasting.nowcast.nowcast` has them.

    Parameters
    ----------
    data : Account or DelayTable
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default the last day on which every kind of report is known.
    rng : numpy.random.Generator or int, optional
        By default the same draws each time.
    fits : mapping, optional
        ``fits`` of a nowcast or forecast of the same data and day, so that nothing is fitted again.
    prior : Prior, optional
        What is believed of an account before its data; by default that of the policy.
    n_draws : int

    Returns
    -------
    OpenOrders

    Raises
    ------
    ParameterError
        `as_of` is not a date or not known of, `n_draws` is less than 100, or `fits` are of other
        data or another day.

    Examples
    --------
    >>> orders = pd.DataFrame({"marketplace": "Amazon.de", "channel": "mfn", "n_orders": 20,
    ...                        "ordered_on": pd.date_range("2026-03-01", "2026-09-30")})
    >>> defects = orders.iloc[::5].assign(claim_on=lambda d: d.ordered_on + pd.Timedelta(days=20))
    >>> defects = defects[defects.claim_on <= "2026-09-30"]
    >>> defects = defects.assign(feedback_on=pd.NaT, chargeback_on=pd.NaT)
    >>> found = open_orders(DelayTable(orders, defects, known_to=date(2026, 9, 30)))
    >>> claims = found.table[found.table.component == "claim"]
    >>> first = claims.iloc[0]
    >>> str(first.ordered_on.date()), int(first.n_open), str(first.latest_possible_on.date())
    ('2026-06-03', 20, '2026-10-01')
    >>> bool(np.isclose(found.table.expected.sum(), found.by_day.expected.sum()))
    True
    """
    table = as_table(data, as_of)
    prior = chosen(prior, table.policy)
    random = generator(rng, n_draws)
    rows: list[pd.DataFrame] = []
    days: list[pd.DataFrame] = []
    for series in table.series():
        fitted = fit(series, random, prior, n_draws) if fits is None else _given(fits, series)
        _add_rows(series, expected_reports(series, fitted), table.policy, rows, days)
    return OpenOrders(_table(rows, OPEN_ORDER_COLUMNS), _table(days, OPEN_DAY_COLUMNS))


def expected_reports(series: SeriesDelays, fitted: Fit) -> Floats:
    """Mean number of reports still to come, [age, day ahead, kind]; day 0 is tomorrow.

    Of orders younger than ``LONGEST`` days, until they are of that age.
    """
    kinds = Kinds.of(series)
    first = _first_reports(fitted, kinds)
    ages, days = first.shape[:2]
    ahead = np.arange(1, days + 1)
    found = np.zeros((ages, days, N_KINDS))
    for kind in range(N_KINDS):
        with_it = HAS_COMPONENT[MASKS, kind]
        lacking = first[..., ~with_it] @ kinds.later.share[~with_it, kind]
        # Days after the first report; that a stretch of lags moves them is left out.
        after = ahead - ahead[:, None]
        on_day = kinds.later.come_by(np.maximum(after, 0), kind)
        on_day -= kinds.later.come_by(np.maximum(after - 1, 0), kind)
        found[..., kind] = first[..., with_it].sum(axis=2) + lacking @ on_day
        found[..., kind] += _further(series, kinds, kind, ages, ahead)
    found *= (np.arange(ages)[:, None] + ahead <= LONGEST)[..., None]
    return found


def _first_reports(fitted: Fit, kinds: Kinds) -> Floats:
    """Mean number of first reports by the kinds they have, [age, day ahead, mask]."""
    triangle = fitted.triangle
    age = np.arange(min(len(triangle.n_orders), LONGEST))
    weeks = -(-len(age) // 7)
    rates = rates_by_bin(fitted, weeks)
    young = (np.arange(weeks) < fitted.young[:, None])[..., None]
    share = kinds.first / kinds.first.sum(axis=1, keepdims=True)
    longer = share[unstretched(fitted)]
    by_mask = np.einsum("dwb,dbm->wbm", rates * young, longer, optimize=True)
    by_mask += (rates * ~young).sum(axis=0)[..., None] * share
    by_mask /= fitted.n_draws

    ahead = np.arange(LONGEST + 1)
    through = triangle.through[ahead % 7, age[:, None] + ahead + 1]
    on_day = np.diff(through, axis=1) * triangle.n_orders[age, None, None]
    found: Floats = on_day @ by_mask[age // 7]
    return found


def _further(series: SeriesDelays, kinds: Kinds, kind: int, ages: int, ahead: Integers) -> Floats:
    """Mean number of orders already defective that get a further kind, [age, day ahead]."""
    lacks = ~kinds.has[:, kind] & (series.age < ages)
    # Orders alike are worked out together.
    key = np.stack([kinds.mask[lacks] - 1, kinds.since[lacks], series.age[lacks]])
    (mask, since, age), n = np.unique(key, axis=1, return_counts=True)
    share = kinds.later.share[mask, kind]
    so_far = kinds.later.come_by(since, kind)
    by_day = kinds.later.come_by(since[:, None] + np.append(0, ahead), kind)
    comes = np.diff(by_day, axis=1) * (n * share / (1 - share * so_far))[:, None]
    found = np.zeros((ages, len(ahead)))
    np.add.at(found, age, comes)
    return found


def _given(fits: Mapping[tuple[str, str], Fit], series: SeriesDelays) -> Fit:
    """The fit of a series among those given."""
    found = fits.get((series.marketplace, series.channel))
    if found is None or not np.array_equal(found.triangle.n_orders[::-1], series.n_orders):
        raise ParameterError(
            "fits must be those of a nowcast or forecast of the same data and as_of; "
            f"{series.marketplace} {series.channel} has other orders."
        )
    return found


def _add_rows(
    series: SeriesDelays,
    expected: Floats,
    policy: Policy,
    rows: list[pd.DataFrame],
    days: list[pd.DataFrame],
) -> None:
    """The rows of one series to those of both tables."""
    key = {"marketplace": series.marketplace, "channel": series.channel}
    n_orders = series.n_orders[::-1]
    ages, horizon = expected.shape[:2]
    reach = np.arange(ages)[:, None] + np.arange(1, horizon + 1)
    counts = reach < policy.lag_days + policy.window_days
    of_age: list[pd.DataFrame] = []
    of_day: list[pd.DataFrame] = []
    for kind, component in enumerate(terms.COMPONENTS):
        longest = policy.report_days(component)
        has = defects_by_age(series, kind)
        n_open = (n_orders - has)[:longest]
        age = np.flatnonzero(n_open)[::-1]
        ordered = to_stamps(series.today - age)
        in_time = _at_most(expected[..., kind] * (reach <= longest), n_orders - has)
        shown = in_time * counts
        by_age = np.zeros((2, max(len(n_open), ages)))
        by_age[:, :ages] = in_time.sum(axis=1), shown.sum(axis=1)
        of_age.append(
            pd.DataFrame(
                {
                    **key,
                    "ordered_on": ordered,
                    "component": component,
                    "n_open": n_open[age],
                    "latest_possible_on": to_stamps(series.today - age + longest),
                    "leaves_on": to_stamps(
                        series.today - age + policy.lag_days + policy.window_days - 1
                    ),
                    "expected": by_age[0, age],
                    "expected_shown": by_age[1, age],
                }
            )
        )
        ahead = np.arange(min(longest, horizon))
        of_day.append(
            pd.DataFrame(
                {
                    **key,
                    "day": to_stamps(series.today + 1 + ahead),
                    "component": component,
                    "expected": in_time.sum(axis=0)[ahead],
                    "expected_shown": shown.sum(axis=0)[ahead],
                }
            )
        )
    rows.append(pd.concat(of_age).sort_values("ordered_on", kind="stable"))
    days.append(pd.concat(of_day).sort_values("day", kind="stable"))


def _at_most(expected: Floats, n_open: Integers) -> Floats:
    """Expected reports, [age, day ahead], of no more orders of an age than are open."""
    total = expected.sum(axis=1)
    most = np.minimum(total, n_open[: len(total)])
    share = np.divide(most, total, out=np.zeros_like(total), where=total > 0)
    return expected * share[:, None]


def _table(parts: list[pd.DataFrame], columns: Columns) -> pd.DataFrame:
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))
    return typed(whole, columns)
