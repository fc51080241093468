"""The index as one page that asks for nothing from outside: readable without its script."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from odr_analysis import terms, words
from odr_analysis.batch.index import sentences
from odr_analysis.batch.index.cells import cells_of
from odr_analysis.batch.index.index_days import chart_rows
from odr_analysis.batch.index.row import RANK_WORDS, Row, rates_frame
from odr_analysis.html.figures import drawn
from odr_analysis.html.style_sheet import css, templates
from odr_analysis.plots.accounts.account_chart import account_chart_figure
from odr_analysis.plots.accounts.account_funnel import account_funnel_figure
from odr_analysis.plots.shared.figure import Figure
from odr_analysis.rates.between_accounts import WITHIN_A_MONTH

LEAST_RATES = 2
"""Rates of a channel from which on they are compared."""


@dataclass(frozen=True)
class Drawn:
    """A figure of the page: its caption, and the drawing at both widths."""

    caption: str
    wide: Markup
    narrow: Markup


def index_page(
    rows: list[Row],
    days: pd.DataFrame,
    day: date,
    finished: str,
    folder: Path,
    gone: Mapping[str, str] | None = None,
) -> str:
    """The page of a run.

    Parameters
    ----------
    rows : list of Row
        Worst first.
    days : pandas.DataFrame
        Rates of this and earlier runs: ``DAYS_COLUMNS``.
    day : datetime.date
        The scheduled day.
    finished : str
        When the run ended, ISO time in UTC; '' where not known.
    folder : pathlib.Path
        Where the page goes; what failed reports left there is linked.
    gone : mapping, optional
        Accounts that the run before had and this one does not, with their state then.
    """
    script = _text("index.js")
    status = Counter(row.outcome.status for row in rows)
    ended = [
        f"{words.number(status[name])} {name}"
        for name in ("made", "unchanged", "left out")
        if status[name] or name != "left out"
    ]
    before = [row.before.day for row in rows if row.before is not None]
    since = words.day(max(before), day.year) if before else ""
    return (
        templates()
        .get_template("index.html.j2")
        .render(
            css=Markup(stylesheet()),
            script=Markup(script),
            script_hash=_hash(script),
            headline=sentences.headline(rows),
            worst=rows[0].state.replace(" ", "-") if rows else "no-data",
            day=words.day(day),
            finished=f"{finished[11:16]} UTC" if finished else "",
            n=words.counted(len(rows), "account"),
            ended=", ".join(ended),
            states=[
                (state, RANK_WORDS[state], words.number(n))
                for state, n in sentences.state_counts(rows).items()
                if n
            ],
            since=since,
            changes=sentences.changes(rows, gone or {}),
            steady=sentences.steady(rows, since),
            beside=sentences.beside_each_other(rows),
            spread=sentences.spread(rows),
            of_months=words.number((1 - WITHIN_A_MONTH) * 100),
            figures=_figures(rows, days, day),
            accounts=cells_of(rows, folder),
        )
    )


def _figures(rows: Sequence[Row], days: pd.DataFrame, day: date) -> list[Drawn]:
    """A funnel for each channel, and the chart over the days."""
    table = rates_frame(rows)
    found = []
    for channel in terms.CHANNELS:
        mine = table[table.channel == channel]
        if len(mine) >= LEAST_RATES:
            figure = account_funnel_figure(mine, name=f"funnel-{channel}")
            finding = figure.finding[:1].lower() + figure.finding[1:]
            found.append(_drawn(figure, f"{words.channel(channel)}: {finding}"))
    chart = chart_rows(days, rows, day)
    if chart.day.nunique() > 1:
        figure = account_chart_figure(chart)
        found.append(_drawn(figure, f"Over the days, {figure.finding}"))
    return found


def _drawn(figure: Figure, caption: str) -> Drawn:
    return Drawn(caption, drawn(figure, compact=False), drawn(figure, compact=True))


def stylesheet() -> str:
    """The style of the index and of the pages beside it."""
    return css() + _text("page.css") + _text("index.css")


@cache
def _text(name: str) -> str:
    return files("odr_analysis.html").joinpath(f"templates/{name}").read_text("utf-8")


def _hash(script: str) -> str:
    """What a Content-Security-Policy lets run: this script and no other."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
