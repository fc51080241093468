"""The what-if panel in a notebook: levers on the left, the answer on the right."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import traitlets
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from odr_analysis import style
from odr_analysis.controls import markup
from odr_analysis.controls.asked_day import AskedDay
from odr_analysis.controls.at_rest import LIVE_CLASS, at_rest
from odr_analysis.controls.comparison import Comparison
from odr_analysis.controls.folds import DayFold, KeepFold
from odr_analysis.controls.later import ONE_AT_A_TIME, Later
from odr_analysis.controls.levers import A_SHARE, Choices, levers_of, per_cent, starts_of
from odr_analysis.controls.state import LEVERS, WhatIfState
from odr_analysis.controls.tick_list import TickList
from odr_analysis.plots.days_ahead.scenario import ScenarioPicture, scenario_alt

if TYPE_CHECKING:
    from odr_analysis.account import Account

REDRAW_SECONDS = 0.005
"""What other levers report within this time, or while a picture is drawn, is drawn at once."""
SETTLED_SECONDS = 1.0
"""After so long a pause a change is over: it is saved with the notebook and undone as one."""

FAST, SMALL = 1, 9
"""How hard a picture is compressed: while a lever moves, and to be kept."""


def what_if_panel(
    account: Account,
    as_of: date | str | None = None,
    *,
    horizon_days: int = 75,
    theme: str = "light",
    **levers: Any,
) -> WhatIfPanel:
    """Levers for orders and for defects taken away, and the days ahead that move with them.

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
        ``extra_orders_per_day``, ``start``, ``days``, ``extra_defect_rate`` (None: as usual),
        ``marketplace``, ``channel``, ``sales``, ``removed``, ``claims_won``,
        ``chargebacks_won``, ``as_certain``, ``also``.

    Returns
    -------
    WhatIfPanel
        An ipywidgets widget; ``panel.state`` is the :class:`WhatIfState` behind it. Where
        widgets do not run (an export, a page, a notebook opened again) its last picture,
        sentence and table stand instead, with levers that cannot be moved.

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
        self._theme = theme
        self.levers = levers_of(state)
        self.extra, self.start, self.length, self.quality, self.sales = (
            lever.field for lever in self.levers.values()
        )
        self._rows = {name: lever.row() for name, lever in self.levers.items()}
        self.choices = Choices(state)
        self.undo = widgets.Button(description="Undo", tooltip="Take back the last change")
        self.reset = widgets.Button(description="Reset", tooltip="All levers as at first")
        self.note, self.sentence, self.days, self.fine, self.also = (
            widgets.HTML() for _ in range(5)
        )
        with style.drawing(theme, size=11) as colours:
            figure = Figure(figsize=(7.2, 4.1), dpi=130)
            self._canvas = FigureCanvasAgg(figure)
            # Margins by hand: working them out anew would take half the time of every move.
            axes = figure.add_axes((0.075, 0.03, 0.92, 0.95))
            # The sentence above the picture is its title.
            self.picture = ScenarioPicture(axes, colours, title="")
        self.image = _Picture(format="png", layout=widgets.Layout(width="100%"))
        self.image.add_class(f"odr-{theme}-picture")
        self._redraw = Later(self._pull, REDRAW_SECONDS)
        self._settled = Later(self._settle, SETTLED_SECONDS, anew=True)
        self.list = TickList(state, self._moved, self.choices.certain)
        self.asked = AskedDay(state)
        self.comparison = Comparison(state, self.asked)
        self.day_fold = DayFold(self.asked, self._step)
        self.keep_fold = KeepFold(self.comparison, lambda: self._png(SMALL), self._catch_up)
        parts = widgets.Box([_more_orders(self), _answer(self), self.list.view])
        parts.add_class("odr-grid")
        super().__init__([parts])
        self.add_class(LIVE_CLASS)
        # The lever that is on the move, until it settles.
        self._moving: set[str] = set()
        self._following = self._by_hand = False
        self._shown_in_cell = False
        self._follow()
        self._show()
        state.observe(self._show, "effect")
        state.observe(self._offer, "n_past")
        state.observe(self._follow, list(LEVERS))
        self.comparison.observe(lambda _change: self._settled.ask(), "rows")
        self.asked.observe(lambda _change: self._settled.ask(), ["answers", "by", "certainty"])
        for widget in (*(lever.field for lever in self.levers.values()), *self.choices.all):
            widget.observe(self._moved, "value")
        self.undo.on_click(lambda _button: self._step(state.undo))
        self.reset.on_click(lambda _button: self._step(state.reset))
        self._offer()

    @property
    def ticks(self) -> dict[tuple[str, str], Any]:
        """The checkboxes listed so far, by order id and kind of defect."""
        return self.list.ticks

    def _moved(self, _change: Any) -> None:
        if not self._following:
            self._reveal()
            self._redraw.ask()

    def _reveal(self) -> None:
        """The field for a share only where one is given."""
        given = self.choices.quality.value == A_SHARE
        self._rows["extra_defect_rate"].layout.display = "" if given else "none"

    def _pull(self) -> None:
        """Levers to state, in one step."""
        state = self.state
        places = {
            "extra_orders_per_day": self.extra.value,
            "start": self.start.value,
            "days": self.length.value,
            "extra_defect_rate": self.choices.rate(self.quality.value),
            "sales": round(self.sales.value / 100, 6),
            "as_certain": self.choices.certain.value,
            **self.list.placed(),
        }
        # What the state leaves open, the largest series, stays open until another is chosen.
        if self.choices.place.value != state.pair:
            places["marketplace"], places["channel"] = self.choices.place.value
        moved = {name for name, place in places.items() if place != getattr(state, name)}
        if not moved:
            return
        # Each tick and each choice is a change of its own; a slider is on one way until it rests.
        joined = moved == self._moving and moved <= set(self.levers)
        self._moving = moved
        self._by_hand = True
        try:
            state.move(joined=joined, **places)
        finally:
            self._by_hand = False

    def _step(self, step: Any) -> None:
        """A button: what is still to be drawn comes first."""
        with ONE_AT_A_TIME:
            self._catch_up()
            self._moving = set()
            step()

    def _catch_up(self) -> None:
        """Draw what still waits to be drawn."""
        if self._redraw.finish():
            self._pull()

    def _follow(self, _change: Any = None) -> None:
        """State to levers, when code moves it."""
        if self._by_hand:
            # The levers are where the state is, or by now further on.
            self.list.remark()
            return
        state = self.state
        days = self.levers["start"].slider
        # They come one after the other; until the last has moved they are no state.
        self._following = True
        try:
            if state.start not in (day for _, day in days.options):
                days.options = starts_of(state)
            days.value = state.start
            self.extra.value = state.extra_orders_per_day
            self.length.value = state.days
            self.sales.value = per_cent(state.sales)
            if state.extra_defect_rate is not None:
                self.quality.value = per_cent(state.extra_defect_rate)
            self.choices.follow(state)
            self.list.follow()
            self._reveal()
        finally:
            self._following = False

    def _offer(self, _change: Any = None) -> None:
        self.undo.disabled = not self.state.n_past

    def _show(self, _change: Any = None) -> None:
        state = self.state
        self.sentence.value = markup.answer_of(state)
        self.note.value = markup.note(state.note)
        self.also.value = markup.also_of(state)
        self.days.value = markup.days_of(state)
        self.fine.value = markup.fine_print_of(state)
        self.picture.show(state.effect)
        self.image.value = self._png(FAST)
        self.image.tooltip = scenario_alt(state.effect)
        self.keep_fold.stale()
        self._settled.ask()

    def _png(self, compression: int) -> bytes:
        file = io.BytesIO()
        self._canvas.print_png(file, pil_kwargs={"compress_level": compression})
        return file.getvalue()

    def _settle(self) -> None:
        self._moving = set()
        self.keep_fold.refresh()
        if self._shown_in_cell:
            display(self._at_rest(), raw=True, display_id=self._at_rest_id, update=True)

    def _ipython_display_(self, **_kwargs: Any) -> None:
        # Two outputs: a front end shows one kind of each, and of the view only an error where
        # its kernel is gone. Style shows one of the two, see the panel at rest.
        self._shown_in_cell = True
        display(self._at_rest(), raw=True, display_id=self._at_rest_id)
        # Where only the panel at rest can be seen, the view's own text would stand below it.
        nothing = {"text/html": "", "text/plain": ""}
        display({**self._repr_mimebundle_(), **nothing}, raw=True)

    @property
    def _at_rest_id(self) -> str:
        return f"odr-what-if-{self.model_id}"

    def _at_rest(self) -> dict[str, str]:
        return {"text/html": self.to_html(), "text/plain": self.state.sentence}

    def to_html(self) -> str:
        """Levers, sentence, picture and table of the state the panel is in, as plain HTML."""
        picture = self._png(SMALL)
        return at_rest(self.comparison, self.levers, picture, self.image.tooltip, self._theme)


def _more_orders(panel: WhatIfPanel) -> Any:
    extra, start, days, share, sales = panel._rows.values()
    return widgets.VBox(
        [
            widgets.HTML(markup.STYLE + markup.heading("More orders")),
            _named_handles(),
            panel.choices.place,
            extra,
            start,
            days,
            panel.choices.quality,
            share,
            panel.note,
            widgets.HTML(markup.heading("Ordinary orders")),
            sales,
            panel.also,
            widgets.HBox([panel.undo, panel.reset]),
        ]
    )


def _named_handles() -> Any:
    """A script for those who hear the page: ipywidgets leaves a slider's handle without a name.

    An Output widget runs it where the panel is live, and nowhere else; no notebook keeps it.
    """
    html = {"output_type": "display_data", "data": {"text/html": markup.NAMES}, "metadata": {}}
    return widgets.Output(outputs=(html,), layout=widgets.Layout(display="none"))


def _answer(panel: WhatIfPanel) -> Any:
    picture = widgets.Box([panel.image])
    picture.add_class("odr-picture")
    folds = panel.day_fold.fold.view, panel.keep_fold.fold.view
    return widgets.VBox([panel.sentence, picture, panel.days, panel.fine, *folds])
