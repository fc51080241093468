"""``odr load``: the receipt as text and as JSON, and the loss budget."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from odr_analysis.cli.load import load
from tests.bucket import NAME, Served
from tests.commands import odr


def test_load_tells_the_same_as_text_and_as_json(us_seller: tuple[Path, Any]) -> None:
    told = json.loads(odr(load, us_seller[0], "--json").stdout)
    text = odr(load, us_seller[0])
    assert text.exit_code == 0
    for f in told["files"]:
        assert f["file"] in text.output
        assert {"kind", "encoding", "delimiter", "locale", "sha256"} <= set(f)
    assert f"{told['rows_read']:,} rows read = {told['rows_kept']:,} kept" in text.output


def test_load_stops_above_the_loss_budget_and_names_the_lines(
    tmp_path: Path, few_orders: Callable[..., str]
) -> None:
    (tmp_path / "a.txt").write_text(few_orders(50, broken=3), "utf-8")
    run = odr(load, tmp_path, "--no-cache")
    assert run.exit_code == 2
    assert "dropped 3: unreadable date (line 2, 3, 4)" in run.output
    assert "loss budget" in run.stderr
    assert odr(load, tmp_path, "--no-cache", "--loss-budget", "0.1").exit_code == 0


@pytest.fixture
def few_orders() -> Callable[..., str]:
    """A small All Orders file, the first rows with an unreadable date."""

    def make(n: int, broken: int) -> str:
        header = "amazon-order-id\tpurchase-date\torder-status\tfulfillment-channel\tsales-channel"
        rows = [
            f"302-{i:07d}-0000001\t{'soon' if i < broken else '2026-08-01T10:00:00+00:00'}"
            "\tShipped\tMerchant\tAmazon.de"
            for i in range(n)
        ]
        return "\n".join([header, *rows]) + "\n"

    return make


def test_a_url_is_loaded_like_a_folder(bucket: Served, us_seller: tuple[Path, Any]) -> None:
    bucket.put_folder(us_seller[0], "alpha")
    here = json.loads(odr(load, us_seller[0], "--json").stdout)
    there = json.loads(odr(load, f"s3://{NAME}/alpha", "--json").stdout)
    assert there == here


def test_a_url_that_is_not_there_is_said_in_a_sentence(bucket: Served) -> None:
    run = odr(load, f"s3://{NAME}/none")
    assert run.exit_code == 2
    assert run.stderr.startswith(f"odr: s3://{NAME}/none: no file below this URL.")
