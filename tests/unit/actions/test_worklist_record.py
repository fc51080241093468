"""Cases of several files, the account's own record, and the order of the list."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pandas as pd
import pytest

from odr_analysis import defective_orders, load_sample, worklist
from odr_analysis.account import Account
from odr_analysis.actions import steps
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from tests.oracle import make_account
from tests.unit.actions.made import DAY, DEFECT, WORDS, N, a, account, ago, only


def past(component: str, *outcomes: str) -> list[dict[str, Any]]:
    """Cases of orders that left long ago."""
    return [
        a(component, 200, outcome, order_id=f"p{i}", age=220) for i, outcome in enumerate(outcomes)
    ]


def test_a_chance_is_drawn_towards_the_own_record() -> None:
    open_ = a("chargeback", 2, "open")
    table = worklist(account(open_, *past("chargeback", "won", "won", "won", "lost", "open")))
    assert table.chance[0] == pytest.approx((0.3 * 4 + 3) / (4 + 4))
    assert table.chance_from[0] == "worked in 3 of 4 of your cases"
    assert only(open_)["chance_from"] == "guess"
    # Chargebacks tell nothing of claims; an outcome that is nobody's merit tells nothing at all.
    claim = a("claim", 1, "pending")
    assert only(claim, *past("chargeback", "won"))["chance_from"] == "guess"
    assert only(claim, *past("claim", "refunded", "", "debited"))["chance"] == 0.35
    ended = past("claim", "denied", "withdrawn", "granted", "appeal won", "protected")
    assert only(claim, *ended)["chance_from"] == "worked in 3 of 5 of your cases"
    # Feedback has no outcomes to learn from.
    assert only(a("feedback", 3), *past("chargeback", "won"))["chance_from"] == "guess"


def test_a_case_of_which_files_disagree_is_one_case_of_the_record() -> None:
    two_words = past("claim", "denied") + past("claim", "granted") + past("claim", "denied")
    row = only(a("claim", 1, "pending"), *two_words)
    assert row["chance_from"] == "worked in 1 of 1 of your cases"
    assert row["chance"] == pytest.approx((0.35 * 4 + 1) / 5)


def test_chances_can_be_given_and_are_checked() -> None:
    one = account(a("feedback", 3))
    assert worklist(one, chances={steps.SOLVE: 1}).chance.tolist() == [1.0]
    assert worklist(one, chances={steps.APPEAL: 1}).chance.tolist() == [0.15]
    with pytest.raises(ParameterError, match=r"unknown step 'pray'\. Steps: ask Amazon"):
        worklist(one, chances={"pray": 0.5})
    for odd in (2, -0.1, float("nan"), "0.5", None):
        with pytest.raises(ParameterError, match=r"solve it.* must be 0 to 1, got"):
            worklist(one, chances={steps.SOLVE: odd})  # type: ignore[dict-item]


def test_what_is_worth_most_comes_first_then_what_is_due_first() -> None:
    cases = [
        a("feedback", 3, order_id="low"),
        a("claim", 1, "pending", order_id="later"),
        a("claim", 2, "pending", order_id="sooner"),
        a("claim", 2, "pending", order_id="same day"),
        a("claim", 2, "pending", order_id="longer", age=39),
        a("claim", 9, "refunded", order_id="done"),
    ]
    wanted = ["longer", "same day", "sooner", "later", "low", "done"]
    table = worklist(account(*cases))
    assert table.order_id.tolist() == wanted
    assert table["rank"].tolist() == [1, 2, 3, 4, 5, pd.NA]
    assert worklist(account(*cases[::-1])).order_id.tolist() == wanted


def test_every_defect_is_there_once_and_the_open_ones_are_ranked() -> None:
    sample = load_sample()
    table, orders = worklist(sample), defective_orders(sample)
    wanted = {
        (row.order_id, kind)
        for row in orders.itertuples()
        for kind in ("feedback", "claim", "chargeback")
        if getattr(row, kind)
    }
    assert set(zip(table.order_id, table.component, strict=True)) == wanted
    assert len(table) == len(wanted)
    n = int((table.step != "").sum())
    assert table["rank"].tolist()[:n] == list(range(1, n + 1))
    assert table["rank"][n:].isna().all()
    assert (table.why_closed[n:] != "").all()
    assert (table.why_closed[:n] == "").all()


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        # The most reliable source that states anything; money and silence state nothing.
        ([("mfn-returns", ""), ("claims", "pending"), ("settlement", "debited")], "ANSWER_CLAIM"),
        ([("order-defects", ""), ("claims", "pending")], "ANSWER_CLAIM"),
        ([("claims", "pending"), ("mfn-returns", "granted")], "ANSWER_CLAIM"),
        # Of two that are as good the one that has it settled.
        ([("claims", "pending"), ("claims", "granted")], "LOOK_UP"),
        ([("claims", "pending"), ("claims", "refunded")], ""),
        # Amazon's own list has it: that it was denied cannot be all.
        ([("order-defects", ""), ("claims", "denied")], "LOOK_UP"),
    ],
)
def test_the_most_reliable_source_decides_how_a_case_stands(
    seen: list[tuple[str, str]], step: str
) -> None:
    wanted = getattr(steps, step) if step else ""
    for told in permutations(seen):
        cases = [a("claim", 2, outcome, source=source) for source, outcome in told]
        assert only(*cases)["step"] == wanted


def test_the_first_day_any_file_gives_starts_the_clock() -> None:
    cases = a("claim", 1, "pending"), a("claim", 2, "pending"), a("claim", None, "")
    assert only(*cases)["days_to_deadline"] == 1


def test_what_ended_well_and_counts_all_the_same_is_not_appealed() -> None:
    rules = Policy(count_denied_claims=True, count_appealed_claims=True, count_won_chargebacks=True)
    for outcome in ("denied", "appeal won"):
        row = only(a("claim", 5, outcome), policy=rules)
        assert (row["step"], row["why_closed"]) == (
            "",
            f"{outcome}, and counts by the rules chosen",
        )
    assert only(a("chargeback", 2, "won"), policy=rules)["step"] == steps.DISPUTE


def two_channels() -> Account:
    """Seller-fulfilled over the limit, Amazon-fulfilled far below it, cases in both."""
    cases = [
        a("claim", 1, "pending", order_id="over"),
        a("claim", 9, "pending", order_id="over, overdue"),
        a("claim", 9, "pending", order_id="below, overdue"),
        a("feedback", 3, order_id="below"),
    ]
    many = [(f"afn{i}", ago(40), "Amazon.de", "afn") for i in range(2000)]
    rows = [(f"mfn{i}", ago(40), "Amazon.de", "mfn") for i in range(N)]
    rows += [(c["order_id"], ago(40), "Amazon.de", "mfn") for c in cases[:2]]
    rows += [(c["order_id"], ago(40), "Amazon.de", "afn") for c in cases[2:]]
    seen = pd.DataFrame([{k: c[k] for k in DEFECT} for c in cases], columns=list(DEFECT)).astype(
        {**dict.fromkeys(WORDS, "str"), "rating": "Int64", "decided_on": "datetime64[us]"}
    )
    return make_account([*many, *rows], seen, known_to=DAY.date())


def test_the_channel_over_the_limit_comes_first_and_overdue_steps_on_top_of_it() -> None:
    table = worklist(two_channels())
    assert table.order_id.tolist() == ["over, overdue", "over", "below, overdue", "below"]
    # What is on top is worth less than what follows it.
    assert table.worth[0] < table.worth[1]
