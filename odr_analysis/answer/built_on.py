"""What the answer is built on: files, what is missing and what that costs, rules, versions."""

from __future__ import annotations

import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from odr_analysis import __version__, words
from odr_analysis.account import Account
from odr_analysis.answer.model import BuiltOn
from odr_analysis.exports.evidence import contradictions
from odr_analysis.policy import SWITCHES

PACKAGES = ("pandas", "numpy", "duckdb", "ibis-framework", "pyarrow", "matplotlib", "papermill")

MONEY_FILES = ("settlement", "date-range", "payments-transaction-view", "finances")
"""Kinds of file that tell of a claim or chargeback only by the money it moved."""

SOURCES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "feedback": (
        ("seller-feedback", "order-defects"),
        "No feedback export",
        "Negative feedback cannot be known, so the rate shows less than Amazon does. "
        "Add the feedback report (Seller Central: Performance, Feedback Manager).",
    ),
    "claim": (
        ("claims", "order-defects", "mfn-returns", *MONEY_FILES),
        "No source of A-to-z claims",
        "Claims cannot be known, so the rate may be too low. Amazon offers no download of them: "
        "add the order-defects list of Account Health, the returns report, or a claims.csv.",
    ),
    "chargeback": (
        ("chargebacks", "order-defects", *MONEY_FILES),
        "No source of chargebacks",
        "Chargebacks cannot be known, so the rate may be too low. Amazon offers no download of "
        "them: add the order-defects list of Account Health or a chargebacks.csv.",
    ),
}
"""Component to the kinds of file that tell of it, and what it costs when none is there."""


TOLD_BY_RECEIPT = "in no order export"
"""In a note of the receipt on defects of unknown orders, which need not be said twice."""


def built_on(account: Account, as_of: date) -> BuiltOn:
    """Data limits and provenance of `account`.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> account = load_sample()
    >>> built_on(account, account.known_to).policy.name
    'amazon-current'
    """
    receipt = account.receipt
    return BuiltOn(
        limits=tuple(_limits(account, as_of)),
        totals=_totals(account),
        receipt=receipt,
        policy=account.policy,
        switches=dict(SWITCHES),
        versions=versions(),
        contradictions=contradictions(account.defects, account.policy),
    )


def versions() -> dict[str, str]:
    """Versions of what computes: this package, Python, and the packages in use.

    >>> versions()["odr_analysis"] == __version__
    True
    """
    found = {"odr_analysis": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


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


def _limits(account: Account, as_of: date) -> list[tuple[str, str]]:
    receipt = account.receipt
    said = []
    kinds = {f.kind for f in receipt.files}
    seen = set(account.defects["component"])
    for component, (sources, what, costs) in SOURCES.items():
        if kinds.isdisjoint(sources) and component not in seen:
            said.append((what, costs))
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
