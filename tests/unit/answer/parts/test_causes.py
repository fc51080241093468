"""What stands out, in words: causes, none of them, and which strategy would help."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from odr_analysis import drivers, leading_causes, reason_rates, stands_out, strategies, what_to_do
from odr_analysis.account import Account
from odr_analysis.answer.parts.causes import (
    FACTOR_WORDS,
    FOUND_IN,
    cause_sentences,
    could_show,
    funnel_rows,
    group_name,
    n_groups,
    nothing_stands_out,
    stands_out_dict,
)
from odr_analysis.causes.exact_tests import shows_from
from odr_analysis.causes.factors import FACTORS, Factor
from odr_analysis.causes.group_tests import ANY, causes
from odr_analysis.errors import ParameterError
from odr_analysis.html.render import show
from tests.sources import bringing
from tests.unit.actions.test_strategies import items
from tests.unit.causes.test_reasons import seller

DAY = "2026-09-30"


def shop(
    n: int,
    bad: dict[int, str],
    sku: Any = lambda i: f"P{i % 10}",
    channel: str = "mfn",
    store: str = "Amazon.de",
) -> Account:
    """`n` orders of ten products, the `bad` ones with a claim of a reason."""
    ids = [f"{channel}{i}" for i in range(n)]
    orders = pd.DataFrame({"order_id": ids, "ordered_on": "2026-08-20"})
    orders = orders.assign(marketplace=store, channel=channel)
    rows = [(ids[i], "claim", "2026-09-01", why, "", None) for i, why in bad.items()]
    made = items(**{order: [sku(i)] for i, order in enumerate(ids)})
    return bringing(seller(*rows, orders=orders), items=lambda: made)


@pytest.fixture(scope="module")
def planted() -> Account:
    """Of 600 orders 16 of the 60 of product P0 came damaged, and 2 others never came."""
    damaged = {i * 10: "Damaged" for i in range(16)}
    return shop(600, {**damaged, 3: "Not received", 4: ""})


def test_a_cause_is_one_sentence_and_the_tables_are_those_of_the_toolkit(planted: Account) -> None:
    found = stands_out(planted, DAY)
    assert found.lines == (
        "Seller-fulfilled, damaged: orders of product P0 go wrong at least 43 times as often as "
        "the others (16 of 60, against 0 of 540 others), all placed 20 Aug.",
    )
    assert (found.as_of, found.since) == (date(2026, 9, 30), date(2026, 8, 31))
    assert found.causes.equals(leading_causes(planted, DAY))
    assert found.reasons.equals(reason_rates(planted, "2026-08-31", DAY))
    assert found.strategies.equals(strategies(planted, DAY))
    # 600 orders; a later window has 4 to 17 defective ones in nine of ten cases.
    assert found.strategy_line == (
        "Seller-fulfilled: work on packaging and shipping would help most. It addresses 17 of 18 "
        "defective orders; half of them avoided would make ODR 1.58 % on average. "
        "In nine of ten cases a later window of as many orders would be at 0.67 % to 2.83 %, if "
        "nothing else changed."
    )
    # The funnel shows the cause among all other products.
    assert set(found.funnel.factor) == {"product"}
    assert set(found.funnel.reason) == {"damaged"}
    assert len(found.funnel) == 10


def test_a_cause_comes_with_a_word_on_looking_again(planted: Account) -> None:
    found = stands_out(planted, DAY)
    assert found.looks == (
        "A report without a true cause names one in at most 5 of 100 cases; looked at daily for a "
        "month, about 14 of 100 such accounts show one at least once. Trust a new cause when later "
        "orders go wrong in the same way."
    )
    assert found.text.splitlines() == [*found.lines, found.strategy_line, found.looks]
    html = show(found).html
    assert found.looks in html
    assert "“At least” allows for the group being picked" in html
    # Where no size is known nothing explains it.
    unsized = replace(found, causes=found.causes.assign(at_least=1.0))
    assert "“At least”" not in show(unsized).html
    without = stands_out(shop(40, {}), DAY)
    assert without.looks == ""
    assert without.text.splitlines() == [*without.lines, without.strategy_line]
    assert "looked at daily" not in show(without).html


def test_no_rate_of_a_strategy_reads_as_the_limit_it_is_under(planted: Account) -> None:
    found = stands_out(planted, DAY)
    assert found.limits == (0.01, 0.007)
    under = {"odr_halved": 0.00999, "lower": 0.006999, "upper": 0.0099999}
    html = show(replace(found, strategies=found.strategies.assign(**under))).html
    text = html.replace("\N{NO-BREAK SPACE}", " ")
    assert ">0.999 %<" in text
    assert ">0.6999 % to 0.99999 %<" in text
    assert "A later window</th>" in text


def test_the_strategy_named_is_that_of_the_worst_rate_it_helps() -> None:
    orders = [(f"{c}{i}", c) for c, n in (("mfn", 100), ("afn", 50)) for i in range(n)]
    frame = pd.DataFrame(orders, columns=["order_id", "channel"])
    frame = frame.assign(ordered_on="2026-08-20", marketplace="Amazon.de")
    whys = {f"mfn{i}": "Damaged" for i in range(4)}
    whys |= {"afn0": "No answer", "afn1": "Bad quality", "afn2": "Bad quality", "afn3": "Other"}
    rows = [(order, "claim", "2026-09-01", why, "", None) for order, why in whys.items()]
    # Of 50 Amazon-fulfilled orders 4 are defective, of 100 others as many.
    assert stands_out(seller(*rows, orders=frame), DAY).strategy_line.startswith(
        "Amazon-fulfilled: work on accurate listings would help most. It addresses 2 of 4 defective"
    )
    # Where no strategy helps the worst rate it is one that helps the other.
    untold = [row if row[0].startswith("mfn") else (*row[:3], "", *row[4:]) for row in rows]
    assert stands_out(seller(*untold, orders=frame), DAY).strategy_line.startswith(
        "Seller-fulfilled: work on packaging and shipping would help most. It addresses 4 of 4 "
    )


def test_the_funnel_shows_a_product_before_another_cause() -> None:
    groups = pd.DataFrame(
        [
            ("Amazon.de", channel, reason, factor, "x")
            for channel in ("mfn", "afn")
            for reason in ("", "damaged")
            for factor in ("product", "carrier")
        ],
        columns=["marketplace", "channel", "reason", "factor", "level"],
    )

    def shown(*causes: int) -> list[list[str]]:
        some = funnel_rows(groups.iloc[list(causes)], groups)
        return some[["channel", "reason", "factor"]].values.tolist()

    every = ["afn", "", "product"]
    assert shown() == [["mfn", "", "product"], every]
    assert shown(1) == [["mfn", "", "carrier"], every]
    assert shown(1, 2) == [["mfn", "damaged", "product"], every]


def test_where_nothing_stands_out_it_says_how_much_was_compared() -> None:
    plain = shop(400, {3: "Damaged", 17: "", 44: "Not received", 91: ""})
    found = stands_out(plain, DAY)
    assert found.lines == (
        "Nothing stands out: of 10 groups of orders none goes wrong more often than chance allows. "
        "With 4 defective orders a group must go wrong 34 times as often as the others to be found "
        "in 8 of 10 cases. Of 2 defective orders no file tells the reason.",
    )
    assert n_groups(found.groups) == 10
    assert set(found.funnel.reason) == {""}
    assert len(found.funnel) == 10


def of_sizes(*rows: tuple[int, int], channel: str = "mfn") -> pd.DataFrame:
    """Groups by orders and `needed`, of 1,000 orders of which 11 are defective."""
    table = pd.DataFrame(rows, columns=["n_orders", "needed"])
    table = table.assign(marketplace="Amazon.de", channel=channel, reason="", n_defective=1)
    return table.assign(rest_n_orders=1000 - table.n_orders, rest_n_defective=10)


def test_what_could_have_shown_is_as_often_found_as_said() -> None:
    sizes = ((100, 5), (300, 8), (40, 4))
    # By search: how bad a group is that has `needed` of the 11 in 8 of 10 cases.
    found = []
    for n, needed in sizes:
        ratio = 0.01
        while binom.sf(needed - 1, 11, ratio * n / (ratio * n + 1000 - n)) < FOUND_IN:
            ratio += 0.01
        found.append(ratio)
    assert [f"{ratio:.1f}" for ratio in found] == ["10.4", "8.4", "19.3"]
    assert could_show(of_sizes(*sizes)) == (
        "With 11 defective orders a group must go wrong 8.5 times as often as the others to be "
        "found in 8 of 10 cases, if its size is the best for it; half of the groups would need "
        "10 times or more."
    )


def test_what_could_have_shown_in_words() -> None:
    assert could_show(of_sizes((100, 5))) == (
        "With 11 defective orders a group must go wrong 11 times as often as the others to be "
        "found in 8 of 10 cases."
    )
    assert could_show(of_sizes((100, 5), (2, 3), (3, 4))).endswith(
        "half of the groups are too small to be found."
    )
    # Groups that are alike need no word on their sizes.
    assert could_show(of_sizes((100, 5), (101, 5))).endswith("in 8 of 10 cases.")
    assert could_show(of_sizes((5, 6))) == (
        "With 11 defective orders no group could be found, however often it goes wrong."
    )
    two = pd.concat([of_sizes((100, 5)), of_sizes((300, 8), channel="afn")])
    assert could_show(two).startswith("With 11 defective orders (Amazon-fulfilled) a group must")
    # What counts is defects of any reason.
    assert could_show(pd.concat([two, two.assign(reason="late", needed=1)])) == could_show(two)


def test_a_group_that_goes_wrong_so_often_is_found_so_often() -> None:
    plain = shop(400, dict.fromkeys(range(0, 120, 11), "Damaged"))
    table = drivers(plain, DAY)
    row = table[(table.reason == "") & (table.level == "P3")].iloc[0]
    ratio = shows_from(row.needed, 40, 11, 400, FOUND_IN)
    rng = np.random.default_rng(1)
    weight = np.where(np.arange(400) % 10 == 3, ratio, 1.0)
    found = 0
    for _ in range(60):
        hit = rng.choice(400, 11, replace=False, p=weight / weight.sum())
        bad = np.isin(np.arange(400), hit)
        product = Factor.of("product", np.arange(400), [f"P{i % 10}" for i in range(400)])
        again = causes([product], {ANY: bad, "damaged": bad}, np.arange(400))
        is_it = (again.level == "P3") & (again.reason == ANY)
        found += bool(again.significant[is_it].iloc[0])
    # 48 are expected; the standard error is 3.
    assert 36 <= found <= 57


def test_a_group_is_one_whatever_it_is_compared_for() -> None:
    bad = dict(enumerate(["Damaged", "Not received", "Too late"] * 4))
    found = stands_out(shop(400, bad), DAY)
    assert set(found.groups.reason) == {"", "damaged", "not received", "late"}
    assert n_groups(found.groups) == 10 < len(found.groups)
    assert "of 10 groups of orders none" in found.lines[0]


def test_without_a_defect_nothing_can_stand_out() -> None:
    found = stands_out(shop(40, {}), DAY)
    assert found.lines == (
        "No order in the window is known to be defective, so nothing can stand out.",
    )
    assert "of no defective order does a file tell the reason" in found.strategy_line
    assert stands_out(shop(40, {1: "Damaged"}), "2027-09-30").lines == found.lines


def test_where_no_file_names_a_thing_nothing_can_be_compared() -> None:
    found = stands_out(seller(("a", "claim", "2026-09-01", "Damaged", "", None)), DAY)
    assert found.lines == (
        "No group of orders can be compared: the files name no product, service or place.",
    )
    assert found.funnel.empty


def test_how_far_back_reasons_go_and_days_that_are_none(planted: Account) -> None:
    assert stands_out(planted, DAY, days_back=7).since == date(2026, 9, 23)
    assert stands_out(planted, "").as_of == planted.known_to
    with pytest.raises(ParameterError, match="at least 1, got 0"):
        stands_out(planted, DAY, days_back=0)
    for asked in (stands_out, what_to_do):
        with pytest.raises(ParameterError, match="is not a date"):
            asked(planted, "30.09.2026")


def test_what_to_do_is_of_the_day_asked_for(planted: Account) -> None:
    found = what_to_do(planted, DAY)
    assert found.as_of == date(2026, 9, 30)
    assert len(found.table) == 18
    assert not found.many_series
    assert what_to_do(planted, "").as_of == planted.known_to


CAUSE = {
    "marketplace": "Amazon.de",
    "channel": "mfn",
    "reason": "late",
    "factor": "weekday",
    "level": "Monday",
    "n_orders": 100,
    "n_defective": 5,
    "rest_n_orders": 6000,
    "rest_n_defective": 12,
    "at_least": 5.38,
    "at_most": 70.91,
    "first_on": pd.Timestamp("2025-12-29"),
    "last_on": pd.Timestamp("2026-01-05"),
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {},
            "Seller-fulfilled, late: orders placed on a Monday go wrong at least 5.3 times as "
            "often as the others (5 of 100, against 12 of 6,000 others: observed 25 times, at most "
            "71 times), all placed 29 Dec 2025 to 5 Jan.",
        ),
        (
            {"reason": "", "rest_n_defective": 120, "at_least": 1.1, "at_most": 3.01},
            "Seller-fulfilled: orders placed on a Monday go wrong at least 1.1 times as often as "
            "the others (5 of 100, against 120 of 6,000 others: observed 2.5 times, at most 3.1 "
            "times), all placed 29 Dec 2025 to 5 Jan.",
        ),
        (
            {"at_least": 1.09},
            "Seller-fulfilled, late: orders placed on a Monday go wrong more often than the "
            "others, by how much is not known (5 of 100, against 12 of 6,000 others), all placed "
            "29 Dec 2025 to 5 Jan.",
        ),
        (
            {"n_defective": 1, "last_on": CAUSE["first_on"], "rest_n_defective": 0, "at_least": 0},
            "Seller-fulfilled, late: orders placed on a Monday go wrong more often than the "
            "others, by how much is not known (1 of 100, against 0 of 6,000 others), placed 29 "
            "Dec 2025.",
        ),
        (
            {"rest_n_orders": 1, "rest_n_defective": 0, "at_most": float("inf")},
            "Seller-fulfilled, late: orders placed on a Monday go wrong at least 5.3 times as "
            "often as the others (5 of 100, against 0 of 1 other), all placed 29 Dec 2025 to 5 "
            "Jan.",
        ),
    ],
)
def test_a_cause_in_words(change: dict[str, Any], said: str) -> None:
    assert cause_sentences(pd.DataFrame([{**CAUSE, **change}]), year=2026) == [said]


def test_lines_and_causes_as_json(planted: Account) -> None:
    found = stands_out(planted, DAY)
    told = json.loads(json.dumps(stands_out_dict(found), allow_nan=False))
    assert told["lines"] == list(found.lines)
    (cause,) = told["causes"]
    assert (cause["factor"], cause["level"], cause["reason"]) == ("product", "P0", "damaged")
    assert (cause["n_defective"], cause["rest_n_defective"]) == (16, 0)
    assert cause["at_least"] > 1
    assert cause["observed"] is cause["at_most"] is None
    assert len(cause["order_ids"]) == 16
    assert cause["sentence"] == found.lines[0]
    # One with a defect elsewhere has both ends.
    more = shop(600, {**{i * 10: "Damaged" for i in range(16)}, 3: "Damaged"})
    (cause,) = stands_out_dict(stands_out(more, DAY))["causes"]
    assert cause["at_least"] < cause["observed"] < cause["at_most"]
    assert stands_out_dict(stands_out(shop(40, {}), DAY))["causes"] == []


def test_a_store_is_named_where_there_are_several_or_it_is_asked_for() -> None:
    one = pd.DataFrame([CAUSE])
    two = pd.DataFrame([CAUSE, {**CAUSE, "marketplace": "Amazon.fr", "channel": "afn"}])
    assert cause_sentences(two)[1].startswith("Amazon-fulfilled on Amazon.fr, late: ")
    assert cause_sentences(one, with_store=True)[0].startswith("Seller-fulfilled on Amazon.de, ")
    assert cause_sentences(two, with_store=False)[1].startswith("Amazon-fulfilled, late: ")
    assert cause_sentences(one.head(0)) == []


def test_every_factor_has_its_words() -> None:
    assert set(FACTOR_WORDS) == set(FACTORS)
    assert group_name("buyer", "came again") == "orders of a buyer who came again"
    assert group_name("buyer", "first order known") == (
        "orders of a buyer who is not known to have ordered before"
    )
    # Words of an export are put in as they are: braces are no places to fill.
    assert group_name("product", "{0} {evil}") == "orders of product {0} {evil}"
    none = stands_out(shop(40, {}), DAY).groups.head(0)
    assert nothing_stands_out(none, 5).startswith("No group of orders can be compared")
    assert could_show(none) == ""
