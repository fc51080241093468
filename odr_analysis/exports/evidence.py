"""From sightings of defects to what counts: pure functions of the policy.

One defect may be seen in several files. Whether it counts is decided by the
best witness: Account Health's own list of defective orders, then the claims and
chargebacks files, then the returns report. When it became known is the
earliest day any witness gives.
"""

from __future__ import annotations

import pandas as pd

from odr_analysis import terms
from odr_analysis.policy import Policy

WITNESS_RANK: dict[str, int] = {
    "order-defects": 0,
    "seller-feedback": 1,
    "claims": 1,
    "chargebacks": 1,
    "mfn-returns": 2,
}
"""Smaller is the better witness; a source not named here (frames given by hand) comes first."""

UNSETTLED = ("", "pending", "open")
"""Outcomes that a later word on the same defect replaces."""


def why_outcome_does_not_count(component: str, outcome: str, policy: Policy) -> str:
    """'' when a defect with this outcome counts, else the reason in words."""
    if outcome == "counts":
        return ""
    if outcome == "does not count":
        return "marked as not counting"
    if component == "feedback":
        return (
            "feedback struck through"
            if (outcome == "struck" and not policy.count_struck_feedback)
            else ""
        )
    if component == "claim":
        if outcome == "pending":
            return "" if policy.count_pending_claims else "claim pending"
        if outcome in ("withdrawn", "denied", "appeal won", "amazon funded"):
            return f"claim {outcome}"
    if component == "chargeback" and outcome == "won" and not policy.count_won_chargebacks:
        return "chargeback won"
    return ""


def feedback_sightings(feedback: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Negative feedback as sightings: one row per feedback of `policy.negative_stars` or fewer."""
    low = feedback[feedback.rating <= policy.negative_stars]
    return pd.DataFrame(
        {
            "order_id": low.order_id,
            "component": "feedback",
            "reported_on": low.received_on,
            "decided_on": pd.NaT,
            "outcome": "",
            "funded_by": "",
            "amount": pd.NA,
            "currency": "",
            "rating": low.rating.astype("Int64"),
            "reason": "",
            "comment": low.comment,
            "source": "seller-feedback",
            "file": low.file,
            "line": low.line,
        }
    )


def newest_feedback(feedback: pd.DataFrame) -> pd.DataFrame:
    """One feedback per order: the latest received; the worst where the day is the same."""
    return (
        feedback.sort_values(["received_on", "rating"], ascending=[True, False], kind="stable")
        .drop_duplicates("order_id", keep="last")
        .sort_index()
        .reset_index(drop=True)
    )


def judge(sightings: pd.DataFrame, order_verdict: pd.Series, policy: Policy) -> pd.DataFrame:
    """Sightings with ``counts`` and ``why_not`` filled in; ``terms.DEFECT_COLUMNS``.

    Parameters
    ----------
    sightings : pandas.DataFrame
        One row per sighting, ``terms.DEFECT_COLUMNS`` without the last two.
    order_verdict : pandas.Series
        Order id to why the order itself is in no rate, '' when it is in one. An id
        not in the index is in no export.
    """
    told = sightings.reset_index(drop=True).copy()
    kinds = told[["component", "outcome"]].drop_duplicates()
    meanings = {
        (component, outcome): why_outcome_does_not_count(component, outcome, policy)
        for component, outcome in zip(kinds.component, kinds.outcome, strict=True)
    }
    pairs = zip(told.component, told.outcome, strict=True)
    told["own"] = pd.Series([meanings[pair] for pair in pairs], index=told.index, dtype="str")
    told["rank"] = told.source.map(WITNESS_RANK).fillna(-1)
    told["unsettled"] = told.outcome.isin(UNSETTLED)
    told["not_counting"] = told.own != ""
    told["defect"] = told.order_id + " " + told.component
    # Best witness first; among equals a settled word before an unsettled one, and where equals
    # still disagree the one that counts, since a missed defect costs more than a doubtful one.
    best = told.sort_values(["rank", "unsettled", "not_counting", "own"], kind="stable")
    verdict = best.drop_duplicates("defect").set_index("defect").own
    why = verdict.reindex(told.defect).set_axis(told.index)
    placed = order_verdict.astype("str").reindex(told.order_id).fillna("order unknown")
    placed = placed.set_axis(told.index)
    told["why_not"] = placed.where(placed != "", why)
    told["counts"] = told.why_not == ""
    return told[list(terms.DEFECT_COLUMNS)].astype({"why_not": "str"})


def first_known(defects: pd.DataFrame, ordered_on: pd.Series) -> pd.DataFrame:
    """Day each counting defect became known: one row per order, ``{component}_on`` columns.

    A defect no witness gives a day for is taken as known from the day of its order.
    """
    counting = defects[defects["counts"]]
    on = counting.groupby(["order_id", "component"]).reported_on.min().unstack("component")
    seen = counting.groupby(["order_id", "component"]).size().unstack("component")
    placed = ordered_on.reindex(on.index)
    table = pd.DataFrame(index=on.index)
    for component in terms.COMPONENTS:
        name = f"{component}_on"
        if component in on:
            table[name] = on[component].fillna(placed).where(seen[component] > 0)
        else:
            table[name] = pd.NaT
        table[name] = table[name].astype("datetime64[us]")
    table.index = table.index.astype("str")
    return table.rename_axis("order_id").reset_index()
