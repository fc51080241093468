"""What the what-if panel holds: levers in, the days ahead out. No widget in sight."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import traitlets

from odr_analysis import words
from odr_analysis.answer.scenario.key_days import key_days
from odr_analysis.answer.scenario.sentence import scenario_sentence
from odr_analysis.controls.extra_note import ExtraNote
from odr_analysis.controls.lever_scenario import TICKED, levers_for, made_by, more_of, without_idle
from odr_analysis.controls.tick_table import filtered, kinds_of, odds_of, tick_table
from odr_analysis.errors import ParameterError
from odr_analysis.forecasting.look_ahead import LookAhead
from odr_analysis.whatif.apply import Effect, effect_of
from odr_analysis.whatif.changes import MOST_DAYS, MOST_PER_DAY, MOST_TIMES, MoreOrders, Pair
from odr_analysis.whatif.scenario import Scenario
from odr_analysis.whatif.scenario_file import load_scenario, read_scenario, scenario_toml
from odr_analysis.whatif.spans import largest_of
from odr_analysis.whatif.touched import check_known
from odr_analysis.writing import placed

if TYPE_CHECKING:
    from odr_analysis.account import Account

LEVERS = (
    *("extra_orders_per_day", "start", "days", "extra_defect_rate", "marketplace", "channel"),
    *("sales", *TICKED, "as_certain", "also"),
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
        As in :class:`~odr_analysis.MoreOrders`.
    start : datetime.date
        First day with extra orders; by default the day after `as_of`.
    extra_defect_rate : float or None
        Fraction 0-1 of them that is defective; None for as many as of ordinary orders.
    marketplace, channel : str or None
        The series the extra orders go to.
    sales : float
        How many times as many ordinary orders are placed from the day after `as_of` on, in every
        series: 0 is a pause.
    removed, claims_won, chargebacks_won : tuple of str
        Order ids whose feedback is removed, whose claim or chargeback is won; ``defects`` lists
        those that have some.
    as_certain : bool
        Whether each of these works, and at once; else it works with the probability that
        ``defects`` states, from the day on which a success would show.
    also : Scenario
        What no other lever can show, from a scenario that was loaded.
    filter_text, filter_kind : str
        What ``offered`` lists of ``defects``.
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
    extra_defect_rate = traitlets.Float(None, min=0.0, max=1.0, allow_none=True)
    marketplace = traitlets.Unicode(None, allow_none=True)
    channel = traitlets.Unicode(None, allow_none=True)
    sales = traitlets.Float(1.0, min=0.0, max=MOST_TIMES)
    removed = traitlets.Tuple()
    claims_won = traitlets.Tuple()
    chargebacks_won = traitlets.Tuple()
    as_certain = traitlets.Bool(True)
    also = traitlets.Instance(Scenario, ())

    filter_text = traitlets.Unicode("")
    filter_kind = traitlets.Unicode("")

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
        self.defects = tick_table(self.look)
        self.kinds = kinds_of(self.defects)
        self._odds = odds_of(self.defects)
        self._ids = frozenset(self.defects["order_id"])
        self._extra_note = ExtraNote(self.look)
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

    @property
    def pair(self) -> Pair | None:
        """The series the extra orders go to; None without orders."""
        return largest_of(more_of(self.levers), self.look.size)

    @property
    def last_day(self) -> date:
        """The last day looked at."""
        return self.as_of + timedelta(days=self.look.calendar.horizon_days)

    @property
    def offered(self) -> pd.DataFrame:
        """The rows of ``defects`` that fit ``filter_text`` and ``filter_kind``."""
        return filtered(self.defects, self.filter_text, self.filter_kind)

    @property
    def ticked(self) -> set[tuple[str, str]]:
        """Order id and kind of every defect that is taken away."""
        return {(i, kind) for lever, kind in TICKED.items() for i in getattr(self, lever)}

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

    def load(self, source: Scenario | str | Path) -> None:
        """Put the levers where a scenario has them; what they cannot show is ``also`` done.

        Parameters
        ----------
        source : Scenario, pathlib.Path or str
            A scenario, the path of a scenario file, TOML or JSON, or the text of one.

        Raises
        ------
        ParameterError
            The file cannot be read, or the scenario does not fit the account; nothing has moved.
        """
        found = source if isinstance(source, Scenario) else _read(source)
        self._load(found)

    def load_text(self, text: str, file: str) -> str:
        """:meth:`load` of what a file of that name holds; returns the name of the scenario."""
        found = read_scenario(text, Path(file))
        self._load(found)
        return found.name

    def _load(self, found: Scenario) -> None:
        # What does not fit is found before any lever moves.
        effect_of(self.look, found)
        self.move(**levers_for(found, self._odds, self.as_of, self.last_day))

    def save(self, path: str | Path, name: str = "") -> Path:
        """Write the scenario to a TOML file that ``load`` and ``odr whatif --scenario`` read.

        Parameters
        ----------
        path : str or pathlib.Path
        name : str
            Of the scenario.

        Raises
        ------
        PlaceError
            Nothing can be written there.
        """
        path = Path(path)
        with placed(path) as aside:
            aside.write_text(self.toml(name), "utf-8")
        return path

    @property
    def plain(self) -> Scenario:
        """The scenario without what changes nothing, such as no extra orders."""
        return without_idle(self.scenario)

    def toml(self, name: str = "") -> str:
        """The scenario, under a name, as the text of a file."""
        return scenario_toml(self.plain.named(name))

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

    @traitlets.validate(*TICKED)
    def _known_orders(self, proposal: Any) -> tuple[str, ...]:
        ids = tuple(proposal.value)
        if twice := [each for each in ids if ids.count(each) > 1]:
            raise LeverError(f"what-if: order {twice[0]} is listed twice in {proposal.trait.name}.")
        try:
            # An order without such a defect may stand here; the notes say it does nothing.
            check_known(self.account, frozenset(ids) - self._ids)
        except ParameterError as error:
            raise LeverError(str(error)) from error
        return ids

    @traitlets.validate("extra_defect_rate", "sales")
    def _a_number(self, proposal: Any) -> float | None:
        value: float | None = proposal.value
        if value is not None and not value >= 0:  # what is not a number passes both bounds
            raise LeverError(f"what-if: {proposal.trait.name} must be a number, got {value}.")
        return value

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
        scenario = made_by(self.levers, self._odds)
        effect = effect_of(self.look, scenario)
        self.set_trait("scenario", scenario)
        self.set_trait("table", key_days(effect))
        self.set_trait("note", self._extra_note.of(effect, more_of(self.levers), self.pair))
        self.set_trait("sentence", scenario_sentence(effect))
        # Last, so that whoever watches it finds the rest in place.
        self.set_trait("effect", effect)


def _read(source: str | Path) -> Scenario:
    """A scenario from a file, or from the text of one."""
    text = str(source)
    if isinstance(source, Path) or ("\n" not in text and "{" not in text):
        return load_scenario(source)
    as_json = text.lstrip().startswith("{")
    return read_scenario(text, Path(f"scenario.{'json' if as_json else 'toml'}"))
