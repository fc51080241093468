"""Records of defects, made by hand, and what is made of them."""

from __future__ import annotations

import pandas as pd

from odr_analysis.exports.readers.contract import Sighting, sightings
from odr_analysis.exports.verdicts import (
    judge,
)
from odr_analysis.policy import Policy

DAY = pd.Timestamp("2026-05-10")


def sighting(order="o1", component="claim", outcome="", source="claims", day=DAY):
    return Sighting(order, component, source, "f", 2, reported_on=day, outcome=outcome)


def money(outcome, amount, source="settlement", file="s.txt", day=DAY, currency="EUR", line=9):
    return Sighting(
        *("o1", "claim", source, file, line),
        reported_on=pd.Timestamp(day),
        outcome=outcome,
        amount=amount,
        currency=currency,
    )


def judged(*rows, policy=None, placed=None):
    orders = pd.Series({"o1": ""} if placed is None else placed, dtype="str")
    return judge(sightings(list(rows)), orders, policy or Policy())


AGAIN, EVENT = ("settlement", "t.txt"), "finances"
DENIED = sighting(outcome="denied")._replace(file="claims.csv", line=3)
