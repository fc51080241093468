"""The panel's texts as HTML: what came out of an export is text, and numbers read well."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pandas as pd

from odr_analysis.controls import markup

NASTY = '<script>alert(1)</script> & "quoted"'
SAFE = "&lt;script&gt;alert(1)&lt;/script&gt; &amp;"
TODAY = date(2026, 9, 30)


def removal(words: str, effect: str = "lowers ODR by 0.07 points", **other) -> str:
    row = SimpleNamespace(effect_text=effect, words=words, leaves_on=pd.Timestamp(2026, 10, 19),
                          step="answer the claim", chance=0.15, chance_from="guess",
                          why_closed="", channel="afn")  # fmt: skip
    row.__dict__.update(other)
    return markup.removal(row, TODAY, many=True)


def days(**changes: list) -> pd.DataFrame:
    table = {
        "day": pd.to_datetime(["2026-09-30", "2027-01-05"]),
        "what": ["today", "last day looked at"],
        "baseline_n_orders": [4312.0, 0.0],
        "baseline_n_defective": [37.0, 0.0],
        "baseline_p_breach": [0.2, float("nan")],
        "scenario_n_orders": [4312.0, 1000.5],
        "scenario_n_defective": [37.0, 5.25],
        "scenario_p_breach": [0.35, float("nan")],
    }
    return pd.DataFrame({**table, **changes})


def test_every_text_is_escaped() -> None:
    for made in (
        markup.sentence(NASTY),
        markup.heading(NASTY),
        markup.note(NASTY),
        markup.fine_print([NASTY], [NASTY]),
        removal(NASTY),
        markup.days_table(days(what=[NASTY, ""]), 0.01, NASTY),
    ):
        assert SAFE in made
        assert "<script>" not in made


def test_the_sentence_is_a_status_for_those_who_hear_the_page() -> None:
    made = markup.sentence("All is under 1 %.")
    assert made.startswith('<p role="status"')
    # A number and its sign stay in one line.
    assert "under 1\N{NO-BREAK SPACE}%." in made


def test_a_removal_states_effect_exit_and_the_words_of_the_buyer() -> None:
    made = removal("Box was crushed")
    assert "Lowers ODR by 0.07 points; leaves on 19 Oct (Amazon-fulfilled)" in made
    assert (
        "<br>Answer the claim: probability 15\N{NO-BREAK SPACE}% (this toolkit&#x27;s estimate)"
        in made
    )
    own = removal("", chance_from="worked in 4 of 16 of your cases")
    assert "probability 15\N{NO-BREAK SPACE}% (worked in 4 of 16 of your cases)" in own
    closed = removal("", step="", why_closed="granted: <30 days are over")
    assert "Nothing can be done: granted: &lt;30 days are over" in closed
    assert "“Box was crushed”" in made
    assert "“" not in removal("")
    # Cut after a whole word.
    assert f"“{'never came ' * 7}never…”" in removal("never came " * 40)


def test_assumptions_are_folded_and_notes_are_not() -> None:
    made = markup.fine_print(["Orders go on."], ["Order A changes nothing."])
    before, folded = made.split("<details")
    assert "Order A changes nothing." in before
    assert "<li>Orders go on.</li>" in folded
    assert markup.fine_print([], []).startswith("<details")


def test_rates_of_key_days_are_rounded_and_expected_counts_marked() -> None:
    made = markup.days_table(days(), 0.01, "Seller-fulfilled on Amazon.de")
    assert "Key days, Seller-fulfilled on Amazon.de" in made
    assert "0.86 %</span><br><small>37 of 4,312<br>breach: 20 %</small>" in made
    assert "0.52 %</span><br><small>about 5.2 of 1,000<br>breach: unknown</small>" in made
    assert "no orders" in made
    # The year is named only where it is another.
    assert ">30 Sep</th>" in made
    assert ">5 Jan 2027</th>" in made
    assert markup.days_table(days().head(0), 0.01, "") == ""
