"""Numbers, days and states as a reader sees them: the one place that rounds for eyes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from datetime import date, datetime
from fractions import Fraction
from math import floor

from odr_analysis import terms
from odr_analysis.policy import Policy, Window

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MOST_DIGITS = 6

NO_BREAK = "\N{NO-BREAK SPACE}"
WIDTH = 79
"""Letters of a line on a terminal."""

LEAST_TIMES = 1.1
"""Less than this many times as often is only more often."""

STATE_WORDS: dict[str, str] = {
    "healthy": "Healthy",
    "warning": "Close to the limit",
    "critical": "Over the limit",
    "unknown": "Cannot be known",
    "no data": "No data",
}

AT_THE_LIMIT = "At the limit"

PRESSING: tuple[str, ...] = ("critical", "unknown", "warning", "healthy", "no data")
"""States, the most pressing first."""


def number(n: int | float) -> str:
    """A whole number with its thousands separated.

    >>> number(4312)
    '4,312'
    """
    return f"{n:,.0f}"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun.

    >>> counted(1, "order"), counted(4312, "order"), counted(2, "day left", "days left")
    ('1 order', '4,312 orders', '2 days left')
    """
    return f"{number(n)} {noun if n == 1 else plural or noun + 's'}"


def spelled(n: int) -> str:
    """A count as it stands in a sentence.

    >>> spelled(2), spelled(0), spelled(12)
    ('two', 'no', '12')
    """
    return _SMALL[n] if 0 <= n < len(_SMALL) else number(n)


def first_of(names: Sequence[str], most: int) -> str:
    """At most so many of some names, and how many more there are.

    >>> first_of(["A", "B", "C", "D"], 2), first_of(["A", "B"], 2)
    ('A, B and 2 more', 'A and B')
    """
    more = len(names) - most
    return listed([*names[:most], f"{number(more)} more"] if more > 0 else [*names])


def listed(parts: Sequence[str]) -> str:
    """Parts joined as in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    parts = list(parts)
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def decimal(value: float, digits: int = 1, *, signed: bool = False) -> str:
    """A number with this many digits after the point; `signed` shows its sign.

    >>> decimal(2620.25), decimal(0.125, 2), decimal(0.25, 3, signed=True)
    ('2,620.2', '0.12', '+0.250')
    """
    return f"{value:{'+' if signed else ''},.{digits}f}"


def significant(value: float, digits: int = 3) -> str:
    """A number with this many digits that count, for sizes not known beforehand.

    >>> significant(0.012345), significant(1234.5), significant(0.5, 6), significant(4e-9, 2)
    ('0.0123', '1.23e+03', '0.5', '4e-09')
    """
    return f"{value:.{digits}g}"


def megabytes(n_bytes: float) -> str:
    """A size in megabytes.

    >>> megabytes(12_345_678), megabytes(2.5e9)
    ('12 MB', '2,500 MB')
    """
    return f"{number(n_bytes / 1e6)} MB"


def about(share: float) -> str:
    """A share in whole per cent, for estimates that deserve no more digits.

    >>> about(0.35), about(0.348), about(1)
    ('35 %', '35 %', '100 %')
    """
    return f"{number(share * 100)} %"


def probability(p: float) -> str:
    """A probability in whole per cent; what rounds to none or all is not called so.

    Of rates one says that they are under 1 %: of probabilities, less than 1 %.

    >>> probability(0.348), probability(0.997), probability(1.0), probability(0.004)
    ('35 %', 'more than 99 %', 'more than 99 %', 'less than 1 %')
    """
    if p < 0.01:
        return "less than 1 %"
    return "more than 99 %" if p > 0.99 else about(p)


def level(fraction: float, digits: int | None = None) -> str:
    """A threshold, with no digit it does not need; `digits` rounds the fraction first.

    >>> level(0.01), level(0.007), level(0.95), level(0.123456, 3)
    ('1 %', '0.7 %', '95 %', '12.3 %')
    """
    shown = fraction if digits is None else round(float(fraction), digits)
    return f"{float(Fraction(str(shown)) * 100):g} %"


def percent(share: Fraction | float, limits: Sequence[float] = ()) -> str:
    """A share in per cent: two digits, more where two would put it on the wrong side of a limit.

    The one place that rounds a rate. A share below one of `limits` never reads as at it, nor one
    at it as below.

    >>> percent(Fraction(37, 4312)), percent(0.25), percent(0), percent(1e-6)
    ('0.86 %', '25.00 %', '0 %', '0.0001 %')
    >>> percent(Fraction(1999, 200_001), [0.01]), percent(Fraction(1999, 200_001))
    ('0.999 %', '1.00 %')
    """
    if not share:
        return "0 %"
    exact = (share if isinstance(share, Fraction) else Fraction(repr(float(share)))) * 100
    marks = [Fraction(str(limit)) * 100 for limit in limits]

    def misleads(digits: int) -> bool:
        rounded = _rounded(exact, digits)
        return not rounded or any((rounded < m) != (exact < m) for m in marks)

    digits = next((n for n in range(2, _MOST_DIGITS) if not misleads(n)), _MOST_DIGITS)
    if misleads(digits):
        mark = min(marks, key=lambda m: abs(m - exact), default=Fraction(0))
        return f"just {'under' if exact < mark else 'over'} {float(mark):g} %"
    return f"{float(_rounded(exact, digits)):.{digits}f} %"


def _rounded(exact: Fraction, digits: int) -> Fraction:
    return Fraction(round(exact * 10**digits), 10**digits)


def rate(n_defective: int, n_orders: int, policy: Policy | None = None) -> str:
    """The rate of two counts in per cent, see :func:`percent`; the limits are those of `policy`.

    >>> rate(37, 4312), rate(1, 45), rate(0, 0), rate(1, 100), rate(1, 101)
    ('0.86 %', '2.22 %', 'no rate', '1.00 %', '0.99 %')
    >>> rate(0, 45), rate(1999, 200_001)
    ('0 %', '0.999 %')
    """
    if not n_orders:
        return "no rate"
    policy = policy or Policy()
    share = Fraction(int(n_defective), int(n_orders))
    return percent(share, (policy.target, policy.warning_from))


def times(ratio: float, rounded: Callable[[float], float] = floor) -> str:
    """How many times as often; rounded down where nothing else is asked for.

    >>> from math import ceil
    >>> times(5.38), times(2.0), times(21.6), times(21.4, ceil), times(5.38, round)
    ('5.3 times', '2 times', '21 times', '22 times', '5.4 times')
    """
    steps = 10 if ratio < 10 else 1
    # A number written with one digit is not moved by what lies beyond the twelfth.
    n = rounded(round(ratio * steps, 9)) / steps
    return f"{number(n) if n == round(n) else f'{n:.1f}'} times"


def more_often(lower: float) -> str:
    """How much more often than others, by the lower end of how many times as often.

    >>> more_often(5.38), more_often(1.09), more_often(0)
    ('at least 5.3 times as often as', 'more often than', 'more often than')
    """
    return f"at least {times(lower)} as often as" if lower >= LEAST_TIMES else "more often than"


def at_least(text: str, n: int, *, lower_bound: bool) -> str:
    """A count or rate made of `n` defects, as a lower bound where more may exist.

    >>> at_least("0.86 %", 37, lower_bound=True), at_least("3", 3, lower_bound=False)
    ('at least 0.86 %', '3')
    >>> at_least("0 %", 0, lower_bound=True)
    'not known'
    """
    if not lower_bound:
        return text
    return f"at least {text}" if n else "not known"


def points(change: float) -> str:
    """A change of a rate, in percentage points with its sign.

    >>> points(0.0008), points(-0.00123), points(0.0)
    ('+0.08 points', '−0.12 points', 'unchanged')
    """
    text = f"{abs(change) * 100:.2f}"
    if change == 0:
        return "unchanged"
    return f"{'+' if change > 0 else '−'}{text} points" if float(text) else "under 0.01 points"


def day(when: date, year: int | None = None) -> str:
    """A day; without its year when that is `year`.

    >>> day(date(2026, 9, 5)), day(date(2026, 9, 5), 2026)
    ('5 Sep 2026', '5 Sep')
    """
    if isinstance(when, datetime):
        when = when.date()
    short = f"{when.day} {MONTHS[when.month - 1]}"
    return short if when.year == year else f"{short} {when.year}"


def span(first: date, last: date, year: int | None = None) -> str:
    """Two days and what lies between, years only where they are needed.

    >>> span(date(2026, 7, 18), date(2026, 9, 15), 2026), span(date(2025, 12, 1), date(2026, 1, 2))
    ('18 Jul to 15 Sep', '1 Dec 2025 to 2 Jan 2026')
    >>> span(date(2026, 7, 18), date(2026, 7, 18), 2026)
    '18 Jul'
    """
    until = day(last, year)
    if first == last:
        return until
    return f"{day(first, last.year if first.year == last.year else None)} to {until}"


def ordinal(n: int) -> str:
    """A place in a row.

    >>> [ordinal(n) for n in (1, 2, 3, 11, 15, 22)]
    ['1st', '2nd', '3rd', '11th', '15th', '22nd']
    """
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{number(n)}{ending}"


def channel(code: str) -> str:
    """A channel as sellers call it."""
    return terms.CHANNEL_LABELS.get(code, code)


def series(marketplace: str, code: str, *, alone: bool = False) -> str:
    """A series in a sentence; `alone` leaves the marketplace out.

    >>> series("Amazon.de", "mfn"), series("unknown", "afn"), series("Amazon.de", "mfn", alone=True)
    ('Seller-fulfilled on Amazon.de', 'Amazon-fulfilled (marketplace unknown)', 'Seller-fulfilled')
    """
    if alone:
        return channel(code)
    if marketplace == "unknown":
        return f"{channel(code)} (marketplace unknown)"
    return f"{channel(code)} on {marketplace}"


def window(counted_days: Window, policy: Policy, year: int | None = None) -> str:
    """What is counted, in one line.

    >>> policy = Policy()
    >>> window(policy.window(date(2026, 9, 30)), policy, 2026)
    'orders placed 18 Jul to 15 Sep (60 days; Amazon counts an order from its 15th day)'
    """
    since = f"; Amazon counts an order from its {ordinal(policy.lag_days)} day"
    return (
        f"orders placed {span(counted_days.start, counted_days.end, year)} "
        f"({counted(counted_days.days, 'day')}{since if policy.lag_days else ''})"
    )


def opening(text: str, longest: int = 90) -> str:
    """First words of a text, on one line, with an ellipsis where there is more.

    >>> opening("Box was\\n crushed, item broken", 16)
    'Box was crushed…'
    """
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    # One more than fits, so that a word ending just there stays whole.
    cut = line[: longest + 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]).rstrip(" ,;.") + "…"


def wrapped(text: str, indent: str = "") -> list[str]:
    """A text as lines for a terminal; those after the first are set in by two letters more.

    A number and its sign stay in one line.

    >>> wrapped("one " * 20)
    ['one one one one one one one one one one one one one one one one one one one one']
    >>> wrapped("one " * 21, "- ")[1]
    '  one one'
    """
    joined = text.replace(" %", f"{NO_BREAK}%")
    lines = textwrap.wrap(
        joined,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * (len(indent) or 2),
        break_on_hyphens=False,
    )
    return [line.replace(f"{NO_BREAK}%", " %") for line in lines]


def money(amount: float) -> str:
    """An amount in the seller's money, whichever that is.

    >>> money(1234.5)
    '1,234.50'
    """
    return decimal(amount, 2)
