"""The generator of big exports, at a size small enough to read back by hand."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from odr_analysis.sample.files.order_files import HEADERS

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "make_data.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_data", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path: Path) -> list[dict[str, str]]:
    lines = path.read_text("utf-8").splitlines()
    mark = "," if path.suffix == ".csv" else "\t"
    header = lines[0].split(mark)
    return [dict(zip(header, line.split(mark), strict=True)) for line in lines[1:]]


def test_big_exports_are_what_they_say(script: ModuleType, tmp_path: Path) -> None:
    made = script.make_data(tmp_path, orders=20_000, files=3)
    paths = sorted(tmp_path.glob("orders-*.txt"))
    rows = [row for path in paths for row in read(path)]
    assert len(paths) == 3
    assert len(rows) == made["rows"]
    assert tuple(rows[0]) == HEADERS[32]
    assert 300 < made["bytes_per_row"] < 380
    final: dict[str, dict[str, str]] = {}
    newer = 0
    for row in rows:
        old = final.get(row["amazon-order-id"])
        newer += old is not None and old["last-updated-date"] < row["last-updated-date"]
        final[row["amazon-order-id"]] = row
    assert len(final) == 20_000
    assert newer > 50
    last = [row["last-updated-date"] for row in rows if "Unshipped" not in row["order-status"]]
    assert max(last) == "2026-09-30T23:59:59+00:00"
    assert max(row["purchase-date"] for row in rows) < "2026-10-01"
    assert min(row["purchase-date"] for row in rows) >= "2025-10-01"
    assert {row["order-status"] for row in final.values()} == {"Shipped", "Cancelled"}
    cancelled = [r for r in final.values() if r["order-status"] == "Cancelled"]
    assert len(cancelled) / 20_000 == pytest.approx(0.03, abs=0.005)
    assert all(r["quantity"] == "0" and r["item-price"] == "" for r in cancelled)
    assert sum('"' in r["product-name"] for r in rows) / len(rows) == pytest.approx(0.01, abs=0.004)
    mfn = sum(r["fulfillment-channel"] == "Merchant" for r in final.values())
    assert mfn / 20_000 == pytest.approx(0.6, abs=0.02)
    assert {r["sales-channel"] for r in rows} == set(script.STORES)
    assert len(rows) / 20_000 == pytest.approx(1.26, abs=0.02)


def test_defects_of_big_exports(script: ModuleType, tmp_path: Path) -> None:
    made = script.make_data(tmp_path, orders=50_000)
    orders = {row["amazon-order-id"]: row for row in read(tmp_path / "orders-01.txt")}
    feedback = {row["Order ID"] for row in read(tmp_path / "feedback.txt")}
    claims = {row["order id"] for row in read(tmp_path / "claims.csv")}
    assert len(feedback) == made["feedback"]
    assert len(claims) == made["claims"]
    assert made["defective"] == len(feedback | claims)
    assert made["defective"] / 50_000 == pytest.approx(0.012, abs=0.002)
    assert feedback & claims
    assert feedback | claims <= set(orders)
    assert not any(orders[i]["order-status"] == "Cancelled" for i in feedback | claims)


def test_big_exports_are_the_same_twice(script: ModuleType, tmp_path: Path) -> None:
    for name in ("a", "b"):
        script.make_data(tmp_path / name, orders=3_000, files=2)
    first = {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()}
    assert first == {p.name: p.read_bytes() for p in (tmp_path / "b").iterdir()}


def test_command_line_refuses_more_files_than_orders(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["make_data", "--orders", "2", "--files", "3", "--out", str(tmp_path / "out")]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit):
        script.main()
    assert not (tmp_path / "out").exists()
