"""What Amazon really exported is read to the last row."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from odr_analysis.cli import main
from odr_analysis.load import load_account, load_receipt


def test_every_row_of_the_indian_sale_report_is_accounted_for(real: Path) -> None:
    account = load_account(real / "orders", cache=None)
    (file,) = account.receipt.files
    assert (file.kind, file.encoding, file.delimiter) == ("amazon-sale-report", "utf-8", ",")
    assert (file.rows_read, file.rows_kept, file.rows_dropped) == (5733, 5733, {})
    assert account.receipt.orders["rows"] == 5733
    assert account.receipt.orders["distinct"] == account.orders.order_id.nunique() == 5390
    days = account.orders.ordered_on
    assert (str(days.min().date()), str(days.max().date())) == ("2022-04-27", "2022-04-30")
    assert set(account.orders.channel) == {"mfn", "afn"}
    assert account.known_to.isoformat() == "2022-04-30"
    assert account.defective.empty
    assert len(account.items) <= 5733


def test_every_row_of_the_us_feedback_is_accounted_for(real: Path) -> None:
    receipt = load_receipt(real / "feedback", cache=None)
    (file,) = receipt.files
    # Every byte of it is ASCII, which is UTF-8 as much as the windows-1252 it was written in.
    assert (file.kind, file.encoding) == ("seller-feedback", "utf-8")
    assert (file.rows_read, file.rows_kept) == (135, 135)
    assert file.locale.startswith("m/d/y")
    assert file.details["ratings"] == {"1": 8, "2": 0, "3": 5, "4": 10, "5": 112}
    assert receipt.defects["not_counted"] == {"order unknown": 8}


def test_the_command_line_tells_the_same(real: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["load", str(real), "--json", "--no-cache"])
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    assert (
        told["rows_read"] == told["rows_kept"] == 5733 + 135 + 18
    )  # blocks of the performance report
    by_kind = {f["kind"]: f for f in told["files"] if f["kind"] != "unknown"}
    assert set(by_kind) == {"amazon-sale-report", "seller-feedback", "seller-performance"}


def test_feedback_alone_cannot_give_a_rate(real: Path) -> None:
    run = CliRunner().invoke(main, ["report", str(real / "feedback"), "--no-cache"])
    assert run.exit_code == 2
    assert "All Orders" in run.stderr
