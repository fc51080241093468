"""JSON and XML text as plain Python trees that remember their lines; nothing dangerous is expanded.

Both end in the same shapes: an object is a :class:`Placed`, a list a list, an XML leaf its
text. What a name is, is compared by :func:`fold`: Amazon's documents spell the same field in
several ways, and warehouses turn ``OrderCount`` into ``order_count``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from odr_analysis import faults
from odr_analysis.exports.text.xml_events import XmlEvents
from odr_analysis.words import megabytes

TEXT = "#text"
"""Key of the text of an XML element that has attributes or children as well."""

LARGEST = 64 << 20
"""Bytes of a document: as a tree it takes some ten times as much memory."""

_BREAK = re.compile(r"\r\n|\r")
# One match runs up to the next brace outside a string, whatever strings lie before it.
_BRACE = re.compile(r'[^"{}]*+(?:"(?:[^"\\]++|\\.)*+"[^"{}]*+)*+([{}])', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\n]*+")


class Placed(dict[str, Any]):
    """An object of a document: its fields, the line it starts on, and fields it has twice."""

    __slots__ = ("doubled", "line")

    def __init__(self, *fields: Any) -> None:
        super().__init__(*fields)
        self.line = 1
        self.doubled: tuple[str, ...] = ()


def text_of(path: Path, encoding: str, *, file: str) -> str:
    """The text of a document, if it is small enough for memory; nothing of a larger one is read.

    Parameters
    ----------
    path : pathlib.Path
        Its plain bytes.
    encoding : str
        As Python names it; what is not in it becomes U+FFFD.
    file : str
        Name for errors.

    Raises
    ------
    ExportError
        When it has more than `LARGEST` bytes.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise faults.DOCUMENT_TOO_LARGE.error(
            file, size=megabytes(size), largest=megabytes(LARGEST)
        )
    return path.read_text(encoding, errors="replace")


def parse_json(text: str, *, file: str) -> list[Any]:
    """The documents of a JSON text: one, or several one after the other (one a line).

    Parameters
    ----------
    text : str
        The decoded file.
    file : str
        Name for errors.

    Returns
    -------
    list
        One element per document, objects as :class:`Placed`. Of a field an object has twice
        the last value is taken, and the name is in ``doubled``. ``NaN`` is a float here;
        readers take it for no value.

    Raises
    ------
    ExportError
        When the text is empty, cut short or no JSON, with the line.

    Examples
    --------
    >>> first, second = parse_json('{"a": 1}\\n{"b": {"c": 2}}', file="f.json")
    >>> first, second["b"].line
    ({'a': 1}, 2)
    """
    text = _BREAK.sub("\n", text.removeprefix("\ufeff").replace("\0", "")).rstrip()
    lines = _lines_of_objects(text)

    def placed(pairs: list[tuple[str, Any]]) -> Placed:
        found = Placed(pairs)
        found.line = next(lines)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            found.doubled = tuple(sorted({n for n in names if names.count(n) > 1}))
        return found

    decoder = json.JSONDecoder(object_pairs_hook=placed)
    documents = []
    at = _end_of_space(text, 0)
    if at == len(text):
        raise faults.EMPTY_DOCUMENT.error(file)
    while at < len(text):
        try:
            document, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            line = text.count("\n", 0, error.pos) + 1
            if error.pos >= len(text) or text[-1] not in "}]":
                raise faults.CUT_SHORT.error(file, line) from None
            raise faults.NOT_JSON.error(file, line, why=error.msg, column=error.colno) from None
        except (RecursionError, ValueError):
            # Thousands of brackets inside each other, or a number of thousands of digits.
            raise faults.ODD_JSON.error(file) from None
        documents.append(document)
        at = _end_of_space(text, at)
    return _whole_letters(documents) if _SURROGATE.search(text) else documents


def _whole_letters(value: Any) -> Any:
    """`value` with U+FFFD for halves of letters, which JSON can escape and nothing can write."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_letters(inner) for inner in value]
    if isinstance(value, Placed):
        whole = Placed({_whole_letters(k): _whole_letters(v) for k, v in value.items()})
        whole.line, whole.doubled = value.line, tuple(map(_whole_letters, value.doubled))
        return whole
    return value


def parse_xml(text: str, *, file: str) -> tuple[str, Any]:
    """The name and the content of the root element of an XML text.

    Parameters
    ----------
    text : str
        The decoded file; the encoding it declares does not matter any more.
    file : str
        Name for errors.

    Returns
    -------
    tuple of (str, object)
        Names are without their namespace. An element without children is its text, trimmed;
        one whose name ends in ``List`` a list of its children; any other a :class:`Placed`,
        in which a child that occurs several times is a list. Attributes are fields too.

    Raises
    ------
    ExportError
        When the text is empty, cut short, not XML, or has a DOCTYPE.

    Examples
    --------
    >>> parse_xml("<a><b>1</b><b>2</b><cList><d>3</d></cList></a>", file="f.xml")
    ('a', {'b': ['1', '2'], 'cList': ['3']})
    """
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise faults.EMPTY_DOCUMENT.error(file)
    tree = _Tree()
    XmlEvents(tree, file).feed(text, final=True)
    return tree.root[0]


class _Tree:
    """The tree of a document while it is read."""

    def __init__(self) -> None:
        self.root: list[tuple[str, Any]] = []
        self.open: list[tuple[Placed, list[tuple[str, Any]], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str], line: int) -> None:
        element = Placed({k: v for k, v in attributes.items() if not k.startswith("xmlns")})
        element.line = line
        self.open.append((element, [], []))

    def end(self, name: str) -> None:
        element, children, texts = self.open.pop()
        name = name.rpartition(":")[2]
        found = _content(name, element, children, "".join(texts).strip())
        (self.open[-1][1] if self.open else self.root).append((name, found))

    def text(self, words: str) -> None:
        self.open[-1][2].append(words)


def fold(name: str) -> str:
    """A field's name without case, underscores and hyphens, for comparing.

    >>> fold("orderCount") == fold("order_count") == fold("OrderCount")
    True
    """
    return name.replace("_", "").replace("-", "").casefold()


def field(block: Any, *names: str) -> Any:
    """The value of the first of `names` that an object has, None when it has none of them.

    >>> field({"order_count": 3}, "orderCount"), field("text", "orderCount")
    (3, None)
    """
    if not isinstance(block, dict):
        return None
    for name in names:
        if name in block:
            return block[name]
    folded = {fold(key): value for key, value in block.items()}
    return next((folded[fold(name)] for name in names if fold(name) in folded), None)


def several(value: Any) -> list[Any]:
    """A value as a list: XML cannot tell a list of one from a single value.

    >>> several([1, 2]), several(1), several(None)
    ([1, 2], [1], [])
    """
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def word(value: Any) -> str:
    """A text without the spaces around it, '' for what is not text.

    >>> word(" GOOD "), word(None)
    ('GOOD', '')
    """
    return value.strip() if isinstance(value, str) else ""


def line_of(value: Any) -> int:
    """The 1-based line an object starts on, 1 where it cannot be told."""
    return value.line if isinstance(value, Placed) else 1


def _content(name: str, element: Placed, children: list[tuple[str, Any]], text: str) -> Any:
    """What an element is, once it has ended."""
    if name.endswith("List"):
        return [child for _, child in children]
    if not children and not element:
        return text
    by_name: dict[str, list[Any]] = {}
    for child, value in children:
        by_name.setdefault(child, []).extend(value if child.endswith("List") else [value])
    for child, values in by_name.items():
        alone = len(values) == 1 and not child.endswith("List")
        element[child] = values[0] if alone else values
    if text:
        element[TEXT] = text
    return element


def _end_of_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _lines_of_objects(text: str) -> Iterator[int]:
    """Line each object starts on, in the order in which objects end, as a decoder meets them."""
    line, counted, opened = 1, 0, []
    for match in _BRACE.finditer(text):
        at = match.start(1)
        line += text.count("\n", counted, at)
        counted = at
        if match[1] == "{":
            opened.append(line)
        elif opened:
            yield opened.pop()
