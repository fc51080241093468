"""The panel as an object: controls move the state, the state moves everything else."""

from __future__ import annotations

import asyncio
from datetime import date

import pandas as pd
import pytest

from odr_analysis.controls import later, view
from odr_analysis.controls.levers import A_SHARE
from odr_analysis.controls.view import what_if_panel
from odr_analysis.whatif import DefectRate, MoreOrders, Removed, Sales, Scenario
from tests.oracle import make_account

pytestmark = pytest.mark.usefixtures("known_alone")


TODAY = date(2026, 9, 30)
DE = "Amazon.de"
WIDGET = "application/vnd.jupyter.widget-view+json"
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
    return what_if_panel(account_with(), days=30, horizon_days=30, extra_defect_rate=0.0)


def everything(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def test_dragging_moves_state_sentence_and_picture(panel):
    before = bytes(panel.image.value)
    line = panel.picture.then
    panel.extra.value = 20
    assert panel.state.scenario.changes[0].per_day == 20
    assert "ODR would be under 1\N{NO-BREAK SPACE}% from 21 Oct;" in panel.sentence.value
    assert bytes(panel.image.value) != before
    assert bytes(panel.image.value).startswith(b"\x89PNG")
    # The standing line moved; it was not drawn anew.
    assert panel.picture.then is line
    odr = panel.state.effect.only(DE, "mfn").table.scenario_odr
    assert line.get_ydata().tolist() == odr.tolist()
    assert "600 extra orders" in panel.note.value
    assert "21 Oct" in panel.days.value


def test_every_control_reaches_the_state(panel):
    panel.extra.value, panel.length.value = 7, 4
    panel.choices.quality.value, panel.quality.value = A_SHARE, 0.5
    panel.choices.place.value = (DE, "afn")
    panel.sales.value = 80
    panel.start.value = date(2026, 10, 9)
    panel.ticks["m1", "feedback"].value = True
    scenario = panel.state.scenario
    more, sales, removed = scenario.changes
    assert (more.per_day, more.days, more.defect_rate) == (7, 4, 0.005)
    assert (more.start, more.marketplace, more.channel) == (date(2026, 10, 9), DE, "afn")
    assert sales == Sales(0.8)
    assert (removed.orders, removed.probability) == ({"m1"}, 1.0)
    panel.choices.certain.value = False
    (removed,) = panel.state.scenario.of_kind(Removed)
    assert removed.probability < 1
    panel.choices.quality.value = "As usual"
    assert panel.state.extra_defect_rate is None


def test_code_moves_the_controls_too(panel):
    state = panel.state
    state.extra_orders_per_day = 10_000  # beyond the slider's end
    state.start = date(2027, 3, 1)  # beyond the days on the slider
    state.extra_defect_rate = 0.2
    state.sales, state.channel = 0.0, "afn"
    state.removed = ("m0",)
    slider = panel.levers["extra_orders_per_day"].slider
    assert (panel.extra.value, slider.value) == (10_000, slider.max)
    assert panel.start.value == date(2027, 3, 1)
    assert (panel.choices.quality.value, panel.quality.value) == (A_SHARE, 20.0)
    assert (panel.sales.value, panel.choices.place.value) == (0.0, (DE, "afn"))
    assert [tick.value for tick in panel.ticks.values()] == [True, False]
    assert state.scenario.changes[0].start == date(2027, 3, 1)
    assert state.scenario.changes[0].per_day == 10_000


def test_fields_and_sliders_hold_the_same(panel):
    fields = {w.description: w for w in everything(panel) if getattr(w, "description", "")}
    assert {"Extra orders a day", "From", "For (days)", "Defective (%)", "Of the usual (%)"} <= set(
        fields
    )
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
    panel.ticks["m0", "feedback"].value = True
    for widget in everything(panel):
        assert not getattr(widget, "description_allow_html", False)
        if type(widget).__name__ == "HTML":
            assert "<script" not in widget.value
    html = "".join(w.value for w in everything(panel) if type(w).__name__ == "HTML")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;" in html


@pytest.fixture
def outputs(panel, monkeypatch):
    """What a cell with the panel holds, and what was shown later in its place."""
    shown = []
    monkeypatch.setattr(view, "display", lambda data, **how: shown.append((data, how)))
    panel._ipython_display_()
    return shown


def test_a_cell_holds_the_panel_at_rest_and_after_it_the_live_view(panel, outputs):
    (rest, how), (live, _) = outputs
    assert rest["text/plain"] == panel.state.sentence
    assert how["display_id"]
    # What takes no widget finds nothing to show, rather than a text for want of anything.
    assert (live["text/html"], live["text/plain"]) == ("", "")
    assert live[WIDGET]["model_id"] == panel.model_id


def test_the_panel_at_rest_follows_the_levers(panel, outputs):
    panel.extra.value = 20
    panel.ticks["m1", "feedback"].value = True
    (data, how), (_, first) = outputs[-1], outputs[0]
    assert how["update"]
    assert how["display_id"] == first["display_id"]
    assert data["text/plain"] == panel.state.sentence
    page = data["text/html"]
    assert page == panel.to_html()
    assert "Extra orders a day: <b>20</b>" in page
    assert "From: <b>1 Oct 2026</b>" in page
    assert '<img class="odr-light-picture" alt="Line chart of the coming 30 days ' in page
    assert 'src="data:image/png;base64,iVBOR' in page
    table = page[page.index("<table") : page.index("</table")]
    assert table.count("<tr>") == 1 + len(panel.state.table)
    assert "<script" not in page


def test_changes_that_come_fast_from_a_browser_are_drawn_once(panel, monkeypatch):
    pictures = []
    panel.image.observe(lambda change: pictures.append(change["new"]), "value")

    async def drag() -> None:
        monkeypatch.setattr(later, "answers_browser", lambda: True)
        slider = panel.levers["extra_orders_per_day"].slider
        for value in range(1, 11):
            slider.value = value
        panel.ticks["m0", "feedback"].value = True
        assert pictures == []
        await asyncio.sleep(0.05)
        assert len(pictures) == 1
        assert panel.state.extra_orders_per_day == 10
        assert panel.state.removed == ("m0",)

    asyncio.run(drag())


def test_a_drag_is_one_change_and_undo_draws_what_is_pending_first(panel, monkeypatch):
    state = panel.state

    async def drag_and_undo() -> None:
        monkeypatch.setattr(later, "answers_browser", lambda: True)
        slider = panel.levers["extra_orders_per_day"].slider
        for value in (5, 10, 15):
            slider.value = value
            await asyncio.sleep(0.05)
        assert state.n_past == 1
        panel.ticks["m0", "feedback"].value = True
        panel.undo.click()
        assert (state.extra_orders_per_day, state.removed) == (15, ())
        assert not panel.ticks["m0", "feedback"].value
        panel.undo.click()
        assert (state.extra_orders_per_day, slider.value) == (0, 0)
        assert panel.undo.disabled

    asyncio.run(drag_and_undo())
    # What was put off found nothing to do.
    assert state.n_past == 0


def test_undo_and_reset_move_every_control(panel):
    panel.extra.value, panel.length.value = 7, 4
    panel.choices.quality.value, panel.quality.value = A_SHARE, 0.25
    panel.start.value = date(2026, 10, 9)
    panel.ticks["m1", "feedback"].value = True
    moved = panel.state.levers
    assert not panel.undo.disabled
    panel.reset.click()
    tick, choice = panel.ticks["m1", "feedback"], panel.choices.quality
    fields = (panel.extra, panel.length, choice, panel.start, tick)
    assert [field.value for field in fields] == [0, 30, "Clean", date(2026, 10, 1), False]
    panel.undo.click()
    assert panel.state.levers == moved
    assert [field.value for field in fields] == [7, 4, A_SHARE, date(2026, 10, 9), True]
    assert panel.quality.value == 0.25


def test_picture_has_a_text_for_those_who_do_not_see_it(panel):
    panel.extra.value = 20
    assert panel.image.tooltip.endswith(
        "Seller-fulfilled ODR would be under 1 % from 21 Oct; without it, not in the 30 days "
        "looked at (probability 90 % or more)."
    )
    # Its front end fails on a tooltip of a widget that has no description at all.
    assert "description" in panel.image.get_state()


def test_a_share_of_none_is_still_a_given_share(panel):
    panel.choices.quality.value = A_SHARE
    panel.quality.value = 1.0
    panel.quality.value = 0.0
    assert panel.state.extra_defect_rate == 0.0
    assert panel.choices.quality.value == A_SHARE
    panel.state.extra_defect_rate = None
    panel.choices.quality.value = A_SHARE
    assert panel.state.extra_defect_rate == 0.0
    assert panel.choices.quality.value == A_SHARE


def test_a_field_that_moved_on_meanwhile_is_not_put_back(panel):
    """JupyterLab brings messages on two threads: a field may move while the state follows."""

    def move_on(_change) -> None:
        panel.state.unobserve(move_on, "effect")
        panel.extra.value = 4321

    panel.state.observe(move_on, "effect")
    panel.extra.value = 33
    assert panel.extra.value == panel.state.extra_orders_per_day == 4321


def test_the_share_is_asked_for_only_where_one_is_given(panel):
    row = panel._rows["extra_defect_rate"].layout
    assert row.display == "none"
    panel.choices.quality.value = A_SHARE
    assert row.display == ""
    panel.state.extra_defect_rate = None
    assert row.display == "none"


def test_what_was_loaded_besides_is_named(panel):
    panel.state.load(Scenario(DefectRate(0.5), MoreOrders(9, days=3)))
    assert panel.extra.value == 9
    assert (
        "Also, from the scenario that was loaded: 50\N{NO-BREAK SPACE}% fewer defects"
        in panel.also.value
    )
    panel.undo.click()
    assert panel.also.value == ""


def test_nothing_to_take_away_is_said():
    panel = what_if_panel(account_with(0))
    text = "".join(w.value for w in everything(panel) if type(w).__name__ == "HTML")
    assert "nothing to take away here" in text
    assert panel.ticks == {}
