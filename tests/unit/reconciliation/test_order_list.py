"""Account Health's list against the files, order by order."""

from __future__ import annotations

import pandas as pd

from odr_analysis.answer.parts.reconcile import (
    reconciled_lines,
)
from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.reconciliation.order_list import LIST_COLUMNS
from odr_analysis.reconciliation.reconcile import (
    reconcile,
)
from tests.unit.reconciliation.made import account_of, orders_of, report


def test_the_list_and_the_files_are_compared_order_by_order() -> None:
    placed = [
        ("old", "2026-07-10T12:00:00Z"),
        ("gone", "2026-08-10T12:00:00Z", "cancelled"),
        ("off", "2026-08-10T12:00:00Z"),
        ("late", "2026-08-10T12:00:00Z"),
        ("ours", "2026-08-10T12:00:00Z"),
        ("both", "2026-08-10T12:00:00Z"),
        ("soon", "2026-09-15T12:00:00Z"),
    ]
    rows = [
        ("old", "claim", None, "", "order-defects"),
        ("gone", "claim", None, "", "order-defects"),
        ("off", "claim", None, "does not count", "order-defects"),
        ("late", "claim", None, "", "order-defects"),
        ("late", "claim", "2026-10-03", "", "claims"),
        ("ours", "claim", "2026-08-20", "pending", "claims"),
        ("both", "feedback", None, "", "order-defects"),
        ("soon", "feedback", "2026-09-29", "", "seller-feedback"),
        ("lost", "claim", None, "", "order-defects"),
    ]
    columns = ["order_id", "component", "reported_on", "outcome", "source"]
    defects = pd.DataFrame(rows, columns=columns)
    account = account_of(orders_of(*placed), defects, count_cancelled_orders=False)
    found = reconcile(account, snapshots([report((5, 3, 1, 2, 0))]))
    assert list(found.one_sided) == list(LIST_COLUMNS)
    told = found.one_sided.set_index("order_id")[["side", "why"]].to_numpy().tolist()
    by_id = dict(zip(found.one_sided.order_id, told, strict=True))
    assert by_id == {
        "old": [
            "list",
            "placed 10 Jul 2026, outside the report's window (18 Jul to 15 Sep 2026)",
        ],
        "gone": ["list", "cancelled order, not counted by your rules"],
        "late": ["list", "known only since 3 Oct 2026, after the report"],
        "ours": ["files", "claim pending"],
        "soon": [
            "files",
            "reported 29 Sep 2026, just before the report; "
            "placed on the window's first or last day",
        ],
        "lost": ["list", "in no order export: add the one of its month"],
    }
    text = "\n".join(reconciled_lines(found))
    assert "On Amazon's list only (4 defects):" in text
    assert "In these files only (2 defects):" in text
