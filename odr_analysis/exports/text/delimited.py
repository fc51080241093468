"""Small exports as rows: every physical line is a row, part of one, or said to be blank.

Order exports are read by the engine. The others are small, and damaged in more
ways, so they are split here line by line with nothing lost silently.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from odr_analysis import faults
from odr_analysis.exports.text.order_ids import ID_WITHIN
from odr_analysis.exports.text.quotes import all_quoted, filled, record
from odr_analysis.words import counted

_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Table:
    """A decoded small file, split into rows and cells.

    Attributes
    ----------
    file : str
        The name a reader knows the file by.
    header : list of str
        Column names, trimmed, without byte-order mark and enclosing quotes.
    delimiter : str
        TAB, comma or semicolon.
    rows : list of (int, list of str)
        1-based line a row starts on, and its cells. Missing trailing cells are filled with
        ''; cells beyond the header stay at the end, where no column name reaches them.
    widths : list of int
        Cells each row really had, before filling.
    extra : list of int
        Lines of rows with more filled cells than the header has columns.
    notes : list of str
        What a reader should know, one sentence each.
    preamble : str
        The lines above the header, where the kind of file has such.
    """

    file: str
    header: list[str]
    delimiter: str
    rows: list[tuple[int, list[str]]]
    widths: list[int] = field(default_factory=list)
    extra: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    preamble: str = ""

    @cached_property
    def order_ids(self) -> list[list[str]]:
        """The order ids that each row names, in the order of its cells."""
        return [ID_WITHIN.findall("\t".join(cells)) for _, cells in self.rows]

    def column(self, *names: str) -> int | None:
        """Position of the first of `names` in the header, as :func:`plain` compares them.

        Raises
        ------
        ExportError
            When the header has that column twice.
        """
        found = find_column(self.header, *names)
        if found is not None:
            check_unique(self.header, [self.header[found]], self.file)
        return found

    def need(self, *names: str) -> int:
        """Like :meth:`column`, but a missing column raises."""
        found = self.column(*names)
        if found is None:
            raise faults.COLUMN_MISSING.error(
                self.file, column=names[0], columns=", ".join(self.header)
            )
        return found

    def extra_note(self) -> list[str]:
        """The sentence about cells beyond the header, if there are any."""
        if not self.extra:
            return []
        where, width = lines_in_words(self.extra), len(self.header)
        return [faults.CELLS_BEYOND_HEADER.text(n=len(self.extra), width=width, where=where)]


def split_rows(
    text: str,
    *,
    file: str,
    delimiter: str,
    quoted: bool,
    needed: Iterable[str] = (),
    header_line: int = 1,
) -> Table:
    """Split a decoded file into rows and cells, losing nothing silently.

    Parameters
    ----------
    text : str
        The file; line ends LF, CRLF or CR in any mix. NULs stand for nothing and go.
    file : str
        Name for errors and notes.
    delimiter : str
        One character.
    quoted : bool
        Whether a quotation mark opens a cell that may hold delimiters and line breaks
        (comma files). In TAB files it is an ordinary character, unless every cell of the
        header is quoted, which only a re-saved file does. A mark that never closes, or
        closes only after swallowing rows with order ids, is ordinary too, and noted.
    needed : iterable of str
        Columns that must not occur twice. Readers check theirs when they look them up.
    header_line : int
        1-based line the header is on, or the first filled one after it; what stands above
        is the preamble.

    Returns
    -------
    Table
        Blank lines (also those of nothing but spaces and delimiters) are no rows.

    Raises
    ------
    ExportError
        When there is no header, or a needed column occurs twice.

    Examples
    --------
    >>> table = split_rows("a,b\\n1,\\"x, y\\"\\n\\n2\\n", file="f.csv", delimiter=",", quoted=True)
    >>> table.rows, table.notes
    ([(2, ['1', 'x, y']), (4, ['2', ''])], ['1 blank line skipped (line 3).'])
    """
    lines = _BREAK.split(text.replace("\0", "").removeprefix("\ufeff"))
    # The last line end closes a line and opens none.
    if lines[-1] == "":
        lines.pop()
    above = header_line - 1
    first = next((i for i in range(above, len(lines)) if filled(lines[i].split(delimiter))), None)
    if first is None:
        raise faults.EMPTY_TABLE.error(file)
    quoted = quoted or all_quoted(lines[first].split(delimiter))
    header, after, stray = record(lines, first, delimiter, quoted, width=0)
    header = [name.strip() for name in header]
    while header and not header[-1]:
        header.pop()
    check_unique(header, needed, file)

    rows: list[tuple[int, list[str]]] = []
    widths, extra, blank = [], [], [i + 1 for i in range(above, first)]
    strays = [first + 1] if stray else []
    at = after
    while at < len(lines):
        if quoted and '"' in lines[at]:
            cells, after, stray = record(lines, at, delimiter, quoted, len(header))
            if stray:
                strays.append(at + 1)
        else:  # nearly every line, at once
            cells, after = lines[at].split(delimiter), at + 1
        if filled(cells):
            while len(cells) > len(header) and not cells[-1].strip():
                cells.pop()
            widths.append(len(cells))
            if len(cells) > len(header):
                extra.append(at + 1)
            elif len(cells) < len(header):
                cells += [""] * (len(header) - len(cells))
            rows.append((at + 1, cells))
        else:
            blank.append(at + 1)
        at = after
    notes = []
    if blank:
        what, where = counted(len(blank), "blank line"), lines_in_words(blank)
        notes.append(faults.BLANK_LINES.text(what=what, where=where))
    if strays:
        notes.append(faults.STRAY_QUOTES.text(n=len(strays), where=lines_in_words(strays)))
    preamble = "\n".join(lines[:above])
    return Table(file, header, delimiter, rows, widths, extra, notes, preamble)


def plain(name: str) -> str:
    """A column name for comparison: case, accents of width, spaces, ``_`` and ``-`` do not count.

    Nor does it whether fulfilment is spelled as in Britain or as in America.

    Examples
    --------
    >>> plain(" A-to-Z_Claim "), plain("Order  ID"), plain("fulfilment-channel")
    ('a to z claim', 'order id', 'fulfillment channel')
    """
    folded = unicodedata.normalize("NFKC", name).casefold().strip(' \t"\ufeff')
    return re.sub(r"[\s_\-‐-―]+", " ", folded).strip().replace("fulfilment", "fulfillment")


def find_column(header: list[str], *names: str) -> int | None:
    """Position of the first of `names` the header has, in the order of `names`."""
    plains = [plain(h) for h in header]
    for name in names:
        if plain(name) in plains:
            return plains.index(plain(name))
    return None


def check_unique(header: list[str], needed: Iterable[str], file: str) -> None:
    """Raise :class:`ExportError` when a needed column occurs twice."""
    plains = [plain(h) for h in header]
    for name in needed:
        if (n := plains.count(plain(name))) > 1:
            raise faults.COLUMN_TWICE.error(file, 1, column=name, n=n)


def lines_in_words(lines: list[int], most: int = 5) -> str:
    """``line 3``, ``lines 3, 7`` or ``lines 3, 7, 9, ... 12`` for notes."""
    shown = ", ".join(f"{n:,}" for n in lines[:most])
    if len(lines) > most:
        shown += f" and {len(lines) - most:,} more"
    return f"line{'s' if len(lines) > 1 else ''} {shown}"
