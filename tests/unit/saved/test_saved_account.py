"""A saved account is the account, in one place for equal tables, under its own policy alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from odr_analysis import Account, Policy, load_account, to_summary
from odr_analysis.account import TABLES
from odr_analysis.errors import OdrWarning, ParameterError
from odr_analysis.saved import is_saved, save_account


@pytest.fixture(scope="module")
def account(seller: Path) -> Account:
    return load_account(seller, policy=Policy(lag_days=14), name="Shop")


def test_what_is_saved_is_what_is_read(account: Account, tmp_path: Path) -> None:
    folder = save_account(account, cache=tmp_path)
    again = load_account(folder, name="Shop", cache=None)
    for name in (*TABLES, "orders", "items"):
        assert_frame_equal(getattr(again, name), getattr(account, name), obj=name)
    assert to_summary(again) == to_summary(account)
    assert is_saved(folder)
    assert not is_saved(tmp_path)


def test_equal_tables_have_one_place(account: Account, seller: Path, tmp_path: Path) -> None:
    first = save_account(account, cache=tmp_path)
    same = load_account(seller, policy=Policy(lag_days=14), name="Another name", cache=None)
    assert save_account(same, cache=tmp_path) == first
    other = load_account(seller, cache=None)
    assert save_account(other, cache=tmp_path) != first, "of another policy"
    assert save_account(account, marketplace="Amazon.de", cache=tmp_path) != first


def test_a_damaged_one_is_replaced(account: Account, tmp_path: Path) -> None:
    folder = save_account(account, cache=tmp_path)
    whole = (folder / "daily.parquet").read_bytes()
    (folder / "daily.parquet").write_bytes(whole[:-1])
    with pytest.warns(OdrWarning, match=r"daily\.parquet is not what was written"):
        assert save_account(account, cache=tmp_path) == folder
    assert (folder / "daily.parquet").read_bytes() == whole


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"policy": Policy()}, r"was counted under another one \(lag_days differ\)"),
        ({"marketplace": "Amazon.fr"}, "was saved with 'Amazon.de'"),
        ({"known_on": "2026-09-01"}, "is no archive"),
    ],
)
def test_it_is_read_as_it_was_made(
    account: Account, tmp_path: Path, asked: dict[str, object], says: str
) -> None:
    folder = save_account(account, marketplace="amazon.de", cache=tmp_path)
    with pytest.raises(ParameterError, match=says):
        load_account(folder, cache=None, **asked)  # type: ignore[arg-type]
    how = {"policy": Policy(lag_days=14), "marketplace": "Amazon.de"}
    assert load_account(folder, cache=None, **how).policy.lag_days == 14  # type: ignore[arg-type]


def test_what_follows_from_it_is_kept_in_the_cache(account: Account, tmp_path: Path) -> None:
    folder = save_account(account, cache=tmp_path / "one")
    made = []

    def make() -> object:
        made.append(1)
        return account.daily

    for _ in range(2):
        again = load_account(folder, cache=tmp_path / "two")
        again.keep("a table", make)  # type: ignore[arg-type]
    assert len(made) == 1
    assert not re.search("[^0-9a-f]", folder.name), "its name is its content"
