"""Amazon's own number beside ours, in a seller's words."""

from __future__ import annotations

import pandas as pd

from odr_analysis.answer.parts.reconcile import (
    difference_sentences,
    fit_lines,
    fits_table,
    official_table,
    reconciled_line,
    reconciled_lines,
)
from odr_analysis.exports.readers.contract import snapshots
from odr_analysis.reconciliation.reconcile import PARTS, reconcile
from tests.unit.reconciliation.made import account_of, defects_of, many, orders_of, report


def found(counts: tuple[int, ...], *cancelled: str):
    """Six orders in the window and one with a claim, held against a report of these counts."""
    orders = [*many(6), *[(i, "2026-08-10T12:00:00Z", "cancelled") for i in cancelled]]
    defects = defects_of(("o0", "claim", "2026-09-01"))
    return reconcile(account_of(orders_of(*orders), defects), snapshots([report(counts)]))


def test_equal_counts_are_told_as_the_same() -> None:
    same = found((6, 1, 0, 1, 0))
    assert reconciled_line(same).startswith(
        "Amazon's report of 30 Sep 2026 and these files have the same counts"
    )
    table = official_table(same)
    assert table.difference.tolist() == ["none"]
    assert table.amazon.tolist() == table.files.tolist() == ["1 of 6, 16.67 %"]
    assert table.window.tolist() == ["18 Jul to 15 Sep 2026"]
    assert any("none" in line for line in reconciled_lines(same))


def test_a_difference_has_its_sign_and_its_unit() -> None:
    table = official_table(found((7, 1, 0, 1, 0)))
    assert table.difference.tolist() == ["-1 order"]
    table = official_table(found((6, 3, 0, 3, 0)))
    assert table.difference.tolist() == ["-2 with defects, -2 A-to-z claims"]


def test_a_rule_that_makes_the_counts_equal_is_named() -> None:
    wider = found((6, 1, 0, 1, 0), "cancelled")
    assert reconciled_line(wider).endswith("or if cancelled orders do not count.")
    (line,) = fit_lines(wider)
    assert "1. cancelled orders do not count (-1 order, +0 with defects)." in line
    fits = fits_table(wider.together)
    assert fits.rules[fits.exact].tolist() == ["cancelled orders do not count"]


def test_what_cannot_be_compared_is_said_with_its_reason() -> None:
    # Three orders fewer than Amazon has, in files whose orders are all of one day.
    missing = found((9, 1, 0, 1, 0))
    assert reconciled_line(missing).endswith(
        "they cannot be compared: the files do not cover the window."
    )
    assert difference_sentences(missing.counts.iloc[0], missing.parts.set_index("part")) == [
        "These files do not reach 18 Jul to 15 Sep 2026; orders of those days are missing.",
        "No rules were tried: the files do not cover the window.",
    ]


def test_what_rules_do_not_explain_is_said() -> None:
    row = found((6, 1, 0, 1, 0)).counts.iloc[0].to_dict()
    row |= {"missing_from": pd.NaT, "missing_to": pd.NaT}
    parts = pd.DataFrame(0, index=PARTS, columns=["n_orders", "n_defective"])
    parts.loc["unexplained"] = [3, -1]
    assert difference_sentences(row, parts) == [
        "Not explained by rules: Amazon counts 3 orders more (is an export missing?); Amazon "
        "counts 1 fewer with defects, as it would if it took some out, or did not know them yet."
    ]


def test_without_a_report_there_is_one_line_and_no_table() -> None:
    none = reconcile(account_of(orders_of(*many(6))), snapshots([]))
    assert reconciled_lines(none) == [reconciled_line(none)]
    assert official_table(none).empty
    assert fits_table(none.together).empty
