"""Accounts whose rows lie in a warehouse: asked once, made once, and no password anywhere."""

from __future__ import annotations

import pickle
import socket
import traceback
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
import pytest

from odr_analysis import Policy, load_account, to_summary
from odr_analysis.batch.accounts import BatchAccount, load_batch
from odr_analysis.batch.in_warehouse import InWarehouse
from odr_analysis.batch.index.write_index import write_index
from odr_analysis.batch.worker import Task, run_account
from odr_analysis.cache import default_root
from odr_analysis.errors import MachineError, ParameterError
from odr_analysis.warehouse.connection import Warehouse
from tests.downloads import oid
from tests.warehouse import plain_orders, write_files

DAY, TODAY = date(2026, 5, 31), date(2026, 11, 29)
CLAIMS = pd.DataFrame({"order id": [oid(5)], "claim date": ["2026-05-12"], "status": [""]})
TABLES = {"orders": "amazon.orders", "claims": "claims", "database": "amazon"}
PASSWORD = "hush" * 3
SECRET_URL = f"postgres://reader:{PASSWORD}@127.0.0.1:1/shop"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A DuckDB file with the orders and claims of an account."""
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE SCHEMA amazon")
        for name, rows in (("orders", plain_orders()), ("claims", CLAIMS)):
            con.register("rows", rows)
            con.execute(f"CREATE TABLE amazon.{name} AS FROM rows")
    return path


def task(shop: Path, connection: str = "", **named: Any) -> Task:
    there = InWarehouse(connection or f"duckdb://{shop}", named or TABLES)
    account = BatchAccount("Shop", warehouse=there)
    return Task(account, shop.parent / "out", DAY, TODAY, "05-report")


def test_a_report_is_that_of_the_same_rows_in_files(shop: Path, tmp_path: Path) -> None:
    files = write_files({"orders": plain_orders(), "claims": CLAIMS}, tmp_path / "files")
    one = to_summary(load_account(files, cache=None), DAY)
    by_table = task(shop)
    outcome = run_account(by_table).outcome
    assert (outcome.status, outcome.reason) == ("made", "")
    assert outcome.summary
    rates = ("n_orders", "n_defective", "odr", "n_claim", "state", "missing", "mature")
    told = [[{k: r[k] for k in rates} for r in s["rates"]] for s in (one, outcome.summary)]
    assert told[0] == told[1]
    assert told[0][0]["n_defective"] == 1
    assert run_account(by_table).outcome.status == "unchanged"
    moved = replace(by_table, account=BatchAccount("Shop", warehouse=InWarehouse(**_moved(shop))))
    assert run_account(moved).outcome.status == "unchanged", "another file with the same rows"


def _moved(shop: Path) -> dict[str, Any]:
    there = shop.rename(shop.with_name("elsewhere.duckdb"))
    return {"connection": f"duckdb://{there}", "named": TABLES}


def brought(shop: Path, **given: Any) -> Path:
    there = task(shop).account.warehouse
    assert there is not None
    return there.bring(given, Policy(), name="Shop", today=TODAY)


def test_what_changed_in_the_warehouse_has_another_place(shop: Path) -> None:
    first = brought(shop)
    assert brought(shop) == first
    with duckdb.connect(str(shop)) as con:
        con.execute("UPDATE amazon.claims SET status = 'withdrawn'")
    second = brought(shop)
    assert second != first
    counts = [len(load_account(folder, cache=None).defective) for folder in (first, second)]
    assert counts == [1, 0]
    assert first.parent == default_root()


def test_tables_of_a_connector_are_found(shop: Path) -> None:
    made = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
    with duckdb.connect(str(shop)) as con:
        con.execute(f'ALTER TABLE amazon.orders RENAME TO "{made.lower()}"')
    there = InWarehouse(f"duckdb://{shop}", {"connector": "airbyte", "database": "amazon"})
    folder = there.bring({}, Policy(), name="Shop", today=TODAY)
    assert len(load_account(folder, cache=None).orders) == 40


def test_a_day_of_an_archive_is_refused(shop: Path) -> None:
    with pytest.raises(ParameterError, match="a warehouse is known only as it is now"):
        brought(shop, known_on="2026-05-01")


@pytest.mark.parametrize(
    ("connection", "named", "says", "passing"),
    [
        ("", {"orders": "amazon.order"}, "no table 'order'; did you mean 'orders'?", False),
        ("", {"orders": "amazon.claims"}, "amazon.claims: no column", False),
        ("", {"connector": "airbit"}, "did you mean 'airbyte'", False),
        ("$ODR_NONE", {}, "connection: the environment has no variable ODR_NONE", False),
        ("duckdb:///none.duckdb", {}, "duckdb cannot be opened", False),
        ("nosuch://place", {}, "nosuch cannot be opened", False),
        (SECRET_URL, {}, "postgres cannot be reached", True),
        (SECRET_URL.replace("hush", "a/b"), {}, "In a password write / as %2F", False),
    ],
)
def test_what_is_wrong_is_one_sentence(
    shop: Path, connection: str, named: dict[str, str], says: str, *, passing: bool
) -> None:
    one = task(shop, connection, **named)
    attempt = run_account(one)
    assert attempt.outcome.status == "failed"
    assert says in attempt.outcome.reason
    assert attempt.passing is passing
    assert not attempt.outcome.reason.startswith("1 problem")
    assert PASSWORD not in (one.place / "log.txt").read_text("utf-8")
    assert "a/b" not in (one.place / "log.txt").read_text("utf-8")


def test_no_driver_gets_the_password_into_a_message(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that is missing, nor one that raises what nobody expects."""

    def without(url: str, **_: object) -> None:
        raise ModuleNotFoundError(f"No module named 'psycopg' for {url}")

    def unheard_of(*_: object, **__: object) -> None:
        raise RuntimeError(f"something about {SECRET_URL}")

    there = InWarehouse(SECRET_URL, TABLES)
    how: dict[str, Any] = {"name": "Shop", "today": TODAY}
    monkeypatch.setattr(ibis, "connect", without)
    with pytest.raises(ParameterError, match=r"pip install 'ibis-framework.postgres.'") as caught:
        there.bring({}, Policy(), **how)
    assert PASSWORD not in _all_of(caught.value)
    monkeypatch.setattr(Warehouse, "table", unheard_of)
    monkeypatch.setattr(ibis, "connect", lambda url, **_: ibis.duckdb.connect(str(shop)))
    with pytest.raises(
        MachineError, match=r"could not be read \(RuntimeError: something about"
    ) as e:
        there.bring({}, Policy(), **how)
    assert "unheard_of" in e.value.details, "for whoever mends it"
    assert PASSWORD not in _all_of(e.value)


def _all_of(error: Exception) -> str:
    """What a log has of an error."""
    return "".join(traceback.format_exception(error)) + getattr(error, "details", "")


def test_no_file_of_a_run_has_the_password(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a report that is made and of those that fail, and the account as it goes to a worker."""
    url = f"duckdb://{shop}?secret_directory={PASSWORD}"
    monkeypatch.setenv("ODR_SHOP", url)
    one = task(shop, "$ODR_SHOP", **TABLES)
    assert run_account(one).outcome.status == "made"
    literal = task(shop, url, orders="none")
    failed = [literal, task(shop, SECRET_URL), task(shop, f"{url}&no_such_setting={PASSWORD}")]
    outcomes = [run_account(other).outcome for other in failed]
    assert {outcome.status for outcome in outcomes} == {"failed"}
    write_index(one.out, outcomes[:1], {})
    for root in (one.out, default_root()):
        held = [path for path in root.rglob("*") if path.is_file()]
        assert held
        assert not [path for path in held if PASSWORD.encode() in path.read_bytes()]
    assert not [outcome for outcome in outcomes if PASSWORD in repr(outcome)]
    assert PASSWORD.encode() not in pickle.dumps(one)
    assert PASSWORD not in repr(literal)


def test_a_warehouse_that_does_not_answer_is_left(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgres://me@127.0.0.1:{silent.getsockname()[1]}/shop"
        one = replace(task(tmp_path / "none", url), timeout=1.0)
        attempt = run_account(one)
    assert "longer than the 1 s it may (--timeout)" in attempt.outcome.reason
    assert not attempt.passing


FILE = """
[defaults]
connection = "$ODR_SHOP"
claims = "claims"
[[account]]
name = "Schema"
orders = "orders"
database = "amazon"
columns = {claims = {"claim date" = "opened"}}
[[account]]
name = "File"
connection = "duckdb://data/shop.duckdb"
connector = "airbyte"
[[account]]
name = "Folder"
folder = "exports"
"""


def test_the_file_of_accounts_may_name_a_connection(tmp_path: Path) -> None:
    (tmp_path / "accounts.toml").write_text(FILE, "utf-8")
    schema, file, folder = load_batch(tmp_path / "accounts.toml").accounts
    assert schema.warehouse == InWarehouse(
        "$ODR_SHOP",
        {
            "orders": "orders",
            "claims": "claims",
            "database": "amazon",
            "columns": {"claims": {"claim date": "opened"}},
        },
    )
    assert file.warehouse
    assert file.warehouse.connection == f"duckdb://{tmp_path}/data/shop.duckdb"
    assert file.warehouse.named == {"claims": "claims", "connector": "airbyte"}
    assert folder.warehouse is None
    assert (schema.folder, folder.folder) == ("", str(tmp_path / "exports"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "folder is missing; a connection may take its place"),
        ('orders = "o"', "orders: a table needs a connection"),
        ('folder = "a"\nconnection = "duckdb:///a"', "connection: an account with a folder"),
        ('folder = "a"\nclaims = "c"', "claims: an account with a folder has no tables"),
        ('connection = "shop.duckdb"', "connection must be a URL such as"),
        ('connection = "duckdb:///a"\ncolumns = {claims = "c"}', "columns must be a table of"),
        ('connection = "duckdb:///a"\nclaim = "c"', "unknown key 'claim'; did you mean 'claims'"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "accounts.toml").write_text(f'[[account]]\nname = "A"\n{text}', "utf-8")
    with pytest.raises(ParameterError, match=f"account 'A': .*{says}"):
        load_batch(tmp_path / "accounts.toml")
