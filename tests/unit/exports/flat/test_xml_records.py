"""Records of an XML file one after the other."""

from __future__ import annotations

import pytest

from odr_analysis import faults
from odr_analysis.errors import ExportError
from odr_analysis.exports.flat import xml_records
from odr_analysis.exports.flat.xml_records import DEEPEST, records


def read(tmp_path, text, *names):
    path = tmp_path / "f.xml"
    path.write_text(text, "utf-8")
    return records(path, set(names), file="f.xml", encoding="utf-8")


ORDERS = (
    '<all><x:Order n="1"><Item><Id>a</Id></Item><Item/></x:Order>'
    "<order><Order>in</Order></order></all>"
)


@pytest.mark.parametrize("chunk", [1, 7, 1 << 18])
def test_each_outermost_element_of_a_name(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(xml_records, "CHUNK", chunk)
    first, second = read(tmp_path, ORDERS, "order")
    assert first.first("N") == "1", "an attribute is read like an element"
    assert (first.first("item", "id"), len(first.all("Item"))) == ("a", 2)
    assert first.first("item", "nothing") == ""
    assert second.first("order") == "in", "one inside another belongs to it"


def test_what_comes_before_the_damage_is_given(tmp_path):
    found = read(tmp_path, "<all><order/>\n<order>", "order")
    assert next(found) == {}
    with pytest.raises(ExportError, match=r"f.xml, line 2: ends before it is complete"):
        next(found)


def test_danger_and_depth_are_refused(tmp_path):
    with pytest.raises(ExportError, match="DOCTYPE"):
        list(read(tmp_path, "<!DOCTYPE a><a/>", "a"))
    deep = "<a>" * (DEEPEST + 1)
    with pytest.raises(ExportError) as caught:
        list(read(tmp_path, deep, "order"))
    assert caught.value.problem == faults.NESTED_TOO_DEEPLY.description
