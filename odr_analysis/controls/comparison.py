"""Scenarios side by side: those a reader keeps, on one day, of the rate that is looked at."""

from __future__ import annotations

from typing import Any

import traitlets

from odr_analysis.answer.scenario.standard import Outcome, outcome
from odr_analysis.controls.asked_day import AskedDay
from odr_analysis.controls.state import WhatIfState
from odr_analysis.errors import ParameterError
from odr_analysis.whatif.apply import Effect, effect_of
from odr_analysis.whatif.scenario import Scenario

MOST_KEPT = 4
AS_THINGS_ARE = "As things are"


class Comparison(traitlets.HasTraits):
    """Up to four scenarios kept from a state, beside things as they are.

    Attributes
    ----------
    kept : tuple of Effect
        The name of each is that of its scenario.
    rows : tuple of Outcome
        Things as they are and each kept scenario, of the rate the picture is of, on the day asked
        about; none where nothing is kept.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> state = WhatIfState(load_sample(), extra_orders_per_day=20, days=30)
    >>> side_by_side = Comparison(state, AskedDay(state))
    >>> side_by_side.keep("autumn sale")
    'autumn sale'
    >>> [row.scenario for row in side_by_side.rows]
    ['As things are', 'autumn sale']
    """

    kept = traitlets.Tuple(read_only=True)
    rows = traitlets.Tuple(read_only=True)

    def __init__(self, state: WhatIfState, asked: AskedDay) -> None:
        super().__init__()
        self.state, self.asked = state, asked
        self._nothing = effect_of(state.look, Scenario())
        state.observe(self._follow, "effect")
        asked.observe(self._follow, ["by", "certainty"])

    @property
    def names(self) -> tuple[str, ...]:
        """Of the scenarios kept."""
        return tuple(effect.scenario.name for effect in self.kept)

    def keep(self, name: str = "") -> str:
        """Keep the scenario as it is now; one of the same name is replaced. Returns the name.

        Parameters
        ----------
        name : str
            By default the next of "Scenario 1", "Scenario 2".

        Raises
        ------
        ParameterError
            Four are kept already.
        """
        name = " ".join(name.split()) or self._free_name()
        now = effect_of(self.state.look, self.state.plain.named(name))
        kept = [now if effect.scenario.name == name else effect for effect in self.kept]
        if now not in kept:
            if len(kept) == MOST_KEPT:
                raise ParameterError(
                    f"{MOST_KEPT} scenarios are kept already. Remove one, or keep this one under "
                    "the name of one."
                )
            kept.append(now)
        self._hold(tuple(kept))
        return name

    def remove(self, name: str) -> None:
        """Keep a scenario no longer; without one of that name, nothing happens."""
        self._hold(tuple(effect for effect in self.kept if effect.scenario.name != name))

    def _free_name(self) -> str:
        numbers = range(1, MOST_KEPT + 2)
        return next(n for i in numbers if (n := f"Scenario {i}") not in self.names)

    def _hold(self, kept: tuple[Effect, ...]) -> None:
        self.set_trait("kept", kept)
        self._follow()

    def _follow(self, _change: Any = None) -> None:
        # While nothing is kept a lever that moves pays nothing for it.
        if not self.kept:
            self.set_trait("rows", ())
            return
        named = [(AS_THINGS_ARE, self._nothing)]
        named += [(effect.scenario.name, effect) for effect in self.kept]
        self.set_trait("rows", tuple(self._row(name, effect) for name, effect in named))

    def _row(self, name: str, effect: Effect) -> Outcome:
        focus, look = self.state.effect.focus, self.state.look
        if focus is None or focus.pair not in effect.baseline.marginals:
            return Outcome(name, "no forecast", "unknown", "unknown")
        if look.day.known[focus.pair].missing:
            return Outcome(name, "not all is known", "unknown", "unknown")
        return outcome(name, effect, focus.pair, self.asked.days_ahead, self.asked.certainty)
