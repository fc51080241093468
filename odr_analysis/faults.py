"""What can be wrong with a row or a file, as data: the fault, its description and what to do.

Each fault has one of four effects:

=========== =====================================================================================
dropped     the row is not used; the receipt counts it under ``description``
set aside   the file is not read; the receipt shows ``description`` and ``remedy``
refused     nothing is loaded; an :class:`~odr_analysis.errors.ExportError` names file and line
noted       the row is used without what cannot be read; the receipt has a note
=========== =====================================================================================

Kinds of file that are known and not counted are data of their own
(``exports/kinds/set_aside.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from odr_analysis.errors import ExportError

DROPPED, SET_ASIDE, REFUSED, NOTED = "dropped", "set aside", "refused", "noted"

_AGAIN = "Download the file again without opening it in a spreadsheet"
_DOCUMENT_AGAIN = "Download it again; it may have been cut short or changed by hand."


@dataclass(frozen=True)
class Fault:
    """One entry of the catalogue.

    Attributes
    ----------
    type : str
        A short id, such as ``order-id-missing``. Ids do not change from version to version.
    effect : str
        ``dropped``, ``set aside``, ``refused`` or ``noted``.
    description : str
        What is wrong. Of a dropped row it is a name without blanks to fill in: receipts and
        ``summary.json`` count rows under it. In the others names in braces stand for what
        differs from file to file.
    remedy : str
        What to do about it.
    """

    type: str
    effect: str
    description: str
    remedy: str

    def text(self, **values: Any) -> str:
        """Description and remedy, with `values` for the names in braces.

        >>> EMPTY_FILE.text()[:39]
        'empty file: The download holds nothing,'
        """
        parts = [self.description.format(**values), self.remedy.format(**values)]
        return (": " if self.effect == SET_ASIDE else " ").join(filter(None, parts))

    def error(self, file: str, line: int | None = None, **values: Any) -> ExportError:
        """The error that refuses a file.

        >>> str(COLUMN_TWICE.error("a.txt", 1, column="sku", n=2)).splitlines()[0][:52]
        "a.txt, line 1: the header has the column 'sku' 2 tim"
        """
        return ExportError(
            file, self.description.format(**values), self.remedy.format(**values), line
        )


ORDER_ID_MISSING = Fault(
    "order-id-missing",
    DROPPED,
    "order id missing",
    f"{_AGAIN}; in a list kept by hand, fill in the order id.",
)
ORDER_ID_ROUNDED = Fault(
    "order-id-rounded",
    DROPPED,
    "order id in scientific notation",
    f"{_AGAIN}: it has rounded the digits, which cannot be restored.",
)
ORDER_ID_MALFORMED = Fault(
    "order-id-malformed",
    DROPPED,
    "order id malformed",
    f"An order id has 3, 7 and 7 digits. {_AGAIN}; correct a list kept by hand.",
)
DATE_UNREADABLE = Fault(
    "date-unreadable",
    DROPPED,
    "unreadable date",
    f"{_AGAIN}; in a list kept by hand, write days like 2026-09-30.",
)
MARKER_UNREADABLE = Fault(
    "marker-unreadable",
    DROPPED,
    "unreadable defect marker",
    f"{_AGAIN}; in a list kept by hand, write Y or N.",
)
CELLS_MISSING = Fault(
    "cells-missing",
    DROPPED,
    "too few cells",
    f"{_AGAIN}: the line is cut off or broken in two.",
)
RATING_UNREADABLE = Fault(
    "rating-unreadable",
    DROPPED,
    "rating not 1 to 5",
    f"{_AGAIN}: a feedback has one to five stars.",
)
NOT_AN_EVENT = Fault(
    "not-an-event",
    DROPPED,
    "not an event",
    "Fetch the financial events again and save them unchanged.",
)
NOT_A_METRIC = Fault(
    "not-a-metric",
    DROPPED,
    "not a metric",
    "Download the performance report again and save it unchanged.",
)
DAY_MISSING = Fault(
    "day-missing", DROPPED, "no day", "Nothing, where the row is a total; else request it by day."
)
COUNT_MISSING = Fault(
    "count-missing",
    DROPPED,
    "no count",
    "Request the Business Report with its columns of feedback and claims.",
)

EMPTY_FILE = Fault(
    "empty-file",
    SET_ASIDE,
    "empty file",
    "The download holds nothing, so what it was to hold is missing: download it again. A report "
    "without rows still has its header.",
)
PDF = Fault(
    "pdf",
    SET_ASIDE,
    "a PDF document",
    "It has no rows to read: download the report as text or CSV.",
)
_A_PICTURE = "It has no rows to read; remove it, or copy the cases into a list kept by hand."
PHOTO = Fault("photo", SET_ASIDE, "a photo (JPEG)", _A_PICTURE)
PICTURE = Fault("picture", SET_ASIDE, "a picture ({form})", _A_PICTURE)
OLD_WORKBOOK = Fault(
    "old-workbook",
    SET_ASIDE,
    "an old Excel workbook (.xls)",
    "Save the sheet as tab-delimited text.",
)
_SAVE_AS = "Save the sheet as tab-delimited text, or better, download the export again."
WORKBOOK = Fault("workbook", SET_ASIDE, "an Excel workbook", _SAVE_AS)
WORKBOOK_WITH_PASSWORD = Fault(
    "workbook-with-password", SET_ASIDE, "a workbook with a password", f"Open it. {_SAVE_AS}"
)
WORKBOOK_DAMAGED = Fault("workbook-damaged", SET_ASIDE, "{kind} that cannot be opened", _SAVE_AS)
WORKBOOK_TOO_LARGE = Fault(
    "workbook-too-large",
    SET_ASIDE,
    "a workbook that unpacks to {size:,} MB, which no export does",
    _SAVE_AS,
)
WORKBOOK_EMPTY = Fault(
    "workbook-empty", SET_ASIDE, "a workbook without a filled cell", "Download the export again."
)
CONNECTOR_TABLE = Fault(
    "connector-table",
    SET_ASIDE,
    "a raw table of Airbyte whose column {column} cannot be found in its header",
    "Export the table again.",
)
DATABASE = Fault(
    "database", SET_ASIDE, "a database", "Export its tables as text, one file for each."
)
PARQUET = Fault("parquet", SET_ASIDE, "a Parquet table", "Export the table as tab-delimited text.")
ARCHIVE_INSIDE = Fault(
    "archive-inside", SET_ASIDE, "an archive inside an archive", "Unpack it yourself."
)
NOT_TEXT = Fault(
    "not-text", SET_ASIDE, "not text", "Download the export as text, and remove this file."
)
NOT_REGULAR = Fault(
    "not-regular",
    SET_ASIDE,
    "{what}; only regular files are read",
    "Copy what it leads to into the folder, if it is an export.",
)
NOT_FOLLOWED = Fault(
    "link-not-followed",
    SET_ASIDE,
    "{what}, which is not followed",
    "Copy the exports it leads to into the folder.",
)
ONLY_BLANK = Fault(
    "only-blank-lines",
    SET_ASIDE,
    "only blank lines",
    "Download it again: a report without rows still has its header.",
)

NO_FOLDER = Fault("no-folder", REFUSED, "no such folder.", "Give a folder with Amazon exports.")
NOT_PERMITTED = Fault(
    "not-permitted", REFUSED, "may not be read.", "Give yourself permission to read it."
)
CANNOT_BE_READ = Fault(
    "cannot-be-read", REFUSED, "cannot be read ({why}).", "Copy it to another place, or remove it."
)
LINE_TOO_LONG = Fault(
    "line-too-long",
    REFUSED,
    "one line is longer than {longest} MB.",
    "An export has one row a line. Remove the file or download it again.",
)
GZIP_DAMAGED = Fault(
    "gzip-damaged",
    REFUSED,
    "the gzip archive is damaged or cut short ({why}).",
    "Download it again: rows may be missing, so nothing of it is used.",
)
ZIP_DAMAGED = Fault(
    "zip-damaged",
    REFUSED,
    "the zip archive cannot be opened ({why}).",
    "Download it again, or unpack it yourself.",
)
UNPACKS_TOO_LARGE = Fault(
    "unpacks-too-large",
    REFUSED,
    "unpacks to more than {size:,} MB from {packed:,} bytes, which no export does.",
    "If it is real, unpack it yourself.",
)
EMPTY_TABLE = Fault(
    "empty-table", REFUSED, "is empty.", "An export has a header line; download it again."
)
COLUMN_MISSING = Fault(
    "column-missing", REFUSED, "has no column {column!r}.", "Its columns are: {columns}."
)
COLUMNS_MISPLACED = Fault(
    "columns-misplaced",
    REFUSED,
    "has no column for the order id before the amounts, or no total with a currency.",
    "Its columns are: {columns}.",
)
COLUMN_TWICE = Fault(
    "column-twice",
    REFUSED,
    "the header has the column {column!r} {n} times.",
    "Remove or rename one of them, or download the export again.",
)
EMPTY_DOCUMENT = Fault("empty-document", REFUSED, "is empty.", _DOCUMENT_AGAIN)
DOCUMENT_TOO_LARGE = Fault(
    "document-too-large",
    REFUSED,
    "is a document of {size}; up to {largest} are read, so that memory lasts.",
    "Ask for a shorter span, and put one file for each into the folder.",
)
CUT_SHORT = Fault("cut-short", REFUSED, "ends before it is complete.", _DOCUMENT_AGAIN)
NOT_JSON = Fault(
    "not-json", REFUSED, "is not valid JSON: {why} at column {column}.", _DOCUMENT_AGAIN
)
ODD_JSON = Fault(
    "odd-json",
    REFUSED,
    "is not JSON that a report would contain (nested too deeply, or a number too long).",
    _DOCUMENT_AGAIN,
)
NOT_XML = Fault("not-xml", REFUSED, "is not valid XML: {why}.", _DOCUMENT_AGAIN)
DOCTYPE = Fault(
    "doctype",
    REFUSED,
    "declares a DOCTYPE, which no report of Amazon has and which can make a program read other "
    "files or run out of memory, so it is not opened.",
    "Download the report again from Amazon.",
)
NESTED_TOO_DEEPLY = Fault(
    "nested-too-deeply",
    REFUSED,
    "has elements nested too deeply for a report.",
    _DOCUMENT_AGAIN,
)
NOT_A_PERFORMANCE_REPORT = Fault(
    "not-a-performance-report",
    REFUSED,
    "is not a seller performance report: {why}.",
    "Download GET_V2_SELLER_PERFORMANCE_REPORT, which has 'accountStatuses' and "
    "'performanceMetrics'.",
)
NOT_AN_OLD_PERFORMANCE_REPORT = Fault(
    "not-an-old-performance-report",
    REFUSED,
    "is not a seller performance report: its root element is {name!r}.",
    "Download GET_V1_SELLER_PERFORMANCE_REPORT, or better the V2 report, a JSON file.",
)
NO_PERFORMANCE_REPORT = Fault(
    "no-performance-report", REFUSED, "holds no report.", "Download it again."
)
NO_DAYS = Fault("no-days", REFUSED, "is a Business Report without days.", "Request it by day.")
NO_FINANCIAL_EVENTS = Fault(
    "no-financial-events",
    REFUSED,
    "holds no financial events.",
    "Save what listFinancialEvents or listTransactions of the Finances API answers.",
)

BLANK_LINES = Fault("blank-lines", NOTED, "{what} skipped ({where}).", "")
STRAY_QUOTES = Fault(
    "stray-quotes",
    NOTED,
    "{n:,} quotation mark(s) that open a cell and do not close it are taken as characters "
    "({where}).",
    "",
)
CELLS_BEYOND_HEADER = Fault(
    "cells-beyond-header",
    NOTED,
    "{n:,} row(s) have more cells than the header's {width} columns ({where}); the extra cells "
    "are left out.",
    "",
)
COMMENTS_MENDED = Fault(
    "comments-mended",
    NOTED,
    "{n:,} comment(s) hold stray delimiters and were put together again ({where}).",
    "",
)
ROWS_MENDED = Fault(
    "rows-mended", NOTED, "{what} with shifted cells {was} put straight ({where}).", ""
)
ROWS_SHIFTED = Fault(
    "rows-shifted",
    NOTED,
    "{what} cannot be put under the titles ({where}), so whether there is a claim cannot be read;",
    "look these orders up in Seller Central.",
)
UNDATED = Fault(
    "undated",
    NOTED,
    "{what} without a {column} ({where}) are taken as known from the day of the order.",
    "",
)
RETURN_DAY_UNREADABLE = Fault(
    "return-day-unreadable",
    NOTED,
    "{n:,} return(s) without a claim have a date that cannot be read ({where}); they are kept "
    "without it.",
    "",
)
VALUE_UNREADABLE = Fault(
    "value-unreadable",
    NOTED,
    "column {column!r}: {what} could not be read as {kind} ({where}); the {row} is kept without "
    "it.",
    "",
)
STATUS_UNKNOWN = Fault(
    "status-unknown",
    NOTED,
    "status {status!r} ({where}) is not known and counts as a defect;",
    "known are {known}.",
)
IMPACT_UNREADABLE = Fault(
    "impact-unreadable",
    NOTED,
    "column {column!r} says neither yes nor no in {n:,} row(s) with a defect ({where}); they "
    "count.",
    "",
)
IMPACT_ASSUMED = Fault(
    "impact-assumed",
    NOTED,
    "{what} neither yes nor no ({where}), so counting against the account is assumed.",
    "",
)
CONFIRMATION_MISSING = Fault(
    "confirmation-missing",
    NOTED,
    "The list has no day of confirmation, which is what Amazon goes by; the day of dispatch is "
    "shown instead.",
    "",
)
AMOUNT_UNREADABLE = Fault(
    "amount-unreadable",
    NOTED,
    "{n:,} row(s) of a dispute have an amount that is missing or cannot be read ({where}); it is "
    "left out of the sum.",
    "",
)
RECOVERY_THAT_DEBITS = Fault(
    "recovery-that-debits",
    NOTED,
    "{n:,} dispute(s) are called a recovery but took money from the seller ({where}); they are "
    "taken as debits.",
    "",
)
WORDS_UNKNOWN = Fault(
    "words-unknown",
    NOTED,
    "not taken as disputes, since the words are not known: {named}.",
    "Where they are A-to-z claims or chargebacks, list the orders in a claims or chargebacks file.",
)
DAY_IMPOSSIBLE = Fault(
    "day-impossible",
    NOTED,
    "{file}: {n:,} row(s) are dated {why} ({where}); they are kept without a day.",
    "",
)

CATALOGUE: dict[str, Fault] = {
    fault.type: fault for fault in list(globals().values()) if isinstance(fault, Fault)
}
"""Every fault by its type."""

_OF_ROWS = {fault.description: fault for fault in CATALOGUE.values() if fault.effect == DROPPED}


def dropped_for(reason: str) -> Fault | None:
    """The fault under whose description a receipt counts rows; None for one of an older version.

    >>> dropped_for("order id missing").type
    'order-id-missing'
    """
    return _OF_ROWS.get(reason)
