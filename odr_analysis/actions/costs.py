"""What actions of a plan cost, and how many of each there may be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from odr_analysis import fields
from odr_analysis.actions.steps import STEPS
from odr_analysis.errors import ParameterError
from odr_analysis.fields import Kind, exists, field, place, text_of, toml_of
from odr_analysis.whatif.changes import (
    DAY,
    FRACTION,
    IDS,
    LENGTH,
    NAME,
    DefectRate,
    number,
    or_none,
    quality_of,
)

MOST_MONEY = 1e9
MONEY = number("an amount of 0 or more", 0, MOST_MONEY)
LIMIT = or_none(number("a whole number from 0 to 500", 0, 500, whole=True))


def _given(value: Any) -> Any:
    if value is None:
        raise TypeError
    return value


def _all(value: Any, kind: type) -> tuple[Any, ...]:
    listed = tuple(value)
    if not all(isinstance(each, kind) for each in listed):
        raise TypeError
    return listed


@attrs.frozen
class Fix:
    """A lasting improvement: what it changes, and what it costs in all.

    Attributes
    ----------
    name : str
    cost : float
    factor : float
        How many times as many of the orders placed from then on are defective, 0-1.
    reason, products, start, days, marketplace, channel
        As of :class:`~odr_analysis.DefectRate`.

    Examples
    --------
    >>> Fix("better packaging", 300, factor=0.5, reason="damaged").change.reason
    'damaged'
    """

    name: str = field("fix", kind=Kind("text", lambda value: NAME.of(_given(value))))
    cost: float = field(0.0, kind=MONEY)
    factor: float = field(0.5, kind=FRACTION)
    reason: str | None = field(None, kind=NAME)
    products: frozenset[str] = field(frozenset(), kind=IDS)
    start: Any = field(None, kind=DAY)
    days: int | None = field(None, kind=LENGTH)
    marketplace: str | None = field(None, kind=NAME)
    channel: str | None = field(None, kind=NAME)

    @property
    def change(self) -> DefectRate:
        """The same as a change of a scenario."""
        return DefectRate(
            self.factor,
            self.reason,
            self.products,
            start=self.start,
            days=self.days,
            marketplace=self.marketplace,
            channel=self.channel,
        )


@attrs.frozen
class Refund:
    """An order whose buyer may file a claim, and what it costs to put it right before.

    Attributes
    ----------
    order : str
        Order id.
    cost : float
    probability : float
        That there will be a claim if nothing is done.

    Examples
    --------
    >>> Refund("302-1234567-1234567", cost=18.5, probability=0.6).cost
    18.5
    """

    order: str = field("", kind=Kind("an order id", lambda value: NAME.of(_given(value))))
    cost: float = field(0.0, kind=MONEY)
    probability: float = field(0.5, kind=FRACTION)


@attrs.frozen
class Costs:
    """Prices and limits of a plan, in the seller's money; what has no price is not used.

    Attributes
    ----------
    removal : float, optional
        Of asking for one feedback to be removed: the work, whether or not it succeeds.
    appeal : float, optional
        Of answering or appealing one claim or chargeback.
    order : float, optional
        Of winning one extra order, such as advertising and discount.
    removals_most, appeals_most, orders_per_day_most : int, optional
        How many there can be; of extra orders a day it must be given with `order`.
    quality : str
        Of extra orders: ``as usual``, ``clean``, or the share that is defective.
    budget : float, optional
        A plan may not cost more.
    fixes : tuple of Fix
    refunds : tuple of Refund
    chances : mapping of str to float
        How often each step of the worklist works, where you know better than its guesses.

    Raises
    ------
    ParameterError
        A value is out of its range, or nothing has a price.

    Examples
    --------
    >>> Costs(removal=5, order=2.5, orders_per_day_most=30).quality
    'as usual'
    """

    removal: float | None = field(None, kind=or_none(MONEY))
    appeal: float | None = field(None, kind=or_none(MONEY))
    order: float | None = field(None, kind=or_none(MONEY))
    removals_most: int | None = field(None, kind=LIMIT)
    appeals_most: int | None = field(None, kind=LIMIT)
    orders_per_day_most: int | None = field(None, kind=LIMIT)
    quality: str = field("as usual")
    budget: float | None = field(None, kind=or_none(MONEY))
    fixes: tuple[Fix, ...] = field((), kind=Kind("a list of Fix", lambda v: _all(v, Fix)))
    refunds: tuple[Refund, ...] = field(
        (), kind=Kind("a list of Refund", lambda v: _all(v, Refund))
    )
    chances: Mapping[str, float] = field(
        {}, kind=Kind("a table of steps and probabilities", lambda value: dict(value))
    )

    def __attrs_post_init__(self) -> None:
        quality_of(self.quality)
        if self.order is not None and self.orders_per_day_most is None:
            raise ParameterError("costs: give orders_per_day_most with the price of an order.")
        priced = (self.removal, self.appeal, self.order)
        if all(price is None for price in priced) and not (self.fixes or self.refunds):
            raise ParameterError(
                "costs: nothing has a price, so there is nothing to plan with. Give removal, "
                "appeal, order, fixes or refunds."
            )
        orders = [refund.order for refund in self.refunds]
        for order in orders:
            if orders.count(order) > 1:
                raise ParameterError(f"costs: the refund of order {order} is listed twice.")
        for step, chance in self.chances.items():
            if step not in STEPS:
                raise ParameterError(
                    f"costs: no step is called {step!r}{fields.nearest(step, STEPS)} "
                    f"Steps: {', '.join(STEPS)}."
                )
            if isinstance(chance, bool) or not 0 <= chance <= 1:
                raise ParameterError(f"costs: the chance of {step!r} must be from 0 to 1.")


STEPS_ALONE = Costs(removal=1.0, appeal=1.0)
"""Each request costs 1, so that the cheapest plan is the one with fewest."""


def load_costs(path: str | Path) -> Costs:
    """Costs out of a TOML file.

    The fields of :class:`Costs`, one a line, and ``[[fixes]]``, ``[[refunds]]`` and
    ``[chances]``::

        removal = 5
        order = 2.5
        orders_per_day_most = 30

        [[fixes]]
        name = "better packaging"
        cost = 300
        factor = 0.5
        reason = "damaged"

    Raises
    ------
    ParameterError
        The file cannot be read, or a key or a value in it does not fit; all of them are named.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> mine = Path(folder.name, "costs.toml")
    >>> n = mine.write_text("removal = 5\\nappeal = 12.5", encoding="utf-8")
    >>> load_costs(mine).appeal
    12.5
    >>> folder.cleanup()
    """
    path = Path(path)
    if not exists(path):
        raise ParameterError(f"{path}: no such file. Name a TOML file of costs.")
    text = text_of(path, "costs")
    given = toml_of(text, path, "costs", "removal = 5")
    problems = list[str]()
    for key, kind in (("fixes", Fix), ("refunds", Refund)):
        listed = given.get(key, [])
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            problems.append(f"{place(text, key)}{key} must be a list of tables, [[{key}]].")
            given.pop(key)
            continue
        made = []
        for i, one in enumerate(listed, 1):
            values, wrong = fields.read(one, fields.kinds_of(kind), "key")
            problems += [f"{place(text, k)}{key} {i}: {why}" for k, why in wrong.items()]
            if not wrong:
                made.append(kind(**values))
        given[key] = made
    values, wrong = fields.read(given, fields.kinds_of(Costs), "key")
    problems += [f"{place(text, key)}{problem}" for key, problem in wrong.items()]
    if problems:
        raise ParameterError(f"{path}: {' '.join(problems)}")
    try:
        return Costs(**values)
    except ParameterError as error:
        raise ParameterError(f"{path}: {error}") from error
