"""Whatever the text, every line is accounted for."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.errors import ExportError
from odr_analysis.exports.readers import feedback, order_defects, returns
from odr_analysis.exports.readers.claims import CHARGEBACKS, CLAIMS
from odr_analysis.exports.text.delimited import split_rows

MARKS = ["\t", ",", ";", "\n", "\r\n", "\r", '"', '""', " ", "\0", "\u2028"]
WORDS = [
    "a",
    "b",
    "1",
    "5",
    "x y",
    "é",
    "Yes",
    "7/3/11",
    "30.09.26",
    "113-1234567-7654321",
    "1.1E+16",
]
PIECES = st.sampled_from(MARKS) | st.sampled_from(WORDS)
TEXT = st.lists(PIECES, max_size=60).map("".join)
HEADERS = {
    feedback: ["Date", "Rating", "Comments", "Your Response", "Order ID", "Rater Email"],
    order_defects: ["Order ID", "Order Date", "Negative Feedback", "A-to-z claim", "Chargeback"],
    returns: ["Order ID", "Return request date", "A-to-Z Claim", "Return Reason"],
    CLAIMS: ["order id", "claim date", "reason", "status", "amount", "counts in odr"],
    CHARGEBACKS: ["order id", "chargeback date", "reason", "status", "amount"],
}


@settings(deadline=None)
@given(TEXT, st.sampled_from("\t,;"), st.booleans())
def test_every_filled_line_is_in_exactly_one_row(text, delimiter, quoted):
    try:
        table = split_rows(text, file="f", delimiter=delimiter, quoted=quoted)
    except ExportError:
        assert not _letters(text)
        return
    starts = [line for line, _ in table.rows]
    assert starts == sorted(set(starts))
    assert len(table.widths) == len(table.rows)
    assert all(len(cells) >= len(table.header) for _, cells in table.rows)
    # No character but delimiters, quotes, NULs and white space is lost, and none moves.
    kept = "".join(["".join(table.header), *("".join(c) for _, c in table.rows)])
    assert _letters(kept) == _letters(text)


def _letters(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c not in '\0",;')


@settings(deadline=None)
@given(TEXT, st.sampled_from(list(HEADERS)), st.sampled_from("\t,"))
def test_every_reader_accounts_for_every_row(text, reader, delimiter):
    header = delimiter.join(HEADERS[reader])
    quoted = delimiter == ","
    table = split_rows(header + "\n" + text, file="f", delimiter=delimiter, quoted=quoted)
    assert reader.looks_like(table.header, [])
    done = reader.read(table, marketplace=None)
    assert done.rows_read == done.rows_kept + sum(done.rows_dropped.values())
    assert done.rows_read + done.details.get("continuation_lines", 0) == len(table.rows)
    lines = [n for found in done.dropped_lines.values() for n in found]
    assert len(lines) == len(set(lines)) == sum(done.rows_dropped.values())
    if reader is feedback:
        assert len(done.feedback) == done.rows_kept == sum(done.details["ratings"].values())
    else:
        assert set(done.defects.line) <= {line for line, _ in table.rows} - set(lines)


ROWS = st.lists(
    st.lists(st.text('ab",; \n\té', max_size=6), min_size=3, max_size=3).filter(
        # A row of nothing but quotation marks and spaces is blank.
        lambda cells: any(c.strip(' \t\n"') for c in cells)
    ),
    max_size=8,
)


@settings(deadline=None)
@given(ROWS, st.sampled_from(",;\t"))
def test_what_a_csv_writer_quotes_comes_back(rows, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["one", "two", "three"], *rows])
    table = split_rows(out.getvalue(), file="f", delimiter=delimiter, quoted=True)
    assert [cells for _, cells in table.rows] == rows
    lines = iter(out.getvalue().split("\n"))
    assert next(lines).startswith('"one"')
    assert [line for line, _ in table.rows] == _starts(rows)


def _starts(rows: list[list[str]]) -> list[int]:
    starts, at = [], 2
    for cells in rows:
        starts.append(at)
        at += 1 + sum(c.count("\n") for c in cells)
    return starts


@settings(deadline=None)
@given(TEXT)
def test_the_line_end_does_not_matter(text):
    lf = "h\ti\n" + text.replace("\r\n", "\n").replace("\r", "\n")
    tables = [
        split_rows(lf.replace("\n", end), file="f", delimiter="\t", quoted=False)
        for end in ("\n", "\r\n", "\r")
    ]
    assert tables[0] == tables[1] == tables[2]
