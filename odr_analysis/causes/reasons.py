"""Reasons of defective orders, from claims, chargebacks, feedback texts and returns."""

from __future__ import annotations

from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.rates.defect_days import KINDS, DefectDays
from odr_analysis.rates.rolling import asked_on, to_stamps
from odr_analysis.schema import Column, Columns, typed
from odr_analysis.texts import phrase_rules
from odr_analysis.texts.case_reasons import CASE_REASONS, reason_of_case
from odr_analysis.texts.reasons import MOST_STARS_NEGATIVE, read_reasons
from odr_analysis.texts.removal_rules import removal_candidates
from odr_analysis.texts.tokens import clean

TOLD_BY: tuple[str, ...] = ("claim", "chargeback", "feedback", "return")
"""Who tells a reason, the one that is believed first. What a buyer chose from Amazon's list for a
case goes before what a text seems to say; a return is no case, and often for convenience's sake."""
LONGEST_EVIDENCE = 200

CASE_COLUMNS: Columns = {
    "order_id": Column("str"),
    "told_by": Column("str", "claim, chargeback, feedback or return"),
    "told_on": Column("datetime64[us]", "day it was given", missing="NaT where no file has one"),
    "reason": Column("str", "a key of CASE_REASONS", missing="'' when the words do not tell"),
    "language": Column("str", "ISO 639-1 code of a feedback text", missing="'' otherwise"),
    "evidence": Column("str", "the words that tell, untrusted text"),
}
"""Columns of :func:`case_reasons`: one row per thing said about a defective order."""

DEFECT_REASON_COLUMNS: Columns = {
    "order_id": Column("str"),
    "marketplace": Column("str"),
    "channel": Column("str"),
    "ordered_on": Column("datetime64[us]", "day the order was placed", unit="midnight"),
    "known_on": Column("datetime64[us]", "day its first defect became known", unit="midnight"),
    "kinds": Column("str", "kinds of defect known by as_of"),
    "reason": Column(
        "str", "the main reason, a key of CASE_REASONS", missing="'' where it is unknown"
    ),
    "reasons": Column("str", "every reason given, the main one first, '; ' between them"),
    "told_by": Column("str", "source of the main reason", missing="'' where there is none"),
    "evidence": Column("str", "the words that tell, untrusted text"),
}
"""Columns of :func:`defect_reasons`: one row per defective order."""


def case_reasons(account: Account) -> pd.DataFrame:
    """Everything that files say about why a defective order went wrong.

    Returns
    -------
    pandas.DataFrame
        One row per claim, chargeback, return or feedback of an order in ``account.defective``
        that has words; ``CASE_COLUMNS`` of this module. Reading texts takes a second, so the
        table is kept with the account.
    """
    return account.keep(_kept_name("reasons", account), lambda: _case_reasons(account))


def case_candidates(account: Account) -> pd.DataFrame:
    """Feedback of defective orders that Amazon's own rules might take away.

    Returns
    -------
    pandas.DataFrame
        One row per feedback x rule; ``CANDIDATE_COLUMNS`` of
        :func:`~odr_analysis.removal_candidates`, and ``told_on``, the day of the feedback, NaT
        where no file has one. Kept with the account, as reasons are.
    """
    return account.keep(_kept_name("candidates", account), lambda: _case_candidates(account))


def _case_candidates(account: Account) -> pd.DataFrame:
    texts = _feedback_texts(account)
    bad = account.defective.set_index("order_id")[["channel", "marketplace"]]
    # Several texts of an order are told apart by their place.
    place = texts.index.astype("str")
    where = bad.loc[texts.order_id].assign(order_id=place)
    found = removal_candidates(texts.assign(order_id=place), where)
    own = texts.loc[found.order_id.astype("int64")].reset_index(drop=True)
    return found.assign(order_id=own.order_id, told_on=own.reported_on)


def _feedback_texts(account: Account) -> pd.DataFrame:
    """What buyers of defective orders wrote, each text of an order once, as it was first seen."""
    seen = account.defects[account.defects.order_id.isin(account.defective.order_id)]
    texts = seen[(seen.component == "feedback") & (seen.comment != "")]
    # A text without a day is known from the start; feedback that is a defect has few stars.
    texts = texts.sort_values(
        ["order_id", "reported_on", "comment", "rating"], na_position="first", kind="stable"
    )
    once = texts.drop_duplicates(["order_id", "comment"]).reset_index(drop=True)
    return once.assign(rating=once.rating.fillna(MOST_STARS_NEGATIVE))


def _kept_name(what: str, account: Account) -> str:
    """An account may have been changed since it was loaded: what is read names the table."""
    said = (
        account.defective[["order_id", "marketplace", "channel"]],
        account.defects[["order_id", "component", "reported_on", "reason", "comment", "rating"]],
        account.returns[["order_id", "requested_on", "reason"]],
    )
    sums = sum(int(pd.util.hash_pandas_object(part, index=False).sum()) for part in said)
    return f"{what} {_rules_version()} {sums}"


def _case_reasons(account: Account) -> pd.DataFrame:
    bad = account.defective.set_index("order_id").marketplace
    seen = account.defects[account.defects.order_id.isin(bad.index)]
    cases = seen[seen.reason != ""]
    back = account.returns[account.returns.order_id.isin(bad.index)]
    told = pd.concat(
        [
            cases.assign(told_by=cases.component, told_on=cases.reported_on),
            back.assign(told_by="return", told_on=back.requested_on),
        ],
        ignore_index=True,
    )[["order_id", "told_by", "told_on", "reason"]]
    told = told[told.reason != ""].drop_duplicates().rename(columns={"reason": "evidence"})
    markets = told.order_id.map(bad).tolist()
    said = told.assign(
        evidence=[words.opening(clean(text), LONGEST_EVIDENCE) for text in told.evidence],
        reason=[
            reason_of_case(text, marketplace=str(store))
            for text, store in zip(told.evidence, markets, strict=True)
        ],
        language="",
    )
    texts = _feedback_texts(account)
    parts = [said]
    if len(texts):
        read = read_reasons(texts.assign(marketplace=texts.order_id.map(bad)))
        parts.append(read.assign(told_by="feedback", told_on=texts.reported_on)[list(CASE_COLUMNS)])
    return typed(pd.concat(parts, ignore_index=True)[list(CASE_COLUMNS)], CASE_COLUMNS)


def defect_reasons(account: Account, as_of: date | str | None = None) -> pd.DataFrame:
    """Why each defective order went wrong, as far as anything said by `as_of` tells.

    Parameters
    ----------
    account : Account
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        By default ``account.known_to``. What was said later is left out.

    Returns
    -------
    pandas.DataFrame
        One row per order of ``account.defective`` known by `as_of` to be defective, whether or
        not it is in the window; ``DEFECT_REASON_COLUMNS`` of this module, in that table's order.

    Raises
    ------
    ParameterError
        `as_of` is no date.

    Notes
    -----
    Several may speak of one order: its claim, its chargeback, its feedback, its return. The main
    reason is that of the first of them, in this order, that tells one; of two that
    are equal in this the reason named first in ``CASE_REASONS``. So the orders of all main
    reasons, '' included, add up to the defective orders.

    Examples
    --------
    >>> from odr_analysis import account_from_frames
    >>> orders = pd.DataFrame({"order_id": ["a", "b"], "ordered_on": "2026-08-20",
    ...                        "marketplace": "Amazon.de", "channel": "mfn"})
    >>> defects = pd.DataFrame({"order_id": ["a", "a", "b"], "reported_on": "2026-09-01",
    ...     "component": ["claim", "feedback", "feedback"], "rating": [None, 1, 1],
    ...     "reason": ["Not received", "", ""], "comment": ["", "Terrible!", "Came broken."]})
    >>> table = defect_reasons(account_from_frames(orders, defects), "2026-09-30")
    >>> table[["order_id", "reason", "told_by"]].values.tolist()
    [['a', 'not received', 'claim'], ['b', 'damaged', 'feedback']]
    """
    today = asked_on(as_of, account.known_to)
    days = DefectDays.of(account)
    cells = days.cells_on(today)
    known = cells > 0
    rows = account.defective[known].reset_index(drop=True)
    kinds = np.array(KINDS, dtype=object)[cells[known]]
    told = case_reasons(account)
    told = told[(told.reason != "") & ~(told.told_on > to_stamps(np.array([today]))[0])]
    rank = told.told_by.map({who: i for i, who in enumerate(TOLD_BY)})
    place = told.reason.map({reason: i for i, reason in enumerate(CASE_REASONS)})
    told = told.assign(rank=rank, place=place)
    told = told.sort_values(["rank", "place", "told_on", "evidence"], na_position="first")
    main = told.drop_duplicates("order_id").set_index("order_id")
    every = told.drop_duplicates(["order_id", "reason"]).groupby("order_id").reason.agg("; ".join)

    def of(column: pd.Series) -> pd.Series:
        return rows.order_id.map(column).astype(object).fillna("").astype("str")

    return typed(
        rows.assign(
            known_on=to_stamps(days.known[known].min(axis=1)),
            kinds=pd.Series(kinds, dtype="str"),
            reason=of(main.reason),
            reasons=of(every),
            told_by=of(main.told_by),
            evidence=of(main.evidence),
        )[list(DEFECT_REASON_COLUMNS)],
        DEFECT_REASON_COLUMNS,
    )


@cache
def _rules_version() -> str:
    """Changes with what texts are read by, so that what was read otherwise is not used."""
    read = sha256()
    phrases = phrase_rules.FOLDER.glob("*.toml")
    code = Path(phrase_rules.__file__).parent.glob("*.py")
    for path in (*sorted(phrases), *sorted(code), Path(__file__)):
        read.update(path.read_bytes())
    return read.hexdigest()[:12]
