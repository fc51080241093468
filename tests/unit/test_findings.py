"""The answer as data, with counts worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis import terms, words
from odr_analysis.account import Account
from odr_analysis.answer import Findings, findings
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.receipt import EVERY_STORE, Cover, FileReceipt, Receipt
from tests.oracle import make_account

TODAY = date(2026, 9, 30)
STORE = ("Amazon.de", "mfn")


def orders(n: int, first: date = date(2026, 7, 18), over: int = 60, key: str = "a", store=STORE):
    """`n` orders spread evenly over `over` days from `first`."""
    return [(f"{key}-{i}", first + timedelta(days=i % over), *store) for i in range(n)]


def account(n: int, defects: list[tuple], **more) -> Account:
    """`n` orders in the window of TODAY, after one older order that completes it."""
    old = [("old", date(2026, 7, 1), *STORE)]
    return make_account(old + orders(n), defects, known_to=TODAY, **more)


def claims(n: int) -> list[tuple]:
    return [(f"a-{i}", "claim", TODAY - timedelta(days=3)) for i in range(n)]


def only_card(found: Findings):
    (card,) = found.answer.cards
    return card


def test_head_says_what_is_counted_and_where_the_day_comes_from():
    found = findings(account(10, []))
    assert found.head.as_of == TODAY
    assert found.head.as_of_from == "latest day the exports know of"
    assert found.head.window_sentence == (
        "orders placed 18 Jul to 15 Sep (60 days; Amazon counts an order from its 15th day)"
    )
    assert found.head.marketplaces == ("Amazon.de",)
    assert findings(account(10, []), "2026-09-29").head.as_of_from == "given"


def test_card_has_exact_counts_and_words_for_them():
    defects = [*claims(3), ("a-0", "feedback", TODAY), ("a-9", "chargeback", TODAY)]
    card = only_card(findings(account(1000, defects)))
    assert (card.n_orders, card.n_defective) == (1000, 4)
    assert card.odr == 4 / 1000
    assert [(c.component, c.n) for c in card.components] == [
        ("feedback", 1),
        ("claim", 3),
        ("chargeback", 1),
    ]
    assert card.overlap == "1 order has two kinds; each counts once."
    assert card.state == "healthy"
    assert (
        card.sentence
        == "Seller-fulfilled: 0.40 % (4 of 1,000 orders). 5 more defects fit under 1 %."
    )
    assert card.notes == ()


def test_all_three_kinds_on_one_order_are_said():
    defects = [("a-0", kind, TODAY) for kind in ("feedback", "claim", "chargeback")]
    assert only_card(findings(account(500, defects))).overlap == (
        "1 order has all three; each counts once."
    )


@pytest.mark.parametrize(
    ("d", "state", "word", "budget"),
    [
        (6, "healthy", "Healthy", "3 more defects fit under 1 %."),
        (7, "warning", "Close to the limit", "2 more defects fit under 1 %."),
        (
            9,
            "warning",
            "Close to the limit",
            "No room left: one more defect and it is 1 % or more.",
        ),
        (
            10,
            "critical",
            "At the limit",
            "To be under 1 % it needs 1 more good order, or 1 defect fewer.",
        ),
        (
            14,
            "critical",
            "Over the limit",
            "To be under 1 % it needs 401 more good orders, or 5 defects fewer.",
        ),
    ],
)
def test_budget_of_a_thousand_orders(d, state, word, budget):
    policy = Policy()
    card = only_card(findings(account(1000, claims(d))))
    assert (card.state, card.state_word, card.budget) == (state, word, budget)
    if state == "critical":
        more = int(card.budget.split("needs ")[1].split(" ")[0])
        assert policy.under_target(d, 1000 + more)
        assert not policy.under_target(d, 1000 + more - 1)
    else:
        fits = policy.defect_budget(d, 1000)
        assert policy.under_target(d + fits, 1000)
        assert not policy.under_target(d + fits + 1, 1000)


def test_counts_lead_where_one_defect_cannot_fit():
    card = only_card(findings(account(45, claims(1))))
    assert card.counts_lead
    assert card.sentence == (
        "Seller-fulfilled: 1 of 45 orders (2.22 %). One defect needs 101 orders to stay under 1 %."
    )
    assert only_card(findings(account(45, []))).budget == (
        "Too few orders for a defect: one defect needs 101 orders to stay under 1 %."
    )
    assert only_card(findings(account(45, claims(2)))).budget == (
        "2 defects need 201 orders to stay under 1 %."
    )
    assert not only_card(findings(account(101, claims(1)))).counts_lead


def test_no_data_says_why_and_which_day_would_do():
    rows = orders(40, date(2022, 4, 27), over=4)
    found = findings(make_account(rows, known_to=date(2022, 4, 30)))
    card = only_card(found)
    assert card.state == "no data"
    assert pd.isna(card.odr)
    assert card.notes == (
        "The orders in the exports were placed 27 Apr to 30 Apr 2022; they count from "
        "12 May 2022 on. Try --as-of 2022-05-12 or later, up to 2022-07-13.",
    )
    assert found.answer.trends == ()
    assert found.answer.headline == "No order counts on this day, so there is no rate."
    assert found.defects.sentence == "None, because no order counts on this day."
    # The days named are the first and last with a rate.
    for day, n in (("2022-05-11", 0), ("2022-05-12", 10), ("2022-07-13", 10), ("2022-07-14", 0)):
        assert only_card(findings(make_account(rows), day)).n_orders == n


def test_no_data_after_the_last_order_left():
    rows = orders(4, date(2026, 1, 1), over=4)
    card = only_card(findings(make_account(rows), TODAY))
    assert "the last of them counted until 19 Mar 2026. Add newer exports." in card.notes[0]


def test_window_beyond_the_exports_is_said_on_the_card():
    late = make_account(orders(100, date(2026, 8, 20), over=20), known_to=TODAY)
    assert only_card(findings(late)).notes[0] == (
        "The exports begin on 20 Aug, the window on 18 Jul: 33 of its days are missing, so the "
        "counts are too low."
    )
    early = account(600, [])
    note = only_card(findings(early, TODAY + timedelta(days=30))).notes[0]
    assert note == (
        "The exports end on 30 Sep, the window on 15 Oct: 15 of its days are missing, so the "
        "counts are too low."
    )


def test_silence_at_the_end_of_the_order_export_is_said():
    rows = [("old", date(2026, 7, 1), *STORE), *orders(300, over=30)]
    (note,) = only_card(findings(make_account(rows, known_to=TODAY))).notes
    assert note.startswith("No order after 16 Aug is in the exports")


def test_headline_names_the_pressing_series_and_cards_come_in_that_order():
    rows = [("old", date(2026, 7, 1), *STORE)]
    rows += orders(500) + orders(500, key="b", store=("Amazon.de", "afn"))
    bad = [(f"b-{i}", "claim", TODAY) for i in range(6)]
    answer = findings(make_account(rows, bad)).answer
    assert [card.channel for card in answer.cards] == ["afn", "mfn"]
    assert [trend.channel for trend in answer.trends] == ["afn", "mfn"]
    assert answer.headline == "Amazon-fulfilled is over the limit: the rate must stay below 1 %."
    calm = findings(make_account(rows, known_to=TODAY)).answer
    assert calm.headline == (
        "Below the limit today: both rates are below the early warning at 0.7 %."
    )


def test_a_rate_without_room_is_not_called_fine_in_the_headline():
    # 1 of 150 is under 0.7 %, and 2 of 150 would be over 1 %.
    rows = [("old", date(2026, 7, 1), *STORE), *orders(150)]
    answer = findings(make_account(rows, claims(1), known_to=TODAY)).answer
    assert answer.state == "healthy"
    assert answer.headline == (
        "Below the limit today: Seller-fulfilled is below the early warning at 0.7 %, but it has "
        "no room for one more defect."
    )


def test_finding_of_a_rise_names_its_main_kind_and_the_crossing():
    first = date(2026, 3, 1)
    rows = orders(214 * 20, first, over=214)
    calm = [(f"a-{i}", "feedback", None) for i in range(0, 20 * 214, 500)]
    # Twenty orders a day: order i of day k is k + 214 * i.
    late = [k for k in range(214) if first + timedelta(days=k) >= date(2026, 8, 1)][:40]
    bad = [(f"a-{k + 214}", "claim", TODAY - timedelta(days=10)) for k in late]
    found = findings(make_account(rows, calm + bad, known_to=TODAY))
    (trend,) = found.answer.trends
    assert trend.finding.startswith("Seller-fulfilled ODR has risen since 19 Sep, from ")
    assert ", mostly A-to-z claims; 1 % or more since 20 Sep" in trend.finding
    assert trend.finding in trend.alt
    assert f"({found.answer.cards[0].counts_text})" in trend.alt


def test_finding_blames_fewer_orders_when_the_denominator_fell():
    first = date(2026, 3, 1)
    many = [(f"m-{i}", first + timedelta(days=i % 120), *STORE) for i in range(120 * 40)]
    few = [(f"f-{i}", date(2026, 6, 29) + timedelta(days=i % 94), *STORE) for i in range(94 * 8)]
    defects = [(f"m-{i}", "feedback", None) for i in range(0, 120 * 40, 300)]
    defects += [(f"f-{i}", "feedback", None) for i in range(0, 94, 12)]
    (trend,) = findings(make_account(many + few, defects, known_to=TODAY)).answer.trends
    assert ", as fewer orders count" in trend.finding


def test_a_steady_rate_is_called_steady():
    first = date(2026, 1, 1)
    rows = orders(270 * 20, first, over=270)
    defects = [(f"a-{k}", "feedback", None) for k in range(0, 270, 6)]
    (trend,) = findings(make_account(rows, defects, known_to=TODAY)).answer.trends
    assert "has been steady since" in trend.finding
    assert (
        findings(account(1000, [])).answer.trends[0].finding.startswith("Seller-fulfilled ODR is")
    )


def test_three_defects_are_no_trend():
    (trend,) = findings(account(1000, claims(3))).answer.trends
    assert trend.finding == (
        "Seller-fulfilled ODR is 0.30 %: 3 of 1,000 orders, too few defects for a trend"
    )


def test_trend_is_the_last_six_months_and_its_strip_is_a_full_calendar():
    found = findings(make_account(orders(900, date(2025, 12, 5), over=300), known_to=TODAY))
    (trend,) = found.answer.trends
    assert len(trend.history) == 183
    assert trend.history["as_of"].iloc[-1] == pd.Timestamp(TODAY)
    steps = trend.daily["ordered_on"].diff().dropna()
    assert (steps == pd.Timedelta(days=1)).all()
    assert trend.path["day"].iloc[0] == pd.Timestamp(TODAY)
    assert int(trend.path["known"].sum()) == 16
    assert trend.path["odr"].iloc[0] == found.answer.cards[0].odr


def test_moved_counts_what_came_and_went():
    # The order of 10 Sep enters on 25 Sep; the one of 12 Jul left after 24 Sep.
    rows = [("out", date(2026, 7, 12), *STORE), ("in", date(2026, 9, 10), *STORE)]
    rows += orders(200, date(2026, 8, 1), over=20)
    defects = [
        ("out", "feedback", date(2026, 8, 1)),
        ("in", "claim", date(2026, 9, 20)),
        ("a-0", "claim", date(2026, 9, 28)),
    ]
    moved = findings(make_account(rows, defects, known_to=TODAY)).moved
    assert moved.since == date(2026, 9, 23)
    # No order of 13 to 31 Jul is there, where ten a day usually come.
    assert moved.lines == (
        "Of known defects and orders only: a rate may seem to fall as files end.",
        "Seller-fulfilled: 0.50 % became 0.995 %. One defective order came into the window, one "
        "already in it was reported (1 A-to-z claim) and one left; 201 orders count.",
    )


def test_nothing_moved_is_said():
    line = findings(account(100, [])).moved.lines[0]
    assert line == (
        "Seller-fulfilled: still 0 %. No defect came or went; 100 orders count, 7 more than before."
    )
    gone = findings(account(100, []), date(2027, 3, 1)).moved.lines
    assert gone[-1].startswith("Nothing: ")


def test_at_most_three_lines_however_many_series():
    rows = []
    for store in ("Amazon.de", "Amazon.fr", "Amazon.it", "Amazon.es", "Amazon.nl"):
        rows += orders(100, key=store, store=(store, "mfn"))
    lines = findings(make_account(rows, known_to=TODAY)).moved.lines
    assert len(lines) == 3
    assert lines[-1] == "3 other rates: odr why lists them."


def test_ahead_counts_leavers_and_comers_by_week():
    rows = [*orders(600), ("young", date(2026, 9, 25), *STORE)]
    # a-0 was placed on 18 Jul: its last day is 30 Sep. a-10: 28 Jul, last day 10 Oct.
    defects = [("a-0", "claim", None), ("a-10", "claim", None), ("young", "claim", TODAY)]
    ahead = findings(make_account(rows, defects, known_to=TODAY)).ahead
    assert [(w.first, w.leaves, w.enters) for w in ahead.weeks[:2]] == [
        (date(2026, 10, 1), 1, 0),
        (date(2026, 10, 8), 1, 1),
    ]
    # The young order enters on 10 Oct and leaves in turn, on 9 Dec.
    assert (ahead.weeks[-1].first, ahead.weeks[-1].last) == (date(2026, 12, 3), date(2026, 12, 9))
    assert sum(w.leaves for w in ahead.weeks) == 3
    assert "2 known defects will leave the window by 11 Oct, the first on 1 Oct." in ahead.lines
    assert "1 known defect on orders too young to count will enter, on 10 Oct." in ahead.lines


def test_missing_sources_say_what_they_cost():
    bare = replace(account(100, []), receipt=Receipt(()))
    limits = dict(findings(bare).built_on.limits)
    assert {
        "Cannot be known: no file of feedback",
        "Cannot be known: no file of A-to-z claims",
        "Cannot be known: no file of chargebacks",
    } <= set(limits)
    assert "may be higher" in limits["Cannot be known: no file of feedback"]
    day = {"first": date(2026, 7, 1), "last": TODAY, "n": 9}
    covers = tuple(Cover(c, **day, store=EVERY_STORE) for c in terms.COMPONENTS)
    files = (
        FileReceipt("f.txt", "seller-feedback", rows_read=3, rows_kept=3, covers=covers[:1]),
        FileReceipt(
            "d.csv",
            "order-defects",
            rows_read=9,
            rows_kept=8,
            rows_dropped={"bad id": 1},
            covers=covers[1:],
        ),
        FileReceipt("x.pdf", "unknown", notes=("a PDF",)),
    )
    covered = findings(replace(bare, receipt=Receipt(files))).built_on
    assert covered.limits == (("Not read: x.pdf", "a PDF"),)
    assert covered.totals == "3 files: 12 rows read, 11 kept, 1 dropped."


def test_defects_left_out_are_said():
    found = findings(account(100, [("unknown", "claim", TODAY), ("a-1", "feedback", None)]))
    limits = dict(found.built_on.limits)
    assert "1 defect of orders in no export" in limits
    assert "1 sighting of a defect without a date" in limits


def test_provenance_names_rules_and_versions():
    built = findings(account(10, [])).built_on
    assert built.policy == Policy()
    assert set(built.switches) < set(built.policy.to_dict())
    assert {"odr_analysis", "python", "pandas", "duckdb"} <= set(built.versions)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"as_of": "yesterday"}, "as_of"),
        ({"moved_days": 0}, "moved_days"),
        ({"horizon_days": 0}, "horizon_days"),
    ],
)
def test_bad_arguments_are_named(given, named):
    with pytest.raises(ParameterError, match=named):
        findings(account(10, []), **given)


def test_an_account_without_orders_has_an_answer_too():
    nothing = account(5, [])
    empty = replace(nothing, daily=nothing.daily.iloc[:0], defective=nothing.defective.iloc[:0])
    found = findings(empty)
    assert found.answer.headline == "There are no orders, so there is no rate."
    assert found.answer.cards == ()
    assert found.ahead.lines


@pytest.mark.parametrize("n", [1, 45, 99, 100, 101, 142, 143, 999, 1000, 4312, 99_999])
def test_a_rounded_rate_is_on_the_side_of_the_limit_its_counts_are_on(n):
    policy = Policy()
    for d in {0, 1, n // 143, n // 142, n // 101, n // 100, n // 100 + 1} & set(range(n + 1)):
        shown = float(words.rate(d, n, policy).removesuffix(" %"))
        assert (shown >= 1) == (not policy.under_target(d, n))
        assert (shown >= 0.7) == (policy.state(d, n) != "healthy")


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_in_words_is_near_its_counts_and_never_across_a_limit(counts):
    d, n = counts
    policy, text = Policy(), words.rate(d, n)
    share = Fraction(d, n)
    if text.startswith("just "):
        side = {"under": share < policy.target_fraction, "over": share > policy.target_fraction}
        assert text.endswith(" 0.7 %") or side[text.split()[1]]
        return
    number = text.removesuffix(" %")
    shown = Fraction(number) / 100
    assert abs(shown - share) <= Fraction(1, 20_000)
    assert d == 0 or (shown > 0 and len(number.partition(".")[2]) >= 2)
    for limit in (policy.target, policy.warning_from):
        assert (shown < Fraction(str(limit))) == (share < Fraction(str(limit)))


def test_what_moved_leads_with_the_rate_over_the_limit_however_little_it_moved():
    # The healthy channel falls from 3 to 1 defects of 1,000, the other stays at 12 of 1,000.
    healthy, over = ("Amazon.de", "afn"), ("Amazon.de", "mfn")
    rows = orders(999, date(2026, 8, 1), over=20, key="h", store=healthy)
    rows += [("late", date(2026, 7, 13), *healthy), ("late2", date(2026, 7, 13), *healthy)]
    rows += orders(999, date(2026, 8, 1), over=20, key="o", store=over)
    defects = [("late", "claim", None), ("late2", "claim", None), ("h-0", "claim", None)]
    defects += [(f"o-{i}", "claim", None) for i in range(12)]
    defects[-1] = ("o-11", "claim", TODAY)
    moved = findings(make_account(rows, defects, known_to=TODAY)).moved
    assert [line.split(":")[0] for line in moved.lines[1:]] == [
        "Seller-fulfilled",
        "Amazon-fulfilled",
    ]
    assert moved.table.channel.tolist() == ["mfn", "afn"]
    assert abs(moved.table.change[1]) > abs(moved.table.change[0]) > 0
    assert moved.bridge.channel.iloc[0] == "mfn"


def test_a_rate_equal_to_the_digits_shown_is_not_told_as_a_change():
    rows = [*orders(40_000, date(2026, 8, 1), over=20), ("gone", date(2026, 7, 12), *STORE)]
    defects = [(f"a-{i}", "claim", None) for i in range(160)]
    _, line = findings(make_account(rows, defects, known_to=TODAY)).moved.lines
    assert line.startswith("Seller-fulfilled: still 0.40 %, under 0.01 points. ")
