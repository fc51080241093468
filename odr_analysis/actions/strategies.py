"""Six ways to run the business better, and how far each would lower the rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.actions.next_window import next_window
from odr_analysis.causes.reasons import defect_reasons
from odr_analysis.rates.components import component_rates
from odr_analysis.rates.rolling import (
    asked_on,
    date_of,
    day_number,
    day_numbers,
    in_window,
    two_days,
)
from odr_analysis.schema import Column, Columns, table_of, typed
from odr_analysis.texts.case_reasons import CASE_REASONS
from odr_analysis.texts.phrase_rules import PRAISE
from odr_analysis.texts.reasons import MOST_STARS_UNHAPPY

MOST_PRODUCTS = 3


@dataclass(frozen=True)
class Strategy:
    """One way to have fewer defects.

    Attributes
    ----------
    name : str
    does : str
        What it is, in one line.
    reasons : tuple of str
        Defects it addresses, by their main reason.
    with_warning : bool
        Whether it addresses, of those reasons, only orders that gave a warning in time: a return
        request, a late dispatch or feedback of up to 3 stars, known before the claim or
        chargeback.
    """

    name: str
    does: str
    reasons: tuple[str, ...]
    with_warning: bool = False


STRATEGIES: tuple[Strategy, ...] = (
    Strategy(
        "customer service",
        "answer within a day, refund and replace without dispute",
        ("service", "refund"),
    ),
    Strategy(
        "accurate listings",
        "photos, sizes and text that promise what arrives; the right article picked",
        ("wrong or not as described", "product opinion"),
    ),
    Strategy(
        "packaging and shipping",
        "packaging that survives the journey, carriers that arrive, tracking that shows it",
        ("damaged", "not received", "late"),
    ),
    Strategy(
        "order handling",
        "dispatch within the promised time, stock that is there, handling times one can keep",
        ("late", "service"),
    ),
    Strategy(
        "collecting feedback",
        "ask every buyer alike for seller feedback, and say that products are reviewed elsewhere",
        ("product opinion", "price", PRAISE),
    ),
    Strategy(
        "proactive resolution",
        "write to the buyer when a parcel is late, lost or sent back, before a claim is filed",
        ("not received", "late", "damaged", "wrong or not as described", "refund"),
        with_warning=True,
    ),
)
"""The six, in the order of the guide that names them. One defect may be addressed by several, so
their effects must not be added up."""

STRATEGY_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "strategy": Column("str", "name of one of STRATEGIES"),
    "does": Column("str", "what it is"),
    "reasons": Column("str", "main reasons it addresses, '; ' between them"),
    "n_orders": Column("int64", "orders in the window"),
    "n_defective": Column("int64", "of them defective"),
    "n_addressed": Column("int64", "of the defective orders, those it addresses"),
    "n_untold": Column("int64", "of the defective orders, those whose reason is unknown"),
    "odr": Column("float64", "fraction 0-1", missing="NaN without orders"),
    "odr_halved": Column("float64", "ODR with half of the addressed defects"),
    "lower": Column(
        "float64",
        "low end of ODR in a later window of as many orders: in nine of ten cases it "
        "is from this to `upper`",
    ),
    "upper": Column("float64", "high end, at most 1"),
    "delta": Column("float64", "odr_halved - odr, at most 0"),
    "products": Column(
        "str",
        "products with most of the addressed defects and their number",
        missing="'' if unknown",
    ),
}
"""Columns of :func:`strategies`: one row per marketplace x channel x strategy."""


def strategies(
    account: Account,
    as_of: date | str | None = None,
    *,
    rates: pd.DataFrame | None = None,
    why: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Which defects each of six strategies addresses, and what halving them would do to ODR.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``.
    rates, why : pandas.DataFrame, optional
        ``component_rates`` and ``defect_reasons`` of that day, where they are at hand.

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel x strategy, the largest effect of a channel first;
        ``STRATEGY_COLUMNS`` of this module. Effects overlap where strategies share reasons.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Notes
    -----
    A strategy addresses the defective orders of the window whose main reason
    (:func:`~odr_analysis.defect_reasons`) is one of its own: without it the other complaints
    about the order would not have come. *Halved* means that each addressed defect is avoided
    with probability one half. ``lower`` and ``upper`` are of a later window of as many orders, see
    :func:`~odr_analysis.actions.next_window.next_window`: they allow for random variation, and
    for a rate estimated from the counts of one window, but not for changes of the business. What
    would change is the rate of orders placed from now on: those in the window stay as they are.
    Collecting feedback adds no orders, so it lowers ODR only by the negative feedback that was
    not about the seller; it does more for the public score. Proactive resolution says the most it
    can do: an order whose warning is negative feedback stays defective by that, even when its
    claim is forestalled.

    Examples
    --------
    Of 100 orders two never arrived and one was damaged. Halving both is worth 1.5 points:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(100)], "channel": "mfn",
    ...                        "ordered_on": "2026-08-20", "marketplace": "Amazon.de"})
    >>> claims = pd.DataFrame({"order_id": ["o1", "o2", "o3"], "component": "claim",
    ...                        "reported_on": "2026-09-01",
    ...                        "reason": ["Not received", "Not received", "Damaged on arrival"]})
    >>> top = strategies(account_from_frames(orders, claims), "2026-09-30").iloc[0]
    >>> top.strategy, int(top.n_addressed), float(top.odr), float(top.odr_halved)
    ('packaging and shipping', 3, 0.03, 0.015)
    """
    today = date_of(asked_on(as_of, account.known_to))
    rates = component_rates(account, today) if rates is None else rates
    rates = rates[rates.as_of == pd.Timestamp(today)]
    why = _in_window(account, today, why)
    items = account.items if len(why) else None
    rows = []
    for row in rates.to_dict("records"):
        keys = [row[k] for k in terms.SERIES_KEYS]
        mine = why[(why.marketplace == keys[0]) & (why.channel == keys[1])]
        n, d = int(row["n_orders"]), int(row["n_defective"])
        for strategy in STRATEGIES:
            hit = mine.reason.isin(strategy.reasons)
            if strategy.with_warning:
                hit &= mine.warned
            k = int(hit.sum())
            few, many = next_window(d, k)
            lower, upper = (few / n, min(many / n, 1.0)) if n else (np.nan, np.nan)
            rows.append(
                {
                    **dict(zip(terms.SERIES_KEYS, keys, strict=True)),
                    "strategy": strategy.name,
                    "does": strategy.does,
                    "reasons": "; ".join(strategy.reasons),
                    "n_orders": n,
                    "n_defective": d,
                    "n_addressed": k,
                    "n_untold": int((mine.reason == "").sum()),
                    "odr": d / n if n else np.nan,
                    "odr_halved": (d - k / 2) / n if n else np.nan,
                    "lower": lower,
                    "upper": upper,
                    "delta": -k / 2 / n if n else np.nan,
                    "products": "" if items is None else _products(items, mine.order_id[hit]),
                }
            )
    table = table_of(rows, STRATEGY_COLUMNS)
    return _ranked(account, table, "n_addressed")


REASON_COLUMNS: Columns = {
    "marketplace": Column("str"),
    "channel": Column("str"),
    "reason": Column("str", "main reason of a defective order", missing="'' where it is unknown"),
    "n_orders": Column("int64", "all orders in the window"),
    "n_defective": Column(
        "int64", "of them, defective for this reason; these add up to all defective"
    ),
    "rate": Column("float64", "n_defective / n_orders; these add up to ODR"),
    "share": Column("float64", "of all defective orders"),
    "from_n_orders": Column("int64", "orders in the window of the earlier day"),
    "from_n_defective": Column(
        "int64", "of them, defective for this reason by what was known then"
    ),
    "from_rate": Column("float64"),
    "change": Column("float64", "rate - from_rate; these add up to the change of ODR"),
    "first_on": Column("datetime64[us]", "day the first of these orders was placed"),
    "last_on": Column("datetime64[us]", "day the last was"),
}
"""Columns of :func:`reason_rates`: one row per marketplace x channel x reason."""


def reason_rates(
    account: Account,
    from_day: date | str,
    to_day: date | str | None = None,
    *,
    rates: pd.DataFrame | None = None,
    why: pd.DataFrame | None = None,
    from_why: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Which reasons the defective orders of the window have, and of an earlier one.

    Parameters
    ----------
    account : Account
    from_day, to_day : datetime.date, pandas.Timestamp or ISO text
        The earlier day and the day asked about, by default ``account.known_to``.
    rates, why, from_why : pandas.DataFrame, optional
        ``component_rates`` and ``defect_reasons`` of `to_day`, and ``defect_reasons`` of
        `from_day`, where they are at hand.

    Returns
    -------
    pandas.DataFrame
        One row per marketplace x channel x reason that an order of either window has, most
        frequent first; ``REASON_COLUMNS`` of this module.

    Raises
    ------
    ParameterError
        One of the days is no date, or `from_day` is after `to_day`.

    Examples
    --------
    Of 100 orders two never arrived. A third, damaged, was reported since:

    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": [f"o{i}" for i in range(100)], "channel": "mfn",
    ...                        "ordered_on": "2026-08-20", "marketplace": "Amazon.de"})
    >>> claims = pd.DataFrame({"order_id": ["o1", "o2", "o3"], "component": "claim",
    ...                        "reported_on": ["2026-09-01", "2026-09-01", "2026-09-20"],
    ...                        "reason": ["Not received", "Not received", "Damaged on arrival"]})
    >>> table = reason_rates(account_from_frames(orders, claims), "2026-09-10", "2026-09-30")
    >>> list(zip(table.reason, table.rate, table.change))
    [('not received', 0.02, 0.0), ('damaged', 0.01, 0.01)]
    """
    first, last = two_days(from_day, to_day or account.known_to)
    days = {"": date_of(last), "from_": date_of(first)}
    given = {"": why, "from_": from_why}
    reasons = {side: _in_window(account, day, given[side]) for side, day in days.items()}
    rates = component_rates(account, days[""]) if rates is None else rates
    rows = []
    for marketplace, channel in account.series:
        mine = {
            side: table[(table.marketplace == marketplace) & (table.channel == channel)]
            for side, table in reasons.items()
        }
        n = {}
        for side, day in days.items():
            at = rates[
                (rates.as_of == pd.Timestamp(day))
                & (rates.marketplace == marketplace)
                & (rates.channel == channel)
            ]
            n[side] = int(at.n_orders.sum())
        found = set(mine[""].reason) | set(mine["from_"].reason)
        for reason in [*CASE_REASONS, ""]:
            if reason not in found:
                continue
            now = mine[""][mine[""].reason == reason]
            then = mine["from_"][mine["from_"].reason == reason]
            rows.append(
                {
                    "marketplace": marketplace,
                    "channel": channel,
                    "reason": reason,
                    "n_orders": n[""],
                    "n_defective": len(now),
                    "share": len(now) / len(mine[""]) if len(mine[""]) else np.nan,
                    "from_n_orders": n["from_"],
                    "from_n_defective": len(then),
                    "first_on": now.ordered_on.min(),
                    "last_on": now.ordered_on.max(),
                }
            )
    table = pd.DataFrame(rows, columns=list(REASON_COLUMNS))
    for side in ("", "from_"):
        of = table[f"{side}n_orders"].astype("float64").replace(0, np.nan)
        table[f"{side}rate"] = table[f"{side}n_defective"].astype("float64") / of
    table["change"] = table.rate - table.from_rate
    return _ranked(account, typed(table, REASON_COLUMNS), "n_defective")


def _ranked(account: Account, table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Series by series, the largest number first."""
    place = {series: i for i, series in enumerate(account.series)}
    pairs = [place[pair] for pair in zip(table.marketplace, table.channel, strict=True)]
    ranked = table.assign(place=np.array(pairs, dtype=np.int64)).sort_values(
        ["place", by], ascending=[True, False], kind="stable", ignore_index=True
    )
    return ranked.drop(columns="place")


def _in_window(account: Account, today: date, why: pd.DataFrame | None) -> pd.DataFrame:
    """:func:`defect_reasons` of the orders in the window, and whether each gave a warning."""
    why = defect_reasons(account, today) if why is None else why
    inside = in_window(day_numbers(why.ordered_on), day_number(today), account.policy)
    why = why[inside].reset_index(drop=True)
    late = account.lapses[account.lapses.metric == "late_shipment"]
    unhappy = account.feedback[account.feedback.rating <= MOST_STARS_UNHAPPY]
    bad = account.defective
    warnings = [
        table[["order_id", day]].set_axis(["order_id", "day"], axis=1)
        for table, day in (
            (account.returns, "requested_on"),
            (late, "done_on"),
            (unhappy, "received_on"),
            (bad, "feedback_on"),
        )
    ]
    seen = pd.concat(warnings, ignore_index=True).dropna().astype({"day": "datetime64[us]"})
    first = seen.groupby("order_id").day.min()
    claim, chargeback = (bad[c].to_numpy("datetime64[us]") for c in ("claim_on", "chargeback_on"))
    filed = pd.Series(np.fmin(claim, chargeback), index=bad.order_id.to_numpy(object))
    # What is filed after `today` is not known yet.
    filed = filed[filed <= pd.Timestamp(today)]
    warned, taken = (
        days.reindex(why.order_id.to_numpy(object)).to_numpy("datetime64[us]")
        for days in (first, filed)
    )
    return why.assign(warned=warned < taken)


def _products(items: pd.DataFrame, orders: pd.Series) -> str:
    """``KT-TELLER-6 (4), KT-TASSE-4 (1)``."""
    mine = items[items.order_id.isin(orders)]
    names = mine.sku.where(mine.sku != "", mine.asin)
    counts = names[names != ""].groupby(names).size().sort_values(ascending=False, kind="stable")
    return ", ".join(f"{sku} ({n})" for sku, n in counts.head(MOST_PRODUCTS).items())
