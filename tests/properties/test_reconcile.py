"""Laws of the search, on accounts drawn at random."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.account import Account
from odr_analysis.exports.readers.contract import Sighting, sightings
from odr_analysis.exports.verdicts import judge
from odr_analysis.policy import SWITCHES, Policy
from odr_analysis.presets import PRESETS
from odr_analysis.reconciliation.blocks import blocks_of
from odr_analysis.reconciliation.fits import WEIGHTS
from odr_analysis.reconciliation.grid import LEAST, MOST, Grid
from odr_analysis.reconciliation.reconcile import COUNTS, PARTS, Reconciliation, reconcile
from odr_analysis.reconciliation.switches import Rule, defects_of
from tests.golden.reconcile_cases import FLAWS, make_case
from tests.sources import bringing

COUNTING = [s for s in SWITCHES if s.startswith("count_")]
SOURCES = ("order-defects", "claims", "seller-feedback", "mfn-returns", "settlement", "finances")
OUTCOMES = (
    *("", "granted", "pending", "withdrawn", "denied", "appeal won", "amazon funded"),
    *("refunded", "cancelled", "protected", "open", "lost", "won", "struck", "removed"),
    *("debited", "debited", "recovered", "counts", "does not count", "unrecognised"),
)

seeds = st.integers(0, 10_000)
cases = st.builds(make_case, seeds, st.sampled_from(["", *FLAWS]))
few = settings(max_examples=4, deadline=None)
told = st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from([*terms.COMPONENTS, "claim"]),
    st.sampled_from(SOURCES),
    st.sampled_from(OUTCOMES),
    st.sampled_from([None, 5.0, 5.0, 10.0]),
).map(lambda t: Sighting(*t[:3], "f", 2, outcome=t[3], amount=t[4], currency="EUR"))
policies = st.sampled_from([p.policy for p in PRESETS.values()]) | st.builds(
    Policy, **dict.fromkeys(COUNTING, st.booleans())
)


def holds(rule: Rule, policy: Policy) -> bool:
    return (
        rule.always
        or any(getattr(policy, s) for s in rule.any_of)
        or (bool(rule.all_of) and all(getattr(policy, s) for s in rule.all_of))
    )


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(told, min_size=1, max_size=14), policy=policies, asked=policies)
def test_rules_say_what_the_judge_says_under_every_policy(rows, policy, asked):
    frame = sightings(rows)
    orders = pd.Index(sorted({r.order_id for r in rows}))
    found = defects_of(frame, orders, asked)
    everywhere = pd.Series("", index=orders, dtype="str")
    counts = judge(frame, everywhere, policy)
    verdict = {
        (r.order_id, r.component): bool(c)
        for r, c in zip(counts.itertuples(), counts["counts"], strict=True)
    }
    by_rule = {
        (orders[o], terms.COMPONENTS[c]): holds(found.rules[r], policy)
        for o, c, r in zip(found.order, found.component, found.rule, strict=True)
    }
    assert by_rule == verdict


@few
@given(case=cases, picks=st.lists(st.tuples(seeds, seeds), min_size=3, max_size=3))
def test_counts_of_all_combinations_at_once_are_those_of_each(case, picks):
    blocks, _ = blocks_of(case.snapshots)
    grid = Grid.of(case.account, blocks)
    for b in range(len(blocks)):
        counts, least, most = (grid.counts(b, how) for how in (0, LEAST, MOST))
        assert (least <= counts).all()
        assert (counts <= most).all()
        for variant, assignment in picks:
            v, a = variant % len(grid.variants), assignment % grid.n_assignments
            assert tuple(counts[:, v, a].tolist()) == grid.at(b, v, a)


# Two fits that count different kinds of defect of one order.
@few
@example(case=make_case(1135, "vanished feedback"))
@given(case=cases)
def test_fits_are_alike_within_a_group_and_come_in_order(case):
    found = reconcile(case.account, case.snapshots)
    search = found.together
    if search is None:
        return
    far = [
        sum(
            weight * abs(n - stated)
            for block, counts in zip(search.blocks, fit.counts, strict=True)
            for weight, n, stated in zip(WEIGHTS, counts, block.stated, strict=True)
        )
        for fit in search.fits
    ]
    assert [fit.distance for fit in search.fits] == far
    assert sum(d == 0 for d in far) == min(search.n_exact, len(far))
    firsts = sorted(search.fits, key=lambda fit: fit.number)
    ranks = [(fit.distance, len(fit.changes)) for fit in firsts]
    assert ranks == sorted(ranks)
    for group in search.groups:
        assert len({fit.counts for fit in group.fits}) == 1
        assert (group.n_apart > 0) == (len(group.fits) > 1)
        assert len(group.orders) == min(group.n_apart, 100)
        everyone = ", ".join(str(fit.number) for fit in group.fits)
        same = (group.orders.counted_by == everyone) & (group.orders.defective_by == everyone)
        assert not same.any()
        for fit in group.fits:
            assert search.allows(fit.combination.to_dict())
            steps = (sum(s.n_orders for s in fit.steps), sum(s.n_defective for s in fit.steps))
            ours = found.counts[found.counts.why_not_searched == ""]
            total = tuple(sum(c[i] for c in fit.counts) for i in (0, 1))
            before = tuple(int(ours[f"{COUNTS[i]}_ours"].sum()) for i in (0, 1))
            assert tuple(np.subtract(total, before).tolist()) == steps


def shuffled(account: Account, seed: int) -> Account:
    orders = account.orders.sample(frac=1, random_state=seed)
    defects = account.defects.sample(frac=1, random_state=seed)
    return replace(bringing(account, orders=lambda: orders.copy()), defects=defects)


@few
@given(case=cases, seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(case, seed):
    rows = list(range(len(case.snapshots)))
    Random(seed).shuffle(rows)
    once = reconcile(case.account, case.snapshots).to_dict()
    again = reconcile(shuffled(case.account, seed), case.snapshots.iloc[rows]).to_dict()
    assert once == again


@few
@given(case=cases)
def test_counts_stand_side_by_side_and_their_parts_add_up(case):
    found = reconcile(case.account, case.snapshots)
    parts_add_up_to_amazons_counts(found)
    ours_are_those_of_the_account(case.account, found)


def parts_add_up_to_amazons_counts(found: Reconciliation) -> None:
    n = len(PARTS)
    for i, row in enumerate(found.counts.itertuples()):
        parts = found.parts.iloc[n * i : n * (i + 1)]
        assert parts.n_orders.sum() == row.n_orders_amazon
        assert parts.n_defective.sum() == row.n_defective_amazon
        ours = parts.iloc[:3]
        assert ours.n_orders.sum() == row.n_orders_ours
        assert ours.n_defective.sum() == row.n_defective_ours


def ours_are_those_of_the_account(account: Account, found: Reconciliation) -> None:
    """Ours do not hang on the search: they are what `counts` and `why_not` of the account say."""
    orders = account.orders
    for row in found.counts.itertuples():
        mine = orders[
            (orders.marketplace == row.marketplace)
            & (orders.channel == row.channel)
            & orders["counts"]
            & (orders.ordered_on >= row.from_on)
            & (orders.ordered_on <= row.to_on)
        ]
        assert row.n_orders_ours == len(mine)
        counting = account.defects[account.defects["counts"]]
        first = counting.groupby(["order_id", "component"]).reported_on.min()
        known = first[first.isna() | (first <= row.day)].reset_index()
        inside = known[known.order_id.isin(mine.order_id)]
        assert row.n_defective_ours == inside.order_id.nunique()
        for component in terms.COMPONENTS:
            n = (inside.component == component).sum()
            assert getattr(row, f"n_{component}_ours") == n
