"""The widgets a reader moves: a field for the exact value, and a slider beside it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ipywidgets as widgets

from odr_analysis import words
from odr_analysis.controls.state import WhatIfState
from odr_analysis.whatif.changes import (
    MOST_DAYS,
    MOST_PER_DAY,
    MOST_TIMES,
    QUALITIES,
    quality_of,
)

REACH_TIMES = 4
"""The slider for extra orders ends at this many times the recent orders a day."""
LEAST_END = 20
MOST_STEPS = 50
"""A slider some 150 pixels long: a step of it is wide enough for a hand."""
SLIDER_DAYS = 90
SLIDER_PER_CENT = 5.0
SLIDER_SALES = 200.0

A_SHARE = "A given share"
COUNTED = [("as certain, at once", True), ("with its odds, when it shows", False)]

_FIELD = {"description_width": "124px"}


@dataclass(frozen=True)
class Lever:
    """A field, which holds the value, and a slider, which moves it in steps."""

    name: str
    field: Any
    slider: Any

    def row(self) -> Any:
        """Both beside each other."""
        layout = widgets.Layout(width="100%", overflow="visible", align_items="center")
        row = widgets.HBox([self.field, self.slider], layout=layout)
        row.add_class("odr-lever")
        return row


def levers_of(state: WhatIfState) -> dict[str, Lever]:
    """The levers for orders, by the names of the state, in the order they are shown."""
    usual = max((d.orders_per_day for d in state.look.forecast.marginals.values()), default=0.0)
    step, most = steps_for(usual)
    wide: dict[str, Any] = {"layout": widgets.Layout(flex="0 0 auto", width="208px")}
    wide["style"] = _FIELD
    number, share = widgets.BoundedIntText, widgets.BoundedFloatText
    extra = number(
        state.extra_orders_per_day, max=MOST_PER_DAY, description="Extra orders a day", **wide
    )
    length = number(state.days, max=MOST_DAYS, description="For (days)", **wide)
    quality = share(
        per_cent(state.extra_defect_rate or 0.0), max=100, step=0.1,
        description="Defective (%)", **wide,
    )  # fmt: skip
    sales = share(
        per_cent(state.sales), max=100 * MOST_TIMES, step=5, description="Of the usual (%)", **wide
    )
    return {
        "extra_orders_per_day": _paired("extra_orders_per_day", extra, most, step),
        "start": _start(state),
        "days": _paired("days", length, SLIDER_DAYS, 1),
        "extra_defect_rate": _paired("extra_defect_rate", quality, SLIDER_PER_CENT, 0.1),
        "sales": _paired("sales", sales, SLIDER_SALES, 5.0),
    }


def steps_for(orders_per_day: float) -> tuple[int, int]:
    """Step and end of the slider for extra orders, for an account with so many orders a day.

    >>> [steps_for(n) for n in (0, 3, 26.5, 1667)]
    [(1, 20), (1, 20), (5, 110), (200, 6800)]
    """
    reach = max(REACH_TIMES * orders_per_day, LEAST_END)
    least = reach / MOST_STEPS
    ten = 10 ** max(math.floor(math.log10(least)), 0)
    step = next(n * ten for n in (1, 2, 5, 10) if n * ten >= least)
    return step, step * math.ceil(reach / step)


def per_cent(share: float) -> float:
    """A share as a field shows it.

    >>> per_cent(0.0025)
    0.25
    """
    return round(100 * share, 4)


class Choices:
    """The levers that are one of a few: quality of extra orders, their channel, how ticks count."""

    def __init__(self, state: WhatIfState) -> None:
        wide: dict[str, Any] = {"style": _FIELD, "layout": widgets.Layout(width="340px")}
        self.quality = widgets.Dropdown(
            options=[*(name.capitalize() for name in QUALITIES), A_SHARE],
            description="Quality",
            **wide,
        )
        self.place = widgets.Dropdown(
            options=[(words.series(*pair), pair) for pair in state.look.size],
            description="Placed where",
            **wide,
        )
        self.certain = widgets.Dropdown(options=COUNTED, description="A tick counts", **wide)
        if len(state.look.size) < 2:
            self.place.layout.display = "none"

    @property
    def all(self) -> tuple[Any, ...]:
        """The widgets."""
        return self.quality, self.place, self.certain

    def rate(self, per_cent_given: float) -> float | None:
        """The quality chosen, as ``extra_defect_rate``."""
        if self.quality.value == A_SHARE:
            return round(per_cent_given / 100, 6)
        return quality_of(self.quality.value.lower())

    def follow(self, state: WhatIfState) -> None:
        """Move them to where the state is."""
        rate = state.extra_defect_rate
        named = [name for name, share in QUALITIES.items() if share == rate]
        self.quality.value = named[0].capitalize() if named else A_SHARE
        self.place.value = state.pair
        self.certain.value = state.as_certain


def starts_of(state: WhatIfState) -> list[tuple[str, date]]:
    """Every day extra orders can start on, as the slider shows it."""
    last = max(state.look.n_orders.shape[0] - 1, (state.start - state.as_of).days, 1)
    days = [state.as_of + timedelta(days=i) for i in range(1, last + 1)]
    return [(words.day(day), day) for day in days]


def _paired(name: str, field: Any, end: float, step: float) -> Lever:
    """A number's field with its slider, which shows the nearest step."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider

    def nearest(value: float) -> float:
        return round(min(max(round(value / step), 0) * step, end), 4)

    slider = kind(nearest(field.value), min=0, max=end, step=step, **_bare())

    # The field has any value, the slider only steps: it must not pull the field to one.
    def dragged(change: Any) -> None:
        if nearest(change["new"]) != nearest(field.value):
            field.value = nearest(change["new"])

    def typed(change: Any) -> None:
        slider.value = nearest(change["new"])

    _join(field, typed, slider, dragged)
    return Lever(name, field, slider)


def _start(state: WhatIfState) -> Lever:
    options = starts_of(state)
    days = [day for _, day in options]
    slider = widgets.SelectionSlider(options=options, value=state.start, **_bare())
    field = widgets.DatePicker(
        value=state.start,
        description="From",
        min=days[0],
        max=days[-1],
        style=_FIELD,
        layout=widgets.Layout(flex="0 0 auto", width="256px"),
    )

    def typed(change: Any) -> None:
        # An emptied field or a day out of reach falls back to the day that stands.
        if change["new"] in [day for _, day in slider.options]:
            slider.value = change["new"]
        else:
            field.value = slider.value

    def dragged(change: Any) -> None:
        field.max = max(field.max, change["new"])
        field.value = change["new"]

    _join(field, typed, slider, dragged)
    return Lever("start", field, slider)


def _bare() -> dict[str, Any]:
    # The handle at either end stays clear of what is beside it.
    layout = widgets.Layout(flex="1 1 90px", width="auto", min_width="90px", margin="2px 10px")
    return {"readout": False, "layout": layout}


def _join(
    field: Any, typed: Callable[[Any], None], slider: Any, dragged: Callable[[Any], None]
) -> None:
    field.observe(typed, "value")
    slider.observe(dragged, "value")
