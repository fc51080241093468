"""The panel where nothing runs: an exported page, a notebook opened again, a stopped kernel.

A cell has two outputs: the panel at rest as plain HTML, and after it the live view. Which of
them is seen is a matter of style alone, so nothing has to run for the one at rest to show.
"""

from __future__ import annotations

import base64
import html
from typing import Any

import pandas as pd

from odr_analysis import words
from odr_analysis.controls import markup
from odr_analysis.controls.asked_day import AskedDay
from odr_analysis.controls.comparison import Comparison
from odr_analysis.controls.levers import Lever
from odr_analysis.controls.state import WhatIfState
from odr_analysis.controls.tick_list import tick_text
from odr_analysis.whatif.changes import QUALITIES

LIVE_CLASS = "odr-panel"
"""Of the live view; ipywidgets marks a view whose kernel is gone as disconnected."""

OFFERED = 3
"""How many defects that are not ticked are listed at rest."""

_REST = ".jp-OutputArea-child:has(.odr-at-rest)"
_LIVE = f".{LIVE_CLASS}:not(.jupyter-widgets-disconnected)"
_HIDDEN = "display:none"
_SWITCH = (
    f"<style>{_REST}:has(+ .jp-OutputArea-child {_LIVE}),"
    f"{_REST} + .jp-OutputArea-child:not(:has({_LIVE})){{{_HIDDEN}}}</style>"
)

_LABEL = "display:flex;align-items:center;gap:8px;margin:4px 0"
# The answer comes first, and where there is room it stands on the right as in the live view.
_FLOW = "display:flex;flex-flow:row-reverse wrap;gap:14px 28px;align-items:flex-start"


def at_rest(
    comparison: Comparison, levers: dict[str, Lever], png: bytes, alt: str, theme: str
) -> str:
    """Levers that cannot be moved, sentence, picture and tables of the state the panel is in."""
    state, asked = comparison.state, comparison.asked
    picture = (
        f'<div class="odr-picture"><img class="odr-{theme}-picture" alt="{html.escape(alt)}" '
        'style="width:100%;max-width:940px" '
        f'src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}"></div>'
    )
    more = [one for name, one in levers.items() if name not in ("extra_defect_rate", "sales")]
    if state.extra_defect_rate:
        more.append(levers["extra_defect_rate"])
    left = (
        '<div style="flex:1 1 330px;min-width:min(280px,100%);max-width:100%">'
        f"{markup.note('As last set. To move the levers, run the notebook.')}"
        f"{markup.heading('More orders')}{_choices(state)}{''.join(map(_lever, more))}"
        f"{markup.note(state.note)}{markup.heading('Ordinary orders')}{_lever(levers['sales'])}"
        f"{markup.also_of(state)}{_removals(state)}</div>"
    )
    right = (
        '<div style="flex:999 1 520px;min-width:min(280px,100%);max-width:100%">'
        f"{markup.answer_of(state)}{picture}{markup.days_of(state)}"
        f"{markup.fine_print_of(state)}{_asked(asked)}{markup.compared(comparison)}</div>"
    )
    return (
        f'<div class="odr-what-if odr-at-rest">{markup.STYLE}{_SWITCH}'
        f'<div style="{_FLOW}">{right}{left}</div></div>'
    )


def _asked(asked: AskedDay) -> str:
    """What it would take, where that was asked."""
    if not asked.answers:
        return ""
    sure, day = words.level(asked.certainty), words.day(asked.by)
    return markup.heading(f"To be under with {sure} on {day}") + markup.answers(asked.answers)


def _lever(lever: Lever) -> str:
    name, value = lever.field.description, lever.field.value
    if lever.name == "start":
        options = [day for _, day in lever.slider.options]
        place, end, step = options.index(value), len(options) - 1, 1
        shown = words.day(value)
    else:
        place, end, step = lever.slider.value, lever.slider.max, lever.slider.step
        shown = words.number(value) if isinstance(value, int) else words.level(value / 100)
    return (
        f'<label style="{_LABEL}"><span style="flex:0 0 200px;font-variant-numeric:tabular-nums">'
        f"{html.escape(name)}: <b>{html.escape(shown)}</b></span>"
        f'<input type="range" disabled min="0" max="{end}" step="{step}" value="{place}" '
        'style="flex:1 1 60px;min-width:60px"></label>'
    )


def _choices(state: WhatIfState) -> str:
    """The series of the extra orders, where there are several, and their quality."""
    rate, said = state.extra_defect_rate, []
    if state.pair is not None and len(state.look.size) > 1:
        said.append(f"Placed where: {words.series(*state.pair)}.")
    named = [name for name, share in QUALITIES.items() if share == rate]
    said.append(f"Quality: {named[0] if named else 'a given share of them defective'}.")
    return markup.note(" ".join(said))


def _removals(state: WhatIfState) -> str:
    title, table = markup.heading("Take defects away"), state.defects
    if table.empty:
        return title + markup.note(markup.NOTHING_TO_REMOVE)
    keys = zip(table["order_id"], table["component"], strict=True)
    ticked = pd.Series([key in state.ticked for key in keys], index=table.index)
    shown = pd.concat([table[ticked], table[~ticked].head(OFFERED)])
    parts = [title]
    if ticked.any() and not state.as_certain:
        parts.append(markup.note("Each tick counts with its odds, from the day it would show."))
    parts += [_tick(row, state) for row in shown.itertuples()]
    if more := len(table) - len(shown):
        parts.append(markup.note(f"{words.number(more)} more, not ticked."))
    return "".join(parts)


def _tick(row: Any, state: WhatIfState) -> str:
    checked = " checked" if (row.order_id, row.component) in state.ticked else ""
    return (
        f'<label style="{_LABEL};margin-bottom:0"><input type="checkbox" disabled{checked}>'
        f"{html.escape(tick_text(row))}</label>"
        f"{markup.removal(row, state.as_of, many=len(state.look.size) > 1)}"
    )
