from __future__ import annotations

import pytest

from odr_analysis.actions.costs import Costs, Fix, Refund, load_costs
from odr_analysis.errors import ParameterError

FILE = """
removal = 5
appeal = 20.5
order = 2
orders_per_day_most = 30
quality = "clean"
budget = 900

[[fixes]]
name = "better packaging"
cost = 300
factor = 0.4
reason = "damaged"
products = ["S1"]

[[refunds]]
order = "302-1"
cost = 18
probability = 0.6

[chances]
"appeal the claim" = 0.3
"""


def test_a_file_has_what_the_record_has(tmp_path):
    path = tmp_path / "costs.toml"
    path.write_text(FILE)
    assert load_costs(path) == Costs(
        removal=5,
        appeal=20.5,
        order=2,
        orders_per_day_most=30,
        quality="clean",
        budget=900,
        fixes=[
            Fix("better packaging", 300, 0.4, reason="damaged", products=frozenset({"S1"})),
        ],
        refunds=[Refund("302-1", 18, 0.6)],
        chances={"appeal the claim": 0.3},
    )


def test_a_fix_is_a_change_of_a_scenario():
    change = Fix("f", 10, 0.5, reason="late", days=9, channel="mfn").change
    assert (change.factor, change.reason, change.days, change.channel) == (0.5, "late", 9, "mfn")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "nothing has a price"),
        ({"removal": -1}, "removal must be an amount of 0 or more or None"),
        ({"removal": float("nan")}, "removal must be"),
        ({"order": 1}, "give orders_per_day_most"),
        ({"order": 1, "orders_per_day_most": 501}, "orders_per_day_most must be a whole number"),
        ({"removal": 1, "quality": "good"}, "quality must be"),
        ({"removal": 1, "chances": {"appeal a claim": 0.5}}, "no step is called .*; did you mean"),
        ({"removal": 1, "chances": {"appeal the claim": 1.5}}, "must be from 0 to 1"),
        ({"removal": 1, "fixes": [1]}, "fixes must be a list of Fix"),
        ({"refunds": [Refund("a"), Refund("a")]}, "refund of order a is listed twice"),
    ],
)
def test_bad_costs_are_refused(given, says):
    with pytest.raises(ParameterError, match=says):
        Costs(**given)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Fix, {"factor": 1.5}),
        (Fix, {"name": None}),
        (Refund, {"order": None}),
        (Refund, {"cost": -1}),
    ],
)
def test_bad_parts_are_refused(kind, given):
    with pytest.raises(ParameterError, match="must be"):
        kind(**given)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("removal = -5", "line 1: removal must be an amount"),
        ("remove = 5", "line 1: unknown key 'remove'; did you mean 'removal'"),
        ("[[fixes]]\ncost = 'x'", "line 2: fixes 1: cost must be"),
        ("fixes = 3", "fixes must be a list of tables"),
        ("budget = 5", "nothing has a price"),
        ("x", "is no TOML file"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path, text, says):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ParameterError, match=rf"mine\.toml: .*{says}"):
        load_costs(path)
    with pytest.raises(ParameterError, match="no such file"):
        load_costs(tmp_path / "none.toml")
