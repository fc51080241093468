"""What will happen to a rate, in words, on courses made by hand: every way they can cross."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from odr_analysis.answer.scenario.verdict import verdict
from odr_analysis.whatif.paths import Course, Path

SURE = " (probability 90 % or more)"


def course(defective: str) -> Course:
    """One day a character: so many defective orders of 100, and "-" for a day without orders."""
    return Course(
        np.array([0 if c == "-" else 100 for c in defective]),
        np.array([0 if c == "-" else int(c) for c in defective]),
        target=0.01,
    )


def said(base: str, then: str) -> str:
    """The verdict on days from 30 Sep on, so that the second day is 1 Oct."""
    one = course(base)
    return verdict(Path(("Amazon.de", "mfn"), date(2026, 9, 30), one, one, course(then)))


@pytest.mark.parametrize(
    ("days", "want"),
    [
        ("-0", "is not shown today, because no order counts"),
        ("000", "stay under 1 % for the 2 days looked at, on each day with a probability of more "
         "than 99 %"),
        ("222", "not recover by itself within the 2 days looked at: the probability of a rate "
         "under 1 % is less than 1 % on every day"),
        ("220", f"be under 1 % from 2 Oct{SURE}"),
        ("2202", f"be under 1 % from 2 Oct, but at 1 % or more again from 3 Oct{SURE}"),
        ("2020", f"be under 1 % from 3 Oct{SURE}"),
        ("02", f"reach 1 % on 1 Oct{SURE}"),
        ("02020", f"reach 1 % on 1 Oct and be under it again from 4 Oct{SURE}"),
        ("0220", f"reach 1 % on 1 Oct and be under it again from 3 Oct{SURE}"),
        ("00-", "stay under 1 % until 2 Oct, from when no order counts, on each day with a "
         "probability of more than 99 %"),
        ("2--", "not be shown from 1 Oct, when no order counts"),
    ],
)  # fmt: skip
def test_nothing_changed(days: str, want: str) -> None:
    text = said(days, days)
    now = {"0": "0 % (0 of 100 orders)", "2": "2.00 % (2 of 100 orders)"}.get(days[0])
    assert text == (want if now is None else f"is {now} and will {want}")


def forecast(*p_breach: float) -> Path:
    """Nothing changed: 2 of 100 orders today where the first probability is 1, else none."""
    n = np.full(len(p_breach), 100)
    d = np.full(len(p_breach), 2 * round(p_breach[0]))
    one = Course(n, d, 0.01, np.array(p_breach))
    return Path(("Amazon.de", "mfn"), date(2026, 9, 30), one, one, one)


@pytest.mark.parametrize(
    ("p_breach", "want"),
    [
        # More likely than not is not likely: both days are named.
        ((1, 0.6, 0.4, 0.2, 0.05), "will probably be under 1 % from 2 Oct (more likely than not; "
         "90 % or more from 4 Oct)"),
        ((1, 0.6, 0.4, 0.2), "will probably be under 1 % from 2 Oct (more likely than not; 80 % "
         "or more from 3 Oct)"),
        ((1, 0.97, 0.65, 0.8), "will probably not recover by itself within the 3 days looked at: "
         "the probability of a rate under 1 % is at most 35 %, on 2 Oct"),
        ((1, 0.97, 0.95), "will not recover by itself within the 2 days looked at: the probability "
         "of a rate under 1 % is at most 5 %, on 2 Oct"),
        ((0, 0.2, 0.28), "will probably stay under 1 % for the 2 days looked at, on each day with "
         "a probability of 72 % or more"),
        ((0, 0.2, 0.6), "will probably reach 1 % on 2 Oct (probability 60 % or more)"),
    ],
)  # fmt: skip
def test_how_sure_a_day_is_stands_beside_it(p_breach: tuple[float, ...], want: str) -> None:
    now = "2.00 % (2 of 100 orders)" if p_breach[0] else "0 % (0 of 100 orders)"
    assert verdict(forecast(*p_breach)) == f"is {now} and {want}"


@pytest.mark.parametrize(
    ("base", "then", "want"),
    [
        # Neither is ever under the target.
        (
            "333",
            "323",
            "at 1 % or more for the 2 days looked at either way; 2.00 % instead of 3.00 % on 1 Oct",
        ),
        ("33-", "32-", "at 1 % or more until no order counts on 2 Oct"),
        # The scenario alone.
        ("222", "220", "under 1 % from 2 Oct; without it, not in the 2 days looked at"),
        ("22-", "202", "under 1 % from 1 Oct, but at 1 % or more again from 2 Oct; without it, not "
         "before no order counts on 2 Oct"),
        ("222", "000", "under 1 % at once (0 % instead of 2.00 %)"),
        ("220", "000", "under 1 % at once (0 % instead of 2.00 %), not only from 2 Oct"),
        # Both, sooner or later.
        ("2220", "2000", "under 1 % from 1 Oct instead of 3 Oct"),
        ("2000", "2220", "under 1 % only from 3 Oct instead of 1 Oct"),
        ("3300", "3200", "under 1 % from 2 Oct either way; 2.00 % instead of 3.00 % on 1 Oct"),
        # Both, and back over it.
        ("2022", "2002", "under 1 % from 1 Oct either way, but at 1 % or more again from 3 Oct "
         "instead of 2 Oct"),
        ("2202", "2002", "under 1 % from 1 Oct instead of 2 Oct, but at 1 % or more again from "
         "3 Oct either way"),
        ("2202", "2000", "under 1 % from 1 Oct instead of 2 Oct and stay so; without it, it would "
         "be at 1 % or more again from 3 Oct"),
        # Back and forth: what counts is how it ends.
        ("22020", "20200", "under 1 % from 3 Oct instead of 4 Oct"),
        ("20202", "20200", "under 1 % only from 3 Oct instead of 1 Oct and stay so; without it, it "
         "would be at 1 % or more again from 4 Oct"),
        ("20200", "20202", "under 1 % from 1 Oct instead of 3 Oct, but at 1 % or more again from "
         "4 Oct; without it, it would stay under"),
    ],
)  # fmt: skip
def test_from_over_the_target(base: str, then: str, want: str) -> None:
    assert said(base, then) == f"would be {want}{SURE}"


def test_a_scenario_that_spoils_a_recovery() -> None:
    assert said("220", "222") == (
        f"would not be under 1 % in the 2 days looked at; without it, from 2 Oct{SURE}"
    )


@pytest.mark.parametrize(
    ("base", "then", "want"),
    [
        ("002", "000", "stay under 1 % for the 2 days looked at; without it, it would reach 1 % on "
         "2 Oct"),
        ("00-", "000", "stay under 1 % for the 2 days looked at; without it, no order counts from "
         "2 Oct"),
        ("000", "022", "reach 1 % on 1 Oct; without it, it would stay under"),
        ("0000", "0220", "reach 1 % on 1 Oct and be under it again from 3 Oct; without it, it "
         "would stay under"),
        ("022", "032", "reach 1 % on 1 Oct either way"),
        ("022", "002", "reach 1 % on 2 Oct instead of 1 Oct"),
        ("02020", "02002", "reach 1 % on 1 Oct either way and not be under it again; without it, "
         "from 4 Oct"),
        ("02002", "02020", "reach 1 % on 1 Oct either way and be under it again from 4 Oct, which "
         "without it it would not"),
        ("02220", "02200", "reach 1 % on 1 Oct either way and be under it again from 3 Oct "
         "instead of 4 Oct"),
    ],
)  # fmt: skip
def test_from_under_the_target(base: str, then: str, want: str) -> None:
    assert said(base, then) == f"would {want}{SURE}"


def test_under_it_either_way() -> None:
    base = Course(np.array([200, 200]), np.array([1, 1]), 0.01)
    then = Course(np.array([200, 400]), np.array([1, 1]), 0.01)
    path = Path(("Amazon.de", "mfn"), date(2026, 9, 30), base, base, then)
    assert verdict(path) == (
        "would stay under 1 % for the 1 day looked at either way; 0.25 % instead of 0.50 % on "
        f"1 Oct{SURE}"
    )


def test_from_a_day_without_orders() -> None:
    assert said("---", "-20") == (
        "would be shown from 1 Oct: 2.00 % (2 of 100 orders), and under 1 % from 2 Oct; until "
        f"30 Sep no order counts{SURE}"
    )
    assert said("--0", "-00") == (
        f"would be shown from 1 Oct: 0 % (0 of 100 orders); until 30 Sep no order counts{SURE}"
    )


def test_the_year_is_named_where_it_is_another() -> None:
    base, then = course("20"), course("22")
    path = Path(("Amazon.de", "mfn"), date(2026, 12, 31), base, base, then)
    assert verdict(path).endswith(f"; without it, from 1 Jan 2027{SURE}")


@pytest.mark.parametrize(
    ("base", "then", "moved"),
    [
        ("000", "010", "would be 1.00 % instead of 0 % on 1 Oct"),
        ("222", "210", "would be 0 % instead of 2.00 % on 2 Oct"),
        ("020", "000", "would be 0 % instead of 2.00 % on 1 Oct"),
    ],
)
def test_with_a_kind_of_defect_unknown_no_good_news_is_given(base, then, moved) -> None:
    one = course(base)
    path = Path(("Amazon.de", "mfn"), date(2026, 9, 30), one, one, course(then))
    assert verdict(path, lower_bound=True) == (
        f"{moved} by the known kinds of defect alone; whether it is under 1 % cannot be known"
    )


def test_a_change_of_less_than_an_order_is_no_difference() -> None:
    one = course("222")
    then = Course(one.n_orders, one.n_defective, 0.01, np.array([1.0, 1.0, 0.9]))
    path = Path(("Amazon.de", "mfn"), date(2026, 9, 30), one, one, then)
    assert path.changed
    assert "either way, and the rate hardly differs" in verdict(path)
    assert "would be the same by the known kinds" in verdict(path, lower_bound=True)
