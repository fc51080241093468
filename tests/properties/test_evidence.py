"""What many sources come to: laws, and a slow, obvious judge."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.exports.readers.contract import Sighting, sightings
from odr_analysis.exports.source_rank import MONEY, SOURCE_RANK, UNSETTLED
from odr_analysis.exports.verdicts import (
    OUTCOME_SWITCH,
    contradictions,
    first_known,
    judge,
    why_outcome_does_not_count,
)
from odr_analysis.policy import SWITCHES, Policy
from odr_analysis.presets import PRESETS

ORDERS = [f"o{n}" for n in range(4)]
PLACED = {**dict.fromkeys(ORDERS, ""), "o3": "cancelled"}
ORDERED_ON = date(2026, 5, 1)
OUTCOMES = sorted(
    {"", "granted", "lost", "counts", "does not count", *MONEY, *(o for _, o in OUTCOME_SWITCH)}
)
COUNTING = [s for s in SWITCHES if s.startswith("count_")]

days = st.none() | st.dates(ORDERED_ON, ORDERED_ON + timedelta(4)).map(pd.Timestamp)
amounts = st.sampled_from([None, 0.1, 0.2, 0.3, 5.0, 10.0])


@st.composite
def told(draw: st.DrawFn) -> Sighting:
    outcome = draw(st.sampled_from(OUTCOMES) | st.sampled_from([*MONEY, ""]))
    money = outcome in MONEY
    return Sighting(
        draw(st.sampled_from([*ORDERS, "elsewhere"])),
        draw(st.sampled_from([*terms.COMPONENTS, "claim", "claim"])),
        draw(st.sampled_from([*SOURCE_RANK, "defects frame"])),
        draw(st.sampled_from(["a", "b"])),
        draw(st.integers(2, 4)),
        reported_on=draw(days),
        outcome=outcome,
        funded_by=draw(st.sampled_from(["", "seller", "amazon"])),
        amount=draw(amounts) if money else None,
        currency=draw(st.sampled_from(["EUR", "EUR", "USD"])) if money else "",
    )


# Many defects an example, and so few examples: building a frame is what takes time.
few = settings(max_examples=30, deadline=None)
of_all_kinds = st.integers(0, 25).flatmap(lambda n: st.lists(told(), min_size=n, max_size=n))
# Witnesses of few defects, so that they have something to settle; and payments no file else
# tells of.
witness = st.builds(
    lambda row, *word: row._replace(order_id=word[0], source=word[1], outcome=word[2]),
    told().map(lambda row: row._replace(component="claim")),
    st.sampled_from(["o0", "o1"]),
    st.sampled_from(["order-defects", "claims", "claims", "mfn-returns"]),
    st.sampled_from(["", "pending", "granted", "denied", "withdrawn"]),
)
witnesses = st.lists(witness, min_size=2, max_size=8)
payment = st.tuples(
    st.sampled_from(["o0", "o1"]),
    st.sampled_from(["settlement", "settlement", "finances"]),
    st.sampled_from(["a", "b"]),
    st.sampled_from([None, pd.Timestamp(ORDERED_ON)]),
    st.sampled_from(MONEY),
    st.sampled_from([0.1, 0.2, 0.3, 5.0, 5.0, 10.0, 10.0, 10.0, None]),
    st.sampled_from(["EUR"] * 5 + ["USD"]),
).map(
    lambda p: Sighting(
        *(p[0], "claim", p[1], p[2], 2),
        reported_on=p[3],
        outcome=p[4],
        amount=p[5],
        currency=p[6],
    )
)
payments = st.lists(payment, min_size=2, max_size=12)
evidence = of_all_kinds | witnesses | payments


policies = st.sampled_from([p.policy for p in PRESETS.values()]) | st.builds(
    Policy, **dict.fromkeys(COUNTING, st.booleans())
)


def judged(rows: list[Sighting], policy: Policy) -> pd.DataFrame:
    return judge(sightings(rows), pd.Series(PLACED, dtype="str"), policy)


def verdicts(rows: list[Sighting], policy: Policy) -> dict[tuple[str, str], tuple[str, bool]]:
    """Order and component to why it does not count and whether money alone says so."""
    frame = judged(rows, policy)
    found = {}
    for row in frame.itertuples():
        pair = (row.order_id, row.component)
        assert row.counts == (row.why_not == "")
        assert found.setdefault(pair, (row.why_not, row.inferred)) == (row.why_not, row.inferred)
    return found


def known(rows: list[Sighting], policy: Policy) -> pd.DataFrame:
    placed = pd.Series(dict.fromkeys(ORDERS, pd.Timestamp(ORDERED_ON)), dtype="datetime64[us]")
    return first_known(judged(rows, policy), placed)


def slow_total(rows: list[Sighting], outcome: str, currency: str) -> Fraction | None:
    """Most that any source tells of; None when one of them leaves an amount of it out."""
    totals = []
    for source in {r.source for r in rows}:
        own = [r for r in rows if (r.source, r.outcome, r.currency) == (source, outcome, currency)]
        times: dict[tuple, int] = {}
        for file in {r.file for r in own}:
            here = [(r.reported_on, r.amount) for r in own if r.file == file]
            for payment in here:
                times[payment] = max(times.get(payment, 0), here.count(payment))
        amounts = [a for (_, a), n in times.items() for _ in range(n)]
        if None in amounts and outcome == "debited":
            return None
        totals.append(sum((Fraction(str(a)) for a in amounts if a is not None), Fraction()))
    return max(totals)


def slow_verdict(rows: list[Sighting], policy: Policy) -> tuple[str, bool]:
    order_id, component = rows[0][:2]
    speaking = [r for r in rows if r.outcome not in MONEY]
    if speaking:
        best = min(SOURCE_RANK.get(r.source, -1) for r in speaking)
        equals = [r.outcome for r in speaking if SOURCE_RANK.get(r.source, -1) == best]
        heard = [o for o in equals if o not in UNSETTLED] or equals
        why = min(why_outcome_does_not_count(component, o, policy) for o in heard)
    else:
        debited = {r.currency for r in rows if r.outcome == "debited"}
        back = any(r.outcome == "recovered" for r in rows)
        for currency in debited:
            left = slow_total(rows, "debited", currency)
            returned = slow_total(rows, "recovered", currency)
            back = back and left is not None and returned is not None and returned >= left
        why = why_outcome_does_not_count(component, MONEY[1] if back else MONEY[0], policy)
    why = PLACED.get(order_id, "order unknown") or why
    return why, why == "" and not speaking


def slow_known(rows: list[Sighting], policy: Policy) -> dict[tuple[str, str], pd.Timestamp]:
    found = {}
    for pair in {r[:2] for r in rows}:
        own = [r for r in rows if r[:2] == pair]
        if slow_verdict(own, policy)[0] == "":
            given_ = [r.reported_on for r in own if r.reported_on is not None]
            found[pair] = min(given_, default=pd.Timestamp(ORDERED_ON))
    return found


@settings(few, max_examples=50)
@given(rows=evidence, policy=policies)
def test_the_judge_agrees_with_a_slow_one(rows, policy):
    expected = {
        pair: slow_verdict([r for r in rows if r[:2] == pair], policy)
        for pair in {r[:2] for r in rows}
    }
    assert verdicts(rows, policy) == expected
    table = known(rows, policy)
    long = table.melt("order_id", var_name="component").dropna()
    found = dict(
        zip(
            zip(long.order_id, long.component.str.removesuffix("_on"), strict=True),
            long.value,
            strict=True,
        )
    )
    assert found == slow_known(rows, policy)
    assert table.order_id.tolist() == sorted({o for o, _ in found})


@few
@given(rows=evidence, new=told(), policy=policies)
def test_adding_evidence_never_removes_a_defect_unless_the_policy_says_so(rows, new, policy):
    """Only a word of that defect which alone would not count can, and a debit never does."""
    before, after = verdicts(rows, policy), verdicts([*rows, new], policy)
    lost = {pair for pair, (why, _) in before.items() if why == "" and after[pair][0] != ""}
    if lost:
        assert lost == {new[:2]}
        assert why_outcome_does_not_count(new.component, new.outcome, policy) != ""
        assert new.outcome != "debited"
    assert set(before) <= set(after)


@few
@given(rows=evidence, new=told())
def test_where_everything_counts_no_evidence_removes_a_defect(rows, new):
    policy = Policy(**dict.fromkeys(COUNTING, True))
    new = new if new.outcome != "does not count" else new._replace(outcome="")
    before, after = verdicts(rows, policy), verdicts([*rows, new], policy)
    counting = {pair for pair, (why, _) in before.items() if why == ""}
    assert counting <= {pair for pair, (why, _) in after.items() if why == ""}


@few
@given(rows=evidence, new=told(), policy=policies)
def test_more_evidence_makes_a_defect_known_no_later(rows, new, policy):
    before, after = days_known(rows, policy), days_known([*rows, new], policy)
    dated = {r[:2] for r in rows if r.reported_on is not None}
    for pair in dated & set(before) & set(after):
        assert after[pair] <= before[pair]


def days_known(rows: list[Sighting], policy: Policy) -> dict[tuple[str, str], pd.Timestamp]:
    table = known(rows, policy).set_index("order_id")
    return {
        (order_id, component): day
        for component in terms.COMPONENTS
        for order_id, day in table[f"{component}_on"].dropna().items()
    }


@few
@given(rows=evidence, new=told(), outcome=st.sampled_from(MONEY), policy=policies)
def test_money_never_changes_the_verdict_of_a_witness(rows, new, outcome, policy):
    paid = new._replace(outcome=outcome)
    before, after = verdicts(rows, policy), verdicts([*rows, paid], policy)
    listed = {r[:2] for r in rows if r.outcome not in MONEY}
    assert {pair: before[pair] for pair in listed} == {pair: after[pair] for pair in listed}
    assert all(before[pair] == after[pair] for pair in before if pair != paid[:2])


@settings(few, max_examples=15)
@given(rows=evidence, policy=policies, seed=st.integers(0, 999))
def test_the_order_of_rows_and_files_does_not_matter(rows, policy, seed):
    other = rows.copy()
    Random(seed).shuffle(other)
    files = sorted(rows, key=lambda r: r.file, reverse=True)
    for again in (other, files):
        assert verdicts(again, policy) == verdicts(rows, policy)
        pd.testing.assert_frame_equal(known(again, policy), known(rows, policy))
        pd.testing.assert_frame_equal(
            contradictions(sightings(again), policy), contradictions(sightings(rows), policy)
        )


@few
@given(rows=evidence, policy=policies)
def test_the_same_rows_in_another_file_change_nothing(rows, policy):
    again = [*rows, *(r._replace(file=f"{r.file} (1)") for r in rows)]
    assert verdicts(again, policy) == verdicts(rows, policy)
    pd.testing.assert_frame_equal(known(again, policy), known(rows, policy))


@few
@given(rows=evidence, policy=policies, payer=st.sampled_from(["", "seller", "amazon"]))
def test_who_paid_does_not_matter(rows, policy, payer):
    assert verdicts([r._replace(funded_by=payer) for r in rows], policy) == verdicts(rows, policy)


@few
@given(rows=evidence, policy=policies)
def test_judging_is_a_function_of_its_inputs_and_leaves_them_alone(rows, policy):
    frame, placed = sightings(rows), pd.Series(PLACED, dtype="str")
    kept = frame.copy(deep=True), placed.copy(deep=True)
    once = judge(frame, placed, policy)
    pd.testing.assert_frame_equal(judge(frame, placed, policy), once)
    pd.testing.assert_frame_equal(frame, kept[0])
    pd.testing.assert_series_equal(placed, kept[1])
    same = [c for c in terms.DEFECT_COLUMNS if c in frame]
    pd.testing.assert_frame_equal(once[same], frame[same])


@few
@given(rows=evidence, policy=policies)
def test_every_contradiction_is_of_a_listed_defect_and_tells_its_verdict(rows, policy):
    table = contradictions(sightings(rows), policy)
    everywhere = pd.Series(dict.fromkeys([*ORDERS, "elsewhere"], ""), dtype="str")
    frame = judge(sightings(rows), everywhere, policy)
    counts = dict(
        zip(zip(frame.order_id, frame.component, strict=True), frame["counts"], strict=True)
    )
    listed = {r[:2] for r in rows if r.outcome not in MONEY}
    pairs = list(zip(table.order_id, table.component, strict=True))
    assert len(set(pairs)) == len(pairs)
    assert set(pairs) <= listed
    assert table["counts"].tolist() == [counts[pair] for pair in pairs]
    assert (table.against != "").all()
