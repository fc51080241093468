"""Raw tables of Airbyte: the row of the source is JSON in one column."""

from __future__ import annotations

import json

import pytest

from odr_analysis.exports.files.scan import scan
from odr_analysis.exports.flat import airbyte
from odr_analysis.exports.flat.orders_api import HEADER
from odr_analysis.exports.flat.table import UnusableError


def table_of(tmp_path, *cells, header="_airbyte_ab_id,_airbyte_emitted_at,_airbyte_data"):
    path = tmp_path / "raw.csv"
    lines = [
        header,
        *(f'{n},1,"{cell.replace(chr(34), chr(34) * 2)}"' for n, cell in enumerate(cells)),
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = scan("raw.csv", path)
    assert airbyte.looks_like(found.head)
    return airbyte.table(found)


def test_the_columns_are_those_of_the_source(tmp_path):
    table = table_of(tmp_path, json.dumps({"a": 1, "seller_id": "S"}), json.dumps({"b": [2]}), "{")
    assert table.header == ["a", "b"], "what the connector adds is left out"
    assert list(table.rows) == [["1", ""], ["", "[2]"], ["", ""]]
    assert table.notes(3)[1].startswith("1 row of _airbyte_data could not be read as JSON")


def test_orders_of_the_api_become_their_own_table(tmp_path):
    order = {"AmazonOrderId": "113-1234567-7654321", "PurchaseDate": "2026-05-01"}
    table = table_of(tmp_path, json.dumps(order))
    assert table.header == HEADER
    assert [row[0] for row in table.rows] == ["113-1234567-7654321"]


def test_a_header_cut_in_two_is_unusable(tmp_path):
    with pytest.raises(UnusableError, match="Export the table again"):
        table_of(tmp_path, "{}", header='_airbyte_id,"_airbyte_data,x')
