"""Safe XML: events in the order of the document, and everything dangerous refused."""

from __future__ import annotations

import pytest

from odr_analysis import faults
from odr_analysis.errors import ExportError
from odr_analysis.exports.text.json_xml import parse_xml
from odr_analysis.exports.text.xml_events import XmlEvents


class Heard:
    def __init__(self) -> None:
        self.events: list[tuple[object, ...]] = []

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.events.append(("start", name, attributes, line))

    def end(self, name: str) -> None:
        self.events.append(("end", name))

    def text(self, words: str) -> None:
        # A text may come in several pieces.
        if self.events[-1][0] == "text":
            words = f"{self.events.pop()[1]}{words}"
        self.events.append(("text", words))


def heard(*pieces: str) -> list[tuple[object, ...]]:
    listener = Heard()
    parser = XmlEvents(listener, "f.xml")
    for piece in pieces:
        parser.feed(piece, final=False)
    parser.feed("", final=True)
    return listener.events


def test_events_come_in_order_with_their_line():
    assert heard('<a>\n<x:b c="1">t&amp;u</x:b></a>') == [
        ("start", "a", {}, 1),
        ("text", "\n"),
        ("start", "x:b", {"c": "1"}, 2),
        ("text", "t&u"),
        ("end", "x:b"),
        ("end", "a"),
    ]


def test_pieces_may_end_anywhere():
    text = '<a>\n<x:b c="1">t</x:b></a>'
    assert heard(*text) == heard(text)


BOMB = '<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
DANGEROUS = {
    "billion laughs": f"<!DOCTYPE r [{BOMB}]><r>&i;</r>",
    "external entity": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><r>&x;</r>',
    "parameter entity": '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://a.example/x">%x;]><r/>',
    "external DTD": '<!DOCTYPE r SYSTEM "http://a.example/r.dtd"><r/>',
    "plain DOCTYPE": "<!DOCTYPE r><r/>",
}


@pytest.mark.parametrize("what", DANGEROUS)
def test_what_is_dangerous_is_refused_with_its_line(what):
    for parse in (heard, lambda text: parse_xml(text, file="f.xml")):
        with pytest.raises(ExportError) as caught:
            parse(f'<?xml version="1.0"?>\n{DANGEROUS[what]}')
        assert (caught.value.file, caught.value.line) == ("f.xml", 2)
        assert caught.value.problem == faults.DOCTYPE.description


def test_an_entity_that_nobody_declared_is_not_xml():
    with pytest.raises(ExportError, match="is not valid XML: undefined entity"):
        heard("<a>&nothing;</a>")


@pytest.mark.parametrize(("text", "problem"), [("<a><b>", "ends before"), ("<a></b>", "not valid")])
def test_what_is_cut_short_is_told_from_what_is_not_xml(text, problem):
    with pytest.raises(ExportError, match=problem):
        XmlEvents(Heard(), "f.xml").feed(text, final=True)
