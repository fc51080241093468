"""Which of several records of one defect decides: the better source, then the settled outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd

from odr_analysis.arrays import Integers

SOURCE_RANK: dict[str, int] = {
    "order-defects": 0,
    "seller-feedback": 1,
    "claims": 1,
    "chargebacks": 1,
    "mfn-returns": 2,
    "settlement": 3,
    "date-range": 3,
    "payments-transaction-view": 3,
    "finances": 4,
}
"""Smaller is the better witness; a source not named here (frames given by hand) comes first.

Account Health's list is what Amazon itself counts. The pages of claims, chargebacks and
feedback know what became of a case; the returns report knows only that there was a claim.
Settlements and transactions state money that was paid, finance events also what is to be.
"""


UNSETTLED = ("", "pending", "open")
"""Outcomes that a later word on the same defect replaces."""


MONEY = ("debited", "recovered")
"""Outcomes that say which way money went and not whether the defect counts."""


def standing(sightings: pd.DataFrame) -> Integers:
    """How much weight each record has: the smaller number decides.

    The better source (``SOURCE_RANK``) comes first, and of one source a settled outcome.

    Examples
    --------
    >>> records = pd.DataFrame({
    ...     "source": ["settlement", "claims", "claims", "order-defects"],
    ...     "outcome": ["debited", "pending", "denied", ""],
    ... })
    >>> standing(records).argsort().tolist()
    [3, 2, 1, 0]
    """
    source, sources = pd.factorize(sightings["source"])
    outcome, outcomes = pd.factorize(sightings["outcome"])
    # A source that is not ranked comes first.
    rank = np.array([SOURCE_RANK.get(s, -1) + 1 for s in sources], dtype="int64")[source]
    unsettled = np.array([o in UNSETTLED for o in outcomes], dtype=bool)[outcome]
    return np.asarray(rank * 2 + unsettled, dtype="int64")
