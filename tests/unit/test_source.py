"""A folder of exports as the source of an account: read once, found again, each table kept."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis.cache import Cache
from odr_analysis.errors import OdrError, ParameterError
from odr_analysis.policy import Policy
from odr_analysis.source import Reading, cache_at, checked_marketplace


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def reading(folder: Path, cache: Path, policy: Policy | None = None, **how: date) -> Reading:
    return Reading(folder, policy, cache, None, None, **how)


def test_what_was_read_is_found_again(seller: Path, cache: Path) -> None:
    first, second = reading(seller, cache), reading(seller, cache)
    assert (second.facts_home, second.home) == (first.facts_home, first.home)
    assert second.receipt == first.receipt
    assert second.known_to == date(2026, 9, 30)


def test_another_policy_shares_what_the_files_say(seller: Path, cache: Path) -> None:
    usual, other = reading(seller, cache), reading(seller, cache, Policy(lag_days=14))
    assert other.facts_home == usual.facts_home
    assert other.home != usual.home


def test_a_later_today_changes_nothing_that_no_day_decided(seller: Path, cache: Path) -> None:
    usual = reading(seller, cache)
    assert reading(seller, cache, today=date(2026, 10, 1)).facts_home == usual.facts_home


def test_a_kept_table_is_made_once(seller: Path, cache: Path) -> None:
    source, calls = reading(seller, cache), []

    def make() -> pd.DataFrame:
        calls.append(1)
        return pd.DataFrame({"n": [1, 2]})

    for _ in range(2):
        assert source.keep("numbers", make).n.tolist() == [1, 2]
    # One who opens the same folder has it too; under another name it is another table.
    assert reading(seller, cache).keep("numbers", make).n.tolist() == [1, 2]
    source.keep("others", make)
    assert len(calls) == 2


def test_orders_and_items_are_the_callers_own(seller: Path, cache: Path) -> None:
    source = reading(seller, cache)
    orders = source.orders()
    assert len(orders) == 87
    orders["order_id"] = "changed"
    assert source.orders().order_id.nunique() == 87
    assert set(source.items().order_id) <= set(source.orders().order_id)
    assert list(source.earlier_snapshots()) == []


def test_a_folder_that_changed_is_not_read_as_what_it_was(seller: Path, tmp_path: Path) -> None:
    folder, kept = tmp_path / "in", tmp_path / "cache"
    shutil.copytree(seller, folder)
    source = reading(folder, kept)
    largest = max(folder.iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(b"\n".join(largest.read_bytes().splitlines()[:-1]) + b"\n")
    shutil.rmtree(kept)
    kept.mkdir()
    with pytest.raises(OdrError, match="changed since they were loaded"):
        source.items()


def test_an_empty_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(OdrError):
        reading(tmp_path / "in", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_marketplace_is_known_in_any_letter_case() -> None:
    assert checked_marketplace(None) is None
    assert checked_marketplace(" amazon.CO.uk ") == "Amazon.co.uk"
    with pytest.raises(ParameterError, match=r"'Amazon\.xx' is unknown"):
        checked_marketplace("Amazon.xx")


def test_a_cache_is_where_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODR_CACHE", str(tmp_path / "own"))
    assert cache_at("default").root == tmp_path / "own"
    assert isinstance(cache_at(tmp_path), Cache)
    assert cache_at(tmp_path).root == tmp_path
