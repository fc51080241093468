"""From sightings of defects to what counts: pure functions of the policy.

One defect (an order and a component) may be seen in several files, and is one defect.

1. Whether it counts is decided by the best witness (``SOURCE_RANK``). Among equals a settled
   word comes before an unsettled one, and where equals still disagree the one that counts.
2. Money is no verdict: who pays and what counts are two things. A debit or a recovery never
   overrules a file that lists the defect. Only where no file does, the debit makes one
   (``count_inferred_defects``), and as much money coming back unmakes it
   (``count_recovered_defects``).
3. A defect became known on the earliest day any witness gives, money included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from odr_analysis import terms
from odr_analysis.arrays import Flags, Integers
from odr_analysis.exports.readers.contract import NOT_COUNTED
from odr_analysis.exports.source_rank import MONEY, UNSETTLED, standing
from odr_analysis.policy import Policy

OUTCOME_SWITCH: dict[tuple[str, str], str] = {
    ("claim", "pending"): "count_pending_claims",
    ("claim", "withdrawn"): "count_withdrawn_claims",
    ("claim", "denied"): "count_denied_claims",
    ("claim", "appeal won"): "count_appealed_claims",
    ("claim", "amazon funded"): "count_amazon_funded_claims",
    ("claim", "refunded"): "count_refunded_claims",
    ("claim", "cancelled"): "count_cancelled_claims",
    ("claim", "protected"): "count_protected_claims",
    ("chargeback", "open"): "count_open_chargebacks",
    ("chargeback", "won"): "count_won_chargebacks",
    ("feedback", "struck"): "count_struck_feedback",
    ("feedback", "removed"): "count_removed_feedback",
}
"""Component and outcome to the field of :class:`Policy` that says whether it counts.

Whatever is not here counts (a claim granted or of unknown status, a chargeback lost), but for
``does not count``, ``NOT_COUNTED`` and money without another source.
"""

_WHY = {"struck": "struck through"}
"""Outcomes whose reason is not their own word."""


def why_outcome_does_not_count(component: str, outcome: str, policy: Policy) -> str:
    """'' when a defect with this outcome counts, else the reason in words.

    Money (``debited``, ``recovered``) is taken as the only witness of the defect, and a
    recovery as one of all that was debited. Who paid does not matter.

    Examples
    --------
    >>> why_outcome_does_not_count("claim", "denied", Policy())
    'claim denied'
    >>> why_outcome_does_not_count("claim", "debited", Policy(count_inferred_defects=False))
    'claim known from money alone'
    """
    if outcome == "does not count":
        return "marked as not counting"
    if outcome == NOT_COUNTED:
        return f"{component} {NOT_COUNTED}"
    if outcome == "recovered" and not policy.count_recovered_defects:
        return f"{component} recovered"
    if outcome in MONEY:
        return "" if policy.count_inferred_defects else f"{component} known from money alone"
    switch = OUTCOME_SWITCH.get((component, outcome))
    if switch is None or getattr(policy, switch):
        return ""
    return f"{component} {_WHY.get(outcome, outcome)}"


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
    """Sightings with what they come to; ``terms.DEFECT_COLUMNS``.

    Parameters
    ----------
    sightings : pandas.DataFrame
        One row per sighting; ``rows.SIGHTING_COLUMNS``.
    order_verdict : pandas.Series
        Order id to why the order itself is in no rate, '' when it is in one. An id
        not in the index is in no export.
    policy : Policy

    Returns
    -------
    pandas.DataFrame
        The rows of `sightings`, in their order. ``counts`` and ``why_not`` are those of the
        defect, the same in all its rows: the order's own reason first (``order unknown`` when
        it is in no export), then that of the best witness. ``inferred`` is True where the
        defect counts on money alone.
    """
    weighed = _Weighed.of(sightings, policy)
    verdict, words = pd.factorize(order_verdict.astype("str").fillna("order unknown"))
    # An id that is not in the index is at place -1: the last.
    verdict = np.append(verdict, len(words))
    of_order = verdict[order_verdict.index.get_indexer(weighed.orders)][weighed.order]
    said = [*words, "order unknown", *weighed.reasons]
    no_reason = np.array([word == "" for word in said])
    of_defect = len(words) + 1 + weighed.why[weighed.defect]
    why = np.where(no_reason[of_order], of_defect, of_order)
    counts = no_reason[why]
    told = sightings.reset_index(drop=True).assign(
        counts=counts,
        why_not=pd.array(said, dtype="str").take(why),
        inferred=counts & ~weighed.listed[weighed.defect],
    )
    return told[list(terms.DEFECT_COLUMNS)]


def first_known(defects: pd.DataFrame, ordered_on: pd.Series) -> pd.DataFrame:
    """Day each counting defect became known: one row per order, ``{component}_on`` columns.

    A defect no witness gives a day for is taken as known from the day of its order.
    """
    counting = defects[["order_id", "component", "reported_on"]][defects["counts"].to_numpy()]
    order, ids = pd.factorize(counting.order_id)
    days = _microseconds(counting.reported_on)
    known = {}
    for component in terms.COMPONENTS:
        own = (counting.component == component).to_numpy()
        first = np.full(len(ids), NO_DAY)
        first[order[own]] = NEVER
        dated = own & (days != NO_DAY)
        np.minimum.at(first, order[dated], days[dated])
        undated = first == NEVER
        if undated.any():
            first[undated] = _microseconds(ordered_on.reindex(ids[undated]))
        known[f"{component}_on"] = first.view("datetime64[us]")
    table = pd.DataFrame({"order_id": ids.astype("str"), **known})
    return table.sort_values("order_id", ignore_index=True)


NEVER, NO_DAY = np.iinfo(np.int64).max, np.iinfo(np.int64).min
"""Later than every day; and what pandas keeps as NaT."""


def _microseconds(days: pd.Series) -> Integers:
    return days.astype("datetime64[us]").to_numpy().view("int64")


def contradictions(sightings: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Defects whose witnesses disagree on whether they count, and who decided.

    A witness disagrees when under `policy` its own word, alone, would come to the other
    verdict. Nothing said, ``pending`` and ``open`` disagree with nobody, except in Account
    Health's list, where to be listed is to count. Money disagrees as a whole, whatever the
    policy makes of money alone: a debit with a verdict against the defect, unless as much came
    back; a recovery of all that was debited with one for it. Money contradicts no money, and a
    debit does not contradict a claim that is debited and not counted.

    Parameters
    ----------
    sightings : pandas.DataFrame
        One row per sighting, such as ``Account.defects``. Whether the order itself is in a
        rate does not matter here.
    policy : Policy

    Returns
    -------
    pandas.DataFrame
        One row per order x component, sorted by them.

        ========== =======================================================================
        order_id   str
        component  str
        verdict    str; outcome of the witness that decided, ``listed`` where it gives none
        decided_by str; that witness: source, file and line
        against    str; what the others say, best witness first, separated by semicolons
        counts     bool; the verdict: whether the defect counts under the policy
        ========== =======================================================================

    Examples
    --------
    >>> from odr_analysis.exports.readers.contract import Sighting, sightings
    >>> told = sightings([
    ...     Sighting("o1", "claim", "claims", "claims.csv", 3, outcome="denied"),
    ...     Sighting("o1", "claim", "settlement", "settlement.txt", 12, outcome="debited"),
    ... ])
    >>> row = contradictions(told, Policy()).loc[0]
    >>> row.verdict, row.decided_by, row.against, bool(row["counts"])
    ('denied', 'claims, claims.csv line 3', 'settlement.txt line 12 says debited', False)
    """
    weighed = _Weighed.of(sightings, policy)
    defect = weighed.defect
    counts, came_back = weighed.why == 0, weighed.recovered[defect]
    speaks = ~weighed.unsettled | (sightings.source == "order-defects").to_numpy()
    # Of money that came back in full the recovery speaks, against the defect; else the debit.
    recovery = (sightings.outcome == "recovered").to_numpy()
    speaks = np.where(weighed.money, recovery == came_back, speaks)
    for_it = np.where(weighed.money, ~came_back, weighed.own == 0)
    against = weighed.listed[defect] & speaks & (for_it != counts[defect])
    debit_expected = np.zeros(len(counts), dtype=bool)
    debit_expected[defect[(sightings.outcome == NOT_COUNTED).to_numpy()]] = True
    against &= ~(weighed.money & debit_expected[defect])
    split = np.zeros(len(counts), dtype=bool)
    split[defect[against]] = True

    rows = sightings[["order_id", "component", "outcome", "source", "file", "line"]]
    rows = rows.assign(
        key=weighed.key,
        decides=~weighed.money & (weighed.key == weighed.best[defect]),
        against=against,
        counts=counts[defect],
    )[split[defect]].sort_values(["order_id", "component", "key", "source", "file", "line"])
    rows["verdict"] = rows.outcome.where(rows.outcome != "", "listed")
    place = rows.file + " line " + rows.line.astype("str")
    rows["decided_by"] = rows.source + ", " + place
    pair = ["order_id", "component"]
    words = rows[pair].assign(against=place + " says " + rows.verdict)[rows.against]
    joined = words.drop_duplicates().groupby(pair, as_index=False).agg("; ".join)
    table = rows[rows.decides].drop_duplicates(pair).drop(columns="against").merge(joined, on=pair)
    columns = [*pair, "verdict", "decided_by", "against", "counts"]
    return table[columns].astype({"against": "str"})


@dataclass(frozen=True, eq=False)
class _Weighed:
    """Sightings as numbers, and what each defect comes to.

    ``orders`` are the distinct order ids; ``order`` and ``defect`` say which each sighting
    speaks of. ``key`` is smaller the better the witness, ``best`` the smallest of a defect's
    witnesses other than money. ``own`` and ``why`` are places in ``reasons``, 0 where a sighting
    or a defect counts.
    """

    orders: pd.Index
    order: Integers
    defect: Integers
    money: Flags
    unsettled: Flags
    own: Integers
    key: Integers
    best: Integers
    recovered: Flags
    reasons: list[str]
    why: Integers

    @property
    def listed(self) -> Flags:
        """Whether a defect has a witness other than money."""
        return self.best < NO_WORD

    @classmethod
    def of(cls, sightings: pd.DataFrame, policy: Policy) -> _Weighed:
        order, orders = pd.factorize(sightings.order_id)
        component, components = pd.factorize(sightings.component)
        outcome, outcomes = pd.factorize(sightings.outcome)
        source = pd.factorize(sightings.source)[0]
        defect = order * len(components) + component

        words = [*outcomes, *MONEY]
        meaning = [[why_outcome_does_not_count(c, o, policy) for o in words] for c in components]
        # '' sorts first: where equals disagree the one that counts is the better witness.
        reasons = sorted({"", *(why for row in meaning for why in row)})
        of = np.array([[reasons.index(why) for why in row] for row in meaning], dtype="int64")
        of = of.reshape(len(components), len(words))
        money = np.array([o in MONEY for o in outcomes], dtype=bool)[outcome]
        unsettled = np.array([o in UNSETTLED for o in outcomes], dtype=bool)[outcome]

        own = of[component, outcome]
        key = standing(sightings) * len(reasons) + own
        best = np.full(len(orders) * len(components), NO_WORD)
        np.minimum.at(best, defect[~money], key[~money])
        back = np.array([o == "recovered" for o in outcomes], dtype=bool)[outcome]
        recovered = _recovered(sightings, defect, source, back, money, len(best))
        # MONEY stands at the end of `words`: debited, recovered.
        kind = np.arange(len(best)) % max(len(components), 1)
        on_money = of[kind, len(words) - 2 + recovered]
        why = np.where(best < NO_WORD, best % len(reasons), on_money)
        return cls(orders, order, defect, money, unsettled, own, key, best, recovered, reasons, why)


NO_WORD = np.iinfo(np.int64).max
"""``best`` of a defect that has no witness other than money."""


def _recovered(
    sightings: pd.DataFrame, defect: Integers, source: Integers, back: Flags, money: Flags, n: int
) -> Flags:
    """Whether of the money of each of `n` defects at least as much came back as had left.

    Every source may tell of the same money, and each may lack a part of it: what left and what
    came back is the most that any one of them tells of. A row repeated in another file of the
    same source is the same money. A debit of unknown amount, or in another currency, is not
    known to have come back; a recovery of what no file saw leaving is one.
    """
    found, left_at_all = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    found[defect[back]] = True
    left_at_all[defect[money & ~back]] = True
    about = np.flatnonzero(money & (found & left_at_all)[defect])
    if not len(about):
        return found
    told = sightings[["file", "currency", "reported_on", "amount"]].take(about)
    amount = told.amount.to_numpy("float64", na_value=np.nan)
    rows = pd.DataFrame(
        {
            "defect": defect[about],
            "back": back[about],
            "currency": pd.factorize(told.currency)[0],
            "source": source[about],
            "file": pd.factorize(told.file)[0],
            "day": _microseconds(told.reported_on),
            "unknown": np.isnan(amount),
            # In hundredths of a cent, so that sums are exact whatever the order of rows.
            "amount": np.rint(np.nan_to_num(np.abs(amount)).clip(max=1e9) * 1e4).astype("int64"),
        }
    )
    same = [name for name in rows if name != "file"]
    rows["nth"] = rows.groupby([*same, "file"], sort=False).cumcount()
    rows = rows.drop_duplicates([*same, "nth"])
    by = ["defect", "back", "currency", "source"]
    sums = rows.groupby(by, sort=False)[["amount", "unknown"]].sum()
    most = sums.groupby(by[:3], sort=False).max().reset_index()
    left = most[~most.back].merge(
        most[most.back], how="left", on=["defect", "currency"], suffixes=("", "_back")
    )
    short = (left.amount > left.amount_back.fillna(0)) | (left.unknown > 0)
    found[left.defect[short]] = False
    return found
