"""Deliveries: what is kept of a folder, what is new in it, and what cannot be archived."""

from __future__ import annotations

import errno
import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from odr_analysis import (
    archive_folder,
    load_account,
)
from odr_analysis.archive.sealed import FORMAT
from odr_analysis.cli import main
from odr_analysis.errors import (
    ExportError,
    LossBudgetError,
    MachineError,
    OdrError,
    ParameterError,
)
from tests.downloads import (
    claims,
    feedback,
    fill,
    oid,
    order,
    orders,
    table,
    zipped,
)
from tests.unit.archive.made import DAY, events, known, object_of, same, tree


def test_the_same_files_change_nothing(seller, store):
    (day, folder), (later, other), *_ = seller.items()
    assert archive_folder(folder, store, day).made
    before = tree(store)
    times = {p: p.stat().st_mtime_ns for p in store.rglob("*")}
    for on in (day, day + timedelta(days=1), day + timedelta(days=400)):
        again = archive_folder(folder, store, on)
        assert (again.made, again.n_objects, again.number, again.on) == (False, 0, 1, day)
    assert tree(store) == before
    assert {p: p.stat().st_mtime_ns for p in store.rglob("*")} == times
    assert archive_folder(other, store, later).made
    after = tree(store)
    assert {name: after.get(name) for name in before} == before
    assert not list((store / "making").iterdir())


def test_what_is_new_is_said(small, store):
    one = archive_folder(small, store, DAY)
    assert (one.added, one.changed, one.gone, one.n_objects) == (("f.txt", "orders.txt"), (), (), 2)
    (small / "f.txt").unlink()
    (small / "new.txt").write_text(table(orders(3, 300)))
    (small / "orders.txt").write_text(table(orders(31)))
    two = archive_folder(small, store, DAY + timedelta(days=1))
    told = (two.added, two.changed, two.gone, two.n_objects)
    assert told == (("new.txt",), ("orders.txt",), ("f.txt",), 2)
    assert two.lines() == [
        "Delivery 2 of 2026-10-02: 2 files.",
        "  added: new.txt",
        "  changed: orders.txt",
        "  gone: f.txt",
    ]
    three = archive_folder(small, store, DAY + timedelta(days=2))
    assert three.lines() == ["Nothing new: delivery 2 of 2026-10-02 holds the same 2 files."]
    assert two.reread == ()
    assert [(f.name, f.kind, len(f.sha256)) for f in two.files] == [
        ("new.txt", "all-orders", 64),
        ("orders.txt", "all-orders", 64),
    ]


def test_another_version_reads_the_same_files_anew(small, store, monkeypatch):
    archive_folder(small, store, DAY)
    monkeypatch.setattr("odr_analysis.cache.FORMAT", 10_000)
    done = archive_folder(small, store, DAY + timedelta(days=1))
    assert (done.made, done.changed, done.reread) == (True, (), ("f.txt", "orders.txt"))
    assert done.lines()[1:] == ["  the same, and read anew: 2"]
    assert events(store) == []
    same(load_account(small, cache=None), known(store))


def test_a_file_of_another_name_is_kept_once(small, store):
    archive_folder(small, store, DAY)
    # Days written as another store would make a note that names the file.
    (small / "f.txt").write_text(
        feedback([("4/5/26", "1", "late", oid(3)), ("4/30/26", "2", "broken", oid(4))])
    )
    archive_folder(small, store, DAY)
    (small / "f.txt").rename(small / "g.txt")
    shutil.copy(small / "orders.txt", small / "orders (1).txt")
    done = archive_folder(small, store, DAY)
    assert (done.n_objects, done.added, done.gone) == (0, ("g.txt", "orders (1).txt"), ("f.txt",))
    account = load_account(small, cache=None)
    assert any("g.txt" in note for f in account.receipt.files for note in f.notes)
    assert account.receipt.orders["rows"] == 60
    same(account, known(store))


def test_files_of_every_kind(tmp_path, store):
    stores = ["Amazon.de", "Zeta.example", "Alpha.example", "Amazon.fr", ""]
    many = [{**order(i), "sales-channel": stores[i % 5]} for i in range(40)]
    newer = [
        {**row, "sales-channel": s, "last-updated-date": "2026-06-01T00:00:00+00:00"}
        for row, s in zip(many[:20], ["", "Beta.example"] * 10, strict=True)
    ]
    files: dict[str, str | bytes] = {
        "a.txt": table(many[:25]),
        "b.txt": table(many[10:]) + "not an order\n\n",
        "c.zip": zipped(
            {"one.txt": table(newer), "two.csv": claims([(oid(1), "2026-05-09", "granted")])}
        ),
        "photo.jpg": b"\xff\xd8\xff and so on",
        "empty.txt": "",
        "header only.txt": table([]),
    }
    folder = fill(tmp_path / "exports", files)
    archive_folder(folder, store, DAY)
    account = load_account(folder, cache=None, loss_budget=0.5)
    assert account.receipt.rows_dropped == 1
    same(account, known(store, loss_budget=0.5))
    with pytest.raises(LossBudgetError, match=r"b\.txt: 1 of 31 rows unusable"):
        known(store)
    assert {"Zeta.example", "Beta.example"} <= set(account.orders.marketplace)


def test_the_marketplace_is_settled_when_archived(tmp_path, store):
    rows = [("3/4/26", "1", "late", oid(3)), ("5/6/26", "2", "broken", oid(4))]
    files = {"o.txt": table(orders(30, sales__channel="")), "f.txt": feedback(rows)}
    folder = fill(tmp_path / "exports", files)
    for marketplace, month in (("Amazon.com", 3), ("Amazon.de", 4)):
        done = archive_folder(folder, store, DAY, marketplace=marketplace)
        assert done.made
        account = known(store)
        assert account.feedback.received_on[0].month == month
        same(load_account(folder, cache=None, marketplace=marketplace), account)
    with pytest.raises(ParameterError, match=r"files were read when they were archived"):
        known(store, marketplace="Amazon.de")


def test_buyers_and_raw_files_are_not_kept(small, store):
    assert b"abc123@marketplace" in (small / "f.txt").read_bytes()
    archive_folder(small, store, DAY)
    for name, content in tree(store).items():
        assert b"abc123" not in content, name
        assert b"@marketplace" not in content, name
    assert known(store).feedback.rater[0] != ""


def test_other_tools_can_read_it(small, store):
    archive_folder(small, store, DAY)
    kept = [json.loads(p.read_text("utf-8")) for p in sorted(store.glob("objects/*/file.json"))]
    ledger = next(k for k in kept if k["receipt"]["kind"] == "all-orders")
    folder = store / "objects" / ledger["key"]
    assert set(ledger["members"]) == {"ledger.parquet", "items.parquet"}
    found = pq.read_table(folder / "ledger.parquet").to_pylist()
    assert {(r["n_rows"], ledger["stores"][r["store"]]) for r in found} == {(1, "Amazon.de")}
    assert pq.read_table(folder / "items.parquet").num_rows == 30
    assert json.loads((store / "store.json").read_text("utf-8"))["format"] == FORMAT
    told = json.loads((store / "deliveries/00000001/2026-10-01.json").read_text("utf-8"))
    assert [f["name"] for f in told["files"]] == ["f.txt", "orders.txt"]


@pytest.mark.parametrize("where", ["exports/store", "exports", "."])
def test_store_and_exports_lie_apart(small, tmp_path, where):
    (tmp_path / "x").mkdir()
    with pytest.raises(OdrError, match=r"may not lie in the folder it archives"):
        archive_folder(small, tmp_path / "x" / ".." / where, DAY)


def test_what_cannot_be_archived_leaves_nothing(small, store, tmp_path):
    (tmp_path / "empty").mkdir()
    cases: list[tuple[Path, dict, type[OdrError], str]] = [
        (tmp_path / "empty", {}, OdrError, "no file in this folder"),
        (tmp_path / "nowhere", {}, ExportError, "no such folder"),
        (small, {"marketplace": "amazon"}, ParameterError, "is unknown. Known"),
        (small, {"on": "someday"}, ParameterError, "on='someday' is no date; write it like 2026"),
    ]
    (small / "b.txt.gz").write_bytes(b"\x1f\x8b damaged")
    cases.append((small, {}, ExportError, "b.txt.gz: the gzip archive is damaged"))
    for folder, how, error, words in cases:
        with pytest.raises(error, match=words):
            archive_folder(folder, store, **{"on": DAY, **how})
        assert not store.exists()


def test_an_archive_is_not_archived(small, store, tmp_path):
    archive_folder(small, store, DAY)
    with pytest.raises(OdrError, match="store is an archive itself"):
        archive_folder(store, tmp_path / "two", DAY)


def test_archiving_finds_damage_by_itself(two_days):
    store, first = two_days
    os.truncate(object_of(store, "f.txt", 1) / "feedback.parquet", 10)
    assert archive_folder(first, store, DAY).n_objects == 1
    same(load_account(first, cache=None), known(store, DAY))
    assert len(list((store / "quarantine").iterdir())) == 1


def test_the_command(small, store):
    runner = CliRunner()

    def odr(*how: object) -> tuple[int, str]:
        done = runner.invoke(main, list(map(str, how)))
        return done.exit_code, done.output

    code, told = odr("archive", small, "--into", store, "--on", "2026-10-01")
    assert (code, told.splitlines()[0]) == (0, "Delivery 1 of 2026-10-01: 2 files.")
    code, told = odr("archive", small, "--into", store)  # today
    assert (code, told) == (0, "Nothing new: delivery 1 of 2026-10-01 holds the same 2 files.\n")
    assert odr("load", store, "--no-cache") == odr("load", small, "--no-cache")
    code, told = odr("archive", small, "--into", small)
    assert code == 2
    assert told.startswith("odr: ")
    assert "may not lie in the folder it archives" in told
    assert odr("archive", small, "--into", store, "--on", "soon")[0] == 2


def test_a_full_disk_is_the_machines_and_leaves_the_archive_whole(tmp_path, monkeypatch):
    exports = fill(tmp_path / "exports", {"orders.txt": table(orders(5))})
    archive_folder(exports, tmp_path / "store", "2026-09-01")
    before = {p: p.read_bytes() for p in (tmp_path / "store").rglob("*") if p.is_file()}

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("odr_analysis.archive.store.to_disk", full)
    fill(exports, {"orders.txt": table(orders(6))})
    with pytest.raises(MachineError, match=r"store: the archive cannot be written \(No space"):
        archive_folder(exports, tmp_path / "store", "2026-09-02")
    assert {p: p.read_bytes() for p in (tmp_path / "store").rglob("*") if p.is_file()} == before
