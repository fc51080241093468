"""The list of defects to tick: searched by words, cut to a length that is read, ranked by worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.controls import markup
from odr_analysis.controls.later import Later
from odr_analysis.controls.lever_scenario import TICKED
from odr_analysis.controls.state import WhatIfState

LISTED = 60
"""How many defects are listed at once; a search finds the others."""
SEARCH_SECONDS = 0.15
"""What is typed within this time is searched for together."""
EVERY_KIND = "Every kind"

# A list that scrolls must not squeeze its items instead.
_WHOLE = widgets.Layout(width="100%", flex="0 0 auto", overflow="visible")


class TickList:
    """Checkboxes of the defects a state offers, with what narrows them down.

    Parameters
    ----------
    state : WhatIfState
    ticked : callable
        Called after a reader has ticked or cleared one.
    certain : ipywidgets.Widget
        How ticks count.
    """

    def __init__(self, state: WhatIfState, ticked: Callable[[Any], None], certain: Any) -> None:
        self._state, self._ticked = state, ticked
        self.ticks: dict[tuple[str, str], Any] = {}
        self._items: dict[tuple[str, str], Any] = {}
        self.search = widgets.Text(
            placeholder="Order, words, reason",
            description="Search",
            style={"description_width": "52px"},
            layout=widgets.Layout(flex="1 1 200px", width="auto", min_width="200px"),
        )
        self.kind = widgets.Dropdown(
            options=[
                (EVERY_KIND, ""),
                *((name.capitalize(), c) for name, c in state.kinds.items()),
            ],
            description="Kind",
            style={"description_width": "32px"},
            layout=widgets.Layout(flex="1 1 150px", width="auto", min_width="140px"),
        )
        self._note = widgets.HTML()
        # A line below says that the list goes on where it is cut.
        line = "1px solid var(--jp-border-color1, #bdbdbd)"
        self._box = widgets.VBox(
            layout=widgets.Layout(
                max_height="460px", overflow="hidden auto", width="100%", border_bottom=line
            )
        )
        self._later = Later(self._ask, SEARCH_SECONDS, anew=True)
        for widget in (self.search, self.kind):
            widget.observe(lambda _change: self._later.ask(), "value")
        state.observe(self._show, ["filter_text", "filter_kind"])
        self._show()
        narrowed = widgets.HBox(
            [self.search, *([self.kind] if len(state.kinds) > 1 else [])],
            layout=widgets.Layout(width="100%", flex_flow="row wrap"),
        )
        parts: list[Any] = [widgets.HTML(markup.heading("Take defects away"))]
        if state.defects.empty:
            parts.append(widgets.HTML(markup.note(markup.NOTHING_TO_REMOVE)))
        else:
            parts += [certain, narrowed, self._box, self._note]
        self.view = widgets.VBox(parts)

    def placed(self) -> dict[str, tuple[str, ...]]:
        """The levers of the state as the ticks have them; of what is not listed, as they are."""
        found = {}
        for lever, kind in TICKED.items():
            was = getattr(self._state, lever)
            beyond = [i for i in was if (i, kind) not in self.ticks]
            here = [i for (i, k), tick in self.ticks.items() if k == kind and tick.value]
            found[lever] = tuple(sorted(here + beyond, key=_order(was)))
        return found

    def follow(self) -> None:
        """Move the ticks to where the state has them."""
        ticked = self._state.ticked
        for key, tick in self.ticks.items():
            tick.value = key in ticked
        self.remark()

    def _ask(self) -> None:
        self._state.filter_text = self.search.value
        self._state.filter_kind = self.kind.value

    def _show(self, _change: Any = None) -> None:
        rows = self._state.offered.head(LISTED)
        self._box.children = [self._item(row) for row in rows.itertuples()]
        self.remark()

    def remark(self) -> None:
        """What is not listed."""
        offered, ticked = self._state.offered, self._state.ticked
        listed = set(
            zip(*(offered.head(LISTED)[c] for c in ("order_id", "component")), strict=True)
        )
        said = []
        if len(offered) > LISTED:
            rest = words.number(len(offered) - LISTED)
            said.append(f"{rest} more of less worth are not listed here; a search finds them.")
        if offered.empty:
            said.append("None fits the search.")
        if n := len(ticked - listed):
            said.append(f"{words.number(n)} ticked, not listed here.")
        self._note.value = markup.note(" ".join(said)) if said else ""

    def _item(self, row: Any) -> Any:
        """A tick with its text, made when it is first listed."""
        key = str(row.order_id), str(row.component)
        if key not in self._items:
            tick = widgets.Checkbox(
                key in self._state.ticked,
                # A description is shown as text, never as markup.
                description=tick_text(row),
                indent=False,
                layout=widgets.Layout(width="100%", margin="4px 0 0 2px"),
            )
            tick.observe(self._ticked, "value")
            many = len(self._state.look.size) > 1
            said = widgets.HTML(markup.removal(row, self._state.as_of, many=many))
            self.ticks[key] = tick
            self._items[key] = widgets.VBox([tick, said], layout=_WHOLE)
        return self._items[key]


def tick_text(row: Any) -> str:
    """What names a defect that can be ticked."""
    kind = terms.COMPONENT_LABELS[row.component]
    what = kind[0].upper() + kind[1:]
    if not pd.isna(row.rating):
        what = words.counted(int(row.rating), "star")
    return f"{what}, order {row.order_id}"


def _order(was: tuple[str, ...]) -> Callable[[str], int]:
    """New ticks come after the ones that were there."""
    place = {each: i for i, each in enumerate(was)}
    return lambda each: place.get(each, len(place))
