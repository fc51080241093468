"""What was known on which day, and what becomes of damage."""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta

import pandas as pd
import pytest

from odr_analysis import (
    Policy,
    archive_folder,
    load_account,
    load_receipt,
)
from odr_analysis.archive.source import all_stores, delivery_on, kept_files
from odr_analysis.archive.store import Store
from odr_analysis.errors import (
    NoOrdersError,
    OdrError,
)
from tests.downloads import (
    feedback,
    fill,
    oid,
    orders,
    table,
)
from tests.unit.archive.made import DAMAGES, DAY, STARS, flipped, known, object_of, same, tree


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


def test_a_folder_without_orders_is_kept_all_the_same(tmp_path, store):
    folder = fill(tmp_path / "exports", {"f.txt": feedback([STARS])})
    archive_folder(folder, store, DAY)
    with pytest.raises(NoOrdersError, match="no order in any file"):
        known(store)
    assert load_receipt(store, cache=None) == load_receipt(folder, cache=None)


def test_a_little_memory_is_enough(seller, loaded, store):
    day, folder = list(seller.items())[-1]
    archive_folder(folder, store, day, memory_limit="200MB")
    same(loaded[day], known(store, memory_limit="200MB"))


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


def test_the_files_of_a_day(small, store):
    archive_folder(small, store, DAY)
    kept = Store.open(store)
    place, delivery = delivery_on(kept, DAY + timedelta(days=3))
    files = kept_files(kept, place, delivery, ["ledger", "feedback"])
    assert (place.number, place.on) == (1, DAY)
    assert [(f.name, f.has_orders) for f in files] == [("f.txt", False), ("orders.txt", True)]
    assert files[0].read().feedback["order_id"].tolist() == [oid(3)]
    assert "Amazon.de" in all_stores(files)
