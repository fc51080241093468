"""A scenario: what a seller may do, or may happen, from a day on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import attrs

from odr_analysis import fields
from odr_analysis.errors import ParameterError
from odr_analysis.whatif.changes import CHANGES, Change, Removed

Kind = TypeVar("Kind", bound=Change)


@dataclass(frozen=True, init=False, repr=False)
class Scenario:
    """Changes that happen together; ``Scenario()`` changes nothing.

    Equal whatever the order its changes are given in. ``a | b`` has the changes of both: one that
    both have happens once.

    Parameters
    ----------
    *changes : MoreOrders, Sales, DefectRate, Removed or NewDefect
    name : str
        For a reader; scenarios that differ by it alone are equal.

    Attributes
    ----------
    changes : tuple
        By kind, in the order of ``CHANGES``.

    Raises
    ------
    ParameterError
        Something is not a change, or the same defect is taken away twice in different ways.

    Examples
    --------
    >>> from odr_analysis import MoreOrders, Removed
    >>> sale = Scenario(MoreOrders(20, days=30))
    >>> sale | Scenario(Removed(["a"]))
    Scenario(MoreOrders(per_day=20, days=30), Removed(orders={'a'}))
    >>> sale | Scenario() == Scenario() | sale == sale | sale == sale
    True
    """

    changes: tuple[Change, ...]
    name: str = field(compare=False)

    def __init__(self, *changes: Change, name: str = "") -> None:
        for change in changes:
            if type(change) not in CHANGES.values():
                raise ParameterError(
                    f"scenario: {fields.shown(change)} is no change. Changes: "
                    f"{', '.join(kind.__name__ for kind in CHANGES.values())}."
                )
        if not isinstance(name, str):
            raise ParameterError(f"scenario: name must be text, got {fields.shown(name)}.")
        kinds = list(CHANGES.values())
        once = sorted(set(_removed_once(changes)), key=lambda c: (kinds.index(type(c)), _text(c)))
        object.__setattr__(self, "changes", tuple(once))
        object.__setattr__(self, "name", name)

    def named(self, name: str) -> Scenario:
        """The same with a name."""
        return Scenario(*self.changes, name=name)

    def __or__(self, other: Scenario) -> Scenario:
        if not isinstance(other, Scenario):
            return NotImplemented
        names = [name for one in (self, other) for name in one.name.split(" | ") if name]
        name = " | ".join(dict.fromkeys(names))
        return Scenario(*self.changes, *other.changes, name=name)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __repr__(self) -> str:
        name = [f"name={self.name!r}"] if self.name else []
        return f"Scenario({', '.join([*map(_text, self.changes), *name])})"

    def of_kind(self, kind: type[Kind]) -> list[Kind]:
        """Its changes of one kind."""
        return [change for change in self.changes if isinstance(change, kind)]


def _removed_once(changes: Iterable[Change]) -> Iterator[Change]:
    """The changes, with removals that differ by their orders alone as one."""
    removals: dict[Removed, set[str]] = {}
    how: dict[tuple[str, str], Removed] = {}
    for change in changes:
        if not isinstance(change, Removed):
            yield change
            continue
        alike = attrs.evolve(change, orders=frozenset())
        removals.setdefault(alike, set()).update(change.orders)
        for order in change.orders:
            if how.setdefault((order, change.component), alike) != alike:
                raise ParameterError(
                    f"scenario: the {change.component} of order {order} is removed twice, with "
                    "another probability, day or rule. Name it in one of them."
                )
    for alike, orders in removals.items():
        if orders or alike.rule:
            yield attrs.evolve(alike, orders=frozenset(orders))


def _text(change: Change) -> str:
    """The change as code, without what is as usual."""
    parts = []
    for its in attrs.fields(type(change)):
        value: Any = getattr(change, its.name)
        if value != its.default:
            parts.append((its, f"{its.name}={_value(value)}"))
    # What is given by place comes first.
    parts.sort(key=lambda part: bool(part[0].kw_only))
    return f"{type(change).__name__}({', '.join(text for _, text in parts)})"


def _value(value: Any) -> str:
    if isinstance(value, frozenset):
        return "{" + ", ".join(map(repr, sorted(value))) + "}"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    return repr(value)
