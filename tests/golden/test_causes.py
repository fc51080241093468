"""Sellers with one cause planted, or none, and whether `drivers` ranks it first.

``python -m tests.golden.test_causes 100`` runs a hundred of each kind and prints the shares.
"""

from __future__ import annotations

import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest

from odr_analysis import account_from_frames, drivers, leading_causes
from odr_analysis.account import Account

DAY = date(2026, 9, 30)
N_ORDERS = 5000
USUAL_RATE = 0.01
"""Defects of orders that the cause does not touch; of the others it is `TIMES` that."""
TIMES = 5
PLANTED_SHARE = 0.08
CAUSES = ("product", "carrier", "destination")
REASONS = ("Not received", "Damaged on arrival", "Not as described", "Arrived too late")

CARRIERS = {"DHL": 0.5, "DPD": 0.2, "Hermes": 0.12, "UPS": 0.1, "GLS": 0.08}
REGIONS = dict(
    zip(
        ("BY", "NW", "BW", "HE", "NI", "SN", "BE", "HH", "RP", "SH", "TH", "HB"),
        (0.2, 0.16, 0.13, 0.1, 0.09, 0.08, 0.07, 0.06, 0.05, 0.03, 0.02, 0.01),
        strict=True,
    )
)
PRODUCTS = {f"SKU-{i:02d}": 0.08 if i == 7 else 0.92 / 39 for i in range(40)}


def seller(seed: int, cause: str | None, *, told: bool = False) -> tuple[Account, str]:
    """An account of 5,000 orders in the window, and the group its cause is in ('' without one).

    With `told` every claim has a reason, drawn at random, so that groups are compared for each
    reason too; reasons have nothing to do with the cause.
    """
    rng = np.random.default_rng([seed, 0 if cause is None else 1 + CAUSES.index(cause)])

    def drawn(shares: dict[str, float]) -> np.ndarray:
        return rng.choice(np.array(list(shares), dtype=object), N_ORDERS, p=list(shares.values()))

    sku, carrier, region = drawn(PRODUCTS), drawn(CARRIERS), drawn(REGIONS)
    prices = dict(zip(PRODUCTS, rng.uniform(5, 90, len(PRODUCTS)).round(2), strict=True))
    placed = pd.Timestamp(DAY) - pd.to_timedelta(rng.integers(15, 75, N_ORDERS), unit="D")
    hit, planted = {
        "product": (sku == "SKU-07", "SKU-07"),
        "carrier": (carrier == "GLS", "GLS"),
        "destination": (region == "SN", "DE Sn"),
        None: (np.zeros(N_ORDERS, dtype=bool), ""),
    }[cause]
    ids = np.array([f"302-{seed % 10_000_000:07d}-{i:07d}" for i in range(N_ORDERS)], dtype=object)
    orders = pd.DataFrame(
        {
            "order_id": ids,
            "purchased_at": placed + pd.to_timedelta(rng.integers(0, 86_400, N_ORDERS), unit="s"),
            "marketplace": "Amazon.de",
            "channel": "mfn",
            "sku": sku,
            "carrier": carrier,
            "ship_country": "DE",
            "ship_region": region,
            "ship_service": rng.choice(["Standard", "Expedited"], N_ORDERS, p=[0.8, 0.2]),
            "price": [prices[s] for s in sku],
            "currency": "EUR",
        }
    )
    wrong = rng.random(N_ORDERS) < USUAL_RATE * np.where(hit, TIMES, 1)
    defects = pd.DataFrame(
        {"order_id": ids[wrong], "component": "claim", "reported_on": pd.Timestamp(DAY)}
    )
    if told:
        defects["reason"] = rng.choice(np.array(REASONS, dtype=object), len(defects))
    return account_from_frames(orders, defects), planted


def ranked_first(seed: int, cause: str, *, told: bool = False) -> bool:
    account, planted = seller(seed, cause, told=told)
    top = drivers(account, DAY).iloc[0]
    return (top.factor, top.level) == (cause, planted)


def calls_something(seed: int, *, told: bool = False) -> bool:
    account, _ = seller(seed, None, told=told)
    return bool(drivers(account, DAY).significant.any())


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("cause", CAUSES)
def test_a_planted_cause_is_ranked_first(cause: str, told: bool) -> None:
    found = sum(ranked_first(seed, cause, told=told) for seed in range(3))
    assert found >= 2, f"{found} of 3"


@pytest.mark.parametrize("told", [False, True])
def test_where_there_is_no_cause_seldom_anything_is_called_significant(told: bool) -> None:
    called = sum(calls_something(seed, told=told) for seed in range(3))
    assert called <= 1, f"{called} of 3"


def test_a_planted_cause_leads_and_nothing_goes_along_with_it() -> None:
    account, planted = seller(1, "product", told=True)
    found = leading_causes(account, DAY)
    # A product has one price, so its band of prices stands out only because the product does.
    assert found[["factor", "level"]].values.tolist() == [["product", planted]]


def test_what_is_planted_is_as_large_as_said() -> None:
    account, planted = seller(0, "carrier")
    items = account.items
    share = (items.carrier == planted).sum() / len(items)
    assert share == pytest.approx(PLANTED_SHARE, abs=0.02)
    assert len(account.orders) == N_ORDERS


if __name__ == "__main__":
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    for told in (False, True):
        sys.stdout.write(f"{'reasons told' if told else 'no reasons'}:\n")
        for kind in CAUSES:
            first = sum(ranked_first(seed, kind, told=told) for seed in seeds)
            sys.stdout.write(f"  {kind}: ranked first in {first} of {len(seeds)}\n")
        quiet = sum(not calls_something(seed, told=told) for seed in seeds)
        sys.stdout.write(f"  no cause: nothing significant in {quiet} of {len(seeds)}\n")
        sys.stdout.flush()
