"""A whole download from a stand-in for Amazon: what comes, what is gone on with, what fails."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from odr_analysis import clock, load_account
from odr_analysis.errors import MachineError, OdrError, ParameterError
from odr_analysis.fetching import fetch_reports as module
from odr_analysis.fetching.amazon import RefusedError
from odr_analysis.fetching.fetch_reports import LOCK, Fetched, fetch_reports
from odr_analysis.fetching.log_book import NAME
from odr_analysis.fetching.patience import STOP, Patience, StoppedError
from odr_analysis.fetching.report_types import REPORT_TYPES
from odr_analysis.scratch import alone
from tests.amazon import SECRETS, SIGNED, StandIn, error
from tests.downloads import feedback, oid, orders, returned, table

ORDERS, FEEDBACK, RETURNS, SETTLEMENTS, PERFORMANCE = (k.amazon for k in REPORT_TYPES.values())
NAMES = {kind.amazon: kind.name for kind in REPORT_TYPES.values()}
TODAY = date(2026, 10, 20)
FIRST = date(2026, 9, 20)
RETURN = [(oid(3), "25-Sep-2026", "CR-DEFECTIVE", "Approved", "N")]
SETTLEMENT = (
    "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\t"
    "currency\ttransaction-type\torder-id\tmerchant-order-id\tadjustment-id\tshipment-id\t"
    "marketplace-name\tamount-type\tamount-description\tamount\tfulfillment-id\tposted-date\t"
    "posted-date-time\torder-item-code\tmerchant-order-item-id\tmerchant-adjustment-item-id\t"
    "sku\tquantity-purchased\tpromotion-id\n"
    "1\t01.10.2026 00:00:00 UTC\t14.10.2026 00:00:00 UTC\t15.10.2026 00:00:00 UTC\t1.00\tEUR"
    + "\t" * 18
    + "\n"
)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def everything(amazon: StandIn) -> StandIn:
    """Reports as the loader reads them, in the encoding Amazon uses for Germany."""
    amazon.charset = "windows-1252"
    amazon.documents = {
        ORDERS: table(orders(30)).encode("cp1252"),
        FEEDBACK: feedback([("25.09.26", "1", "Spät", oid(2))]).encode("cp1252"),
        RETURNS: returned([(oid(3), "25-Sep-2026", "CR-DEFECTIVE", "Approved", "N")]).encode(
            "cp1252"
        ),
        SETTLEMENTS: SETTLEMENT.encode(),
    }
    amazon.settle("901", SETTLEMENTS)
    return amazon


def fetch(folder: Path, *kinds: str, **how: object) -> list[Fetched]:
    patience = Patience(folder, second=0.0001)
    given = {"reports": kinds or tuple(REPORT_TYPES), "patience": patience, **how}
    return fetch_reports(folder, ["Amazon.de"], FIRST, TODAY, **given)


def test_everything_comes_and_is_what_the_loader_reads(everything: StandIn, tmp_path: Path) -> None:
    found = {o.title.partition(" ")[0]: o for o in fetch(tmp_path / "new")}
    assert {name: o.state for name, o in found.items()} == {
        "orders": "downloaded",
        "feedback": "downloaded",
        "returns": "downloaded",
        "settlements": "downloaded",
        "performance": "no data",
    }
    account = load_account(tmp_path / "new", cache=None)
    kinds = {f.file: f.kind for f in account.receipt.files}
    assert set(kinds.values()) == {"all-orders", "seller-feedback", "mfn-returns", "settlement"}
    assert account.receipt.orders["distinct"] == 30
    assert account.feedback.comment.tolist() == ["Spät"]
    created = [
        (r["reportType"], r["dataStartTime"], r["dataEndTime"])
        for r in everything.operations("create")
        if "dataStartTime" in r
    ]
    assert (ORDERS, "2026-09-20T00:00:00Z", "2026-09-30T23:59:59Z") in created
    assert (ORDERS, "2026-10-01T00:00:00Z", "2026-10-20T23:59:59Z") in created


def test_a_second_run_asks_for_nothing_that_is_there(everything: StandIn, tmp_path: Path) -> None:
    first = fetch(tmp_path)
    before = everything.counts.copy()
    again = fetch(tmp_path)
    assert [o.file for o in again] == [o.file for o in first]
    assert {o.state for o in again} == {"there already", "no data"}
    made = everything.counts - before
    assert set(made) == {"list"}, "settlements that came since can only be looked for"


def test_a_later_day_asks_again_for_what_may_have_changed(
    everything: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(tmp_path, "orders")
    old = {p.name for p in tmp_path.glob("orders*")}
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=1))
    everything.documents[ORDERS] = table(orders(40)).encode()
    assert {o.state for o in fetch(tmp_path, "orders")} == {"downloaded"}
    new = {p.name: p.read_bytes() for p in tmp_path.glob("orders*")}
    assert set(new) == old, "in place of the older files"
    assert set(new.values()) == {everything.documents[ORDERS]}


def test_a_run_goes_on_with_what_another_asked_for(everything: StandIn, tmp_path: Path) -> None:
    everything.looks = 10**9
    waiting = fetch(tmp_path, "orders", "feedback", patience=Patience(tmp_path, second=1e-6))
    assert {o.state for o in waiting} == {"asked"}
    assert "run this again to go on" in waiting[0].line
    asked = everything.counts["create"]
    everything.looks = 0
    assert {o.state for o in fetch(tmp_path, "orders", "feedback")} == {"downloaded"}
    assert everything.counts["create"] == asked


@pytest.mark.parametrize("moment", ["create", "status", "document", "content"])
def test_stopped_anywhere_it_is_gone_on_with(
    everything: StandIn, tmp_path: Path, moment: str
) -> None:
    """Every report is asked for once, whenever the run ends."""

    def stop(operation: str, n: int) -> None:
        if operation == moment and n == 2:
            (tmp_path / STOP).touch()

    everything.fail = stop
    with pytest.raises(StoppedError, match="noted"):
        fetch(tmp_path, "orders", "feedback", "returns")
    with pytest.raises(StoppedError):
        fetch(tmp_path, "orders", "feedback", "returns")
    (tmp_path / STOP).unlink()
    assert {o.state for o in fetch(tmp_path, "orders", "feedback", "returns")} <= {
        "downloaded",
        "there already",
    }
    asked = [(r["reportType"], r["dataStartTime"]) for r in everything.operations("create")]
    assert len(asked) == len(set(asked)) == 5
    files = [*tmp_path.glob("*.txt")]
    assert len(files) == 5
    for path in files:
        (content,) = (v for k, v in everything.documents.items() if NAMES[k] in path.name)
        assert path.read_bytes() == content.decode("cp1252").encode(), "whole"


def test_ctrl_c_leaves_what_was_asked_for_noted(
    everything: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "save_document", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch(tmp_path, "orders")
    asked = everything.counts["create"]
    assert {o.state for o in fetch(tmp_path, "orders")} == {"downloaded"}
    assert everything.counts["create"] == asked


def test_what_fails_is_said_and_the_rest_comes(everything: StandIn, tmp_path: Path) -> None:
    everything.ends[FEEDBACK] = "FATAL"
    everything.fail = lambda name, n: (
        error(400, "InvalidInput") if (name, n) == ("create", 1) else None
    )
    found = fetch(tmp_path, "orders", "feedback", "returns")
    assert [(o.title.partition(" ")[0], o.state) for o in found] == [
        ("orders", "failed"),
        ("orders", "downloaded"),
        ("feedback", "failed"),
        ("feedback", "failed"),
        ("returns", "downloaded"),
    ]
    assert "InvalidInput" in found[0].line
    assert "Amazon could not make it" in found[2].line
    everything.ends.clear()
    assert {o.state for o in fetch(tmp_path, "orders", "feedback")} == {
        "downloaded",
        "there already",
    }


def test_a_report_that_amazon_forgot_is_asked_for_again(
    everything: StandIn, tmp_path: Path
) -> None:
    everything.looks = 10**9
    fetch(tmp_path, "orders", patience=Patience(tmp_path, second=1e-6))
    everything.made.clear()
    everything.looks = 0
    assert {o.state for o in fetch(tmp_path, "orders")} == {"failed"}
    assert {o.state for o in fetch(tmp_path, "orders")} == {"downloaded"}


def test_a_document_that_breaks_is_fetched_anew(everything: StandIn, tmp_path: Path) -> None:
    def once(name: str, n: int) -> tuple[int, bytes, dict[str, str]] | None:
        return (200, b"cut", {"Length": "99"}) if name == "content" and n == 1 else None

    everything.fail = once
    assert {o.state for o in fetch(tmp_path, "orders")} == {"downloaded"}
    everything.fail = lambda name, n: (403, b"", {}) if name == "content" else None
    (failed, *_) = fetch(tmp_path, "returns")
    assert (failed.state, failed.file) == ("failed", "")
    assert "its document did not come (status 403)" in failed.why


def test_settlements_older_than_amazon_keeps_them(everything: StandIn, tmp_path: Path) -> None:
    (one,) = fetch_reports(
        tmp_path,
        ["Amazon.de"],
        date(2024, 1, 1),
        date(2024, 1, 31),
        reports=["settlements"],
        patience=Patience(tmp_path, second=0.0001),
    )
    assert one.why == "Amazon keeps them for 90 days"
    assert everything.asked == []


def test_days_end_before_now_and_never_before_they_begin() -> None:
    now = datetime.now(UTC)
    today = now.date()
    start, end = module._moments(today - timedelta(days=3), today)
    assert (start.hour, start.minute, start.tzinfo) == (0, 0, UTC)
    assert start < end < now
    assert module._moments(today - timedelta(days=9), today - timedelta(days=8))[1].second == 59
    start, end = module._moments(today, today)
    assert start <= end


def test_refused_access_ends_the_run_and_says_so(everything: StandIn, tmp_path: Path) -> None:
    everything.fail = lambda name, n: error(403, "Unauthorized") if name == "create" else None
    with pytest.raises(RefusedError):
        fetch(tmp_path)
    assert everything.counts["create"] == 1
    assert everything.counts["list"] == 0


def test_no_secret_is_left_anywhere(
    everything: StandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In no file, log, message or traceback, whether it works or fails."""
    for name in ("", "sp_api.base.client", "httpx", "httpcore.http11"):
        caplog.set_level(logging.DEBUG, name or None)
    texts = [o.line for o in fetch(tmp_path)]
    for answer in (
        error(403, "Unauthorized"),
        error(500, "InternalFailure"),
        (500, b"<html>", {}),
        (200, b"", {"Length": "9"}),
    ):
        everything.fail = lambda name, n, answer=answer: answer if name == "create" else None
        with pytest.raises(OdrError) as told:
            fetch(tmp_path / "other")
        texts += traceback.format_exception(told.value)
    everything.fail = lambda name, n: (403, b"", {}) if name == "content" else None
    texts += [o.line for o in fetch(tmp_path / "third", "orders")]
    texts += [caplog.text]
    texts += [p.read_text("utf-8", "replace") for p in tmp_path.rglob("*") if p.is_file()]
    assert len(texts) > 10
    for hidden in (*SECRETS, SIGNED):
        assert not any(hidden in text for text in texts), hidden


def test_one_run_at_a_time(everything: StandIn, tmp_path: Path) -> None:
    with alone(tmp_path / LOCK), pytest.raises(OdrError, match="another run downloads"):
        fetch(tmp_path)
    assert everything.asked == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"marketplaces": ["Amazon.xx"]}, "'Amazon.xx' is unknown"),
        ({"marketplaces": []}, "At least one marketplace"),
        ({"reports": ["claims"]}, "'claims' is no report"),
        ({"last": FIRST - timedelta(days=1)}, "must be in order"),
        ({"last": TODAY + timedelta(days=1)}, "not after today"),
        ({"agent": "a/b"}, "agent 'a/b'"),
        ({"folder": "s3://sellers/a"}, "nothing is written to object storage"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked(
    everything: StandIn, tmp_path: Path, given: dict[str, object], said: str
) -> None:
    usual = {"folder": tmp_path, "marketplaces": ["Amazon.de"], "first": FIRST, "last": TODAY}
    with pytest.raises(ParameterError, match=said):
        fetch_reports(**{**usual, **given})
    assert everything.asked == []


def test_a_folder_that_cannot_be_written(everything: StandIn, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(OdrError, match="cannot be written"):
        fetch(tmp_path / "file")
    (tmp_path / NAME).write_text("{", "utf-8")
    with pytest.raises(OdrError, match="damaged"):
        fetch(tmp_path)


def test_amazon_that_is_not_there(
    amazon: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sp_api.base import Marketplaces

    monkeypatch.setattr(Marketplaces.DE, "endpoint", "http://127.0.0.1:9")
    with pytest.raises(MachineError, match="could not be reached"):
        fetch(tmp_path)
