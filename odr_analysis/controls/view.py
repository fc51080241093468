"""The what-if panel in a notebook: levers on the left, the answer on the right."""

from __future__ import annotations

import base64
import html
import io
import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import pandas as pd
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from odr_analysis import style, words
from odr_analysis.answer.scenario.assumptions import scenario_assumptions
from odr_analysis.answer.scenario.removal_effects import scenario_notes
from odr_analysis.controls import markup
from odr_analysis.controls.state import WhatIfState
from odr_analysis.plots.days_ahead.scenario import ScenarioPicture, scenario_alt
from odr_analysis.schema import of_series

if TYPE_CHECKING:
    from odr_analysis.account import Account

LISTED = 60
"""How many removable feedbacks the panel lists; the table of removal_effects has them all."""
MOST_EXTRA = 10
"""The slider for extra orders ends at this many times the recent orders a day."""
MOST_DAYS = 90

_LEVER_OF = ("extra_orders_per_day", "start", "days", "extra_defect_rate")
# A list that scrolls must not squeeze its items instead.
_WHOLE = widgets.Layout(width="100%", flex="0 0 auto", overflow="visible")


def what_if_panel(
    account: Account,
    as_of: date | str | None = None,
    *,
    horizon_days: int = 75,
    theme: str = "light",
    **levers: Any,
) -> WhatIfPanel:
    """Levers for extra orders and removed feedback, and the days ahead that move with them.

    Parameters
    ----------
    account : Account
        From ``load_account``, ``load_sample`` or ``account_from_frames``.
    as_of : datetime.date, pandas.Timestamp or ISO text, optional
        Day to look ahead from; default ``account.known_to``.
    horizon_days : int
        How many days to look ahead.
    theme : {"light", "dark"}
        Of the picture. Python does not know which theme JupyterLab has; in the dark one, a
        light picture is shown with light and dark turned round.
    **levers
        Where the levers stand at first, by the names of :class:`WhatIfState`:
        ``extra_orders_per_day``, ``start``, ``days``, ``extra_defect_rate``, ``removed``,
        ``marketplace``, ``channel``.

    Returns
    -------
    WhatIfPanel
        An ipywidgets widget; ``panel.state`` is the :class:`WhatIfState` behind it. Where
        widgets do not run (an export, a page) its picture, sentence and table stand instead.

    Raises
    ------
    ParameterError
        A lever is unknown or out of its range.

    Examples
    --------
    >>> from odr_analysis import load_sample, what_if_panel
    >>> panel = what_if_panel(load_sample(), days=30)
    >>> panel.extra.value = 20  # as if dragged
    >>> panel.state.scenario.changes[0].per_day
    20
    """
    return WhatIfPanel(WhatIfState(account, as_of, horizon_days, **levers), theme)


class _Picture(widgets.Image):
    """An image with a text for those who do not see it.

    ipywidgets' Image has no ``alt``. Its front end shows ``tooltip`` as the ``title``, which
    names the picture to a screen reader, but only of a widget that has a description.
    """

    description = traitlets.Unicode("").tag(sync=True)


class WhatIfPanel(widgets.Box):
    """The view of a :class:`WhatIfState`; moves with it and moves it."""

    def __init__(self, state: WhatIfState, theme: str = "light"):
        self.state = state
        self.extra, self.start, self.length, self.quality = _sliders(state)
        self.ticks = _ticks(state)
        self.note, self.sentence, self.days, self.fine = (widgets.HTML() for _ in range(4))
        with style.drawing(theme, size=11) as colours:
            figure = Figure(figsize=(7.2, 4.1), dpi=130)
            self._canvas = FigureCanvasAgg(figure)
            # Margins by hand: working them out anew would take half the time of every move.
            axes = figure.add_axes((0.075, 0.03, 0.92, 0.95))
            # The sentence above the picture is its title.
            self.picture = ScenarioPicture(axes, colours, title="")
        self.image = _Picture(format="png", layout=widgets.Layout(width="100%"))
        self.image.add_class(f"odr-{theme}-picture")
        super().__init__(
            [_left(self, state), _right(self)],
            layout=widgets.Layout(display="flex", flex_flow="row wrap", grid_gap="14px 28px"),
        )
        self._show()
        state.observe(self._show, "effect")
        for lever in (self.extra, self.start, self.length, self.quality, *self.ticks.values()):
            lever.observe(self._pull, "value")
        state.observe(self._follow, [*_LEVER_OF, "removed"])

    def _pull(self, _change: Any) -> None:
        """Levers to state, in one step."""
        state = self.state
        with state.hold_trait_notifications():
            state.extra_orders_per_day = self.extra.value
            state.start = self.start.value
            state.days = self.length.value
            state.extra_defect_rate = round(self.quality.value / 100, 6)
            # A feedback removed by code may lie beyond the list; its tick is not ours to undo.
            beyond = tuple(i for i in state.removed if i not in self.ticks)
            state.removed = beyond + tuple(i for i, tick in self.ticks.items() if tick.value)

    def _follow(self, _change: Any) -> None:
        """State to levers, when code moves it."""
        state = self.state
        if state.start not in (day for _, day in self.start.options):
            self.start.options = _starts(state)
        self.start.value = state.start
        for lever, value in (
            (self.extra, state.extra_orders_per_day),
            (self.length, state.days),
            (self.quality, round(100 * state.extra_defect_rate, 4)),
        ):
            lever.max = max(lever.max, value)
            lever.value = value
        for order_id, tick in self.ticks.items():
            tick.value = order_id in state.removed

    def _show(self, _change: Any = None) -> None:
        state = self.state
        self.sentence.value = markup.sentence(state.sentence)
        self.note.value = markup.note(state.note)
        self.days.value = _days(state)
        self.fine.value = _fine_print(state)
        self.picture.show(state.effect)
        self.image.value = self._png()
        self.image.tooltip = scenario_alt(state.effect)

    def _png(self) -> bytes:
        file = io.BytesIO()
        self._canvas.print_png(file)
        return file.getvalue()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        # The widget for who can run it; the same state as a plain picture and table for the rest.
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        bundle["text/plain"] = self.state.sentence
        bundle["text/html"] = self.to_html()
        return bundle

    def to_html(self) -> str:
        """Sentence, picture and table of the state the panel is in, as plain HTML."""
        state = self.state
        png = base64.b64encode(self._png()).decode("ascii")
        alt = html.escape(scenario_alt(state.effect))
        return (
            f'<div class="odr-what-if">{markup.sentence(state.sentence)}'
            f'<img alt="{alt}" style="width:100%;max-width:760px" '
            f'src="data:image/png;base64,{png}">{_days(state)}{_fine_print(state)}</div>'
        )


def _days(state: WhatIfState) -> str:
    path = state.effect.focus
    if path is None:
        return ""
    return markup.days_table(state.table, path.target, words.series(*path.pair))


def _fine_print(state: WhatIfState) -> str:
    return markup.fine_print(scenario_assumptions(state.effect), scenario_notes(state.effect))


def _sliders(state: WhatIfState) -> tuple[Any, Any, Any, Any]:
    """Sliders that follow the hand; values in the units a seller thinks in."""
    bare: dict[str, Any] = {
        "readout": False,
        "layout": widgets.Layout(flex="1 1 90px", width="auto", min_width="90px"),
    }
    ahead = state.look.forecast.marginals.values()
    usual = max((days.orders_per_day for days in ahead), default=0.0)
    most = max(_round_up(MOST_EXTRA * usual), 50, state.extra_orders_per_day)
    per_cent = round(100 * state.extra_defect_rate, 4)
    return (
        widgets.IntSlider(state.extra_orders_per_day, 0, most, **bare),
        widgets.SelectionSlider(options=_starts(state), value=state.start, **bare),
        widgets.IntSlider(state.days, 0, max(MOST_DAYS, state.days), **bare),
        widgets.FloatSlider(per_cent, min=0, max=max(5.0, per_cent), step=0.1, **bare),
    )


def _fields(panel: WhatIfPanel) -> list[Any]:
    """A labelled field for each slider: the exact value, and a name for those who hear the page.

    The handle of a slider has no name of its own in ipywidgets; a field has its label.
    """
    wide: dict[str, Any] = {
        "style": {"description_width": "124px"},
        "layout": widgets.Layout(flex="0 0 auto", width="208px"),
    }
    extra = widgets.BoundedIntText(description="Extra orders a day", **wide)
    length = widgets.BoundedIntText(description="For (days)", **wide)
    quality = widgets.BoundedFloatText(description="Defective (%)", step=0.1, **wide)
    for field, slider in (
        (extra, panel.extra),
        (length, panel.length),
        (quality, panel.quality),
    ):
        for limit in ("min", "max", "value"):
            traitlets.link((slider, limit), (field, limit))
    wide["layout"] = widgets.Layout(flex="0 0 auto", width="256px")
    days = [day for _, day in panel.start.options]
    start = widgets.DatePicker(
        value=panel.start.value, description="From", min=days[0], max=days[-1], **wide
    )

    def typed(change: Any) -> None:
        # An emptied field or a day out of reach falls back to the day that stands.
        if change["new"] in [day for _, day in panel.start.options]:
            panel.start.value = change["new"]
        else:
            start.value = panel.start.value

    def dragged(change: Any) -> None:
        start.max = max(start.max, change["new"])
        start.value = change["new"]

    start.observe(typed, "value")
    panel.start.observe(dragged, "value")
    return [extra, start, length, quality]


def _starts(state: WhatIfState) -> list[tuple[str, date]]:
    """Every day extra orders can start on, as the slider shows it."""
    last = max(state.look.n_orders.shape[0] - 1, (state.start - state.as_of).days, 1)
    days = [state.as_of + timedelta(days=i) for i in range(1, last + 1)]
    return [(words.day(day), day) for day in days]


def _ticks(state: WhatIfState) -> dict[str, Any]:
    """One checkbox per removable feedback, by order id."""
    return {
        str(row.order_id): widgets.Checkbox(
            row.order_id in state.removed,
            # A description is shown as text, never as markup.
            description=_what(row.order_id, row.rating),
            indent=False,
            layout=widgets.Layout(width="100%", margin="4px 0 0 2px"),
        )
        for row in state.removable.head(LISTED).itertuples()
    }


def _what(order_id: Any, rating: Any) -> str:
    stars = "" if pd.isna(rating) else words.counted(int(rating), "star") + ", "
    return f"{stars}order {order_id}"


def _left(panel: WhatIfPanel, state: WhatIfState) -> Any:
    sliders = [panel.extra, panel.start, panel.length, panel.quality]
    rows = [
        widgets.HBox([field, slider], layout=widgets.Layout(width="100%", overflow="visible"))
        for field, slider in zip(_fields(panel), sliders, strict=True)
    ]
    return widgets.VBox(
        [
            widgets.HTML(markup.STYLE + markup.heading("More orders")),
            *rows,
            panel.note,
            widgets.HTML(markup.heading("Remove negative feedback")),
            *_removals(panel.ticks, state),
        ],
        layout=widgets.Layout(flex="1 1 376px", min_width="280px", max_width="100%"),
    )


def _removals(ticks: dict[str, Any], state: WhatIfState) -> list[Any]:
    table = state.removable
    if table.empty:
        text = "No order that counts or will count has negative feedback: nothing to remove here."
        return [widgets.HTML(markup.note(text))]
    shown = table.head(LISTED)
    items: list[Any] = []
    for pair in state.look.size:
        rows = of_series(shown, *pair)
        if len(rows) and len(state.look.size) > 1:
            items.append(widgets.HTML(markup.heading(words.series(*pair))))
        for row in rows.itertuples():
            said = widgets.HTML(markup.removal(row, state.as_of))
            items.append(widgets.VBox([ticks[str(row.order_id)], said], layout=_WHOLE))
    box = widgets.VBox(
        items, layout=widgets.Layout(max_height="460px", overflow="hidden auto", width="100%")
    )
    if len(table) <= LISTED:
        return [box]
    rest = f"{words.number(len(table) - LISTED)} more with less effect are not listed here."
    return [box, widgets.HTML(markup.note(rest))]


def _right(panel: WhatIfPanel) -> Any:
    return widgets.VBox(
        [panel.sentence, panel.image, panel.days, panel.fine],
        layout=widgets.Layout(flex="999 1 520px", min_width="280px", max_width="100%"),
    )


def _round_up(n: float) -> int:
    """To the next multiple of 50.

    >>> [_round_up(n) for n in (0, 7, 242.1)]
    [0, 50, 250]
    """
    return 50 * math.ceil(n / 50)
