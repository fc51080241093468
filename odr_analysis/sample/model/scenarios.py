"""What each synthetic seller goes through, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Curve = Callable[[np.ndarray], np.ndarray]
"""From ages (days before the last day, 0 on it) to a factor."""


def flat(age: np.ndarray) -> np.ndarray:
    """One, whatever the age."""
    return np.ones(len(age))


@dataclass(frozen=True)
class Fault:
    """A planted cause: some seller-fulfilled orders go wrong more often, for a known reason.

    ``oldest`` and ``newest`` are the ages of the first and last order day it touches.
    It touches orders with product `sku` in them, or sent by ship service `service`.
    """

    name: str
    oldest: int
    newest: int
    probability: float
    reason: str
    sku: str = ""
    service: str = ""
    kinds: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    """Shares of feedback alone, claim alone, feedback and claim, chargeback alone."""


@dataclass(frozen=True)
class Setting:
    """One scenario.

    Rates are per order that can go wrong and are ultimate: of all orders, once every
    report is in. ``volume`` shapes orders per day, ``risk`` the rates by order day.
    """

    text: str
    marketplaces: tuple[tuple[str, float], ...] = (("Amazon.de", 1.0),)
    feedback_rate: float = 0.005
    claim_rate: float = 0.0025
    chargeback_rate: float = 0.0005
    neutral_rate: float = 0.0015
    denied_share: float = 0.35
    mfn_share: float = 0.6
    mfn_risk: float = 1.2
    afn_risk: float = 0.7
    volume: Curve = flat
    risk: Curve = flat
    late_factor: float = 1.0
    """Reports that were due in the last 60 days take this much longer from the order."""
    every_file: bool = False
    """Also returns, order-defect lists, and defects of orders in no export."""
    faults: tuple[Fault, ...] = ()
    tiny: bool = False
    many_sources: bool = False
    """Defects are planted one by one and seen in many files at once; rates above do not matter."""


def _triple(age: np.ndarray) -> np.ndarray:
    return np.where(age < 30, 3.0, 1.0)


def _dry_up(age: np.ndarray) -> np.ndarray:
    return np.where(age < 50, 0.04 + 0.96 * (age / 50.0) ** 2, 1.0)


def _creep(age: np.ndarray) -> np.ndarray:
    oldest = max(float(age.max()), 1.0)
    return 0.5 + 1.5 * (1 - age / oldest)


def _step(age: np.ndarray) -> np.ndarray:
    return np.where(age < 45, 2.0, 1.0)


FAULTS = (
    Fault(
        name="packaging",
        oldest=70,
        newest=0,
        probability=0.036,
        reason="damaged",
        sku="KT-TELLER-6",
        kinds=(0.50, 0.25, 0.25, 0.0),
    ),
    Fault(
        name="carrier",
        oldest=60,
        newest=47,
        probability=0.06,
        reason="not received",
        service="Expedited",
        kinds=(0.10, 0.45, 0.20, 0.25),
    ),
)

SETTINGS: dict[str, Setting] = {
    "story": Setting(
        "a packaging fault on one product and a carrier failing for two weeks before a holiday; "
        "seller-fulfilled ends above 1 %, Amazon-fulfilled is healthy",
        mfn_risk=0.8,
        afn_risk=0.7,
        every_file=True,
        faults=FAULTS,
    ),
    "stationary": Setting("nothing changes: the same rates, delays and sales throughout"),
    "drift": Setting("the defect rate creeps up, from half to twice the usual", risk=_creep),
    "step": Setting("the defect rate doubles for orders of the last 45 days", risk=_step),
    "lag-shift": Setting(
        "defects due in the last 60 days are reported 40 % later", late_factor=1.4
    ),
    "surge": Setting("orders triple in the last 30 days", volume=_triple),
    "tiny": Setting("45 orders in the window and one claim", tiny=True),
    "quiet": Setting("orders dry up over the last 50 days while defects stay", volume=_dry_up),
    "us": Setting(
        "a seller in the United States: Amazon.com, dates as m/d/yy",
        marketplaces=(("Amazon.com", 1.0),),
        every_file=True,
    ),
    "two-stores": Setting(
        "one seller in two stores, Amazon.de and Amazon.fr",
        marketplaces=(("Amazon.de", 0.7), ("Amazon.fr", 0.3)),
        every_file=True,
    ),
    "clean": Setting(
        "no defect at all: neutral feedback, late shipments and returns only",
        feedback_rate=0.0,
        claim_rate=0.0,
        chargeback_rate=0.0,
        neutral_rate=0.004,
        every_file=True,
    ),
    "witnesses": Setting(
        "defects seen in many kinds of file at once, which overlap and contradict each other, "
        "with Amazon's own numbers beside them",
        many_sources=True,
    ),
    "witnesses-us": Setting(
        "the same in the United States: its dates, offsets and spellings",
        marketplaces=(("Amazon.com", 1.0),),
        many_sources=True,
    ),
    "witnesses-jp": Setting(
        "the same in Japan: its dates, its language, whole yen, files in cp932",
        marketplaces=(("Amazon.co.jp", 1.0),),
        many_sources=True,
    ),
}

SCENARIOS: dict[str, str] = {name: setting.text for name, setting in SETTINGS.items()}
"""Scenario name to one line saying what happens in it."""
