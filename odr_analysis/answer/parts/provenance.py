"""What the answer is built on: files, what is missing and what that costs, rules, versions."""

from __future__ import annotations

from datetime import date

from odr_analysis import words
from odr_analysis.account import Account
from odr_analysis.answer.known import OFFICIAL, SUBJECTS, WAIVED, WORD, KnownBySeries
from odr_analysis.answer.sections import BuiltOn
from odr_analysis.exports.verdicts import contradictions
from odr_analysis.policy import SWITCHES
from odr_analysis.versions import versions

COSTS: dict[str, str] = {
    "feedback": "The rate may be higher than shown. Add the feedback report of these days "
    "(Seller Central: Performance, Feedback Manager), or say that there is none with "
    "--no-feedback-known-to DATE.",
    "claim": "The rate may be higher than shown. Amazon offers no download of claims: add the "
    "orders-with-defects list of Account Health, Amazon's performance report or a claims.csv, or "
    "say that there is none with --no-claims-known-to DATE.",
    "chargeback": "The rate may be higher than shown. Amazon offers no download of chargebacks: "
    "add the orders-with-defects list of Account Health, Amazon's performance report or a "
    "chargebacks.csv, or say that there is none with --no-chargebacks-known-to DATE.",
}
"""Component to what it means that it is not known, and what to do."""


TOLD_BY_RECEIPT = "in no order export"
"""In a note of the receipt on defects of unknown orders, which need not be said twice."""


def built_on(account: Account, as_of: date, known: KnownBySeries) -> BuiltOn:
    """Data limits and provenance of `account`.

    `known` is ``what_is_known`` of `as_of`.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> from odr_analysis.answer.known import what_is_known
    >>> account = load_sample()
    >>> known = what_is_known(account, account.known_to)
    >>> built_on(account, account.known_to, known).policy.name
    'amazon-current'
    """
    receipt = account.receipt
    return BuiltOn(
        limits=tuple(_limits(account, as_of, known)),
        totals=_totals(account),
        receipt=receipt,
        policy=account.policy,
        switches=dict(SWITCHES),
        versions=versions(),
        contradictions=contradictions(account.defects, account.policy),
    )


def _totals(account: Account) -> str:
    receipt = account.receipt
    if not receipt.files:
        n = int(account.daily["n_orders"].sum())
        return f"Tables handed over in Python, with {words.counted(n, 'order')} that count."
    dropped = receipt.rows_dropped
    lost = f"{words.number(dropped)} dropped" if dropped else "none dropped"
    said = (
        f"{words.counted(len(receipt.files), 'file')}: {words.counted(receipt.rows_read, 'row')} "
        f"read, {words.number(receipt.rows_kept)} kept, {lost}."
    )
    orders = receipt.orders
    if "distinct" in orders:
        said += (
            f" {words.counted(orders['distinct'], 'order')} in them, "
            f"{words.number(orders.get('counted', 0))} in the rate’s denominator over time."
        )
    return said


def _limits(account: Account, as_of: date, known: KnownBySeries) -> list[tuple[str, str]]:
    receipt = account.receipt
    said = []
    said += _not_known(known)
    said += _not_counted(account)
    n_unknown = int(account.daily.loc[account.daily["channel"] == "unknown", "n_orders"].sum())
    if n_unknown:
        said.append(
            (
                f"{words.counted(n_unknown, 'order')} of unknown fulfilment",
                "No file says who ships them, so they have a rate of their own.",
            )
        )
    for file in receipt.unknown:
        told = " ".join(file.notes) or "Not an export this version reads."
        said.append((f"Not read: {file.file}", told))
    for file in receipt.files:
        said += [(file.file, note) for note in file.notes if file.kind != "unknown"]
    said += [("Overall", note) for note in receipt.notes]
    early = _late_defects(account, as_of)
    if early:
        said.append(early)
    return said


def _not_known(known: KnownBySeries) -> list[tuple[str, str]]:
    """Kinds of defect that a rate cannot be called healthy for, and what rests on a word."""
    alone = len({marketplace for marketplace, _ in known}) == 1
    said: dict[tuple[str, str], list[str]] = {}
    for series in known.values():
        name = words.series(series.marketplace, series.channel, alone=alone)
        for part in series.components:
            subject = SUBJECTS[part.component]
            if part.why:
                key = (f"Cannot be known: {part.why}", COSTS[part.component])
            elif part.state == WORD and part.last is not None:
                key = (
                    f"By the user’s word: no other {subject} up to {words.day(part.last)}",
                    "No file shows it.",
                )
            elif part.state == WAIVED:
                key = (
                    f"Waived: {subject} have no source",
                    "The policy asks for none (coverage_needed); Amazon counts them all the same.",
                )
            elif part.state == OFFICIAL:
                key = (
                    f"{subject[0].upper()}{subject[1:]} known by Amazon’s own report",
                    f"{series.official_file} states the counts of these days.",
                )
            else:
                continue
            said.setdefault(key, []).append(name)
    every = len(known)
    return [
        (what if len(names) == every else f"{what} ({words.listed(names)})", costs)
        for (what, costs), names in said.items()
    ]


def _not_counted(account: Account) -> list[tuple[str, str]]:
    """Orders and defects the exports hold and the rate leaves out."""
    defects = account.defects
    reasons = defects.loc[~defects["counts"].astype(bool), "why_not"].value_counts().to_dict()
    unknown = int(reasons.pop("order unknown", 0))
    said = []
    if unknown and not any(TOLD_BY_RECEIPT in note for note in account.receipt.notes):
        said.append(
            (
                f"{words.counted(unknown, 'defect')} of orders in no export",
                "They are in no rate. Exports that reach further back would place them.",
            )
        )
    orders = account.receipt.orders.get("not_counted", {})
    for noun, why_not in (("defect sighting", reasons), ("order", orders)):
        n = sum(int(count) for count in why_not.values())
        if n:
            parts = [f"{words.number(count)} {why}" for why, count in why_not.items()]
            said.append((f"{words.counted(n, noun)} not counted", f"{'; '.join(parts)}."))
    return said


def _late_defects(account: Account, as_of: date) -> tuple[str, str] | None:
    """Defects whose source gives no day."""
    undated = account.defects["counts"].astype(bool) & account.defects["reported_on"].isna()
    n = int(undated.sum())
    if not n:
        return None
    return (
        f"{words.counted(n, 'sighting')} of a defect without a date",
        "Where no other file dates the defect it is taken as known from the day of the order, so "
        f"past days may be shown too high; the rate of {words.day(as_of)} is not affected.",
    )
