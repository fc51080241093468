"""Records of an XML file one after the other, however large the file is.

Read with expat. A DOCTYPE is refused, and with it every entity: no report of Amazon has one, and
it can make a program read other files or run out of memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from odr_analysis.errors import ExportError
from odr_analysis.exports.text.json_xml import AGAIN, fold

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
    with path.open(encoding=encoding, errors="replace") as source:
        started = False
        while text := source.read(CHUNK):
            if not started:
                text = text.removeprefix("\ufeff").lstrip()
                started = bool(text)
            reader.feed(text, final=False)
            yield from reader.taken()
    reader.feed("", final=True)
    yield from reader.taken()


class _Reader:
    """Builds the elements of one file."""

    def __init__(self, names: frozenset[str], file: str):
        self.names, self.file = names, file
        self.open: list[tuple[str, Element, list[str]]] = []
        self.depth = 0
        self.done: list[Element] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse

    def feed(self, text: str, *, final: bool) -> None:
        try:
            self.parser.Parse(text, final)
        except expat.ExpatError as error:
            problem = (
                "ends before it is complete."
                if final
                else f"is not valid XML: {expat.ErrorString(error.code)}."
            )
            raise ExportError(self.file, problem, AGAIN, error.lineno) from None

    def taken(self) -> list[Element]:
        done, self.done = self.done, []
        return done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExportError(
                self.file, "has elements nested too deeply for a report.", AGAIN, self._line()
            )
        folded = fold(name.rpartition(":")[2])
        if self.open or folded in self.names:
            element = Element()
            for key, value in attributes.items():
                element[fold(key.rpartition(":")[2])] = [_leaf(value)]
            self.open.append((folded, element, []))

    def _end(self, _: str) -> None:
        self.depth -= 1
        if not self.open:
            return
        name, element, texts = self.open.pop()
        element.text = "".join(texts).strip()
        if self.open:
            self.open[-1][1].setdefault(name, []).append(element)
        else:
            self.done.append(element)

    def _text(self, text: str) -> None:
        if self.open:
            self.open[-1][2].append(text)

    def _line(self) -> int:
        return int(self.parser.CurrentLineNumber)

    def _refuse(self, *_: Any) -> NoReturn:
        raise ExportError(
            self.file,
            "declares a DOCTYPE, which no report of Amazon has and which can make a program "
            "read other files or run out of memory, so it is not opened.",
            "Download the report again from Amazon.",
            self._line(),
        )


def _leaf(text: str) -> Element:
    leaf = Element()
    leaf.text = text
    return leaf
