"""The panel as an object: controls move the state, the state moves everything else."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis.controls.levers import LISTED
from odr_analysis.controls.view import what_if_panel
from tests.oracle import make_account

pytestmark = pytest.mark.usefixtures("known_alone")


TODAY = date(2026, 9, 30)
DE = "Amazon.de"
NASTY = '<script>alert(1)</script> & "quoted"'


def account_with(n_feedback: int = 2, comment: str = NASTY):
    orders = [(f"m{i}", date(2026, 8, 25), DE, "mfn") for i in range(100)]
    orders += [(f"a{i}", date(2026, 8, 26), DE, "afn") for i in range(20)]
    defects = pd.DataFrame(
        {
            "order_id": [f"m{i}" for i in range(n_feedback)],
            "component": "feedback",
            "reported_on": date(2026, 9, 10),
            "rating": pd.array([1] * n_feedback, dtype="Int64"),
            "comment": pd.array([comment] * n_feedback, dtype="str"),
        }
    )
    return make_account(orders, defects, known_to=TODAY)


@pytest.fixture
def panel():
    return what_if_panel(account_with(), days=30, horizon_days=30)


def everything(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def test_dragging_moves_state_sentence_and_picture(panel):
    before = bytes(panel.image.value)
    line = panel.picture.then
    panel.extra.value = 20
    assert panel.state.scenario.extra_orders_per_day == 20
    assert " would be under 1 % on 21 Oct;" in panel.sentence.value
    assert bytes(panel.image.value) != before
    assert bytes(panel.image.value).startswith(b"\x89PNG")
    # The standing line moved; it was not drawn anew.
    assert panel.picture.then is line
    odr = panel.state.effect.only(DE, "mfn").table.scenario_odr
    assert line.get_ydata().tolist() == odr.tolist()
    assert "600 extra orders" in panel.note.value
    assert "21 Oct" in panel.days.value


def test_every_control_reaches_the_state(panel):
    panel.extra.value, panel.length.value, panel.quality.value = 7, 4, 0.5
    panel.start.value = date(2026, 10, 9)
    panel.ticks["m1"].value = True
    scenario = panel.state.scenario
    assert (scenario.extra_orders_per_day, scenario.days) == (7, 4)
    assert scenario.extra_defect_rate == 0.005
    assert scenario.start == date(2026, 10, 9)
    assert scenario.removed_feedback == {"m1"}


def test_code_moves_the_controls_too(panel):
    state = panel.state
    state.extra_orders_per_day = 10_000  # beyond the slider's end
    state.start = date(2027, 3, 1)  # beyond the days on the slider
    state.extra_defect_rate = 0.2
    state.removed = ("m0",)
    slider = panel.levers["extra_orders_per_day"].slider
    assert (panel.extra.value, slider.value) == (10_000, slider.max)
    assert panel.start.value == date(2027, 3, 1)
    assert panel.quality.value == 20.0
    assert [tick.value for tick in panel.ticks.values()] == [True, False]
    assert state.scenario.start == date(2027, 3, 1)
    assert state.scenario.extra_orders_per_day == 10_000


def test_fields_and_sliders_hold_the_same(panel):
    fields = {w.description: w for w in everything(panel) if getattr(w, "description", "")}
    assert {"Extra orders a day", "From", "For (days)", "Defective (%)"} <= set(fields)
    fields["Extra orders a day"].value = 33
    assert panel.extra.value == panel.state.extra_orders_per_day == 33
    panel.length.value = 12
    assert fields["For (days)"].value == 12
    fields["From"].value = date(2026, 10, 20)
    assert panel.state.start == date(2026, 10, 20)
    panel.start.value = date(2026, 10, 21)
    assert fields["From"].value == date(2026, 10, 21)
    # An emptied date falls back to the one that stands.
    fields["From"].value = None
    assert fields["From"].value == panel.state.start == date(2026, 10, 21)


def test_comments_are_text_everywhere(panel):
    panel.ticks["m0"].value = True
    for widget in everything(panel):
        assert not getattr(widget, "description_allow_html", False)
        if type(widget).__name__ == "HTML":
            assert "<script" not in widget.value
    html = "".join(w.value for w in everything(panel) if type(w).__name__ == "HTML")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;" in html


def test_an_export_finds_sentence_picture_and_table(panel):
    panel.extra.value = 20
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == panel.state.sentence
    page = bundle["text/html"]
    assert "would be under 1 % on 21 Oct" in page
    assert '<img alt="Line chart of the coming 30 days with the 1 % line. ' in page
    assert 'src="data:image/png;base64,iVBOR' in page
    assert page.count("<tr>") == 1 + len(panel.state.table)
    assert "0.91 %<br><small>2 of 220<" in page  # on 21 Oct
    assert "<script" not in page


def test_picture_has_a_text_for_those_who_do_not_see_it(panel):
    panel.extra.value = 20
    assert panel.image.tooltip.endswith(
        "Seller-fulfilled ODR would be under 1 % on 21 Oct; without it, not in the 30 days "
        "looked at (probability 90 % or more)."
    )
    # Its front end fails on a tooltip of a widget that has no description at all.
    assert "description" in panel.image.get_state()


def test_long_lists_are_cut_and_say_so():
    panel = what_if_panel(account_with(LISTED + 5), days=1)
    assert len(panel.ticks) == LISTED
    text = "".join(w.value for w in everything(panel) if type(w).__name__ == "HTML")
    assert "5 more with less effect are not listed here." in text
    # One beyond the list, removed by code, survives a tick on the list.
    beyond = panel.state.removable.order_id.iloc[-1]
    panel.state.removed = (beyond,)
    next(iter(panel.ticks.values())).value = True
    assert len(panel.state.removed) == 2
    assert beyond in panel.state.removed


def test_nothing_to_remove_is_said():
    panel = what_if_panel(account_with(0))
    text = "".join(w.value for w in everything(panel) if type(w).__name__ == "HTML")
    assert "nothing to remove here" in text
    assert panel.ticks == {}
