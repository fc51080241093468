"""What a folder may hold that is no sound export: each with a plain message or an account of it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from unittest.mock import Mock

import pytest

from odr_analysis import archive_folder, faults, load_account, load_receipt
from odr_analysis.errors import (
    ExportError,
    LossBudgetError,
    NoOrdersError,
    OdrError,
    ParameterError,
)
from odr_analysis.exports import folder as folders
from odr_analysis.exports.files import regular, unpack
from odr_analysis.exports.text import json_xml as documents
from odr_analysis.exports.text.amounts import read_amount
from odr_analysis.exports.text.json_xml import parse_json
from tests.downloads import (
    SHORT,
    feedback,
    fill,
    gzipped,
    oid,
    order,
    orders,
    table,
    without_rights,
    zipped,
)

GOOD = table(orders(20))
SETTLEMENT = (
    "settlement-id\ttransaction-type\torder-id\tamount-description\tamount\tposted-date\n"
    "1\tOrder\t028-0000000-0000001\tPrincipal\t9.90\t2026-05-02\n"
)
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
PDF = b"%PDF-1.7\n" + b"\x00\x01" * 4000


def load(folder: Path, contents: dict[str, str | bytes], **how):
    return load_account(fill(folder, contents), cache=None, **how)


def test_no_folder(tmp_path):
    with pytest.raises(
        ExportError, match=r"gone: no such folder\. Give a folder with Amazon exports"
    ):
        load_account(tmp_path / "gone", cache=None)


def test_empty_folder(tmp_path):
    with pytest.raises(OdrError, match=r"no file in this folder\. Put Amazon's exports in it"):
        load(tmp_path, {".hidden": GOOD})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "a.txt: unknown (empty file: "),
        ("\n\r\n", "a.txt: unknown (only blank lines: "),
        ("\t".join(SHORT), "a.txt: all-orders (0 rows)"),
        ("\t".join(SHORT) + "\r\n\r\n", "a.txt: all-orders (0 rows)"),
        ("Order ID,Claim date\n", "a.txt: claims (0 rows)"),
        (PHOTO, "a.txt: unknown (a photo (JPEG): "),
        (PDF, "a.txt: unknown (a PDF document: "),
        (SETTLEMENT, "a.txt: settlement (1 row)"),
        (feedback([("30/07/2026", "1", "x", oid(1))]), "a.txt: seller-feedback (1 row)"),
    ],
)
def test_without_an_order_the_files_are_named_and_what_is_needed(tmp_path, content, told):
    with pytest.raises(NoOrdersError) as error:
        load(tmp_path, {"a.txt": content})
    message = str(error.value)
    assert "no order in any file, so there is nothing to divide by" in message
    assert told in message
    assert "Add an All Orders report (Seller Central: Reports" in message


def test_unknown_files_among_good_ones_are_listed_and_do_not_stop(tmp_path):
    account = load(
        tmp_path,
        {
            "good.txt": GOOD,
            "photo.jpg": PHOTO,
            "paper.pdf": PDF,
            "settled.txt": SETTLEMENT,
            "empty": "",
            "header.txt": "\t".join(SHORT) + "\n",
            "half.txt": "amazon-order-id\tpurchase-date\torder-status\n",
            "twice.gz": gzipped(gzipped(GOOD)),
            "page.html": "<!doctype html>\n<html></html>\n",
        },
    )
    told = {f.file: f for f in account.receipt.files}
    assert account.receipt.orders["distinct"] == 20
    assert {f.file for f in account.receipt.unknown} == set(told) - {
        *("good.txt", "header.txt", "settled.txt")
    }
    assert told["half.txt"].nearest == "all-orders"
    assert told["half.txt"].missing == ("fulfillment-channel", "sales-channel")
    assert told["settled.txt"].kind == "settlement"
    assert told["photo.jpg"].notes == (faults.PHOTO.text(),)
    assert told["header.txt"].rows_read == 0
    lines = account.receipt.lines()
    assert (
        "half.txt: not read (nearest to all-orders, but lacks: fulfillment-channel, sales-channel)"
        in lines
    )


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("b.gz", gzipped(GOOD)[:-20], "b.gz: the gzip archive is damaged or cut short"),
        ("b.zip", zipped({"x": GOOD})[:-20], "b.zip: the zip archive cannot be opened"),
        ("b.txt", GOOD + "x" * (5 << 20), "b.txt, line 22: one line is longer than 4 MB"),
    ],
)
def test_a_corrupt_file_among_good_ones_stops_with_its_name(tmp_path, name, content, problem):
    contents = {"a.txt": GOOD, name: content, "c.txt": table(orders(20, 100))}
    with pytest.raises(ExportError) as error:
        load(tmp_path, contents)
    assert str(error.value).startswith(problem)
    assert "ownload it again" in str(error.value)


@pytest.mark.parametrize("pack", [gzipped, lambda b: zipped({"x.txt": b})], ids=["gzip", "zip"])
def test_a_bomb_stops_with_its_name(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(unpack, "RATIO_FREE", 1 << 20)
    with pytest.raises(ExportError, match=r"bomb.*unpacks to more than .* from .* bytes, which no"):
        load(tmp_path, {"a.txt": GOOD, "bomb": pack(b"0\n" * (1 << 20))})


def test_a_gigabyte_in_one_line_stops_early(tmp_path):
    fill(tmp_path, {"a.txt": GOOD, "b.txt": "x" * 100_000})
    os.truncate(tmp_path / "b.txt", 1 << 30)
    with pytest.raises(ExportError, match=r"b\.txt, line 1: one line is longer than 4 MB"):
        load_account(tmp_path, cache=None)


@pytest.mark.parametrize("closed", ["folder", "folder/a.txt"])
def test_no_permission(closed):
    with without_rights() as base:
        fill(base / "folder", {"a.txt": GOOD})
        for cache in (None, base / "cache"):
            if cache is not None:
                load_account(base / "folder", cache=cache)
            (base / closed).chmod(0)
            name = Path(closed).name
            with pytest.raises(ExportError, match=f"{name}: may not be read. Give yourself permis"):
                load_account(base / "folder", cache=cache)
            (base / closed).chmod(0o755)


LOSSES = {
    "order id in scientific notation": order("1.13123E+16"),
    "order id missing": order(""),
    "order id malformed": order("Total:"),
    "unreadable date": order(1, "someday"),
}


@pytest.mark.parametrize("reason", LOSSES)
def test_a_file_of_unusable_rows_stops_with_reason_and_lines(tmp_path, reason):
    with pytest.raises(LossBudgetError) as error:
        load(tmp_path, {"a.txt": table([LOSSES[reason]] * 30), "b.txt": GOOD})
    message = str(error.value)
    assert f"a.txt: 30 of 30 rows unusable: 30 x {reason} (line 2, 3, 4, 5, 6)" in message
    assert "Download the file again without opening it in a spreadsheet" in message
    assert "b.txt" not in message


def test_the_loss_budget_is_one_in_a_hundred_and_can_be_set(tmp_path):
    bad = [*LOSSES.values(), table([order(1)]).splitlines()[1][:40]]
    lines = table(orders(499)).splitlines()
    for k, row in enumerate(bad):
        line = row if isinstance(row, str) else table([row]).splitlines()[1]
        lines.insert(10 * (k + 1), line)
    account = load(tmp_path / "a", {"a.txt": "\n".join(lines)})
    told = account.receipt.files[0]
    assert (told.rows_read, told.rows_kept) == (504, 499)
    assert {why: at for why, (at,) in told.dropped_lines.items()} == {
        **{why: 10 * (k + 1) + 1 for k, why in enumerate(LOSSES)},
        "too few cells": 51,
    }
    fewer = fill(tmp_path / "b", {"a.txt": "\n".join(lines[:495])})
    with pytest.raises(LossBudgetError, match="5 of 494 rows unusable"):
        load_account(fewer, cache=None)
    assert load_account(fewer, cache=None, loss_budget=0.02).receipt.rows_dropped == 5
    with pytest.raises(ParameterError, match="loss budget must be a fraction"):
        load_account(fewer, cache=None, loss_budget=5)


def test_a_feedback_file_can_exceed_the_budget_too(tmp_path):
    rows = [("30/07/2026", "1", "x", oid(1)), ("30/07/2026", "9", "x", oid(2))]
    with pytest.raises(LossBudgetError, match=r"f: 1 of 2 rows unusable: 1 x rating not 1 to 5"):
        load(tmp_path, {"a": GOOD, "f": feedback(rows)})


@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ([*SHORT, "order-status"], order(1), "order-status"),
        ([*SHORT, "Order Status"], order(1), "order-status"),
        ([*SHORT, "PURCHASE-DATE"], order(1), "purchase-date"),
    ],
)
def test_a_column_given_twice_is_not_guessed_at(tmp_path, header, row, column):
    with pytest.raises(
        ExportError, match=rf"a\.txt, line 1: the header has the column '{column}' 2"
    ):
        load(tmp_path, {"a.txt": table([row], header)})


def test_files_are_looked_at_one_by_one_only_where_one_has_a_flaw(tmp_path, monkeypatch):
    look = Mock(wraps=folders.settle_roads)
    monkeypatch.setattr(folders, "settle_roads", look)
    assert load(tmp_path / "sound", {"a": GOOD}).receipt.rows_kept == 20
    assert look.call_count == 0
    flawed = {"a": GOOD, "b": table([order("no id"), order(30)])}
    assert load(tmp_path / "flawed", flawed, loss_budget=0.5).receipt.rows_kept == 21
    assert look.call_count == 1


def test_a_column_nobody_reads_may_be_there_twice(tmp_path):
    account = load(tmp_path, {"a.txt": table(orders(5), [*SHORT, "url", "x", "x", ""])})
    assert account.receipt.rows_kept == 5


def test_feedback_for_orders_not_in_the_exports_is_told_and_never_counted(tmp_path):
    rows = [("30/07/2026", "1", "x", oid(n)) for n in (1, 900, 901)]
    account = load(tmp_path, {"a": GOOD, "f": feedback(rows)})
    assert account.receipt.rows_kept == 23
    assert account.receipt.defects["not_counted"] == {"order unknown": 2}
    assert (
        account.receipt.lines()[-2] == "3 defect sightings, 1 counted; not counted: order unknown 2"
    )
    assert account.receipt.notes[0].startswith(
        "2 defect sighting(s) belong to orders that are in no order export; they are in no rate."
    )
    assert account.defective.order_id.tolist() == [oid(1)]
    assert int(account.daily.n_feedback_only.sum()) == 1
    assert int(account.daily.n_orders.sum()) == 20


def test_dates_no_order_can_have_are_unreadable_and_never_wrong(tmp_path):
    odd = ["2026-02-31T10:00:00Z", "2090-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "31/12/2099"]
    rows = [*orders(500), *[order(900 + k, day) for k, day in enumerate(odd)]]
    rows.append(order(950, last__updated__date="9999-01-01T00:00:00Z"))
    account = load(tmp_path, {"a": table(rows)})
    assert account.receipt.files[0].rows_dropped == {"unreadable date": 4}
    assert account.receipt.files[0].dropped_lines == {"unreadable date": [502, 503, 504, 505]}
    assert account.orders.ordered_on.dt.year.eq(2026).all()


def test_a_receipt_is_given_beyond_the_budget(tmp_path):
    contents = {"a.txt": table([LOSSES["unreadable date"]] * 3)}
    receipt = load_receipt(fill(tmp_path, contents), cache=None)
    assert (receipt.rows_read, receipt.rows_kept, receipt.rows_dropped) == (3, 0, 3)


def odd_things(folder: Path) -> dict[str, str]:
    """Things in a folder that are no regular files, and what each is."""
    os.mkfifo(folder / "pipe.txt")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(folder / "socket.txt"))
    listening.close()
    links = {
        "linked-pipe.txt": folder / "pipe.txt",
        "zero.txt": Path("/dev/zero"),
        "random.txt": Path("/dev/random"),
        "log.txt": Path("/proc/kmsg"),
        "memory.txt": Path("/proc/self/mem"),
        "itself.txt": folder / "itself.txt",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    return {
        "pipe.txt": "a named pipe",
        "linked-pipe.txt": "a named pipe",
        "socket.txt": "a socket",
        "zero.txt": "a device",
        "random.txt": "a device",
        "log.txt": "a file of the system",
        "memory.txt": "a file of the system",
        "itself.txt": "a link to itself",
    }


def test_only_regular_files_are_read_and_all_others_named(tmp_path):
    folder = fill(tmp_path / "f", {"orders.txt": GOOD})
    alone = load_account(folder, cache=None)
    expected = odd_things(folder)
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        account = load_account(folder, cache=cache)
        told = {f.file: f.notes[0] for f in account.receipt.unknown}
        assert told == {n: faults.NOT_REGULAR.text(what=what) for n, what in expected.items()}
        assert account.receipt.rows_read == 20
        assert account.daily.equals(alone.daily)
    archive_folder(folder, tmp_path / "store", "2026-09-30")
    kept = load_account(tmp_path / "store", cache=None)
    assert {f.file for f in kept.receipt.unknown} == set(expected)


def test_links_to_folders_of_exports_are_followed_and_others_named(tmp_path, monkeypatch):
    monkeypatch.setattr(regular, "MOST_LINKED", 10)
    more = fill(tmp_path / "more", {"orders.txt": GOOD})
    large = fill(tmp_path / "large", {f"{i}/{i}.txt": "x" for i in range(6)})
    fill(tmp_path / "home", {"orders of others.txt": table(orders(7, first=500))})
    folder = fill(tmp_path / "home" / "f", {"sub/notes.txt": "x"})
    links = {"more": more, "disk": Path("/"), "above": folder.parent, "here": folder}
    links |= {"devices": Path("/dev"), "processes": Path("/proc"), "large": large}
    for name, target in links.items():
        (folder / name).symlink_to(target)
    (folder / "sub" / "up").symlink_to(folder / "sub")
    (more / "back").symlink_to(tmp_path)
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        receipt = load_account(folder, cache=cache).receipt
        assert receipt.rows_read == 20
        told = {f.file: f.notes[0] for f in receipt.unknown if f.file != "sub/notes.txt"}
        links = {
            "above": f"a link to a folder it lies in ({folder.parent})",
            "devices": "a link to a folder of the system (/dev)",
            "disk": "a link to a folder it lies in (/)",
            "here": f"a link to a folder it lies in ({folder})",
            "large": f"a link to a folder with more than 10 files ({large})",
            "more/back": f"a link to a folder it lies in ({tmp_path})",
            "processes": "a link to a folder of the system (/proc)",
            "sub/up": f"a link to a folder it lies in ({folder}/sub)",
        }
        assert told == {n: faults.NOT_FOLLOWED.text(what=what) for n, what in links.items()}


def test_a_folder_of_odd_things_only_is_told_as_such(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path, tmp_path / "pipe.txt"):
        with pytest.raises(NoOrdersError, match="a named pipe; only regular files are read"):
            load_account(path, cache=None)


@pytest.mark.parametrize("digits", [14, 29, 60, 5000, 1_100_000])
@pytest.mark.parametrize("write", ["{}", "-{}", "{}.5", "1e{}"])
def test_a_number_too_long_for_money_is_no_amount(digits, write):
    text = write.format("9" * digits)
    for decimal in ".,":
        assert read_amount(text, decimal) is None
    assert read_amount("9" * 13) == 10**13 - 1


def test_long_numbers_in_money_files_are_no_traceback(tmp_path):
    long = SETTLEMENT.replace("9.90", "9" * 5000)
    account = load(tmp_path, {"o.txt": GOOD, "s.txt": long})
    (read,) = (f for f in account.receipt.files if f.file == "s.txt")
    assert (read.kind, read.rows_read) == ("settlement", 1)


def test_half_a_letter_in_json_is_shown_as_unreadable():
    text = '{"a\\ud800": ["\\udc00x", "\\ud83d\\ude00"], "b": {"c": "\\uD83D"}}'
    (found,) = parse_json(text, file="f.json")
    assert found == {"a\ufffd": ["\ufffdx", "\U0001f600"], "b": {"c": "\ufffd"}}
    assert found["b"].line == 1


@pytest.mark.parametrize(
    "head",
    [
        '{"accountStatuses": [], "performanceMetrics": [',
        '[{"transactionType": "Refund", "relatedIdentifiers": [], "transactionStatus": "x"}, ',
        '{"Orders": [{"AmazonOrderId": "1", "PurchaseDate": "x", "OrderStatus": "x"}, ',
        '{"FinancialEvents": {"ShipmentEventList": [',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_too_large_for_memory_is_refused_and_not_read(
    tmp_path, monkeypatch, head, encoding
):
    path = tmp_path / "large.json"
    with path.open("w", encoding=encoding) as file:
        file.write(head)
        file.write('{"a": 1},\n' * 100_000)
    usual = Path.read_text

    def read_text(self, *args, **kwargs):
        assert self.stat().st_size <= documents.LARGEST, f"{self} is read"
        return usual(self, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(documents, "LARGEST", 700_000)
    (tmp_path / "o.txt").write_text(GOOD)
    with pytest.raises(ExportError, match=r"large.json: is a document of \d MB; up to 1 MB are"):
        load_account(tmp_path, cache=None)
