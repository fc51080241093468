"""What the what-if panel holds: levers in, the days ahead out. No widget in sight."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import traitlets

from odr_analysis import words
from odr_analysis.answer.scenario.key_days import key_days
from odr_analysis.answer.scenario.removal_effects import removal_effects
from odr_analysis.answer.scenario.sentence import scenario_sentence
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif.apply import Effect, effect_of
from odr_analysis.whatif.changes import MOST_DAYS, MOST_PER_DAY, MoreOrders, Removed
from odr_analysis.whatif.needed import orders_needed
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.touched import check_known

if TYPE_CHECKING:
    from odr_analysis.account import Account

LEVERS = (
    "extra_orders_per_day",
    "start",
    "days",
    "extra_defect_rate",
    "removed",
    "marketplace",
    "channel",
)


class LeverError(ParameterError, traitlets.TraitError):
    """A lever cannot stand there. Being a TraitError, it makes traitlets put the lever back."""


class WhatIfState(traitlets.HasTraits):
    """Levers of a scenario and what follows from them, kept in step.

    Set any lever; ``scenario``, ``effect``, ``sentence``, ``table`` and ``note`` follow at once.
    Set several inside ``with state.hold_trait_notifications():`` to work it out once.

    Attributes
    ----------
    extra_orders_per_day, days : int
        As in :class:`~odr_analysis.whatif.Scenario`.
    start : datetime.date
        First day with extra orders; by default the day after `as_of`.
    extra_defect_rate : float
        Fraction 0-1.
    removed : tuple of str
        Order ids whose feedback is removed; ``removable`` lists those that have some.
    marketplace, channel : str or None
        The series the extra orders go to.
    scenario : Scenario
    effect : Effect
        From ``apply_scenario``; of all that follows it is set last, so watch this one.
    sentence : str
        The answer.
    table : pandas.DataFrame
        From ``key_days``.
    note : str
        What is said beside the levers for extra orders, '' when there is nothing to say.
    n_past : int
        How many changes ``undo`` can take back.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> from odr_analysis.controls import WhatIfState
    >>> state = WhatIfState(load_sample(), days=30)
    >>> state.sentence.split(":")[0]
    'Nothing is changed'
    >>> state.extra_orders_per_day = 20
    >>> state.sentence.split(" from ")[0]
    'With 20 more orders a day'
    >>> state.undo()
    >>> state.sentence.split(":")[0]
    'Nothing is changed'
    """

    extra_orders_per_day = traitlets.Int(0, min=0, max=MOST_PER_DAY)
    start = traitlets.Instance(date)
    days = traitlets.Int(0, min=0, max=MOST_DAYS)
    extra_defect_rate = traitlets.Float(0.0, min=0.0, max=1.0)
    removed = traitlets.Tuple()
    marketplace = traitlets.Unicode(None, allow_none=True)
    channel = traitlets.Unicode(None, allow_none=True)

    scenario = traitlets.Instance(Scenario, read_only=True)
    effect = traitlets.Instance(Effect, read_only=True)
    table = traitlets.Instance(pd.DataFrame, read_only=True)
    sentence = traitlets.Unicode(read_only=True)
    note = traitlets.Unicode(read_only=True)
    n_past = traitlets.Int(0, read_only=True)

    def __init__(
        self,
        account: Account,
        as_of: date | str | None = None,
        horizon_days: int = 75,
        **levers: Any,
    ):
        unknown = set(levers) - set(LEVERS)
        if unknown:
            raise ParameterError(
                f"what-if: unknown lever {', '.join(sorted(unknown))}. Levers: {', '.join(LEVERS)}."
            )
        self.account = account
        self.look = LookAhead.of(account, as_of, horizon_days)
        self.as_of = self.look.as_of
        self.removable = removal_effects(account, self.as_of)
        self._ids = frozenset(self.removable["order_id"])
        if levers.get("start") is None:
            levers["start"] = MoreOrders().first_day(self.as_of)
        # Nothing is worked out before all levers stand.
        self._ready = False
        super().__init__(**levers)
        self._ready = True
        self._first = self._stood = self.levers
        self._past: list[dict[str, Any]] = []
        self._follow()

    @property
    def levers(self) -> dict[str, Any]:
        """Where every lever stands, by its name."""
        return {name: getattr(self, name) for name in LEVERS}

    def move(self, *, joined: bool = False, **levers: Any) -> None:
        """Move several levers as one change.

        Parameters
        ----------
        joined : bool
            Whether this goes on with the change before it, as while a slider is dragged:
            ``undo`` takes back both at once.
        **levers
            New places by name, as in ``WhatIfState``.

        Raises
        ------
        ParameterError
            A lever cannot stand there; then none has moved.
        """
        n_past = len(self._past)
        with self.hold_trait_notifications():
            for name, value in levers.items():
                setattr(self, name, value)
        if joined and n_past:
            self._forget(n_past)

    def undo(self) -> None:
        """Take back the last change; without one, nothing happens."""
        if self._past:
            before = self._past[-1]
            n_past = len(self._past) - 1
            self.move(**before)
            self._forget(n_past)

    def reset(self) -> None:
        """Put every lever where it stood at first; this can be undone like any change."""
        self.move(**self._first)

    @traitlets.validate("start")
    def _after_as_of(self, proposal: Any) -> date:
        value = proposal.value
        day: date = value.date() if isinstance(value, datetime) else value
        if day <= self.as_of:
            raise LeverError(
                f"what-if: extra orders can only be placed after {words.day(self.as_of)}, "
                f"got {words.day(day)}."
            )
        return day

    @traitlets.validate("removed")
    def _removable(self, proposal: Any) -> tuple[str, ...]:
        ids = tuple(proposal.value)
        try:
            # An order without counting feedback may stand here; the notes say it does nothing.
            check_known(self.account, frozenset(ids) - self._ids)
        except ParameterError as error:
            raise LeverError(str(error)) from error
        return ids

    @traitlets.validate("marketplace", "channel")
    def _in_account(self, proposal: Any) -> str | None:
        name, value = proposal.trait.name, proposal.value
        known = {pair[name == "channel"] for pair in self.look.size}
        if value is not None and value not in known:
            raise LeverError(
                f"what-if: no orders of {name} {value!r}. There are: {', '.join(sorted(known))}."
            )
        return value

    @traitlets.observe(*LEVERS)
    def _moved(self, _change: Any) -> None:
        # Of levers set together each reports; the first finds all of them in place.
        if self._ready and self.levers != self._stood:
            self._past.append(self._stood)
            self._stood = self.levers
            self._follow()
            self._forget(len(self._past))

    def _forget(self, n_past: int) -> None:
        """Keep only so many of the past changes."""
        del self._past[n_past:]
        self.set_trait("n_past", n_past)

    def _follow(self) -> None:
        scenario = Scenario(
            MoreOrders(
                self.extra_orders_per_day,
                defect_rate=self.extra_defect_rate,
                start=self.start,
                days=self.days,
                marketplace=self.marketplace,
                channel=self.channel,
            ),
            Removed(frozenset(self.removed)),
        )
        effect = effect_of(self.look, scenario)
        self.set_trait("scenario", scenario)
        self.set_trait("table", key_days(effect))
        self.set_trait("note", self._said_of_extra(effect))
        self.set_trait("sentence", scenario_sentence(effect))
        # Last, so that whoever watches it finds the rest in place.
        self.set_trait("effect", effect)

    def _said_of_extra(self, effect: Effect) -> str:
        """What the levers for extra orders come to, said where they are."""
        policy, (more, pairs) = effect.policy, effect.spans[0]
        if not pairs:
            return "No orders in the exports: these levers change nothing."
        if not self.extra_orders_per_day:
            return "No extra orders: these levers change nothing yet."
        if not self.days:
            return "For 0 days: no extra order is placed, so nothing changes."
        ends = more.last_day(self.as_of) or self.as_of
        enters, leaves = policy.enters_on(self.start), policy.leaves_on(ends)
        total = words.counted(self.extra_orders_per_day * self.days, "extra order")
        said = f"{total}, counting from {words.span(enters, leaves)}."
        path = effect.path(*pairs[0])
        if path.first_extra is None:
            last = words.day(path.on(path.last), self.as_of.year)
            return f"{said} That is after {last}, the last day shown: no change."
        now = int(path.base.n_defective[0]), int(path.base.n_orders[0])
        rate = self.extra_defect_rate
        if orders_needed(*now, defect_rate=rate, target=policy.target).possible:
            return said
        return (
            f"{said} With {words.level(rate)} of them defective they cannot bring today's rate "
            f"under {words.level(policy.target)}."
        )
