"""Quotation marks of delimited files: which open a cell, which are characters."""

from __future__ import annotations

from odr_analysis.exports.text.order_ids import is_order_id

LONGEST_RECORD = 60
"""Lines a quoted cell may run over; a quotation mark open for longer is a stray one."""


def record(
    lines: list[str], at: int, delimiter: str, quoted: bool, width: int
) -> tuple[list[str], int, bool]:
    """Cells of the record starting at `at`, where the next starts, and whether a quote strayed.

    A mark inside a quoted cell that no delimiter follows is part of the text:
    ``"12" x 18" print"`` is one cell.
    """
    record, end, place = lines[at], at + 1, 0
    plainly = record.split(delimiter)
    if not quoted or '"' not in record:
        return plainly, end, False
    last = min(at + LONGEST_RECORD, len(lines))
    cells: list[str] = []
    rows_inside = 0
    while True:
        if record.startswith('"', place):
            seek = place + 1
            while (closed := _closing(record, seek, delimiter)) is None:
                if end == last or rows_inside > 3:
                    return plainly, at + 1, True
                seek = len(record)
                record += "\n" + lines[end]
                rows_inside += _like_a_row(lines[end], delimiter, width)
                end += 1
            mark, after = closed
            cells.append(record[place + 1 : mark].replace('""', '"'))
        else:
            after = record.find(delimiter, place)
            after = len(record) if after < 0 else after
            cells.append(record[place:after])
        if after >= len(record):
            break
        place = after + 1
    # Two stray marks, rows apart, look like one long cell.
    if rows_inside and 2 * rows_inside >= end - at - 1:
        return plainly, at + 1, True
    return cells, end, False


def _closing(record: str, at: int, delimiter: str) -> tuple[int, int] | None:
    """Where the quote opened before `at` closes, and where its cell ends."""
    while (mark := record.find('"', at)) >= 0:
        if record.startswith('""', mark):
            at = mark + 2
            continue
        after = mark + 1
        while after < len(record) and record[after] == " ":
            after += 1
        if after == len(record) or record[after] == delimiter:
            return mark, after
        at = mark + 1
    return None


def _like_a_row(line: str, delimiter: str, width: int) -> bool:
    """Whether a line inside a quoted cell could be a row: as wide, and with an order id."""
    cells = line.split(delimiter)
    return width > 1 and len(cells) >= width and any(map(is_order_id, cells))


def filled(cells: list[str]) -> bool:
    return bool("".join(cells).strip(' \t\xa0"\ufeff'))


def all_quoted(cells: list[str]) -> bool:
    marked = [c.strip() for c in cells]
    return all(len(c) > 1 and c[0] == c[-1] == '"' for c in marked)
