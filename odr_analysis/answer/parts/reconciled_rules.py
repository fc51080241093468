"""Sets of rules and what a search found, in a seller's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odr_analysis import words
from odr_analysis.reconciliation.missing import FEW
from odr_analysis.reconciliation.reconcile import Fit, Search

SWITCH_WORDS: dict[str, str] = {
    "count_cancelled_orders": "cancelled orders",
    "count_pending_orders": "pending orders",
    "count_pending_claims": "claims under review",
    "count_withdrawn_claims": "withdrawn claims",
    "count_denied_claims": "denied claims",
    "count_refunded_claims": "claims refunded after they were filed",
    "count_cancelled_claims": "claims that ended with the order cancelled",
    "count_amazon_funded_claims": "claims granted at Amazon's cost",
    "count_protected_claims": "claims under Buy Shipping protection",
    "count_appealed_claims": "claims won on appeal",
    "count_open_chargebacks": "open chargebacks",
    "count_won_chargebacks": "chargebacks won",
    "count_struck_feedback": "feedback that is struck through",
    "count_removed_feedback": "removed feedback",
    "count_inferred_defects": "defects known from money alone",
    "count_recovered_defects": "defects whose money came back",
}
"""Switch of the policy to what it counts or does not."""

_UNCOUNTABLE = (SWITCH_WORDS["count_struck_feedback"], SWITCH_WORDS["count_removed_feedback"])
PLACED_WORDS = {"day_boundary": "when days begin", "window_moved": "where the window lies"}

FITS_TOLD = 5
"""Fits listed one by one; ``--json`` has up to ``MOST_FITS``."""
ORDERS_TOLD = 10
MOST_NEAR = 2
"""Rules that the nearest set may change to be worth a sentence where none fits."""
RECORD = "record (an order, a defect or a decision)"
RECORDS = "records (orders, defects or decisions)"


def rule(name: str, value: Any) -> str:
    """One changed rule in words.

    >>> rule("count_cancelled_orders", False), rule("window_moved", 1)
    ('cancelled orders do not count', 'the window is one day later than the report states')
    """
    if name == "day_boundary":
        return f"days begin at midnight {'UTC' if value == 'utc' else 'in the store'}"
    if name == "window_moved":
        when = {-1: "one day earlier than", 0: "as", 1: "one day later than"}[value]
        return f"the window is {when} the report states"
    noun = SWITCH_WORDS.get(name, name.removeprefix("count_").replace("_", " "))
    if noun in _UNCOUNTABLE:
        return f"{noun} {'counts' if value else 'does not count'}"
    return f"{noun} {'count' if value else 'do not count'}"


def rules(changes: Mapping[str, Any]) -> str:
    """What a fit changes of the account's rules, in words.

    >>> rules({}), rules({"count_pending_orders": False, "window_moved": -1})
    ("the account's own rules", 'pending orders do not count and the window is one day \
earlier than the report states')
    """
    return words.listed([rule(*change) for change in changes.items()]) or "the account's own rules"


LATE = "the report does not show the latest defects and removals yet"


def if_own_rules(search: Search) -> str:
    """What else must hold if the account's own rules do."""
    n = search.one_missing.n_own
    if n == 0:
        return LATE
    if n == 1:
        return f"one {RECORD} is missing from these files"
    return f"at least {words.number(n)} {RECORDS} are missing from these files"


def own_is_near(search: Search) -> bool:
    """Whether lag or a few missing records explain what the account's own rules do not."""
    n = search.one_missing.n_own
    return n <= FEW and bool(n or search.fits[0].changes)


def _missing_lines(search: Search) -> list[str]:
    """What records that are missing from the files explain as well."""
    own, n, changes, _ = search.one_missing
    lines = []
    if own > FEW:
        lines.append(f"  Or the account's own rules apply and {if_own_rules(search)}.")
    if n and changes:
        sets = "one other set" if n == 1 else f"{words.number(n)} other sets"
        verb = "gives" if n == 1 else "give"
        lines.append(
            f"  With one more {RECORD}, {sets} of rules {verb} Amazon's counts, for example: "
            f"{rules(changes)}."
        )
    return lines


def _settled_lines(search: Search) -> list[str]:
    """Which rules the counts settle, and which they leave open."""
    fewest = search.one_missing.n_fewest
    if fewest > FEW:
        return [
            f"  No rule is settled: at least {words.number(fewest)} {RECORDS} are missing from "
            "these files under any rules."
        ]
    tried = search.fits[0].combination.to_dict()
    still_open = [PLACED_WORDS.get(r) or SWITCH_WORDS[r] for r in tried if r not in search.agreed]
    if not search.agreed:
        return [
            "  No rule is settled: a few missing records, one missing file or missing days of "
            "orders explain the counts as well. Reports of other weeks would help."
        ]
    lines = [
        f"  Settled, even if a few records, one file or days of orders are missing: "
        f"{rules(search.agreed)}."
    ]
    return lines + ([f"  Open: {words.listed(still_open)}."] if still_open else [])


def search_lines(search: Search, head: str) -> list[str]:
    """What one search found, a line each; the first begins with `head`."""
    changes = search.fits[0].changes
    near = len(changes) <= MOST_NEAR
    before = []
    if own_is_near(search):
        before = [f"{head}The account's own rules give Amazon's counts if {if_own_rules(search)}."]
        head = ""
    if search.n_exact == 1:
        lines = [f"{head}One set of rules gives Amazon's counts:"]
    elif search.exact:
        n = words.spelled(search.n_exact).capitalize()
        lines = [f"{head}{n} sets of rules give Amazon's counts, and these do not show which:"]
    elif not near:
        lines = [f"{head}No set of rules close to the account's own gives Amazon's counts."]
        return [*before, *lines, *_missing_lines(search), *_settled_lines(search)]
    elif search.unexplained == 0:
        lines = [f"{head}No set of rules gives Amazon's counts, unless {LATE}. Then:"]
    else:
        lines = [f"{head}No set of rules gives Amazon's counts. The closest:"]
    lines = [*before, *lines]
    told = search.fits[: search.n_exact or None]
    for fit in told[:FITS_TOLD]:
        lines.append(f"  {fit.number}. {rules(fit.changes)}{_effect(fit)}")
        if fit.same:
            others = "; or ".join(map(rules, fit.same))
            lines.append(f"     or, with the same orders: {others}")
    rest = (search.n_exact or search.n_fits) - len(told[:FITS_TOLD])
    if rest:
        lines.append(f"  and {words.counted(rest, 'other')}")
    lines += [*_missing_lines(search), *_settled_lines(search), *_apart_lines(search)]
    lagging = search.n_fits - search.n_exact
    if search.exact and lagging:
        sets = "set of rules does" if lagging == 1 else "sets of rules do"
        lines.append(f"  {words.spelled(lagging).capitalize()} more {sets} if {LATE}.")
    if search.no_difference:
        nouns = words.listed([SWITCH_WORDS[s] for s in search.no_difference])
        lines.append(f"  Not in or near these windows, so without effect: {nouns}.")
    return lines


def _effect(fit: Fit) -> str:
    """`` (-2 orders, -1 with defects)`` of the changes of a fit."""
    n, bad = (sum(getattr(s, c) for s in fit.steps) for c in ("n_orders", "n_defective"))
    if not fit.steps:
        return ""
    orders = "order" if abs(n) == 1 else "orders"
    return f" ({n:+,} {orders}, {bad:+,} with defects)"


def _apart_lines(search: Search) -> list[str]:
    group = search.groups[0]
    if len(group.fits) < 2:
        return []
    n = words.counted(group.n_apart, "order")
    lines = [f"  {n} would show which one applies (Account Health lists those with defects):"]
    for row in group.orders.head(ORDERS_TOLD).to_dict("records"):
        by = row["counted_by"] or "none"
        defective = f", with a defect by {row['defective_by']}" if row["defective_by"] else ""
        lines.append(f"    {row['order_id']}  {row['peculiar']}: counted by {by}{defective}")
    if group.n_apart > min(len(group.orders), ORDERS_TOLD):
        lines.append(f"    and {words.number(group.n_apart - ORDERS_TOLD)} more")
    return lines
