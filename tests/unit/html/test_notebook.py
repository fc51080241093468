"""Tables, figures and sentences of the notebooks."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd

from odr_analysis.html.notebook import show_each, show_figure, show_lines, show_table
from odr_analysis.plots.bridge import plot_bridge
from odr_analysis.rates import component_rates
from odr_analysis.why.bridge import bridge
from tests.oracle import make_account

EVIL = '<script>alert("1")</script>'


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [
        [re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in rows
    ]


def test_numbers_days_and_names_as_a_reader_sees_them() -> None:
    table = pd.DataFrame(
        {
            "as_of": pd.to_datetime(["2026-09-05", None]),
            "channel": ["mfn", "afn"],
            "n_orders": [4312, 0],
            "n_defective": [37, 0],
            "odr": [37 / 4312, float("nan")],
            "lower": [0.00614, float("nan")],
            "change": [0.0008, float("nan")],
            "rating": pd.array([1, pd.NA], dtype="Int64"),
            "window_complete": [True, False],
            "orders_per_day": [26.66, 0.0],
        }
    )
    before = table.copy()
    head, first, second = cells(show_table(table).html)
    assert head == [
        "Day",
        "Channel",
        "Orders",
        "Defective",
        "ODR",
        "Lower",
        "Change",
        "Rating",
        "Window complete",
        "Orders per day",
    ]
    assert first == [
        "5 Sep 2026",
        "Seller-fulfilled",
        "4,312",
        "37",
        "0.86 %",
        "0.61 %",
        "+0.08 points",
        "1",
        "yes",
        "26.7",
    ]
    assert second == ["–", "Amazon-fulfilled", "0", "0", "no rate", "–", "–", "–", "no", "0.0"]
    pd.testing.assert_frame_equal(table, before)


def test_a_rate_is_never_rounded_across_the_limit() -> None:
    table = pd.DataFrame({"n_orders": [100_001], "n_defective": [1000], "odr": [1000 / 100_001]})
    assert cells(show_table(table).html)[1][2] == "0.99999 %"


def test_every_word_is_escaped() -> None:
    table = pd.DataFrame({EVIL: [EVIL], "order_id": [EVIL], "sha256": [EVIL], "long": [EVIL * 9]})
    shown = show_table(table, EVIL, heads={"long": EVIL})
    lines, empty = show_lines([EVIL], EVIL), show_table(table.head(0), EVIL, empty=EVIL)
    for html in (shown.html, lines.html, empty.html):
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        # No attribute can be left early either.
        assert not re.search(r"(?:title|aria-label)='[^']*<", html)


def test_what_says_nothing_is_left_out() -> None:
    table = pd.DataFrame({"marketplace": ["Amazon.de"] * 2, "n": [1, 2], "notes": ["", ""], "a": 1})
    assert cells(show_table(table).html)[0] == ["N", "A"]
    two = table.assign(marketplace=["Amazon.de", "Amazon.fr"])
    assert cells(show_table(two).html)[0] == ["Marketplace", "N", "A"]


def test_long_tables_say_how_much_is_left_out_and_keep_it_in_the_text() -> None:
    shown = show_table(pd.DataFrame({"n_orders": range(30)}), most=4)
    assert len(cells(shown.html)) == 5
    assert "26 more rows." in shown.html
    assert len(str(shown).splitlines()) == 31


def test_a_named_index_becomes_columns_and_a_series_a_table() -> None:
    counts = pd.Series(["x", "x", "y"], name="why_not").value_counts()
    assert cells(show_table(counts).html) == [["Why not", "Count"], ["x", "2"], ["y", "1"]]


def test_an_empty_table_is_one_sentence() -> None:
    shown = show_table(pd.DataFrame({"n": []}), "Gaps", empty="There is none.")
    assert "<table" not in shown.html
    assert str(shown) == "Gaps\nThere is none."


def account():
    rows = [(f"{c}{i}", date(2026, 8, 1), "Amazon.de", c) for c in ("mfn", "afn") for i in range(3)]
    return make_account(rows, [("mfn0", "claim", "2026-08-20")], known_to=date(2026, 9, 1))


def test_a_figure_carries_its_finding_for_eyes_and_ears_at_both_widths() -> None:
    table = bridge(account(), "2026-08-17", "2026-08-25")
    shown = show_figure(plot_bridge, table[table.channel == "mfn"])
    finding = (
        "Seller-fulfilled on Amazon.de ODR rose 33.33 points: defects were reported on 1 order "
        "already in the window"
    )
    assert str(shown) == finding
    assert f"<figcaption>{finding}</figcaption>" in shown.html
    assert shown.html.count(f'aria-label="{finding}"') == 2
    ids = re.findall(r'\bid="([^"]+)"', shown.html)
    assert len(ids) == len(set(ids))


def test_each_series_has_its_own_figure_and_the_rest_is_counted() -> None:
    table = bridge(account(), "2026-08-17", "2026-08-25")
    both = show_each(plot_bridge, table)
    assert both.html.count("<figcaption>") == 2
    ids = re.findall(r'\bid="([^"]+)"', both.html)
    assert len(ids) == len(set(ids))
    one = show_each(plot_bridge, table, most=1)
    assert one.html.count("<figcaption>") == 1
    assert "1 more channel not drawn." in str(one)
    nothing = show_each(plot_bridge, table.head(0))
    assert str(nothing) == "There is nothing to draw: no order counts."


def test_the_text_of_a_table_is_not_rounded() -> None:
    rates = component_rates(account(), "2026-08-25")
    assert "0.333333" in str(show_table(rates[["as_of", "channel", "odr"]].tail(2)))


def test_probabilities_are_told_in_whole_per_cent() -> None:
    table = pd.DataFrame({"p_breach": [0.348, 0.999], "baseline_p_breach": [0.0, 0.5]})
    html = show_table(table).html
    for told in ("35 %", "more than 99 %", "less than 1 %", "50 %"):
        assert told in html
    assert "5.00 %" in show_table(pd.DataFrame({"p_adjusted": [0.05]})).html
