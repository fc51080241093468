"""Exports, the days of them, and archives of them."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from odr_analysis import (
    archive_folder,
    load_account,
    write_sample,
)
from odr_analysis.account import Account
from tests.downloads import (
    feedback,
    fill,
    orders,
    table,
)
from tests.unit.archive.made import DAY, STARS, TABLES, cut, known


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, orders=250, seed=7, days=120)
    return folder


@pytest.fixture(scope="session")
def seller(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[date, Path]:
    """Day to the folder as it was downloaded that day."""
    base = tmp_path_factory.mktemp("days")
    days = [date(2026, 9, 30) - timedelta(days=n) for n in (75, 20, 5, 0)]
    return {day: cut(exports, base / day.isoformat(), day) for day in days}


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two days, and the folders of both."""
    base = tmp_path_factory.mktemp("prepared")
    files = {"orders.txt": table(orders(30)), "f.txt": feedback([STARS])}
    archive_folder(fill(base / "first", files), base / "store", DAY)
    shutil.copytree(base / "first", base / "exports")
    (base / "exports" / "orders.txt").write_text(table(orders(33)))
    archive_folder(base / "exports", base / "store", DAY + timedelta(days=7))
    return base


@pytest.fixture(scope="session")
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
