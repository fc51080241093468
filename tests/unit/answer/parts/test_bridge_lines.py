"""A bridge for a terminal and as JSON: parts that add up, and the orders behind them."""

from __future__ import annotations

import json
import re

import pytest

from odr_analysis import bridge, bridge_orders
from odr_analysis.answer.parts.bridge_lines import bridge_dict, bridge_lines
from odr_analysis.why.bridge import MEASURES, PARTS
from tests.unit.why.test_bridge import FROM, TO, placed, ten


def test_lines_show_each_part_that_is_not_nothing_and_their_sum() -> None:
    # Two of ten orders left and two came; one of those that came is defective.
    table = bridge(ten(("o2", "claim", placed(3))), FROM, TO)
    lines = bridge_lines(table, archived=True)
    assert lines[0] == "What changed the Order Defect Rate, 23 Sep to 30 Sep 2026:"
    parts = [line for line in lines if line.startswith("  ")]
    assert [re.split(r"\s{2,}", line.strip())[:2] for line in parts[:-1]] == [
        ["defective orders came in", "+1"],
        ["orders came in", "+2"],
        ["orders left", "-2"],
    ]
    effects = [float(re.findall(r"([+-]\d+\.\d{3}) points", line)[0]) for line in parts]
    assert sum(effects[:-1]) == pytest.approx(effects[-1], abs=0.002)
    assert parts[-1].strip().startswith("change")
    assert len({len(line) for line in parts}) == 1, "one column"


def test_a_folder_says_what_only_an_archive_could_know() -> None:
    table = bridge(ten(), FROM, TO)
    assert "odr archive" in bridge_lines(table)[-1]
    assert not any("odr archive" in line for line in bridge_lines(table, archived=True))


def test_json_has_every_part_of_every_measure_with_its_orders() -> None:
    account = ten(("o2", "claim", placed(3)))
    orders = {m: bridge_orders(account, FROM, TO, measure=m) for m in MEASURES}
    told = json.loads(json.dumps(bridge_dict(bridge(account, FROM, TO), orders), allow_nan=False))
    (channel,) = told["channels"]
    assert channel["counts"]["defects_entered"] == 1
    assert channel["order_ids"]["defects_entered"] == ["o2"]
    assert sorted(channel["order_ids"]["orders_left"]) == ["o0", "o1"]
    assert set(channel["parts"]) == set(PARTS)
    assert sum(channel["parts"].values()) == pytest.approx(channel["change"])
    assert channel["components"]["claim"]["counts"]["defects_entered"] == 1
    assert channel["components"]["feedback"]["change"] == 0
    assert (channel["from"]["n_orders"], channel["to"]["n_orders"]) == (8, 8)
    assert channel["to"]["odr"] == 1 / 8
