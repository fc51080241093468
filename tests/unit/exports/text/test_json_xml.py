"""JSON and XML text as plain trees."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odr_analysis.errors import ExportError
from odr_analysis.exports.text.json_xml import (
    Placed,
    field,
    line_of,
    parse_json,
    parse_xml,
    several,
)

BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<reports>&b;</reports>"""
FETCHING = """<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>"""
OUTSIDE = """<!DOCTYPE r SYSTEM "http://example.invalid/r.dtd"><r/>"""


def walk(value: object) -> list[object]:
    """Every object of a tree, in the order in which they open."""
    if isinstance(value, dict):
        return [value, *(x for v in value.values() for x in walk(v))]
    return [x for v in value for x in walk(v)] if isinstance(value, list) else []


def test_objects_know_the_line_they_start_on():
    text = '{\n "a": {"b": "}{\\"",\n  "c": [1,\n   {"d": 2}, {\n   "e": {}}]\n }\n}'
    (document,) = parse_json(text, file="f.json")
    assert document == json.loads(text)
    assert [line_of(x) for x in walk(document)] == [1, 2, 4, 4, 5]
    assert line_of("no object") == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_count_once(end):
    documents = parse_json(end.join(['{"a": 1}', "", '{"a": 2}', ""]), file="f.json")
    assert [(d["a"], d.line) for d in documents] == [(1, 1), (2, 3)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('ab"\\{}[]\n,:é', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text('k"{}', max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.lists(JSON.filter(lambda v: isinstance(v, (dict, list))), min_size=1, max_size=3))
def test_documents_come_back_as_they_were_written_with_their_lines(values):
    # Indented, every object with fields opens on a line of its own.
    text = "\n".join(json.dumps(v, indent=1, ensure_ascii=False) for v in values)
    documents = parse_json(text, file="f.json")
    assert documents == values
    opens = [i for i, line in enumerate(text.split("\n"), 1) if line.endswith(("{", "{}", "{},"))]
    objects = [x for d in documents for x in walk(d)]
    # A line may also end in a brace of a text; the lines of objects are among them, in order.
    assert all(isinstance(x, Placed) for x in objects)
    lines = [line_of(x) for x in objects]
    assert lines == sorted(lines)
    assert set(lines) <= set(opens)
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", None, "is empty"),
        (" \n\t", None, "is empty"),
        ('{"a":\n {"b": 1},', 2, "ends before it is complete"),
        ('{"a": "cut', 1, "ends before it is complete"),
        ('{"a": 1}\n{"a": 2', 2, "ends before it is complete"),
        ('{\n"a" 1}', 2, "not valid JSON: Expecting ':' delimiter at column 5"),
        ("[" * 100_000, None, "not JSON that a report would contain"),
        ('{"a": ' + "9" * 5000 + "}", None, "not JSON that a report would contain"),
    ],
)
def test_broken_json_is_told_with_its_line(text, line, says):
    with pytest.raises(ExportError, match=says) as caught:
        parse_json(text, file="f.json")
    assert (caught.value.file, caught.value.line) == ("f.json", line)


def test_a_field_twice_is_remembered():
    (document,) = parse_json('{"a": 1, "b": 2, "a": 3}', file="f.json")
    assert (document, document.doubled) == ({"a": 3, "b": 2}, ("a",))


def test_xml_is_lists_texts_and_objects():
    text = """<?xml version="1.0" encoding="UTF-16"?>
    <n:root xmlns:n="urn:x" id="7">
      <n:one>  text é </n:one><two/><two>b</two>
      <someList><x>1</x><y>2</y></someList><someList><x>3</x></someList><emptyList/>
      <money currency="USD">5</money>
      <id>8</id>
    </n:root>"""
    name, root = parse_xml(text, file="f.xml")
    assert name == "root"
    assert root == {
        "id": "8",
        "one": "text é",
        "two": ["", "b"],
        "someList": ["1", "2", "3"],
        "emptyList": [],
        "money": {"currency": "USD", "#text": "5"},
    }
    assert (root.line, root["money"].line) == (2, 5)


@pytest.mark.parametrize("text", [BOMB, FETCHING, OUTSIDE, "<!DOCTYPE r><r/>"])
def test_a_doctype_is_refused(text):
    with pytest.raises(ExportError, match="DOCTYPE") as caught:
        parse_xml(text, file="f.xml")
    assert caught.value.line == (2 if text == BOMB else 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" ", "is empty"),
        ("<a>\n<b>", "ends before it is complete"),
        ("<a", "ends before it is complete"),
        ("<a>" * 50_000, "ends before it is complete"),
        ("<a></b>", "not valid XML: mismatched tag"),
        ("<a>&unknown;</a>", "not valid XML: undefined entity"),
        ("<a>\0</a>", "not valid XML"),
        ("<a/><b/>", "not valid XML: junk after document element"),
    ],
)
def test_broken_xml_is_told(text, says):
    with pytest.raises(ExportError, match=says):
        parse_xml(text, file="f.xml")


def test_fields_are_found_however_they_are_spelt():
    block = {"order_count": 3, "Rate": 0.5, "none": None}
    assert field(block, "orderCount") == 3
    assert field(block, "missing", "rate") == 0.5
    assert field(block, "none") is None
    assert field([block], "rate") is None
    assert several({}) == [{}]
    assert several("") == []
