"""What is rarely used, folded away under a button: a day asked about, and scenarios kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from odr_analysis.controls import markup
from odr_analysis.controls.asked_day import LEAST, MOST, Answers, AskedDay
from odr_analysis.controls.comparison import MOST_KEPT, Comparison
from odr_analysis.controls.copied import as_code, as_command, file_name, link
from odr_analysis.controls.later import ONE_AT_A_TIME, Later, aside
from odr_analysis.errors import ParameterError
from odr_analysis.save_tables import csv_bytes

PRESS_SECONDS = 0.15
"""How long a button waits for the field beside it, which may come on another thread."""

_FIELD: dict[str, Any] = {"style": {"description_width": "104px"}}
_AUTO = widgets.Layout(width="auto")


class Fold:
    """A button that shows and hides what is under it."""

    def __init__(self, title: str, parts: list[Any], opened: Callable[[], None]) -> None:
        self.button = widgets.ToggleButton(
            False, description=title, icon="caret-right", layout=widgets.Layout(width="230px")
        )
        self.body = widgets.VBox(parts, layout=widgets.Layout(display="none", padding="4px 0 0"))
        self.view = widgets.VBox([self.button, self.body], layout=widgets.Layout(margin="4px 0"))
        self._opened = opened
        self.button.observe(self._turn, "value")

    @property
    def is_open(self) -> bool:
        return bool(self.button.value)

    def _turn(self, _change: Any) -> None:
        self.button.icon = "caret-down" if self.is_open else "caret-right"
        self.body.layout.display = "" if self.is_open else "none"
        if self.is_open:
            self._opened()


class DayFold:
    """The day and the certainty asked about, and on request what it would take."""

    def __init__(self, asked: AskedDay, step: Callable[[Callable[[], None]], None]) -> None:
        self.asked, self._step = asked, step
        self.by = widgets.DatePicker(
            value=asked.by, description="On", layout=widgets.Layout(width="256px"), **_FIELD
        )
        self.certainty = widgets.BoundedFloatText(
            100 * asked.certainty,
            min=100 * LEAST,
            max=100 * MOST,
            step=5,
            description="Certainty (%)",
            layout=widgets.Layout(width="200px"),
            **_FIELD,
        )
        self.button = widgets.Button(description="What would it take?", layout=_AUTO)
        self.answers = widgets.HTML(markup.note(_NOT_ASKED))
        self.use = widgets.Button(
            description="Use this plan",
            tooltip="Put the levers where the cheapest plan has them",
            layout=widgets.Layout(width="230px", display="none"),
        )
        self.fold = Fold("A day to be under by", self._parts(), lambda: None)
        self.by.observe(self._moved, "value")
        self.certainty.observe(self._moved, "value")
        self.button.on_click(lambda _button: self._ask())
        self.use.on_click(lambda _button: self._use())
        asked.observe(self._show, ["answers", "by", "certainty"])

    def _parts(self) -> list[Any]:
        fields = widgets.HBox(
            [self.by, self.certainty, self.button], layout=widgets.Layout(flex_flow="row wrap")
        )
        return [fields, self.answers, self.use]

    def _moved(self, _change: Any) -> None:
        try:
            if self.by.value is not None:
                self.asked.by = self.by.value
            self.asked.certainty = round(self.certainty.value / 100, 6)
        except ParameterError:
            pass
        # An emptied field or a day out of reach falls back to what stands.
        self._show()

    def _ask(self) -> None:
        question, account = self.asked.question, self.asked.state.account
        if question is None:
            self.asked.ask()
            return
        self.button.disabled = True
        self.answers.value = markup.note("Worked out in a moment ...")

        def answered(answers: Answers) -> None:
            self.button.disabled = False
            self.asked.answered(question, answers)
            self._show()

        aside(lambda: question.answers(account), answered)

    def _use(self) -> None:
        plan = self.asked.plan
        if plan is not None:
            self._step(lambda: self.asked.state.load(plan))

    def _show(self, _change: Any = None) -> None:
        self.by.value = self.asked.by
        self.certainty.value = round(100 * self.asked.certainty, 4)
        if not self.button.disabled:
            self.answers.value = markup.answers(self.asked.answers) or markup.note(_NOT_ASKED)
        self.use.layout.display = "none" if self.asked.plan is None else ""


_NOT_ASKED = (
    "Of the rate as it is, without the scenario: how many more orders, how many feedbacks less, "
    "and the cheapest plan with each removal and each appeal at a cost of 1."
)


class KeepFold:
    """Scenarios to keep, to compare, to save, to load and to take along."""

    def __init__(
        self,
        comparison: Comparison,
        picture: Callable[[], bytes],
        caught_up: Callable[[], None],
    ) -> None:
        self.comparison, self.state, self._picture = comparison, comparison.state, picture
        self._caught_up = caught_up
        self.name = widgets.Text(
            placeholder="autumn sale",
            description="Name",
            # Not with each key: while one is answered the others wait in the browser.
            continuous_update=False,
            layout=widgets.Layout(width="260px"),
            style={"description_width": "48px"},
        )
        self.keep = widgets.Button(description="Keep to compare", layout=_AUTO)
        self.load = widgets.FileUpload(
            accept=".toml,.json", description="Load a scenario", layout=_AUTO
        )
        self.remove = [widgets.Button(layout={"width": "auto"}) for _ in range(MOST_KEPT)]
        self.table, self.error, self.links, self.text = (widgets.HTML() for _ in range(4))
        row = widgets.Layout(flex_flow="row wrap")
        parts = [
            widgets.HBox([self.name, self.keep, self.load], layout=row),
            self.error,
            self.table,
            widgets.HBox(self.remove, layout=row),
            self.links,
            self.text,
        ]
        self.fold = Fold("Keep, compare, save", parts, self.refresh)
        # The first wait ends when nothing else moves the panel, the second when its fields are in.
        kept = Later(lambda: self._try(self._keep), PRESS_SECONDS)
        pressed = Later(kept.ask, PRESS_SECONDS)
        self.keep.on_click(lambda _button: pressed.ask())
        self.load.observe(lambda _change: self._try(self._load), "value")
        for button in self.remove:
            button.on_click(lambda pressed: self._remove(pressed))
        self.name.observe(lambda _change: self.refresh(), "value")
        comparison.observe(self._show, ["rows"])
        self._show()

    def stale(self) -> None:
        """What the links hold is no longer the state; they come back when it rests."""
        if self.links.value:
            self.links.value = self.text.value = ""

    def refresh(self) -> None:
        """Links and texts of the state as it is, where they can be seen."""
        if not self.fold.is_open:
            return
        name, state = self.name.value.strip(), self.state
        file = file_name(name)
        self.links.value = markup.note_of_links(
            (
                link(
                    "Scenario (TOML)",
                    f"{file}.toml",
                    "application/toml",
                    state.toml(name).encode(),
                ),
                link("Table (CSV)", f"{file}.csv", "text/csv", csv_bytes(state.effect.table)),
                link("Picture (PNG)", f"{file}.png", "image/png", self._picture()),
            )
        )
        self.text.value = markup.to_copy(
            "As a command", as_command(self.comparison.asked, name)
        ) + markup.to_copy("As notebook code", as_code(state, name))

    def _try(self, act: Callable[[], None]) -> None:
        self.error.value = ""
        with ONE_AT_A_TIME:
            try:
                act()
            except ParameterError as error:
                self.error.value = markup.alert(str(error))

    def _keep(self) -> None:
        # What was moved right before the button was pressed belongs to it.
        self._caught_up()
        self.comparison.keep(self.name.value)

    def _load(self) -> None:
        for file in self.load.value:
            text = bytes(file["content"]).decode("utf-8-sig", errors="replace")
            self.name.value = self.state.load_text(text, file["name"])

    def _remove(self, pressed: Any) -> None:
        place = self.remove.index(pressed)
        self._try(lambda: self.comparison.remove(self.comparison.names[place]))

    def _show(self, _change: Any = None) -> None:
        names = self.comparison.names
        for i, button in enumerate(self.remove):
            button.layout.display = "" if i < len(names) else "none"
            button.description = f"Remove {names[i]}" if i < len(names) else ""
        self.table.value = markup.compared(self.comparison)
