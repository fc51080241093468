"""The folder of an archive: what is none, what may not be used, and what is left behind."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from odr_analysis import (
    archive_folder,
    load_account,
)
from odr_analysis.archive.sealed import FORMAT
from odr_analysis.archive.store import Store, is_store
from odr_analysis.errors import (
    OdrError,
    ParameterError,
)
from odr_analysis.scratch import Held
from tests.downloads import (
    fill,
    orders,
    table,
    without_rights,
)
from tests.unit.archive.made import DAMAGES, DAY, known, object_of, same, tree


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
