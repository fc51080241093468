"""Which of several records of one defect decides."""

from __future__ import annotations

import pandas as pd

from odr_analysis.exports.kinds.registry import DOCUMENT_READERS, TABLE_READERS
from odr_analysis.exports.source_rank import MONEY, SOURCE_RANK, UNSETTLED, standing


def test_every_kind_that_can_show_a_defect_has_a_rank():
    kinds = {reader.KIND for reader in (*TABLE_READERS, *DOCUMENT_READERS)}
    counts_only = {k for k in kinds if k.startswith(("seller-performance", "business"))}
    lists = {k for k in kinds if k.endswith("-list")}
    assert kinds - counts_only - lists == set(SOURCE_RANK)


def test_the_better_source_then_the_settled_outcome():
    records = pd.DataFrame(
        {
            "source": ["finances", "claims", "claims", "order-defects", "by hand"],
            "outcome": ["debited", "denied", "open", "", "denied"],
        }
    )
    money, denied, unsettled, listed, by_hand = standing(records)
    assert by_hand < listed < denied < unsettled < money
    assert not set(MONEY) & set(UNSETTLED)


def test_no_records_have_no_standing():
    assert standing(pd.DataFrame({"source": [], "outcome": []})).tolist() == []
