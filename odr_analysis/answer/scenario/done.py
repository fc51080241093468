"""What a scenario does, in words that stand after "With"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from odr_analysis import terms, words
from odr_analysis.whatif.apply import Effect
from odr_analysis.whatif.changes import (
    DefectRate,
    MoreOrders,
    NewDefect,
    Removed,
    Sales,
    Span,
)
from odr_analysis.whatif.paths import Path
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.touched import Touched


def done_to(effect: Effect, path: Path) -> list[str]:
    """What is done to one series, a phrase each."""
    as_of = effect.as_of
    did = [span_phrase(span, as_of) for span in effect.spans_of(path.pair)]
    idle = {one.order_id for one in effect.idle}
    orders = [o for o in effect.orders if o.pair == path.pair and o.name not in idle]
    return [*did, *_taken_away(orders), *_new(orders)]


def changes_in_words(scenario: Scenario, as_of: date) -> list[str]:
    """Each change of a scenario by itself, whatever it does to an account.

    >>> changes_in_words(Scenario(Sales(0), Removed(["a", "b"], "claim", 0.4)), date(2026, 9, 30))
    ['no sales from 1 Oct on', '2 A-to-z claims won (probability 40 % each)']
    """
    found = [span_phrase(c, as_of) for c in scenario.changes if isinstance(c, Span)]
    for removed in scenario.of_kind(Removed):
        if removed.orders:
            found.append(_cleared(len(removed.orders), removed.component, removed.probability))
        if removed.rule:
            found.append(f"the feedback removed to which the rule “{removed.rule}” applies")
    for new in scenario.of_kind(NewDefect):
        found.append(_more_defective(new.n, new.probability))
    return found


def span_phrase(span: Span, as_of: date) -> str:
    """One change of orders to come.

    >>> span_phrase(MoreOrders(20, days=30), date(2026, 9, 30))
    '20 more orders a day from 1 Oct to 30 Oct'
    >>> span_phrase(Sales(0), date(2026, 9, 30))
    'no sales from 1 Oct on'
    >>> span_phrase(DefectRate(0.5, reason="late", days=7), date(2026, 9, 30))
    '50 % fewer defects with the reason “late” of orders from 1 Oct to 7 Oct'
    """
    if isinstance(span, MoreOrders):
        clean = "clean " if span.defect_rate == 0 else ""
        each = "order" if span.per_day == 1 else "orders"
        quality = f" ({share_defective(span)})" if span.defect_rate else ""
        return f"{span.per_day:,} more {clean}{each} {when(span, as_of)}{quality}"
    if isinstance(span, Sales):
        return f"{_times(span.factor, 'sales', 'no')} {_days(span, as_of)}"
    assert isinstance(span, DefectRate)
    of = f" with the reason “{span.reason}”" if span.reason else ""
    if span.products:
        of += f" of {words.listed(sorted(span.products))}"
    return f"{_times(span.factor, f'defects{of}', 'none of the')} of orders {_days(span, as_of)}"


def when(more: MoreOrders, as_of: date) -> str:
    """On which days extra orders are placed.

    >>> when(MoreOrders(20, days=30), date(2026, 9, 30))
    'a day from 1 Oct to 30 Oct'
    >>> when(MoreOrders(20, days=1), date(2026, 9, 30))
    'on 1 Oct'
    """
    if more.days == 1:
        return _days(more, as_of)
    each = "a day" if more.weekdays is None else "on the mean day"
    return f"{each} {_days(more, as_of)}"


def _days(span: Span, as_of: date) -> str:
    first, last = span.first_day(as_of), span.last_day(as_of)
    if span.days == 1:
        return f"on {words.day(first, as_of.year)}"
    if last is None:
        return f"from {words.day(first, as_of.year)} on"
    return f"from {words.span(first, last, as_of.year)}"


def share_defective(more: MoreOrders) -> str:
    """How many of the extra orders are defective.

    >>> share_defective(MoreOrders(defect_rate=0.02)), share_defective(MoreOrders())
    ('2 % of them defective', 'as many of them defective as of ordinary orders')
    """
    if more.defect_rate is None:
        return "as many of them defective as of ordinary orders"
    if more.defect_rate == 0:
        return "none of them defective"
    return f"{words.level(more.defect_rate)} of them defective"


def _times(factor: float, what: str, none: str) -> str:
    """``50 % fewer sales``."""
    if factor == 0:
        return f"{none} {what}"
    if factor == 1:
        return f"as many {what} as usual"
    if factor >= 2:
        return f"{words.significant(factor)} times as many {what}"
    return f"{words.level(abs(factor - 1))} {'more' if factor > 1 else 'fewer'} {what}"


def _taken_away(orders: list[Touched]) -> Iterator[str]:
    found = Counter((c, p) for order in orders for c, (_, p) in order.gone.items())
    for component in terms.COMPONENTS:
        for p in sorted({p for c, p in found if c == component}, reverse=True):
            yield _cleared(found[component, p], component, p)


def _cleared(n: int, component: str, p: float) -> str:
    if component == "feedback":
        text = f"the feedback of {words.counted(n, 'order')} removed"
    else:
        text = f"{words.counted(n, terms.COMPONENT_LABELS[component])} won"
    each = " each" if n > 1 else ""
    return text if p == 1 else f"{text} (probability {words.probability(p)}{each})"


def _new(orders: list[Touched]) -> Iterator[str]:
    found = Counter(p for order in orders for _, p in list(order.new.values())[:1])
    for p, n in sorted(found.items(), reverse=True):
        yield _more_defective(n, p)


def _more_defective(n: int, p: float) -> str:
    sure = "" if p == 1 else f" (probability {words.probability(p)})"
    return f"{n:,} more defective {'order' if n == 1 else 'orders'}{sure}"
