"""Records of an XML file one after the other, however large the file is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from odr_analysis import faults
from odr_analysis.exports.text.json_xml import fold
from odr_analysis.exports.text.xml_events import XmlEvents

CHUNK = 1 << 18
"""Characters read at a time."""
DEEPEST = 60
"""Elements inside each other; more is not a report."""


class Element(dict[str, list["Element"]]):
    """One element: its children by folded name, in order, and its own text."""

    text: str = ""

    def first(self, *path: str) -> str:
        """Text of the first element at a path, '' where there is none.

        >>> order = Element(data=[Element()])
        >>> order["data"][0].text = "x"
        >>> order.first("Data"), order.first("data", "more")
        ('x', '')
        """
        found = self
        for name in path:
            inner = found.get(fold(name))
            if not inner:
                return ""
            found = inner[0]
        return found.text

    def all(self, name: str) -> list[Element]:
        """The children of one name."""
        return self.get(fold(name), [])


def records(path: Path, names: Collection[str], *, file: str, encoding: str) -> Iterator[Element]:
    """Each outermost element with one of `names`, as soon as it has ended.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    names : collection of str
        Names as :func:`~odr_analysis.exports.text.json_xml.fold` leaves them.
    file : str
        Name for errors.
    encoding : str
        How the file was found to be written; what it declares does not matter.

    Raises
    ------
    ExportError
        When the file is cut short, not XML, or has a DOCTYPE, with the line.
    """
    reader = _Reader(frozenset(names), file)
    parser = XmlEvents(reader, file)
    with path.open(encoding=encoding, errors="replace") as source:
        started = False
        while text := source.read(CHUNK):
            if not started:
                text = text.removeprefix("\ufeff").lstrip()
                started = bool(text)
            parser.feed(text, final=False)
            yield from reader.taken()
    parser.feed("", final=True)
    yield from reader.taken()


class _Reader:
    """Builds the elements of one file."""

    def __init__(self, names: frozenset[str], file: str):
        self.names, self.file = names, file
        self.open: list[tuple[str, Element, list[str]]] = []
        self.depth = 0
        self.done: list[Element] = []

    def taken(self) -> list[Element]:
        done, self.done = self.done, []
        return done

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise faults.NESTED_TOO_DEEPLY.error(self.file, line)
        folded = fold(name.rpartition(":")[2])
        if self.open or folded in self.names:
            element = Element()
            for key, value in attributes.items():
                element[fold(key.rpartition(":")[2])] = [_leaf(value)]
            self.open.append((folded, element, []))

    def end(self, name: str) -> None:
        self.depth -= 1
        if not self.open:
            return
        folded, element, texts = self.open.pop()
        element.text = "".join(texts).strip()
        if self.open:
            self.open[-1][1].setdefault(folded, []).append(element)
        else:
            self.done.append(element)

    def text(self, words: str) -> None:
        if self.open:
            self.open[-1][2].append(words)


def _leaf(text: str) -> Element:
    leaf = Element()
    leaf.text = text
    return leaf
