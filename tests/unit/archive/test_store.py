"""The archive: what was known on which day, and what becomes of damage."""

from __future__ import annotations

import errno
import gzip
import json
import os
import re
import shutil
import stat
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from odr_analysis import (
    Policy,
    archive_events,
    archive_folder,
    load_account,
    load_receipt,
    write_sample,
)
from odr_analysis.account import TABLES as SMALL
from odr_analysis.account import Account
from odr_analysis.archive.events import EVENT_COLUMNS
from odr_analysis.archive.sealed import FORMAT
from odr_analysis.archive.store import Store, is_store
from odr_analysis.cli import main
from odr_analysis.errors import (
    ExportError,
    LossBudgetError,
    MachineError,
    NoOrdersError,
    OdrError,
    OdrWarning,
    ParameterError,
)
from odr_analysis.scratch import Held
from tests.downloads import (
    UNSHIPPED,
    claims,
    feedback,
    fill,
    oid,
    order,
    orders,
    table,
    without_rights,
    zipped,
)

TABLES = (*SMALL, "orders", "items")
DAY = date(2026, 10, 1)
STARS = ("2026-05-20", "1", "late", oid(3))


def same(one: Account | SimpleNamespace, two: Account) -> None:
    """Two accounts that agree table for table."""
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), obj=name)
    assert one.receipt.to_dict() == two.receipt.to_dict()
    assert (one.known_to, one.policy) == (two.known_to, two.policy)


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def cut(exports: Path, out: Path, day: date) -> Path:
    """The exports as they would have been downloaded on `day`, roughly.

    Orders placed later are not there yet, and those changed later are still pending.
    Feedback and defects that became known later are not there either.
    """
    account = load_account(exports, cache=None)
    later: dict[str, set[int]] = {}
    for frame, column in ((account.feedback, "received_on"), (account.defects, "reported_on")):
        # What has no day is known from the last day only.
        known = frame[column].fillna(pd.Timestamp(account.known_to))
        for file, line in frame.loc[known > pd.Timestamp(day), ["file", "line"]].to_numpy():
            later.setdefault(file, set()).add(line)
    out.mkdir(parents=True, exist_ok=True)
    for f in account.receipt.files:
        if f.kind == "unknown":
            continue
        path = exports / f.file
        packed = path.suffix == ".gz"
        data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        lines = re.findall(r"[^\n]*\n|[^\n]+", data.decode(f.encoding))
        if f.kind == "all-orders":
            lines = [lines[0], *filter(None, (_as_of(lines[0], li, day) for li in lines[1:]))]
        gone = set(later.get(f.file, ()))
        for n, line in enumerate(lines, 1):
            # A comment may run over several lines.
            if f.kind == "seller-feedback" and n - 1 in gone and line.count("\t") < 5:
                gone.add(n)
        lines = [line for n, line in enumerate(lines, 1) if n not in gone]
        if len(lines) > 1:
            told = "".join(lines).encode(f.encoding)
            (out / f.file).write_bytes(gzip.compress(told, mtime=0) if packed else told)
    return out


def _as_of(header: str, line: str, day: date) -> str:
    if not line.strip():
        return ""
    names, cells = header.rstrip("\r\n").split("\t"), line.split("\t")
    at = {name: names.index(name) for name in ("purchase-date", "last-updated-date")}
    placed, updated = (cells[i][:10] for i in at.values())
    if placed > day.isoformat():
        return ""
    if updated > day.isoformat():
        cells[at["last-updated-date"]] = cells[at["purchase-date"]]
        cells[names.index("order-status")] = "Pending"
    return "\t".join(cells)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, orders=250, seed=7, days=120)
    return folder


@pytest.fixture(scope="module")
def seller(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[date, Path]:
    """Day to the folder as it was downloaded that day."""
    base = tmp_path_factory.mktemp("days")
    days = [date(2026, 9, 30) - timedelta(days=n) for n in (75, 20, 5, 0)]
    return {day: cut(exports, base / day.isoformat(), day) for day in days}


@pytest.fixture(scope="module")
def loaded(seller: dict[date, Path]) -> dict[date, Account]:
    """Day to the account as a load of that day's folder gives it."""
    return {day: load_account(folder, cache=None) for day, folder in seller.items()}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    files = {
        "orders.txt": table(orders(30)),
        "f.txt": feedback([STARS]),
    }
    return fill(tmp_path / "exports", files)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def known(store: Path, day: date | str | None = None, **how) -> Account:
    return load_account(store, known_on=day, **{"cache": None, **how})


# What was known when


def test_every_day_is_known_as_it_was(seller, loaded, store, tmp_path):
    for day, folder in seller.items():
        made = archive_folder(folder, store, day)
        assert made.made
        assert made.on == day
    sizes = [a.receipt.orders["distinct"] for a in loaded.values()]
    assert sizes == sorted(set(sizes)), "each day knows of more orders"
    assert loaded[date(2026, 9, 30)].receipt.defects["seen"] > 3
    for day, account in loaded.items():
        same(account, known(store, day))
    later = known(store, cache=tmp_path / "cache")
    for day in (max(seller), date(2027, 1, 1)):
        same(later, known(store, day, cache=tmp_path / "cache"))
    first = min(seller)
    between = known(store, first + timedelta(days=4))
    pd.testing.assert_frame_equal(loaded[first].daily, between.daily)
    with pytest.raises(OdrError, match=r"knows nothing of 2026-07-01; its first day is 2026-07-17"):
        known(store, "2026-07-01")


def test_a_cached_day_is_read_from_the_cache(seller, store, tmp_path, monkeypatch):
    (day, folder), *_ = seller.items()
    archive_folder(folder, store, day)
    first = known(store, day, cache=tmp_path / "cache")
    shutil.rmtree(store / "objects")
    again = known(store, day, cache=tmp_path / "cache")
    pd.testing.assert_frame_equal(first.daily, again.daily)
    pd.testing.assert_frame_equal(first.orders, again.orders)
    with pytest.raises(OdrError, match="cannot be used"):
        _ = again.items


def test_policies_apply_to_what_was_kept(small, store):
    archive_folder(small, store, DAY)
    policy = Policy(window_days=30, day_boundary="marketplace", negative_stars=3)
    account = load_account(small, policy=policy, cache=None)
    same(account, known(store, policy=policy))


def test_days_may_come_in_any_order(seller, loaded, store):
    days = list(seller)
    for day in (days[2], days[3], days[0]):
        archive_folder(seller[day], store, day)
    for day in (days[0], days[2], days[3]):
        same(loaded[day], known(store, day))
    # Of a day in between, the one before counts.
    same(loaded[days[0]], known(store, days[1]))


def test_of_one_day_the_last_counts(small, store):
    first = archive_folder(small, store, DAY)
    (small / "more.txt").write_text(table(orders(5, 100)))
    second = archive_folder(small, store, DAY)
    assert (first.number, second.number, second.added) == (1, 2, ("more.txt",))
    same(load_account(small, cache=None), known(store, DAY))


# Nothing is written twice


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


def test_a_folder_without_orders_is_kept_all_the_same(tmp_path, store):
    folder = fill(tmp_path / "exports", {"f.txt": feedback([STARS])})
    archive_folder(folder, store, DAY)
    with pytest.raises(NoOrdersError, match="no order in any file"):
        known(store)
    assert load_receipt(store, cache=None) == load_receipt(folder, cache=None)


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


def test_a_little_memory_is_enough(seller, loaded, store):
    day, folder = list(seller.items())[-1]
    archive_folder(folder, store, day, memory_limit="200MB")
    same(loaded[day], known(store, memory_limit="200MB"))


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


# Bad input


def test_a_newer_store_is_refused(small, store):
    archive_folder(small, store, DAY)
    newer = json.dumps({"format": FORMAT + 1, "made_with": "odr-analysis 9.1"})
    (store / "store.json").write_text(newer)
    before = tree(store)
    for attempt in (lambda: known(store), lambda: archive_folder(small, store, DAY)):
        with pytest.raises(
            OdrError, match=rf"newer version \(odr-analysis 9\.1, format {FORMAT + 1}\)\. This"
        ):
            attempt()
    assert tree(store) == before


def test_a_delivery_of_a_newer_version_is_refused_and_left(small, store):
    archive_folder(small, store, DAY)
    (path,) = store.glob("deliveries/*/*.json")
    path.write_text(json.dumps({"format": FORMAT + 6, "made_by": "odr-analysis 3"}))
    before = tree(store)
    with pytest.raises(OdrError, match=rf"newer version \(odr-analysis 3, format {FORMAT + 6}\)"):
        known(store)
    assert tree(store) == before


def test_a_folder_that_is_no_store(small, tmp_path):
    with pytest.raises(ParameterError, match=r"exports is no archive, so it is known only as it i"):
        load_account(small, known_on=DAY, cache=None)
    with pytest.raises(OdrError, match=r"no archive and holds other files \(f\.txt, orders\.txt\)"):
        archive_folder(fill(tmp_path / "more", {"a.txt": table(orders(3))}), small, DAY)
    (tmp_path / "file").write_text("")
    with pytest.raises(OdrError, match=r"file is a file; an archive is a folder"):
        archive_folder(small, tmp_path / "file", DAY)
    with pytest.raises(OdrError, match=r"no archive in this folder\. Make one with: odr archive"):
        Store.open(tmp_path / "nothing")
    assert not is_store(small)


def test_exports_beside_a_file_of_that_name(small):
    (small / "store.json").write_text('{"format": "wide"}')
    assert not is_store(small)
    assert load_account(small, cache=None).receipt.unknown[0].file == "store.json"


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


def test_a_store_that_may_not_be_written():
    with without_rights() as base:
        exports = fill(base / "exports", {"orders.txt": table(orders(30))})
        (base / "closed").mkdir(mode=0o555)
        for store in (base / "closed", base / "closed" / "below"):
            with pytest.raises(
                OdrError, match=r"the archive cannot be written \(Permission denied"
            ):
                archive_folder(exports, store, DAY)
        store = base / "store"
        archive_folder(exports, store, DAY)
        before = tree(store)
        folders = [store, *(p for p in store.rglob("*") if p.is_dir())]
        for path in folders:
            path.chmod(0o555)
        # It can be read, and what it holds already is no reason to write.
        assert known(store).receipt.rows_read == 30
        assert not archive_folder(exports, store, DAY + timedelta(days=1)).made
        (exports / "orders.txt").write_text(table(orders(31)))
        with pytest.raises(OdrError, match=r"cannot be written.*What was archived before is as it"):
            archive_folder(exports, store, DAY)
        store.chmod(0)
        with pytest.raises(OdrError, match=r"store: may not be read\. Give yourself permission"):
            known(store)
        store.chmod(0o755)
        (store / "deliveries").chmod(0)
        with pytest.raises(OdrError, match=r"cannot be read \(Permission denied"):
            known(store)
        for path in folders:
            path.chmod(0o755)
        assert tree(store) == before


# Damage


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a bit": flipped,
    "cut short": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: os.truncate(path, 0),
    "overwritten": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
    "no object": lambda path: path.write_text("[" * 100_000),
    "gone": Path.unlink,
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two days, and the folders of both."""
    base = tmp_path_factory.mktemp("prepared")
    files = {"orders.txt": table(orders(30)), "f.txt": feedback([STARS])}
    archive_folder(fill(base / "first", files), base / "store", DAY)
    shutil.copytree(base / "first", base / "exports")
    (base / "exports" / "orders.txt").write_text(table(orders(33)))
    archive_folder(base / "exports", base / "store", DAY + timedelta(days=7))
    return base


@pytest.fixture(scope="module")
def sound(prepared) -> dict[date, SimpleNamespace]:
    """Both days of `prepared` as they are known before any damage."""
    accounts = {day: known(prepared / "store", day) for day in (DAY, DAY + timedelta(days=7))}
    names = (*TABLES, "receipt", "known_to", "policy")
    return {
        day: SimpleNamespace(**{name: getattr(account, name) for name in names})
        for day, account in accounts.items()
    }


@pytest.fixture
def two_days(prepared, small, tmp_path) -> tuple[Path, Path]:
    """An archive of two days, and the folder of the first; `small` becomes that of the second."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return tmp_path / "store", tmp_path / "first"


def object_of(store: Path, name: str, number: int) -> Path:
    (path,) = store.glob(f"deliveries/{number:08}/*.json")
    (key,) = [f["object"] for f in json.loads(path.read_text())["files"] if f["name"] == name]
    return store / "objects" / key


@pytest.mark.parametrize(
    ("member", "damage"),
    [
        *(("ledger.parquet", damage) for damage in DAMAGES),
        *(("file.json", damage) for damage in ("a bit", "no object", "gone")),
    ],
)
def test_a_damaged_object(two_days, sound, member, damage):
    store, first = two_days
    broken = object_of(store, "orders.txt", 1)
    DAMAGES[damage](broken / member)
    held = tree(broken)
    for _ in range(2):  # found damaged, and then missing
        with pytest.raises(OdrError, match=r"kept on 2026-10-01 of these files.*\n  orders\.txt "):
            known(store, DAY)
    same(sound[DAY + timedelta(days=7)], known(store))
    (kept,) = (store / "quarantine").iterdir()
    assert member in (kept / "note.txt").read_text("utf-8")
    assert {k: v for k, v in tree(kept).items() if k != "note.txt"} == held
    # Archiving that folder again heals it, without a new delivery.
    done = archive_folder(first, store, DAY)
    assert (done.made, done.n_objects) == (False, 1)
    assert done.lines()[-1] == "  1 that had been damaged made anew."
    same(sound[DAY], known(store, DAY))


def test_archiving_finds_damage_by_itself(two_days):
    store, first = two_days
    os.truncate(object_of(store, "f.txt", 1) / "feedback.parquet", 10)
    assert archive_folder(first, store, DAY).n_objects == 1
    same(load_account(first, cache=None), known(store, DAY))
    assert len(list((store / "quarantine").iterdir())) == 1


def test_every_damaged_file_is_named(two_days):
    store, _ = two_days
    for name, table_name in (("f.txt", "feedback"), ("orders.txt", "ledger")):
        os.truncate(object_of(store, name, 1) / f"{table_name}.parquet", 10)
    with pytest.raises(OdrError, match=r"f\.txt \(sha256 \w{12}\).*\n  orders\.txt \(sha") as told:
        known(store, DAY)
    assert f"odr archive FOLDER --into {store} --on 2026-10-01" in str(told.value)


def test_damaged_items_are_met_when_asked_for(two_days):
    store, first = two_days
    flipped(object_of(store, "orders.txt", 1) / "items.parquet")
    account = known(store, DAY)
    assert len(account.orders) == 30
    with pytest.raises(OdrError, match=r"the content of items\.parquet is not what was written"):
        _ = account.items
    archive_folder(first, store, DAY)
    same(load_account(first, cache=None), known(store, DAY))


@pytest.mark.parametrize("damage", [d for d in DAMAGES if d != "gone"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_damaged_delivery(two_days, small, sound, damage, number):
    store, first = two_days
    days = list(sound)
    (path,) = store.glob(f"deliveries/{number:08}/*.json")
    DAMAGES[damage](path)
    broken, other = number - 1, 2 - number
    for _ in range(2):
        with pytest.raises(OdrError, match=rf"delivery {number} of {days[broken]} is damaged") as e:
            known(store, days[broken])
    same(sound[days[other]], known(store, days[other]))
    until = " and from 2026-10-08 on load as before" if number == 1 else " load as before"
    assert f"Days before {days[broken]}{until}" in str(e.value)
    if number == 2:
        with pytest.raises(OdrError, match="is damaged"):
            known(store)
    assert (store / "quarantine" / f"delivery-{number:08}-1" / "note.txt").is_file()
    healed = archive_folder((first, small)[broken], store, days[broken])
    assert (healed.made, healed.number, healed.n_objects) == (True, 3, 0)
    same(sound[days[broken]], known(store, days[broken]))


@pytest.mark.parametrize("other", ["deliveries/00000001/2026-10-01.json", "objects/*/file.json"])
def test_a_sound_document_in_the_place_of_another(two_days, other):
    store, _ = two_days
    (two,) = store.glob("deliveries/00000002/*")
    two.write_bytes(next(store.glob(other)).read_bytes())
    with pytest.raises(OdrError, match=r"it is not the delivery its name says"):
        known(store)
    object_ = object_of(store, "orders.txt", 1) / "file.json"
    object_.write_bytes((object_of(store, "f.txt", 1) / "file.json").read_bytes())
    with pytest.raises(OdrError, match=r"file\.json is that of another object"):
        known(store, DAY)


def test_a_delivery_without_its_file(two_days):
    store, _ = two_days
    next((store / "deliveries" / "00000001").iterdir()).unlink()
    with pytest.raises(OdrError, match=r"00000001: this delivery is empty, so it is not known whi"):
        known(store)


@pytest.mark.parametrize("damage", [d for d in DAMAGES if d not in ("a bit",)])
def test_a_store_without_its_first_line(two_days, small, damage):
    store, _ = two_days
    DAMAGES[damage](store / "store.json")
    attempts: list[Callable[[], object]] = [lambda: archive_folder(small, store, DAY)]
    if damage != "gone":  # what is left is no archive at first sight
        attempts.append(lambda: known(store))
    for attempt in attempts:
        line = rf'not known which version.*{{"format": {FORMAT}, "made_with"'
        with pytest.raises(OdrError, match=line):
            attempt()
    (store / "store.json").write_text('{"format": 1, "made_with": "unknown"}')
    assert len(known(store).orders) == 33


# Leftovers


def leftovers(store: Path) -> tuple[Path, Path]:
    """What a killed writer leaves: a folder that is being filled, and a lone file."""
    folder, file = store / "making" / ("a" * 32), store / "making" / "b.json"
    folder.mkdir(parents=True)
    (folder / "ledger.parquet").write_bytes(b"PAR1 half of")
    file.write_text("{")
    for path in (folder, file):
        path.with_name(f"{path.name}.lock").touch()
    return folder, file


def test_leftovers_are_no_obstacle_and_go_with_the_next_writer(two_days, small):
    store, _ = two_days
    before = known(store)
    old = leftovers(store)
    with Held(store / "making", "") as alive:
        same(before, known(store))
        archive_folder(small, store, DAY + timedelta(days=9))
        assert all(path.exists() for path in old), "nothing to write, nothing touched"
        (small / "more.txt").write_text(table(orders(2, 500)))
        archive_folder(small, store, DAY + timedelta(days=9))
        left = sorted(p.name for p in (store / "making").iterdir())
        assert left == [alive.name, f"{alive.name}.lock"]


def test_a_folder_with_leftovers_only_becomes_a_store(small, store):
    leftovers(store)
    archive_folder(small, store, DAY)
    same(load_account(small, cache=None), known(store))


def test_files_may_be_read_by_others(small, store):
    mask = os.umask(0o022)
    try:
        archive_folder(small, store, DAY)
    finally:
        os.umask(mask)
    for path in store.rglob("*"):
        assert path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH), path


# What changed


def events(store: Path, **how) -> list[tuple[str, ...]]:
    """Rows of :func:`archive_events` as tuples, days as text."""
    found = archive_events(store, **how)
    assert list(found.columns) == list(EVENT_COLUMNS)
    kinds = {name: column.dtype for name, column in EVENT_COLUMNS.items()}
    assert {name: str(kind) for name, kind in found.dtypes.items()} == kinds
    days = found["day"].dt.strftime("%m-%d")
    return list(found.assign(day=days).itertuples(index=False, name=None))


def deliver(store: Path, folder: Path, on: str, files: dict[str, str | bytes]) -> None:
    """Archive exactly these files."""
    if folder.exists():
        shutil.rmtree(folder)
    archive_folder(fill(folder, files), store, f"2026-{on}")


def test_no_change_no_event(small, store):
    archive_folder(small, store, DAY)
    assert events(store) == []
    (small / "copy.txt").write_text(table(orders(30)))
    archive_folder(small, store, DAY + timedelta(days=1))
    assert events(store) == []


def test_orders_change_status_and_appear_late(tmp_path, store):
    folder = tmp_path / "exports"
    rows = orders(20)
    pending = [{**r, "order-status": "Pending"} if n == 5 else r for n, r in enumerate(rows)]
    of_other_store = order(90, rows[9]["purchase-date"], sales__channel="Amazon.fr")
    before = [r for n, r in enumerate(pending[:15]) if n != 7]
    deliver(store, folder, "10-01", {"a.txt": table(before)})
    # 7 appears late; 15 to 19 are new; nobody had said that a.txt is all of France.
    newer = {**rows[5], "last-updated-date": "2026-04-01T00:00:00+00:00"}
    deliver(
        store,
        folder,
        "10-02",
        {
            "a.txt": table(before),
            "b.txt": table([newer, rows[7], *rows[15:], of_other_store]),
        },
    )
    cancelled = {**rows[2], "order-status": "Cancelled", "last-updated-date": "2026-05-01T00:00Z"}
    deliver(
        store,
        folder,
        "10-05",
        {"c.txt": table([cancelled]), "b.txt": table([newer, *rows]), "a.txt": table(before)},
    )
    assert events(store) == [
        ("10-02", "order appeared late", oid(7), "", "", "shipped", "b.txt"),
        ("10-02", "order status changed", oid(5), "", "pending", "shipped", "b.txt"),
        ("10-05", "order status changed", oid(2), "", "shipped", "cancelled", "c.txt"),
    ]


def test_only_lists_of_all_orders_can_miss_one(tmp_path, store):
    folder, rows = tmp_path / "exports", orders(20)
    unshipped = [
        {**r, "order-id": r["amazon-order-id"], "order-item-id": "1"} for r in (rows[0], rows[19])
    ]
    deliver(store, folder, "10-01", {"u.txt": table(unshipped, UNSHIPPED)})
    deliver(store, folder, "10-02", {"u.txt": table(unshipped, UNSHIPPED), "a.txt": table(rows)})
    assert [e[1:5] for e in events(store)] == [
        ("order status changed", oid(n), "", "unshipped") for n in (0, 19)
    ]


def test_feedback_vanishes_only_where_it_would_be_seen(tmp_path, store):
    folder, days = tmp_path / "exports", ("2026-05-01", "2026-05-31")
    de = [(day, "5", "fine", oid(n)) for n, day in enumerate(days)]
    fr = [(day, "5", "bien", oid(n)) for n, day in zip((10, 11), days, strict=True)]
    base = {
        "o.txt": table([*orders(10), *orders(10, 10, sales__channel="Amazon.fr")]),
        "elsewhere.txt": feedback([("2026-05-10", "5", "ok", oid(8))]),
    }
    deliver(store, folder, "10-01", {**base, "f.txt": feedback([*de, STARS])})
    # Out of view: the file is gone, one of another store or of other days comes, one that is
    # there already never had it.
    for on, files in (
        ("10-02", {}),
        ("10-03", {"f.txt": feedback([*de, STARS])}),
        ("10-04", {"france.txt": feedback(fr)}),
        ("10-05", {"f.txt": feedback([*de, STARS])}),
        ("10-06", {"june.txt": feedback([("2026-06-01", "5", "", oid(5))])}),
        ("10-07", {"f.txt": feedback([*de, STARS])}),
    ):
        deliver(store, folder, on, {**base, **files})
    assert [e for e in events(store) if e[1] == "feedback vanished"] == []
    deliver(store, folder, "10-08", {**base, "g.txt": feedback(de)})
    vanished = ("10-08", "feedback vanished", oid(3), "feedback", "1 star", "", "g.txt")
    assert events(store)[-1] == vanished


def test_feedback_of_unknown_orders_vanishes_too(tmp_path, store):
    folder = tmp_path / "exports"
    rows = [("2026-05-01", "5", "a", oid(70)), ("2026-05-31", "5", "b", oid(71)), STARS]
    deliver(store, folder, "10-01", {"f.txt": feedback(rows)})
    deliver(store, folder, "10-02", {"f.txt": feedback(rows[:2])})
    assert [e[1:3] for e in events(store)] == [("feedback vanished", oid(3))]


def test_feedback_changes(tmp_path, store):
    folder = tmp_path / "exports"
    stars = [("2026-05-01", "1", "bad", oid(1)), ("2026-05-02", "2", "meh", oid(2)), STARS]
    deliver(store, folder, "10-01", {"f.txt": feedback(stars)})
    better = [("2026-05-01", "4", "good now", oid(1)), ("2026-05-02", "2", "meh!", oid(2)), STARS]
    deliver(store, folder, "10-02", {"f.txt": feedback(better)})
    worse = [*better[:2], ("2026-05-20", "2", "late", oid(3)), ("2026-05-21", "1", "", oid(4))]
    deliver(store, folder, "10-03", {"f.txt": feedback(worse)})
    file = ("f.txt",)
    assert events(store) == [
        ("10-02", "feedback changed", oid(1), "feedback", "1 star", "4 stars", *file),
        ("10-02", "feedback changed", oid(2), "feedback", "meh", "meh!", *file),
        ("10-03", "defect appeared", oid(4), "feedback", "", "1 star", *file),
        ("10-03", "feedback changed", oid(3), "feedback", "1 star", "2 stars", *file),
    ]


def test_claims_are_decided_again(tmp_path, store):
    folder = tmp_path / "exports"
    days = "2026-05-09"
    one = [(oid(1), days, "pending"), (oid(2), days, "granted"), (oid(3), days, "denied")]
    two = [(oid(1), days, "denied"), (oid(2), days, "granted"), (oid(3), days, "denied")]
    three = [*two[:2], (oid(3), days, "granted"), (oid(4), days, "withdrawn")]
    for on, rows in (("10-01", one), ("10-02", two), ("10-02", one), ("10-03", three)):
        deliver(store, folder, on, {"o.txt": table(orders(9)), "claims.csv": claims(rows)})
    # Of the second day the last delivery counts, which says what the first day's said.
    told = [(e[0], e[1], e[2], e[3], e[4]) for e in events(store)]
    assert told == [
        ("10-03", "defect appeared", oid(4), "claim", ""),
        ("10-03", "claim re-decided", oid(1), "claim", "pending"),
        ("10-03", "claim re-decided", oid(3), "claim", "denied"),
    ]
    assert [e[5] for e in events(store)][:2] == ["withdrawn", "denied"]


def test_events_over_a_damaged_day(two_days, small):
    store, _ = two_days
    (small / "orders.txt").write_text(table(orders(33, order__status="Cancelled")))
    archive_folder(small, store, DAY + timedelta(days=9))
    whole = archive_events(store)
    assert set(whole.what) == {"order status changed"}
    flipped(object_of(store, "orders.txt", 2) / "ledger.parquet")
    for _ in range(2):
        with pytest.warns(OdrWarning, match=r"(?s)orders\.txt .*Its changes are told with the nex"):
            found = archive_events(store)
        pd.testing.assert_frame_equal(found, whole[whole.order_id < oid(30)])


def test_what_a_generated_account_went_through(seller, loaded, store):
    """Events against a comparison of the loaded accounts, order by order."""
    accounts = loaded
    for day, folder in seller.items():
        archive_folder(folder, store, day)
    found = archive_events(store)
    changed, appeared = set(), set()
    days = list(accounts)
    for before, after in pairwise(days):
        was = dict(
            zip(accounts[before].orders.order_id, accounts[before].orders.status, strict=True)
        )
        for order_id, status in accounts[after].orders[["order_id", "status"]].to_numpy():
            if was.get(order_id, status) != status:
                changed.add((pd.Timestamp(after), order_id, was[order_id], status))
        old, new = (
            set(a.defects[["order_id", "component"]].itertuples(index=False, name=None))
            for a in (accounts[before], accounts[after])
        )
        appeared |= {(pd.Timestamp(after), *defect) for defect in new - old}
    assert changed
    assert appeared
    columns = {
        "order status changed": ["day", "order_id", "before", "after"],
        "defect appeared": ["day", "order_id", "component"],
    }
    for what, expected in (("order status changed", changed), ("defect appeared", appeared)):
        rows = found.loc[found.what == what, columns[what]]
        assert len(rows) == len(expected)
        assert set(rows.itertuples(index=False, name=None)) == expected


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
