"""Sections of the findings as HTML, the same in a notebook and on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2
import pandas as pd

from odr_analysis import terms, words
from odr_analysis.actions.steps import STEPS
from odr_analysis.answer.build import Findings
from odr_analysis.answer.parts.ahead import Ahead
from odr_analysis.answer.parts.worklist import deadline_text, is_overdue, worklist_text
from odr_analysis.answer.scenario.standard import WhatIf
from odr_analysis.answer.sections import (
    Answer,
    BuiltOn,
    Defects,
    Head,
    Health,
    Moved,
    Official,
    StandsOut,
    ToDo,
    Trend,
)
from odr_analysis.errors import ParameterError
from odr_analysis.html.figures import drawn
from odr_analysis.html.style_sheet import HEAD_MIME, style_sheet, templates
from odr_analysis.plots.bridge import bridge_figure
from odr_analysis.plots.days_ahead.fan import fan_figure
from odr_analysis.plots.days_ahead.roll_off import roll_off_figure
from odr_analysis.plots.odr import odr_figure
from odr_analysis.plots.shared.figure import Figure, Panels

ROWS_SHOWN, ROWS_FOLDED = 40, 300
"""Rows of the table of defects at sight, and those one can unfold; the rest are counted."""

STEPS_SHOWN = 12
"""Rows of the worklist at sight, besides those overdue; as many as of the defects can be
unfolded."""

BRIDGES_SHOWN = 1
"""Bridges drawn in a report: those of the most pressing rates that changed."""

FIGURES_AT_SIGHT = 2
"""Figures of further series are folded."""


@dataclass(frozen=True, eq=False)
class Shown:
    """Something to look at: HTML for a notebook or page, plain text for a terminal."""

    html: str
    text: str
    title: str = ""

    def _repr_html_(self) -> str:
        return f"{style_sheet()}{self.html}"

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self._repr_html_(), "text/plain": self.text}
        if self.title:
            bundle[HEAD_MIME] = {"title": self.title}
        return bundle


def show(section: Any) -> Shown:
    """The findings, or one section of them, to look at.

    Parameters
    ----------
    section : Findings, or Head, Answer, Trend, Official, Moved, Defects, Ahead, Health, BuiltOn
        From :func:`odr_analysis.findings`; or a StandsOut or ToDo from
        :func:`odr_analysis.stands_out` and :func:`odr_analysis.what_to_do`.

    Returns
    -------
    Shown
        A notebook shows its HTML, in the theme of JupyterLab or of the page; ``str`` of it is
        the same in plain text. Every word from the exports is escaped.

    Raises
    ------
    ParameterError
        `section` is none of these.

    Examples
    --------
    >>> from odr_analysis import load_sample
    >>> from odr_analysis.answer import findings
    >>> print(str(show(findings(load_sample()).head)).splitlines()[0])
    sample, Amazon.de
    """
    if isinstance(section, Findings):
        parts = [show(part) for part in section.sections]
        return Shown(
            "\n".join(p.html for p in parts), "\n\n".join(p.text for p in parts), parts[0].title
        )
    for kind, (template, text) in _SECTIONS.items():
        if isinstance(section, kind):
            html = _environment().get_template(template).render(it=section, **_more(section))
            title = f"ODR report: {section.account}" if isinstance(section, Head) else ""
            return Shown(html, text(section), title)
    raise ParameterError(
        f"show takes findings or one of their sections, got {type(section).__name__}. "
        "Try show(findings(account).answer)."
    )


def captioned(figure: Figure | Panels, height: int | None = None) -> str:
    """A figure at both widths under its finding; the style sheet shows the one that fits."""
    macros = _environment().get_template("_macros.html.j2").module
    html: str = macros.figure_at(figure, figure.finding, height=height)  # type: ignore[attr-defined]
    return html


def ready_templates() -> None:
    """Compile the templates and the style sheet, for a process from which others are forked."""
    for name in _environment().list_templates(extensions=["j2"]):
        _environment().get_template(name)
    style_sheet()


@cache
def _environment() -> jinja2.Environment:
    environment = templates()
    environment.filters.update(
        number=words.number,
        percent=words.percent,
        counted=words.counted,
        day=words.day,
        level=words.level,
        opening=words.opening,
        series=words.series,
    )
    environment.globals.update(
        terms=terms,
        paint=_paint,
        drawn=drawn,
        odr_figure=odr_figure,
        fan_figure=fan_figure,
        roll_off_figure=roll_off_figure,
        span=lambda first, last, year: words.span(first.date(), last.date(), year),
        due=deadline_text,
    )
    return environment


def _more(section: Any) -> dict[str, Any]:
    """What a template needs beside its section."""
    if isinstance(section, Defects):
        rows = section.table.to_dict(orient="records")
        cut = ROWS_SHOWN + ROWS_FOLDED
        return {
            "shown": rows[:ROWS_SHOWN],
            "folded": rows[ROWS_SHOWN:cut],
            "left_out": max(len(rows) - cut, 0),
            "missing": pd.isna,
            "one_store": section.table["marketplace"].nunique() <= 1,
        }
    if isinstance(section, BuiltOn):
        return {"disagree": section.contradictions.head(ROWS_SHOWN).to_dict(orient="records")}
    if isinstance(section, Official):
        return {"rows": section.table.to_dict(orient="records")}
    if isinstance(section, StandsOut):
        table = section.reasons
        return {
            "reasons": table.to_dict(orient="records"),
            "helps": section.strategies[section.strategies.n_addressed > 0].to_dict("records"),
            "defective": bool(table.n_defective.sum()),
            "many": len(table[list(terms.SERIES_KEYS)].drop_duplicates()) > 1,
            "one_store": table["marketplace"].nunique() <= 1,
        }
    if isinstance(section, ToDo):
        steps = section.open
        rows = steps.to_dict(orient="records")
        # What is overdue is never folded away, whichever channel it is in.
        late = [row for row in rows[STEPS_SHOWN:] if is_overdue(row)]
        rest = [row for row in rows[STEPS_SHOWN:] if not is_overdue(row)]
        return {
            "shown": rows[:STEPS_SHOWN] + late,
            "folded": rest[:ROWS_FOLDED],
            "left_out": len(rest[ROWS_FOLDED:]),
            "guide": [STEPS[name] for name in dict.fromkeys(steps.step)],
            "one_store": section.table["marketplace"].nunique() <= 1,
        }
    if isinstance(section, Moved):
        table = section.bridge[section.bridge.n != 0]
        # In the order of the lines, so that the figure is that of the rate that matters most.
        moved = table.drop_duplicates(list(terms.SERIES_KEYS)).query("change != 0")
        keys = moved[list(terms.SERIES_KEYS)].head(BRIDGES_SHOWN)
        each = [section.bridge.merge(keys.iloc[[i]]) for i in range(len(keys))]
        many = section.bridge["marketplace"].nunique() > 1
        return {"bridges": [bridge_figure(table, with_store=many) for table in each]}
    if isinstance(section, (Answer, Ahead)):
        return {"at_sight": FIGURES_AT_SIGHT}
    return {}


def _paint(component: str) -> str:
    return f"var(--odr-{component})"


def _head_text(head: Head) -> str:
    stores = words.listed(head.marketplaces)
    return (
        f"{head.account}{', ' + stores if stores else ''}\nas of {words.day(head.as_of)} "
        f"({head.as_of_from})\n{head.window_sentence}\npolicy {head.policy.name}"
    )


def _answer_text(answer: Answer) -> str:
    notes = [f"  {note}" for card in answer.cards for note in card.notes if card.n_orders]
    return "\n".join([answer.headline, *(c.sentence for c in answer.cards), *notes])


def _built_on_text(section: BuiltOn) -> str:
    limits = [f"{what}: {costs}" for what, costs in section.limits]
    versions = ", ".join(f"{name} {v}" for name, v in section.versions.items())
    return "\n".join([section.totals, *limits, versions])


def _health_text(section: Health) -> str:
    known = [line.sentence for line in section.lines if line.source != "unknown"]
    return "\n".join([section.headline, *known, *section.feedback])


_SECTIONS: dict[type, tuple[str, Callable[[Any], str]]] = {
    Head: ("head.html.j2", _head_text),
    Answer: ("answer.html.j2", _answer_text),
    Trend: ("trend.html.j2", lambda trend: trend.alt),
    Official: ("official.html.j2", lambda it: "\n".join([it.sentence, *it.lines])),
    Moved: ("moved.html.j2", lambda moved: "\n".join(moved.lines)),
    Defects: ("defects.html.j2", lambda d: f"{d.sentence}\n{d.table.to_string(index=False)}"),
    Ahead: ("ahead.html.j2", lambda ahead: "\n".join(ahead.lines)),
    WhatIf: ("what_if.html.j2", lambda it: it.text),
    Health: ("health.html.j2", _health_text),
    StandsOut: (
        "stands_out.html.j2",
        lambda it: it.text,
    ),
    ToDo: ("todo.html.j2", lambda it: "\n".join(worklist_text(it.table, it.as_of, most=12))),
    BuiltOn: ("built_on.html.j2", _built_on_text),
}
