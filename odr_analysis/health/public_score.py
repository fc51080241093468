"""Feedback two ways: the public score buyers see, and the part feedback has in ODR."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.rates.components import component_rates
from odr_analysis.rates.rolling import asked_on, date_of
from odr_analysis.schema import Column, Columns, table_of

PERIODS: dict[str, int | None] = {"30 days": 30, "90 days": 90, "365 days": 365, "lifetime": None}
"""Periods of the public score, and their days (help page Feedback)."""

STARS: dict[str, tuple[int, int]] = {
    "n_positive": (4, 5),
    "n_neutral": (3, 3),
    "n_negative": (1, 2),
}
"""Column to its least and most stars (help page Feedback)."""

KIND = "seller-feedback"

SCORE_COLUMNS: Columns = {
    "period": Column("str", "30 days, 90 days, 365 days or lifetime"),
    "from_on": Column(
        "datetime64[us]", "first day of receipt", unit="midnight", missing="NaT for lifetime"
    ),
    "to_on": Column("datetime64[us]", "last day of receipt, as_of", unit="midnight"),
    "n_feedback": Column(
        "Int64", "feedback received in the period that the files hold", missing="<NA> without files"
    ),
    "n_positive": Column("Int64", "4 and 5 stars", missing="<NA> where the files leave them out"),
    "n_neutral": Column("Int64", "3 stars"),
    "n_negative": Column("Int64", "1 and 2 stars"),
    "positive": Column(
        "float64", "n_positive / n_feedback", missing="NaN where it cannot be known"
    ),
    "positive_percent": Column("Int64", "the same as buyers see it, whole per cent"),
    "neutral_percent": Column("Int64"),
    "negative_percent": Column("Int64"),
    "order_from_on": Column(
        "datetime64[us]", "first order day of ODR's window on as_of", unit="midnight"
    ),
    "order_to_on": Column("datetime64[us]", "last of them", unit="midnight"),
    "order_n_orders": Column("Int64", "orders in that window, all marketplaces and channels"),
    "order_n_feedback": Column("Int64", "of them, orders with negative feedback known by as_of"),
    "order_rate": Column(
        "float64", "order_n_feedback / order_n_orders", missing="NaN without orders"
    ),
    "note": Column(
        "str", "why the score cannot be known or what it is short of", missing="'' if nothing"
    ),
}
"""Columns of :func:`public_score`: one row per period."""

WHY_THEY_DIFFER = (
    "The public score goes by the day feedback was received and divides by all who wrote; "
    "the rate in ODR goes by the day of the order and divides by all orders, "
    "with or without feedback."
)


def public_score(
    account: Account, as_of: date | str | None = None, *, rates: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The feedback score buyers see, beside the share of orders with negative feedback.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Last day of receipt, and day of ODR's window; by default ``account.known_to``.
    rates : pandas.DataFrame, optional
        ``component_rates`` up to that day, where it is at hand.

    Returns
    -------
    pandas.DataFrame
        **One row per period**: 30, 90 and 365 days of receipt ending on `as_of`, and lifetime
        (all that the files hold up to `as_of`). Columns are ``SCORE_COLUMNS``; those that
        start with ``order_`` are the same in each row, since ODR has one window. Marketplaces
        are taken together, because the feedback report names none.

        Amazon's feedback report leaves out 4 and 5 stars. A file without any is taken for such
        a one; days before the first one of a file that has them cannot be known either if a
        file without them speaks of those days. Then ``n_positive`` is <NA> and ``positive``
        NaN, and ``note`` says why. So they are without any file, where all counts are <NA>,
        and ``positive`` without feedback in the period.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Notes
    -----
    ``n_feedback = n_positive + n_neutral + n_negative`` where all are known. Per cents are
    rounded each for itself, half up, so they may add up to 99 or 101.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> score = public_score(load_sample())
    >>> score[["period", "n_neutral", "positive"]].head(1).to_numpy().tolist()
    [['30 days', 3, nan]]
    """
    day = date_of(asked_on(as_of, account.known_to))
    feedback = account.feedback
    feedback = feedback[feedback["received_on"] <= pd.Timestamp(day)]
    rates = component_rates(account, day, freq="M") if rates is None else rates
    by_order = _by_order(account, day, rates)
    rows = []
    for period, days in PERIODS.items():
        first = None if days is None else day - timedelta(days=days - 1)
        row: dict[str, Any] = {"period": period, "from_on": first or pd.NaT, "to_on": day}
        rows.append(row | _score(account, feedback, first) | by_order)
    return table_of(rows, SCORE_COLUMNS)


def whole_percent(part: int, whole: int) -> int:
    """A share in whole per cent, half up.

    >>> whole_percent(1, 200), whole_percent(2, 3)
    (1, 67)
    """
    return int(Fraction(100 * part, whole) + Fraction(1, 2))


def _score(account: Account, feedback: pd.DataFrame, first: date | None) -> dict[str, Any]:
    """Counts and shares of the feedback received from a day on."""
    told = any(f.kind == KIND for f in account.receipt.files)
    if feedback.empty and account.feedback.empty and not told:
        return {"note": "No file holds feedback; add the feedback report or a copy of its page."}
    inside = feedback
    if first is not None:
        inside = feedback[feedback["received_on"] >= pd.Timestamp(first)]
    rating = inside["rating"].astype("int64")
    counts = {name: int(rating.between(*stars).sum()) for name, stars in STARS.items()}
    n = len(inside)
    row: dict[str, Any] = {"n_feedback": n, **counts}
    why = _unknown(account.feedback, inside)
    if why:
        return row | {"n_positive": None, "note": why}
    if n == 0:
        return row | {"note": "No feedback in this period."}
    shares = {f"{name[2:]}_percent": whole_percent(k, n) for name, k in counts.items()}
    begins = feedback["received_on"].min().date()
    short = ""
    if first is None:
        short = f"As far as the files reach: the oldest feedback is of {words.day(begins)}."
    elif begins > first:
        short = f"The oldest feedback in the files is of {words.day(begins)}."
    return row | shares | {"positive": counts["n_positive"] / n, "note": short}


def _unknown(everything: pd.DataFrame, inside: pd.DataFrame) -> str:
    """Why the good feedback of a period cannot be known; '' where it can."""
    best = everything.groupby("file")["rating"].max()
    whole = list(best.index[best > 3])
    if not whole:
        if everything.empty:
            return "The feedback file is empty, which does not tell how many wrote good feedback."
        return (
            "The files hold only 1 to 3 stars, so the good feedback and with it the public score "
            "cannot be known. Amazon's report leaves it out; a copy of the Feedback Manager page "
            "has it."
        )
    since = everything.loc[everything["file"].isin(whole), "received_on"].min()
    before = inside[~inside["file"].isin(whole) & (inside["received_on"] < since)]
    if before.empty:
        return ""
    return (
        f"Before {words.day(since.date())} the files hold only 1 to 3 stars, so the public score "
        "of this period cannot be known."
    )


def _by_order(account: Account, as_of: date, rates: pd.DataFrame) -> dict[str, Any]:
    """Negative feedback as ODR counts it, over all series."""
    window = account.policy.window(as_of)
    today = rates[rates["as_of"] == pd.Timestamp(as_of)]
    n, k = int(today["n_orders"].sum()), int(today["n_feedback"].sum())
    return {
        "order_from_on": window.start,
        "order_to_on": window.end,
        "order_n_orders": n,
        "order_n_feedback": k,
        "order_rate": k / n if n else float("nan"),
    }
