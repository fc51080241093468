"""What each scenario is, seen in its files."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from odr_analysis.sample import SCENARIOS, write_sample
from tests.unit.sample.recount import (
    USUAL,
    Recount,
    check,
    text_of,
)

"""Those with many sources are in test_many_sources.py."""


def test_the_story_is_there_to_be_found(story: Recount) -> None:
    rates = {r["channel"]: r for r in story.truth["rates"]}
    mfn, afn = rates["mfn"], rates["afn"]
    assert 0.01 < mfn["n_defective"] / mfn["n_orders"] < 0.013
    assert afn["n_defective"] / afn["n_orders"] < 0.007
    assert min(mfn[f"n_{c}"] for c in ("feedback", "claim", "chargeback")) >= 1
    before = [r for r in story.truth["rates_history"] if r["as_of"] < "2026-07-30"]
    assert before
    assert all(r["n_defective"] < 0.007 * r["n_orders"] for r in before)
    packaging, carrier = story.truth["story"]["planted"]
    assert (packaging["from"], packaging["to"]) == ("2026-07-22", "2026-09-30")
    assert (carrier["from"], carrier["to"]) == ("2026-08-01", "2026-08-14")
    negative = {i for i, c in story.known if c in ("feedback", "claim", "chargeback")}

    def rate(column: str, value: str, first: str, last: str) -> float:
        hit = [
            i
            for i, r in story.counted().items()
            if r[column] == value
            and r["fulfillment-channel"] == "Merchant"
            and first <= r["purchase-date"][:10] <= last
        ]
        return len(negative.intersection(hit)) / len(hit)

    for fault, column, value in (
        (packaging, "sku", packaging["sku"]),
        (carrier, "ship-service-level", carrier["ship_service"]),
    ):
        during = rate(column, value, fault["from"], fault["to"])
        assert during > 2.5 * rate(column, value, "2026-01-01", "2026-07-21")


def per_day(recount: Recount, first: str, last: str) -> float:
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    placed = [r["purchase-date"][:10] for r in recount.orders.values()]
    return sum(first <= day <= last for day in placed) / days


def test_volume_of_surge_and_quiet(tmp_path: Path) -> None:
    for scenario in ("surge", "quiet"):
        write_sample(tmp_path / scenario, orders=4_000, seed=4, scenario=scenario)
    surge, quiet = Recount(tmp_path / "surge"), Recount(tmp_path / "quiet")
    usual = per_day(surge, "2026-01-01", "2026-08-31")
    assert per_day(surge, "2026-09-01", "2026-09-30") == pytest.approx(3 * usual, rel=0.15)
    usual = per_day(quiet, "2026-01-01", "2026-08-11")
    assert per_day(quiet, "2026-09-16", "2026-09-30") < 0.15 * usual


def test_the_american_seller(tmp_path: Path) -> None:
    write_sample(tmp_path, orders=3_000, seed=7, scenario="us")
    recount = Recount(tmp_path)
    check(recount)
    assert {r["sales-channel"] for r in recount.counted().values()} == {"Amazon.com"}
    entry = next(f for f in recount.truth["files"] if f["kind"] == "seller-feedback")
    text = text_of(tmp_path / entry["file"], entry["encoding"])
    days = re.findall(r"(?m)^(\d{1,2})/(\d{1,2})/26\t", text)
    assert any(len(month) == 1 for month, _ in days)
    assert any(int(day) > 12 for _, day in days)


def test_two_stores_have_a_rate_each(tmp_path: Path) -> None:
    write_sample(tmp_path, orders=2_000, seed=7, scenario="two-stores")
    truth = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    assert [(r["marketplace"], r["channel"]) for r in truth["rates"]] == [
        ("Amazon.de", "mfn"),
        ("Amazon.de", "afn"),
        ("Amazon.fr", "mfn"),
        ("Amazon.fr", "afn"),
    ]


def test_every_scenario_says_what_it_is() -> None:
    wanted = {"story", "stationary", "drift", "step", "lag-shift", "surge", "tiny", "quiet"}
    assert wanted | {"us", "clean"} <= set(USUAL)
    assert set(SCENARIOS) - set(USUAL) == {"witnesses", "witnesses-us", "witnesses-jp"}
    assert all(text and "\n" not in text for text in SCENARIOS.values())
