"""Folders and archives in object storage, loaded by their URL: everything as from a folder."""

from __future__ import annotations

import gc
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import archive_folder, load_account, load_receipt
from odr_analysis.cache import FETCHED
from odr_analysis.errors import NoOrdersError, ParameterError
from odr_analysis.load import reading_of
from tests.bucket import NAME, Served

URL = f"s3://{NAME}/agency/alpha"


@pytest.fixture
def served(bucket: Served, seller: Path) -> Served:
    bucket.put_folder(seller, "agency/alpha")
    return bucket


def test_an_account_of_a_url_is_that_of_the_folder(
    served: Served, seller: Path, tmp_path: Path
) -> None:
    local = load_account(seller, cache=None)
    for place in (URL, Path(URL)):
        account = load_account(place, cache=tmp_path / "cache")
        assert account.name == "alpha"
        pd.testing.assert_frame_equal(account.orders, local.orders)
        pd.testing.assert_frame_equal(account.items, local.items)
        pd.testing.assert_frame_equal(account.defective, local.defective)
        assert account.receipt.orders == local.receipt.orders
    assert load_receipt(URL, cache=tmp_path / "cache").files == local.receipt.files


def test_without_a_cache_the_files_stay_as_long_as_the_account(served: Served) -> None:
    account = load_account(URL, cache=None)
    assert len(account.items), "which are read from the files when first asked for"
    reading = reading_of(URL, None, None, None, None)
    folder = reading.folder
    assert folder.is_dir()
    del reading
    gc.collect()
    assert not folder.exists()


def test_an_archive_is_read_by_its_url(served: Served, seller: Path, tmp_path: Path) -> None:
    archive_folder(URL, tmp_path / "store", "2026-10-01")
    served.put_folder(tmp_path / "store", "archives/alpha")
    account = load_account(
        f"s3://{NAME}/archives/alpha", known_on="2026-10-02", cache=tmp_path / "cache"
    )
    assert len(account.orders) == 87
    with pytest.raises(ParameterError, match="no archive"):
        load_account(URL, known_on="2026-10-02", cache=tmp_path / "cache")


def test_an_archive_is_not_written_to_a_url(seller: Path) -> None:
    with pytest.raises(ParameterError, match="nothing is written to object storage"):
        archive_folder(seller, f"s3://{NAME}/archives/alpha", "2026-10-01")


def test_a_folder_without_orders_is_named_by_its_url(bucket: Served, tmp_path: Path) -> None:
    bucket.put("agency/alpha/x.txt", b"not an export")
    with pytest.raises(NoOrdersError, match=f"^{URL}: no order"):
        load_account(URL, cache=tmp_path / "cache")


def test_copies_are_no_entries_of_the_cache(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As many as one load makes, after the copy; the oldest go.
    monkeypatch.setattr("odr_analysis.cache.MOST_ENTRIES", 2)
    load_account(URL, cache=tmp_path)
    assert list((tmp_path / FETCHED).rglob("*.txt"))
