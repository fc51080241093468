"""Numbers, days and states as a reader sees them: never on the wrong side of a limit."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis import terms, words
from odr_analysis.policy import Policy

DAY = date(2026, 9, 5)


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists(parts: list[str], text: str) -> None:
    assert words.listed(parts) == words.listed(tuple(parts)) == text


def test_counts() -> None:
    assert [words.counted(n, "day") for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
    assert words.counted(1, "day left", "days left") == "1 day left"
    assert [words.spelled(n) for n in (0, 10, 11, -1)] == ["no", "ten", "11", "-1"]
    assert [words.ordinal(n) for n in (1, 12, 21, 113, 1002)] == [
        "1st", "12th", "21st", "113th", "1,002nd",
    ]  # fmt: skip


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


def test_what_six_digits_cannot_show_is_said() -> None:
    assert words.percent(Fraction(10**9 - 1, 10**11), [0.01]) == "just under 1 %"
    assert words.percent(Fraction(1, 10**12)) == "just over 0 %"


def test_a_rate_has_the_limits_of_its_policy() -> None:
    near = (1_999, 200_001)
    assert words.rate(*near) == "0.999 %"
    assert words.rate(*near, Policy(target=0.02, warning_from=0)) == "1.00 %"
    assert words.rate(0, 0) == "no rate"


def test_how_much_more_often() -> None:
    assert words.times(9.99) == "9.9 times"
    assert words.times(10.9) == "10 times"
    assert words.times(0.3 * 10 / 3 * 2) == "2 times", "not 1.9 for what floats lose"
    assert words.more_often(1.1) == "at least 1.1 times as often as"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (0.0, "unchanged"),
        (0.00004, "under 0.01 points"),
        (-0.00004, "under 0.01 points"),
        (0.0123, "+1.23 points"),
        (-0.0123, "−1.23 points"),
    ],
)
def test_a_change_in_points(change: float, text: str) -> None:
    assert words.points(change) == text


def test_days_and_spans_have_the_years_they_need() -> None:
    assert words.day(datetime(2026, 9, 5, 23), 2026) == words.day(DAY, 2026) == "5 Sep"  # noqa: DTZ001
    assert words.day(DAY, 2025) == "5 Sep 2026"
    new_year = date(2027, 1, 2)
    assert words.span(DAY, new_year, 2026) == "5 Sep 2026 to 2 Jan 2027"
    assert words.span(DAY, date(2026, 9, 6)) == "5 Sep to 6 Sep 2026"
    assert words.span(DAY, DAY) == "5 Sep 2026"


def test_the_window_in_one_line() -> None:
    as_of = date(2026, 9, 30)
    plain = Policy(lag_days=0, window_days=1)
    assert words.window(plain.window(as_of), plain) == "orders placed 30 Sep 2026 (1 day)"


def test_series_and_channels() -> None:
    assert words.channel("courier") == "courier", "what is not known is named as it is"
    assert words.series("Amazon.de", "mfn") == "Seller-fulfilled on Amazon.de"


def test_every_state_has_words_and_a_place() -> None:
    assert set(words.STATE_WORDS) == set(words.PRESSING) == set(terms.STATES)


@given(st.text(max_size=60), st.integers(5, 30))
def test_an_opening_is_one_line_of_the_text_and_no_longer(text: str, longest: int) -> None:
    found, line = words.opening(text, longest), " ".join(text.split())
    assert len(found) <= longest + 1
    assert "\n" not in found
    assert found == line if len(line) <= longest else found.endswith("…")
    assert line.startswith(found.removesuffix("…")) or "…" in line
