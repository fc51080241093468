"""The defects to tick: all of the worklist, with the words of their orders, by worth."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis import load_sample, worklist
from odr_analysis.controls.tick_table import filtered, kinds_of, odds_of, tick_table
from odr_analysis.forecasting.look_ahead import LookAhead


@pytest.fixture(scope="module")
def account():
    return load_sample()


@pytest.fixture(scope="module")
def table(account):
    return tick_table(LookAhead.of(account))


def test_it_has_every_row_of_the_worklist_by_worth(account, table):
    work = worklist(account)
    keys = ["order_id", "component"]
    same = [*keys, "chance", "effect_text", "leaves_on", "why_closed"]
    pd.testing.assert_frame_equal(
        table.sort_values(keys, ignore_index=True)[same],
        work.sort_values(keys, ignore_index=True)[same],
    )
    open_ones = table[table.step != ""]
    assert open_ones.worth.is_monotonic_decreasing
    assert (table.step[len(open_ones) :] == "").all()
    assert set(kinds_of(table).values()) == {"feedback", "claim", "chargeback"}


def test_only_feedback_has_stars_and_the_words_of_the_buyer(table):
    feedback = table.component == "feedback"
    assert table.rating[feedback].between(1, 2).all()
    assert table.rating[~feedback].isna().all()
    assert (table.words[feedback] != "").any()


def test_odds_are_those_of_each_step(table):
    odds = odds_of(table)
    assert len(odds) == len(table)
    row = table[table.step == "solve it, then ask the buyer"].iloc[0]
    assert odds[row.order_id, "feedback"] == (row.chance, date(2026, 10, 2))


def test_filters_find_the_rows_a_reader_would(table):
    first = table.iloc[0]
    found = filtered(table, first.order_id[4:11])
    assert first.order_id in set(found.order_id)
    assert found.order_id.str.contains(first.order_id[4:11]).all()
    late = filtered(table, "NOT received", "claim")
    assert len(late)
    assert (late.component == "claim").all()
    assert len(filtered(table, "(.*")) == 0
    assert len(filtered(table)) == len(table)
