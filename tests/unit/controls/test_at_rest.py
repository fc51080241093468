"""The panel at rest: every lever with its value, none that can be moved."""

from __future__ import annotations

import re
from datetime import date

import pytest

from odr_analysis.controls.asked_day import AskedDay
from odr_analysis.controls.at_rest import OFFERED, at_rest
from odr_analysis.controls.comparison import Comparison
from odr_analysis.controls.levers import levers_of
from odr_analysis.controls.state import WhatIfState
from tests.unit.controls.test_view import account_with

pytestmark = pytest.mark.usefixtures("known_alone")


def rest_of(n_feedback: int, **levers) -> str:
    state = WhatIfState(account_with(n_feedback), days=30, horizon_days=30, **levers)
    return at_rest(
        Comparison(state, AskedDay(state)), levers_of(state), b"png", 'a "picture"', "light"
    )


def test_every_lever_stands_there_with_its_value_and_cannot_be_moved():
    page = rest_of(2, removed=("m1",), extra_orders_per_day=1234, extra_defect_rate=0.0025)
    inputs = re.findall("<input [^>]*>", page)
    assert len(inputs) == 5 + 2
    assert all(" disabled" in one for one in inputs)
    assert [" checked" in one for one in inputs] == [False] * 5 + [True, False]
    assert "Extra orders a day: <b>1,234</b>" in page
    assert f"From: <b>{date(2026, 10, 1):%-d %b %Y}</b>" in page
    assert "For (days): <b>30</b>" in page
    assert "<b>0.25 %</b>" in page
    assert "Of the usual (%): <b>100 %</b>" in page
    assert "Quality: a given share of them defective." in page
    assert "Placed where: Seller-fulfilled on Amazon.de." in page
    assert "Quality: as usual." in rest_of(2)


def test_feedback_not_removed_is_listed_in_part():
    assert "nothing to take away here" in rest_of(0)
    many = rest_of(OFFERED + 4)
    assert many.count('type="checkbox"') == OFFERED
    assert "4 more, not ticked." in many
    removed = tuple(f"m{i}" for i in range(OFFERED + 4))
    assert rest_of(OFFERED + 4, removed=removed).count(" checked") == OFFERED + 4


def test_what_came_out_of_an_export_is_text():
    page = rest_of(1)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'alt="a &quot;picture&quot;"' in page


def test_style_alone_decides_which_is_seen():
    page = rest_of(1)
    assert ".odr-panel:not(.jupyter-widgets-disconnected)" in page
    assert "{display:none}</style>" in page
