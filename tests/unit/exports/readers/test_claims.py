"""The claims and chargebacks templates."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis.errors import ExportError
from odr_analysis.exports.readers.claims import CHARGEBACKS, CLAIMS
from odr_analysis.exports.text.delimited import split_rows

CLAIM_HEADER = "order id,claim date,reason,status,amount,counts in odr\n"
BACK_HEADER = "order id,chargeback date,reason,status,amount,counts in odr\n"
ONE = "113-0000001-0000001"


def read(template, text: str, delimiter: str = ",", marketplace: str | None = None):
    table = split_rows(text, file="f.csv", delimiter=delimiter, quoted=True)
    assert template.looks_like(table.header, [])
    return template.read(table, marketplace=marketplace)


def test_a_claim():
    done = read(CLAIMS, CLAIM_HEADER + f"{ONE},2026-09-14,not received,Under review,25.90,\n")
    (claim,) = done.defects.itertuples(index=False)
    assert (claim.order_id, claim.component) == (ONE, "claim")
    assert (claim.reported_on, claim.outcome) == (pd.Timestamp("2026-09-14"), "pending")
    assert claim[9:] == ("not received", "", "claims", "f.csv", 2)
    assert pd.isna(claim.rating)
    assert (done.rows_read, done.rows_kept, done.latest) == (1, 1, date(2026, 9, 14))


@pytest.mark.parametrize(
    ("template", "status", "outcome"),
    [
        (CLAIMS, "Granted", "granted"),
        (CLAIMS, "PENDING", "pending"),
        (CLAIMS, "under_review", "pending"),
        (CLAIMS, "open", "pending"),
        (CLAIMS, "withdrawn", "withdrawn"),
        (CLAIMS, "denied", "denied"),
        (CLAIMS, "Appeal-won", "appeal won"),
        (CLAIMS, "amazon funded", "amazon funded"),
        (CLAIMS, "refunded", "refunded"),
        (CLAIMS, "canceled", "cancelled"),
        (CLAIMS, "", ""),
        (CHARGEBACKS, "open", "open"),
        (CHARGEBACKS, "Lost", "lost"),
        (CHARGEBACKS, "won", "won"),
        (CHARGEBACKS, "", ""),
    ],
)
def test_statuses(template, status, outcome):
    done = read(template, f"order id,{template.date_column},status\n{ONE},2026-09-14,{status}\n")
    assert done.defects.outcome.tolist() == [outcome]
    assert done.details["outcomes"] == {outcome: 1}
    assert done.notes == []


def test_an_unknown_status_counts_and_is_named():
    done = read(CHARGEBACKS, BACK_HEADER + f"{ONE},2026-09-14,,vanished,,\n")
    assert done.defects.outcome.tolist() == ["unrecognised"]
    assert done.rows_kept == 1
    assert done.notes == [
        "status 'vanished' (line 2) is not known and counts as a defect; known are open, lost, won."
    ]


def test_what_the_file_says_itself_comes_first():
    done = read(
        CLAIMS,
        CLAIM_HEADER
        + f"{ONE},2026-09-14,,granted,,N\n"
        + f"{ONE},2026-09-14,late,vanished,,yes\n"
        + f"{ONE},2026-09-14,,,,\n",
    )
    assert done.defects.outcome.tolist() == ["does not count", "counts", ""]
    assert done.defects.reason.tolist() == ["granted", "late", ""]
    assert done.notes == []


def test_any_delimiter_case_and_joining():
    for delimiter in (",", ";", "\t"):
        text = delimiter.join(["ORDER_ID", "Claim-Date"]) + f"\n{ONE}{delimiter}14.09.2026\n"
        assert read(CLAIMS, text, delimiter).latest == date(2026, 9, 14)


def test_day_and_month_from_the_marketplace():
    text = BACK_HEADER + f"{ONE},4/5/2026,,,,\n"
    assert read(CHARGEBACKS, text, marketplace="Amazon.de").latest == date(2026, 5, 4)
    assert read(CHARGEBACKS, text, marketplace="Amazon.com").latest == date(2026, 4, 5)


def test_what_is_dropped_says_why_and_where():
    done = read(
        CLAIMS,
        CLAIM_HEADER
        + f"{ONE},soon,,,,\n{ONE},,,,,\n{ONE},2026-09-14,,,,perhaps\nx,2026-09-14,,,,\n"
        + ",2026-09-14,,,,\n1E+16,2026-09-14\n",
    )
    assert done.dropped_lines == {
        "unreadable date": [2],
        "unreadable defect marker": [4],
        "order id malformed": [5],
        "order id missing": [6],
        "order id in scientific notation": [7],
    }
    assert (done.rows_read, done.rows_kept) == (6, 1)
    assert "1 row(s) without a claim date (line 3)" in done.notes[-1]
    assert done.latest is None


def test_one_template_is_not_the_other():
    claims, backs = (h.strip().split(",") for h in (CLAIM_HEADER, BACK_HEADER))
    assert CLAIMS.missing(backs) == ["claim date"]
    assert CHARGEBACKS.missing(claims) == ["chargeback date"]
    assert CLAIMS.missing(["sku"]) == ["order id", "claim date"]
    assert (CLAIMS.KIND, CHARGEBACKS.KIND) == ("claims", "chargebacks")


def test_a_column_that_is_read_twice_is_an_error_and_another_is_not():
    with pytest.raises(ExportError, match="'status' 2 times"):
        read(CLAIMS, f"order id,claim date,status,status\n{ONE},2026-09-14,,\n")
    done = read(CLAIMS, f"order id,claim date,amount,amount\n{ONE},2026-09-14,1,2\n")
    assert done.rows_kept == 1


@pytest.mark.parametrize(
    "status", ["debited, not counted", "Debited not counted", "not-counted debited"]
)
def test_a_claim_that_is_debited_and_not_counted(status):
    done = read(CLAIMS, f'order id,claim date,status\n{ONE},2026-09-14,"{status}"\n')
    assert done.defects.outcome.tolist() == ["debited, not counted"]
    assert not any("is not known" in note for note in done.notes)


def test_a_mark_overrules_debited_and_not_counted():
    text = f"order id,claim date,status,counts in odr\n{ONE},2026-09-14,debited not counted,Y\n"
    assert read(CLAIMS, text).defects.outcome.tolist() == ["counts"]
