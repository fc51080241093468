"""Days in exports: one column at a time, so that the column settles what one cell cannot.

``4/5/22`` alone may be April or May. A whole column mostly says which: one
``4/30/22`` among its values is enough. What the column leaves open, the
marketplace decides, then the order of the rows, and failing all that the reading
is assumed and said to be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from odr_analysis import terms
from odr_analysis.exports.text.date_forms import (
    ORDERS,
    Fixed,
    Open,
    day_form,
    looks_like_day,
    pattern_of,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Days", "hint_of", "looks_like_day", "read_days"]


@dataclass(frozen=True)
class Days:
    """A column of days as read.

    Attributes
    ----------
    days : pandas.Series
        datetime64[us] at midnight, one per value, NaT where nothing could be read.
    order : str
        ``mdy``, ``dmy`` or ``ymd``; '' when no value could be read.
    pattern : str
        How most values are written: ``m/d/y``, ``d.m.y``, ``y-m-d``, ``d-mon-y``, ``serial``.
    settled_by : str
        What told day from month: ``separator`` (the way the values are written leaves no
        choice), ``column`` (some value fits one order only), ``today`` (only one order has no
        day after the latest possible one), ``marketplace`` (the hint), ``sorting`` (only one
        order keeps the rows sorted) or ``assumed``.
    ambiguous : bool
        Whether the order is only assumed.
    unreadable : tuple of int
        Positions (from 0) of values that are empty or no day.
    notes : tuple of str
        What a reader should know, one sentence each.
    furthest : datetime.date or None
        Latest day in any order that the column leaves open, None where it leaves none.
    """

    days: pd.Series
    order: str
    pattern: str
    settled_by: str
    ambiguous: bool
    unreadable: tuple[int, ...]
    notes: tuple[str, ...] = ()
    furthest: date | None = None


def read_days(
    values: Sequence[str] | pd.Series,
    *,
    order_hint: str | None = None,
    file: str = "",
    column: str = "date",
    latest: date | None = None,
) -> Days:
    """The day each value of one column stands for.

    Understood are ISO dates with or without time and offset (a time with an offset
    counts for its UTC day, one without for its own), numbers in any order with two-
    or four-digit years, month names of ten languages, ``2026年9月30日``, and as a last
    resort the serial numbers of spreadsheets. Each distinct value is read once.

    Parameters
    ----------
    values : sequence of str
        The cells, in the order of the file; empty ones give NaT.
    order_hint : {'mdy', 'dmy', 'ymd'}, optional
        What the marketplace writes; used only where the column leaves it open.
    file, column : str
        Names for the notes.
    latest : datetime.date, optional
        The latest day a value can be; an order with later ones is not taken where another has
        none.

    Returns
    -------
    Days
        One day per value, and how they were read.

    Examples
    --------
    >>> read = read_days(["4/5/22", "4/30/22"])
    >>> read.order, read.settled_by, read.days.dt.strftime("%d %b").tolist()
    ('mdy', 'column', ['05 Apr', '30 Apr'])
    >>> read_days(["4/5/22"], order_hint="dmy").days[0].month
    5
    """
    import pandas as pd

    texts = pd.Series(values).astype("object").where(lambda s: s.notna(), "").astype("str")
    codes, distinct = pd.factorize(texts)
    forms = [day_form(text) for text in distinct]
    open_forms = [f for f in forms if isinstance(f, Open)]

    def column_in(order: str) -> np.ndarray:
        days = [f.read(order) if isinstance(f, Open) else f and f.day for f in forms]
        return np.array(days, "datetime64[D]")[codes]

    choice = _settle(open_forms, order_hint, column_in, latest)
    days = [
        f.read(choice.of(f)) if isinstance(f, Open) else f.day if f is not None else None
        for f in forms
    ]
    table = np.array(days, "datetime64[us]")
    result = table[codes] if len(table) else np.array([], "datetime64[us]")
    where = f"{file}: column {column!r}: " if file else f"column {column!r}: "
    notes = [where + note for note in choice.notes]
    n_serial = int(np.isin(codes, [i for i, f in enumerate(forms) if _is_serial(f)]).sum())
    if n_serial:
        notes.append(f"{where}{n_serial:,} spreadsheet day number(s) read as dates.")
    order, pattern = _most_common(forms, choice)
    return Days(
        days=pd.Series(result, index=texts.index, dtype="datetime64[us]"),
        order=order,
        pattern=pattern,
        settled_by=choice.settled_by,
        ambiguous=choice.settled_by == "assumed",
        unreadable=tuple(np.flatnonzero(np.isnat(result)).tolist()),
        notes=tuple(notes),
        furthest=choice.furthest,
    )


def hint_of(marketplace: str | None) -> str | None:
    """Order of day and month in `marketplace`'s reports; None for an unknown one.

    Examples
    --------
    >>> hint_of("amazon.de"), hint_of(None)
    ('dmy', None)
    """
    stores = {name.casefold(): store for name, store in terms.MARKETPLACES.items()}
    store = stores.get((marketplace or "").strip().casefold())
    return store.date_order if store else None


@dataclass(frozen=True)
class _Choice:
    """The order of the open values, per way of writing where those differ."""

    order: str
    settled_by: str
    notes: tuple[str, ...] = ()
    styles: tuple[tuple[tuple[str, bool], str], ...] = ()
    furthest: date | None = None

    def of(self, form: Open) -> str:
        return dict(self.styles).get(_style(form), self.order)


def _settle(
    forms: list[Open],
    hint: str | None,
    column_in: Callable[[str], np.ndarray],
    latest: date | None,
) -> _Choice:
    """The order of the open values: what they leave, then `latest`, the hint, and the rows."""
    forms = [f for f in forms if any(f.read(order) for order in ORDERS)]
    if not forms:
        return _Choice("", "separator")
    orders = [o for o in ORDERS if o != "ymd" or not all(f.long_year for f in forms)]
    fits = {o: sum(f.read(o) is not None for f in forms) for o in orders}
    left = [o for o in orders if fits[o] == len(forms)]
    notes: tuple[str, ...] = ()
    if not left:
        if by_style := _settle_styles(forms, orders, hint):
            return by_style
        left = [o for o in orders if fits[o] == max(fits.values())]
        n = len(forms) - max(fits.values())
        notes = (f"{n:,} distinct value(s) contradict the order of day and month of the others.",)
    left = _close_together(left, forms, hint)
    if len(left) > 1 and hint in ("mdy", "dmy"):
        left = [o for o in left if o != "ymd"]
    if len(left) == 1:
        if hint is not None and hint != left[0] and fits.get(hint):
            notes += (f"dates are {ORDERS[left[0]]}, though {ORDERS[hint]} was expected.",)
        return _Choice(left[0], "column", notes)
    if all(len({f.read(o) for o in left}) == 1 for f in forms):
        return _Choice(hint if hint in left else left[0], "column", notes)
    ends = {o: max(d for f in forms if (d := f.read(o)) is not None) for o in left}
    choice = _by_day(left, ends, latest) or _by_hint(left, forms, hint)
    choice = choice or _unsettled(left, column_in)
    return replace(choice, notes=(*notes, *choice.notes), furthest=max(ends.values()))


def _by_day(left: list[str], ends: dict[str, date], latest: date | None) -> _Choice | None:
    """The only order without a day after `latest`."""
    past = [o for o in left if latest is None or ends[o] <= latest]
    if len(past) != 1 or len(left) == 1:
        return None
    note = f"dates are read as {ORDERS[past[0]]}: in another order some would be after today."
    return _Choice(past[0], "today", (note,))


def _by_hint(left: list[str], forms: list[Open], hint: str | None) -> _Choice | None:
    """What the separator or the marketplace decides."""
    if "dmy" in left and all(f.separator == "." for f in forms):
        return _Choice("dmy", "separator")
    if hint is not None and hint in left:
        return _Choice(hint, "marketplace")
    return None


def _unsettled(left: list[str], column_in: Callable[[str], np.ndarray]) -> _Choice:
    """Nothing in the values or the marketplace decides: look at the order of the rows."""
    in_order = [o for o in left if _is_sorted(column_in(o))]
    if len(in_order) == 1:
        note = (
            f"read as {ORDERS[in_order[0]]} because only that keeps the rows sorted; "
            "pass --marketplace to be sure."
        )
        return _Choice(in_order[0], "sorting", (note,))
    note = (
        "day and month could not be told apart; "
        f"read as {ORDERS[left[0]]}; pass --marketplace to say which."
    )
    return _Choice(left[0], "assumed", (note,))


def _settle_styles(forms: list[Open], orders: list[str], hint: str | None) -> _Choice | None:
    """Two ways of writing that contradict each other, each consistent in itself."""
    found: dict[tuple[str, bool], str] = {}
    for style in dict.fromkeys(map(_style, forms)):
        own = [f for f in forms if _style(f) == style]
        left = [o for o in orders if all(f.read(o) is not None for f in own)]
        left = _close_together(left, own, hint)
        if not left:
            return None
        found[style] = hint if hint is not None and hint in left else left[0]
    if len(found) < 2:
        return None
    said = ", ".join(f"{pattern_of(o, sep)}" for (sep, _), o in found.items())
    note = f"written in ways that differ in the order of day and month ({said}); each read its own."
    most = max(found, key=lambda style: sum(_style(f) == style for f in forms))
    return _Choice(found[most], "column", (note,), tuple(found.items()))


def _close_together(orders: list[str], forms: list[Open], hint: str | None) -> list[str]:
    """Without the orders that scatter the days over years while another keeps them close.

    ``26/11/20`` and ``26/11/21`` are neighbours with the year first, a year apart with
    the day first. Day and month first always share the year, so this never parts them.
    An expected order has to scatter further before it is given up.
    """
    span = {}
    for order in orders:
        days = [d for f in forms if (d := f.read(order)) is not None]
        span[order] = (max(days) - min(days)).days
    least = min(span.values(), default=0)
    return [
        o for o in orders if span[o] <= (1100 if o == hint else 300) or span[o] <= 4 * (least + 1)
    ]


def _is_sorted(days: np.ndarray) -> bool:
    steps = np.diff(days[~np.isnat(days)]).astype("int64")
    return bool((steps <= 0).all() or (steps >= 0).all())


def _style(form: Open) -> tuple[str, bool]:
    return form.separator, form.long_year


def _is_serial(form: Fixed | Open | None) -> bool:
    return isinstance(form, Fixed) and form.pattern == "serial"


def _most_common(forms: list[Fixed | Open | None], choice: _Choice) -> tuple[str, str]:
    """Order and pattern most distinct values are written in, the first seen among equals."""
    seen: dict[tuple[str, str], int] = {}
    for form in forms:
        if isinstance(form, Open) and form.read(choice.of(form)) is not None:
            key = (choice.of(form), pattern_of(choice.of(form), form.separator))
        elif isinstance(form, Fixed):
            key = (form.order, form.pattern)
        else:
            continue
        seen[key] = seen.get(key, 0) + 1
    return max(seen, key=lambda k: seen[k]) if seen else ("", "")
