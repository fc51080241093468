"""The panel's texts as HTML. Everything that came out of an export is escaped here."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from odr_analysis import words
from odr_analysis.answer.plan import OWN_ESTIMATE
from odr_analysis.answer.scenario.assumptions import scenario_assumptions
from odr_analysis.answer.scenario.done import changes_in_words
from odr_analysis.answer.scenario.expected import is_whole, rate_of
from odr_analysis.answer.scenario.removal_effects import scenario_notes
from odr_analysis.answer.scenario.sentence import scenario_headline

if TYPE_CHECKING:
    from datetime import date

    from odr_analysis.controls.comparison import Comparison
    from odr_analysis.controls.state import WhatIfState

COMMENT_CHARACTERS = 84

_CAPTION = "text-align:left;font-weight:600;line-height:1.4"

NOTHING_TO_REMOVE = (
    "No order that counts or will count is known to be defective: nothing to take away here."
)

LEAST_PICTURE = 480
"""Pixels below which a picture is not made smaller."""

# Turning the hues back keeps blue blue and red red.
_TURNED = ".odr-light-picture{filter:invert(.93) hue-rotate(180deg)}"
STYLE = (
    f'<style>[data-jp-theme-light="false"] {_TURNED}'
    f"@media screen and (prefers-color-scheme:dark){{.odr-page {_TURNED}}}"
    # Beside each other; where that is too narrow, the picture comes right after its levers.
    ".odr-panel{container-type:inline-size;width:100%}"
    ".odr-panel>.odr-grid{display:grid;overflow:visible;gap:8px 28px;"
    "grid-template:auto 1fr/minmax(300px,376px) minmax(0,1fr)}"
    ".odr-grid>:nth-child(2){grid-area:1/2/3/3}.odr-grid>:nth-child(3){grid-area:2/1}"
    "@container (max-width:760px){.odr-panel>.odr-grid{grid-template:none/minmax(0,1fr)}"
    ".odr-grid>:nth-child(n){grid-area:auto}}"
    # On a phone each slider has a line of its own, wide enough for a finger.
    ".odr-grid .widget-dropdown{max-width:calc(100% - 4px)}"
    "@container (max-width:400px){.odr-grid .odr-lever{flex-flow:row wrap}"
    ".odr-grid .odr-lever>:last-child{flex:1 1 100%!important}}"
    # Below this width its letters could not be read; then it is moved sideways.
    f".odr-picture{{overflow-x:auto}}.odr-picture>img{{min-width:{LEAST_PICTURE}px}}"
    # The handle of a slider stands over its end, and is seen on white.
    ".odr-lever .widget-slider{overflow: visible}"
    ".odr-lever .noUi-handle{border-color:#767676}"
    # Else what browser and ipywidgets draw in fields is black in the dark theme too.
    '[data-jp-theme-light="false"] .odr-panel :is(input,select){color-scheme:dark}'
    '[data-jp-theme-light="false"] .odr-panel select{background:'
    "linear-gradient(45deg,#0000 50%,#ccc 50%) right 12px center/5px 5px no-repeat,"
    "linear-gradient(135deg,#ccc 50%,#0000 50%) right 7px center/5px 5px no-repeat}"
    # JupyterLab makes it too faint to read in its dark theme.
    ".odr-panel button:disabled{opacity:.75!important}"
    # The button within a date field has the focus without the field showing it.
    ".odr-panel :is(:is(.noUi-handle,button,input,select,pre,a,summary):focus-visible,"
    "[type=date]:focus-within)"
    "{outline:2px solid var(--jp-brand-color1,#1a5fb4)!important;outline-offset:2px}</style>"
)
"""What cannot be said on an element: the dark theme, what stands where, where the focus is."""

# The handles come a moment after the script, and again with each further view.
NAMES = """<script>(() => {
  let rounds = 40;
  const name = () => {
    for (const row of document.querySelectorAll(".odr-lever")) {
      const label = row.querySelector("label").textContent;
      row.querySelector(".noUi-handle")?.setAttribute("aria-label", label);
    }
    for (const choice of document.querySelectorAll(".odr-panel select")) {
      choice.setAttribute("data-lm-suppress-shortcuts", "true");
    }
    if (rounds--) setTimeout(name, 250);
  };
  name();
})();</script>"""
"""Gives each slider's handle the name of the field beside it, and each choice its own keys, which
JupyterLab takes for commands of the notebook, such as a new cell for an "a"."""


def sentence(text: str) -> str:
    """The answer, large."""
    return (
        '<p role="status" style="font-size:1.2em;line-height:1.4;font-weight:600;margin:0 0 8px">'
        f"{_shown(text)}</p>"
    )


def heading(text: str) -> str:
    """A heading within the panel."""
    return f'<div style="font-weight:600;margin:10px 0 2px">{html.escape(text)}</div>'


def note(text: str) -> str:
    """A remark beside a lever."""
    return f'<div style="line-height:1.4;margin:2px 0 6px">{_shown(text)}</div>'


def removal(row: Any, as_of: date, *, many: bool = False) -> str:
    """The text under the tick of one defect: effect, exit, odds, the words of the case.

    ``row`` is a row of ``tick_table`` out of ``itertuples``; of `many` series its own is named.
    """
    effect = f"{row.effect_text}; leaves on {words.day(row.leaves_on.date(), as_of.year)}"
    if many:
        effect += f" ({words.channel(row.channel)})"
    if row.step:
        where = OWN_ESTIMATE if row.chance_from == "guess" else row.chance_from
        odds = f"{row.step}: probability {words.probability(row.chance)} ({where})"
    else:
        odds = f"nothing can be done: {row.why_closed}"
    said = words.opening(row.words, COMMENT_CHARACTERS)
    quote = f'<br><span style="opacity:.75">“{html.escape(said)}”</span>' if said else ""
    return (
        '<div style="line-height:1.35;margin:0 8px 4px 20px;overflow-wrap:anywhere">'
        f"{_sentence_case(effect)}<br>{_sentence_case(odds)}{quote}</div>"
    )


def _sentence_case(text: str) -> str:
    return _shown(text[0].upper() + text[1:])


def _shown(text: str) -> str:
    """A text as HTML; a number and its sign stay in one line."""
    return html.escape(text.replace(" %", "\N{NO-BREAK SPACE}%"))


def answer_of(state: WhatIfState) -> str:
    """The answer in one short sentence: the levers beside it say what is done.

    Of several rates that are moved, the one the picture is of; the others follow, small.
    """
    effect = state.effect
    moved = [path for path in effect.paths if path.changed]
    if not moved:
        return sentence(state.sentence)
    others = [path for path in moved if path is not effect.focus]
    also = (f"{scenario_headline(effect.only(*path.pair))}." for path in others)
    rest = "".join(map(note, also))
    return sentence(f"{scenario_headline(effect)}.") + f'<div aria-live="polite">{rest}</div>'


def also_of(state: WhatIfState) -> str:
    """What is done besides, which no lever can show."""
    if not state.also:
        return ""
    said = words.listed(changes_in_words(state.also, state.as_of))
    return note(f"Also, from the scenario that was loaded: {said}.")


def alert(text: str) -> str:
    """Why something cannot be done."""
    look = "font-weight:600;line-height:1.4;margin:2px 0 6px"
    return f'<div role="alert" style="{look}">{html.escape(text)}</div>'


def answers(said: Sequence[str]) -> str:
    """What it would take, a sentence each; '' where nothing was asked."""
    items = "".join(f"<li>{_shown(text)}</li>" for text in said)
    style = "line-height:1.45;margin:4px 0;padding-left:20px"
    return f'<ul aria-live="polite" style="{style}">{items}</ul>' if said else ""


def note_of_links(links: Sequence[str]) -> str:
    """Links that save files, in a row."""
    return f'<div style="line-height:1.8;margin:6px 0 2px">Save as file: {"".join(links)}</div>'


def to_copy(title: str, text: str) -> str:
    """A text to take along; a click marks all of it."""
    look = (
        "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;user-select:all;line-height:1.4;"
        "margin:2px 0 8px;padding:6px 8px;border:1px solid rgba(128,128,128,.5)"
    )
    return (
        f"{heading(title)}"
        f'<pre tabindex="0" aria-label="{html.escape(title)}" style="{look}">'
        f"{html.escape(text)}</pre>"
    )


def compared(comparison: Comparison) -> str:
    """The scenarios kept beside things as they are, on the day asked about; '' without any."""
    focus, asked = comparison.state.effect.focus, comparison.asked
    if not comparison.rows or focus is None:
        return ""
    lines = "line-height:1.25;vertical-align:top"
    left = f'style="text-align:left;padding:4px 12px 4px 0;{lines}"'
    cell = f'style="text-align:right;padding:4px 0 4px 12px;{lines};white-space:nowrap"'
    line, day = words.level(focus.target), words.day(asked.by, asked.state.as_of.year)
    sure = words.level(asked.certainty)
    heads = ("ODR<br>(90 % interval)", "Breach", f"Under {line}<br>with {sure} from")
    rows = "".join(
        f"<tr><th {left} scope=row>{html.escape(row.scenario)}</th>"
        + "".join(
            f"<td {cell}>{html.escape(text).replace(' (', '<br>(')}</td>"
            for text in (row.odr, row.breach, row.first_under)
        )
        + "</tr>"
        for row in comparison.rows
    )
    head = "".join(f"<th {cell} scope=col>{text}</th>" for text in heads)
    title = f"Compared on {day}, {words.series(*focus.pair)}"
    return (
        '<table style="border-collapse:collapse;width:100%;max-width:760px;margin:6px 0">'
        f'<caption style="{_CAPTION}">{html.escape(title)}</caption>'
        f"<thead><tr><th {left} scope=col>Scenario</th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def days_of(state: WhatIfState) -> str:
    """The days that matter, of the series the answer is about."""
    path = state.effect.focus
    if path is None:
        return ""
    return days_table(state.table, path.target, words.series(*path.pair))


def fine_print_of(state: WhatIfState) -> str:
    """What the state assumes, and which removals do nothing."""
    return fine_print(scenario_assumptions(state.effect), scenario_notes(state.effect))


def days_table(table: pd.DataFrame, target: float, name: str) -> str:
    """``key_days`` as a small table; rates rounded, expected counts marked."""
    if table.empty:
        return ""
    cell = (
        'style="text-align:right;padding:4px 0 4px 12px;line-height:1.25;'
        'font-variant-numeric:tabular-nums"'
    )
    left = 'style="text-align:left;padding:3px 12px 3px 0;white-space:nowrap"'
    why = 'style="text-align:left;padding:3px 0;line-height:1.25"'
    year = table["day"].iloc[0].year
    lines = []
    rows: Iterable[Any] = table.itertuples()
    for row in rows:
        base = _cell(row.baseline_n_defective, row.baseline_n_orders, row.baseline_p_breach, target)
        then = _cell(row.scenario_n_defective, row.scenario_n_orders, row.scenario_p_breach, target)
        lines.append(
            f"<tr><th {left} scope=row>{words.day(row.day.date(), year)}</th>"
            f"<td {why}>{html.escape(row.what)}</td><td {cell}>{base}</td>"
            f"<td {cell}><b>{then}</b></td></tr>"
        )
    return (
        '<table style="border-collapse:collapse;width:100%;max-width:760px;margin:6px 0">'
        f'<caption style="{_CAPTION}">Key days, {html.escape(name)} '
        '<span style="font-weight:400">(rate, orders, probability of a breach)</span></caption>'
        f"<thead><tr><th {left} scope=col>Day</th><th {why} scope=col>What</th>"
        f"<th {cell} scope=col>As things are</th><th {cell} scope=col>With this</th></tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def fine_print(assumptions: Sequence[str], notes: Sequence[str]) -> str:
    """What is assumed, folded away; removals without effect in the open."""
    open_ = "".join(note(text) for text in notes)
    items = "".join(f"<li>{html.escape(text)}</li>" for text in assumptions)
    return (
        f'{open_}<details style="margin:4px 0"><summary>What this assumes</summary>'
        f'<ul style="line-height:1.45;margin:4px 0;padding-left:20px">{items}</ul></details>'
    )


def _cell(n_defective: float, n_orders: float, p_breach: float, target: float) -> str:
    """Rate, counts and the probability of a breach."""
    if not n_orders:
        return "no orders"
    about = "" if is_whole(n_defective, n_orders) else "about "
    bad = words.number(n_defective) if is_whole(n_defective) else words.decimal(n_defective)
    breach = "unknown" if pd.isna(p_breach) else words.probability(p_breach)
    return (
        f'<span style="white-space:nowrap">{rate_of(n_defective, n_orders, target)}</span><br>'
        f"<small>{about}{bad} of {words.number(n_orders)}<br>breach: {breach}</small>"
    )
