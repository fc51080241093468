"""Whether the search finds the rules a report was made under, and settles no others.

``python -m tests.golden.test_reconcile 200`` runs 200 accounts of each kind: how many settle at
least one rule, how many of the rules that matter are settled, and how many of those are not the
report's, for the whole and for each report by itself. Then how often the report's rules are
among the fits.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise, product
from random import Random

import numpy as np
import pytest

from odr_analysis import terms
from odr_analysis.policy import Policy
from odr_analysis.reconciliation.blocks import blocks_of
from odr_analysis.reconciliation.grid import Grid
from odr_analysis.reconciliation.missing import missing
from odr_analysis.reconciliation.reconcile import Search, reconcile
from odr_analysis.reconciliation.search import search
from tests.golden.reconcile_cases import FLAWS, GONE, Case, Rules, make_case, slow_counts

COUNTS = ("n_total", "n_bad", "n_feedback", "n_claim", "n_chargeback")
KINDS = dict(zip(terms.COMPONENTS, COUNTS[2:], strict=True))
OUT = {
    "feedback": ("struck", "removed"),
    "claim": ("withdrawn", "denied", "appeal won"),
    "chargeback": ("won",),
}
SHOWN = {"feedback": 2, "claim": 7, "chargeback": 7}
UNDECIDED = ("count_inferred_defects", "count_pending_claims", "count_open_chargebacks")


@dataclass
class Tally:
    """Accounts, those that settle a rule, rules that matter, settled, and settled wrongly."""

    accounts: int = 0
    settling: int = 0
    matter: int = 0
    settled: int = 0
    wrong: int = 0

    def add(self, case: Case) -> None:
        found = reconcile(case.account, case.snapshots)
        assert found.together is not None
        settled = found.settled.to_dict() if found.settled else {}
        self.accounts += 1
        self.settling += bool(settled)
        self.matter += len(found.together.fits[0].combination.to_dict())
        self.settled += len(settled)
        self.wrong += sum(len(wrongly(case, s)) for s in {found.together, *found.days})

    def __str__(self) -> str:
        return (
            f"{self.settling} of {self.accounts} accounts settle a rule; of {self.matter} rules "
            f"{self.settled} are settled ({self.settled / max(self.matter, 1):.0%}), "
            f"{self.wrong} wrongly"
        )


def wrongly(case: Case, found: Search) -> list[str]:
    """Rules that are called settled and are not those of the report."""
    true = case.rules.values
    return [k for k, v in found.agreed.items() if true.get(k, getattr(Policy(), k, None)) != v]


def tally(cases: Iterable[Case]) -> Tally:
    counted = Tally()
    for case in cases:
        counted.add(case)
    return counted


def place(grid: Grid, rules: Rules) -> tuple[int, int]:
    """Variant and assignment of some rules."""
    variant = grid.variants.index((rules.policy.day_boundary, rules.moved))
    return variant, grid.assignment(rules.policy)


def slow_ranges(case: Case, block: dict, rules: Rules) -> dict[str, tuple[int, int]]:
    """What each count can come to: without what a report may lack yet, with what it may keep."""
    late = set()
    for pair in {r[:2] for r in case.seen}:
        kind = pair[1]
        days = [
            r.decided_on.date() if r.decided_on is not None else date.max
            for r in case.seen
            if r[:2] == pair and r.outcome in OUT[kind] and (r.decided_on or kind == "feedback")
        ]
        if days and max(days) > block["day"] - timedelta(days=SHOWN[kind]):
            late.add(pair)
    least = replace(rules, evening=-1)
    most = replace(rules, evening=1)
    low = slow_counts(case.orders, case.seen, block | {"late": set()}, least, set())
    high = slow_counts(case.orders, case.seen, block | {"late": late}, most, set())
    return {c: (low[c], high[c]) for c in COUNTS}


def fewest(ranges: list[tuple[int, int]]) -> int:
    """Fewest records whose effects add up to a number within each range, by trying every number.

    Each record adds one to, or takes one from, some windows in a row.
    """
    reach = range(min(0, *(a for a, _ in ranges)), max(0, *(b for _, b in ranges)) + 1)
    best = {0: 0}
    for low, high in [*ranges, (0, 0)]:
        best = {
            now: min(cost + abs(now - before) for before, cost in best.items())
            for now in reach
            if low <= now <= high
        }
    return (best[0] + 1) // 2


def slowly_missing(case: Case, rules: Rules) -> tuple[int, bool]:
    """Fewest records missing, and whether one file or some days of orders explain it all."""
    stated = case.snapshots.to_dict("records")
    undecided = replace(rules, policy=rules.policy.with_changes(**dict.fromkeys(UNDECIDED, False)))
    left: dict[tuple[str, str], list[dict[str, tuple[int, int]]]] = {}
    file, gap = dict.fromkeys(terms.COMPONENTS, True), True
    for block, row in zip(case.blocks, stated, strict=True):
        can = slow_ranges(case, block, rules)
        decided = slow_ranges(case, block, undecided)
        rest = {c: (row[c] - can[c][1], row[c] - can[c][0]) for c in COUNTS}
        left.setdefault((block["marketplace"], block["channel"]), []).append(rest)
        fits = {c: low <= 0 <= high for c, (low, high) in rest.items()}
        for kind, count in KINDS.items():
            free = ("n_bad", count)
            file[kind] &= all(fits[c] for c in COUNTS if c not in free)
            file[kind] &= all(row[c] >= decided[c][0] for c in free)
        if not slow_gap(case, block):
            gap &= all(fits.values())
            continue
        more = rest["n_total"][1]
        gap &= more >= 0
        gap &= all(rest[c][0] - max(more, 0) <= 0 <= rest[c][1] for c in COUNTS[1:])
    records = sum(max(fewest([r[c] for r in rows]) for c in COUNTS) for rows in left.values())
    return records, gap or any(file.values())


def slow_gap(case: Case, block: dict) -> bool:
    """Whether some day of a window, or next to it, has no order of the store."""
    n = (block["to_on"] - block["from_on"]).days + 3
    days = {block["from_on"] + timedelta(days=i - 1) for i in range(n)}
    mine = [o for o in case.orders if o.marketplace == block["marketplace"] and not o.foreign]
    return any(days - {o.day(boundary) for o in mine} for boundary in ("utc", "marketplace"))


def finds_exactly(seed: int) -> bool:
    case = make_case(seed)
    found = reconcile(case.account, case.snapshots)
    whole = [found.together, *found.days]
    return all(
        s is not None and s.exact and s.allows(case.rules.values, exactly=True) for s in whole
    )


def finds_among_the_best(seed: int, flaw: str) -> bool:
    case = make_case(seed, flaw)
    found = reconcile(case.account, case.snapshots).together
    return found is not None and found.allows(case.rules.values)


def test_the_rules_of_a_report_are_among_those_that_reproduce_it() -> None:
    assert [seed for seed in range(20) if not finds_exactly(seed)] == []


def test_the_rules_of_a_flawed_report_are_among_the_best() -> None:
    cases = [(seed, flaw) for seed, flaw in enumerate(FLAWS)]
    assert [case for case in cases if not finds_among_the_best(*case)] == []


@pytest.mark.parametrize("n", [1, 2, 3])
def test_fewest_records_are_those_of_trying_every_set_of_them(n: int) -> None:
    """All numbers up to 2 in up to three windows: reached one record at a time."""
    runs = [range(a, b + 1) for a in range(n) for b in range(a, n)]
    reached, steps = {(0,) * n: 0}, 0
    new = set(reached)
    while new:
        steps += 1
        new = {
            tuple(v + sign * (i in run) for i, v in enumerate(state))
            for state in new
            for run in runs
            for sign in (-1, 1)
        }
        new = {state for state in new if state not in reached and max(map(abs, state)) <= 4}
        reached |= dict.fromkeys(new, steps)
    for state in product(range(-2, 3), repeat=n):
        assert fewest([(v, v) for v in state]) == reached[state], state
        pairs = pairwise((0, *state, 0))
        assert reached[state] == (sum(abs(b - a) for a, b in pairs) + 1) // 2
    low = [(v, v + 2) for v in (-2, 0, -1)[:n]]
    choices = product(*(range(a, b + 1) for a, b in low))
    assert fewest(low) == min(reached[state] for state in choices)


HOLED = [(0, 1, ""), (1, 3, ""), (2, 0, "claims"), (3, 0, "day"), (4, 2, "")]


@pytest.mark.parametrize(("seed", "holes", "gone"), HOLED)
def test_what_is_missing_is_what_a_slow_count_finds(seed: int, holes: int, gone: str) -> None:
    case = make_case(seed, holes=holes, gone=gone)
    blocks, _ = blocks_of(case.snapshots)
    grid = Grid.of(case.account, blocks)
    found = missing(grid, tuple(range(len(blocks))))
    rng = Random(seed)
    near = [tuple(map(int, at)) for at in np.argwhere(found.possible)]
    tried = [
        place(grid, case.rules),
        *(rng.choice(near) for _ in range(2 * bool(near))),
        *((rng.randrange(len(grid.variants)), rng.randrange(grid.n_assignments)) for _ in "ab"),
    ]
    for variant, code in tried:
        boundary, moved = grid.variants[variant]
        on = {s: bool(code >> i & 1) for i, s in enumerate(grid.switches)}
        rules = Rules(case.account.policy.with_changes(**on, day_boundary=boundary), moved)
        slowly = slowly_missing(case, rules)
        assert (found.records[variant, code], found.beside[variant, code] == 0) == slowly


def lacking(seed: int, kind: str, *, usual: bool = False, enough: bool = False) -> Case:
    """A case without some records (a number) or without one of ``GONE``."""
    if kind.isdigit():
        return make_case(seed, holes=int(kind), usual=usual, enough=enough)
    return make_case(seed, gone=kind, usual=usual, enough=enough)


HOLES = ("1", "2", "3", *GONE)


@pytest.mark.parametrize("kind", HOLES)
def test_nothing_is_settled_wrongly_whatever_is_missing(kind: str) -> None:
    """A small part of what the command runs; and the true rules are never ruled out."""
    for case in (lacking(11, kind), lacking(13, kind, usual=True)):
        blocks, _ = blocks_of(case.snapshots)
        grid, every = Grid.of(case.account, blocks), tuple(range(len(blocks)))
        assert wrongly(case, search(grid, every)) == []
        found = missing(grid, every)
        at = place(grid, case.rules)
        if kind.isdigit():
            assert found.records[at] <= int(kind)
        else:
            assert found.beside[at] == 0


def test_five_reports_of_many_orders_settle_rules_and_rightly() -> None:
    counted = tally([make_case(1, enough=True, holes=1)])
    assert counted.settling == counted.accounts
    assert counted.settled >= counted.matter / 4
    assert counted.wrong == 0


def main(n: int) -> None:
    def show(name: str, cases: Iterable[Case]) -> None:
        sys.stdout.write(f"{name}: {tally(cases)}\n")
        sys.stdout.flush()

    some = range(n // 4)
    show("hidden rules", (make_case(seed) for seed in range(n)))
    show("five or six reports", (make_case(seed, enough=True) for seed in range(n)))
    for kind in HOLES:
        what = f"{kind} missing"
        show(f"hidden rules, {what}", (lacking(seed, kind) for seed in range(n)))
        show(f"default rules, {what}", (lacking(seed, kind, usual=True) for seed in range(n)))
        show(f"five or six reports, {what}", (lacking(s, kind, enough=True) for s in some))
    for flaw in FLAWS:
        show(f"flawed report ({flaw})", (make_case(seed, flaw) for seed in some))
    exact = [seed for seed in range(n) if finds_exactly(seed)]
    sys.stdout.write(f"reproduced exactly, rules among the fits: {len(exact)} of {n}\n")
    for flaw in FLAWS:
        hits = sum(finds_among_the_best(seed, flaw) for seed in some)
        sys.stdout.write(f"flawed report ({flaw}), rules among the best: {hits} of {len(some)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
