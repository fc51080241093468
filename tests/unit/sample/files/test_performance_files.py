"""Amazon's own counts as files."""

from __future__ import annotations

import json
from collections import Counter

from odr_analysis.sample.files.performance_files import draw_switches
from odr_analysis.sample.model.draws import Draws
from tests.unit.sample.written import Written


def test_snapshots_state_what_the_truth_says(made: Written) -> None:
    texts = made.texts("seller-performance")
    days = [snapshot["day"] for snapshot in made.truth["snapshots"]]
    assert days == ["2026-09-23", "2026-09-30"]
    for text, snapshot in zip(texts, made.truth["snapshots"], strict=True):
        assert snapshot["switches"] == made.truth["snapshots"][0]["switches"]
        (metrics,) = json.loads(text)["performanceMetrics"]
        for row in snapshot["rates"]:
            block = metrics["orderDefectRate"][row["channel"]]
            assert block["orderCount"] == row["n_orders"]
            assert block["orderWithDefects"]["count"] == row["n_defective"]
            right = block["rate"] == round(row["n_defective"] / row["n_orders"], 4)
            assert right == (row["channel"] != snapshot["wrong_rate"])
    spelling = "prefulfillmentCancelRate" in texts[0], '23:59Z"' in texts[0]
    assert spelling == ((made.truth["scenario"] == "witnesses-us",) * 2)


def test_switches_of_snapshots_are_drawn_and_none_is_always_the_same() -> None:
    drawn = [tuple(draw_switches(Draws(seed)).values()) for seed in range(12)]
    assert len(set(drawn)) > 6
    for place in range(5):
        assert len({switches[place] for switches in drawn}) == 2


def test_every_pending_and_cancelled_order_of_the_window_tells_switches_apart(
    german: Written,
) -> None:
    newest = {row["amazon-order-id"]: row for row in german.rows("all-orders")}
    inside = [
        row
        for row in newest.values()
        if "2026-07-18" <= row["purchase-date"][:10] <= "2026-09-15"
        and row["fulfillment-channel"] == "Merchant"
    ]
    statuses = Counter(row["order-status"] for row in inside)
    assert statuses["Pending"] >= 2
    assert statuses["Cancelled"] >= 2
