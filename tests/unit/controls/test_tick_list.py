"""The list of defects: cut, searched, and ticks that outlast both."""

from __future__ import annotations

import pytest

from odr_analysis.controls.tick_list import LISTED
from odr_analysis.controls.view import what_if_panel
from tests.unit.controls.test_view import account_with

pytestmark = pytest.mark.usefixtures("known_alone")


@pytest.fixture
def panel():
    return what_if_panel(account_with(LISTED + 5), days=1)


def listed(panel) -> list[str]:
    """What is listed, in its order."""
    return [item.children[0].description for item in panel.list._box.children]


def test_a_long_list_is_cut_and_says_so(panel):
    offered = panel.state.defects
    assert listed(panel) == [f"1 star, order {i}" for i in offered.order_id[:LISTED]]
    assert "5 more of less worth are not listed here" in panel.list._note.value
    # One beyond the list, removed by code, survives a tick on the list.
    beyond = offered.order_id.iloc[-1]
    panel.state.removed = (beyond,)
    assert "1 ticked, not listed here." in panel.list._note.value
    next(iter(panel.ticks.values())).value = True
    assert panel.state.removed == (beyond, offered.order_id.iloc[0])


def test_a_search_lists_what_fits_and_ticks_stay(panel):
    first = panel.state.defects.order_id.iloc[0]
    panel.ticks[first, "feedback"].value = True
    last = panel.state.defects.order_id.iloc[-1]
    panel.list.search.value = last.upper()
    assert listed(panel) == [f"1 star, order {last}"]
    assert "1 ticked, not listed here." in panel.list._note.value
    panel.ticks[last, "feedback"].value = True
    assert panel.state.removed == (first, last)
    panel.list.search.value = "no such words"
    assert listed(panel) == []
    assert "None fits the search." in panel.list._note.value
    panel.list.search.value = ""
    assert len(listed(panel)) == LISTED
    assert panel.ticks[first, "feedback"].value
    panel.undo.click()
    assert panel.state.removed == (first,)
    assert not panel.ticks[last, "feedback"].value
