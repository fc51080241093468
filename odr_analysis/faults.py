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


def _dropped(type: str, description: str, remedy: str) -> Fault:
    return Fault(type, DROPPED, description, remedy)


def _set_aside(type: str, description: str, remedy: str) -> Fault:
    return Fault(type, SET_ASIDE, description, remedy)


def _refused(type: str, description: str, remedy: str) -> Fault:
    return Fault(type, REFUSED, description, remedy)


def _noted(type: str, description: str, remedy: str = "") -> Fault:
    return Fault(type, NOTED, description, remedy)


ORDER_ID_MISSING = _dropped(
    "order-id-missing",
    "order id missing",
    f"{_AGAIN}; in a list kept by hand, fill in the order id.",
)
ORDER_ID_ROUNDED = _dropped(
    "order-id-rounded",
    "order id in scientific notation",
    f"{_AGAIN}, which rounds the digits: they cannot be restored from this file.",
)
ORDER_ID_MALFORMED = _dropped(
    "order-id-malformed",
    "order id malformed",
    f"An order id has 3, 7 and 7 digits. {_AGAIN}; correct a list kept by hand.",
)
DATE_UNREADABLE = _dropped(
    "date-unreadable",
    "unreadable date",
    f"{_AGAIN}; in a list kept by hand, write days like 2026-09-30.",
)
MARKER_UNREADABLE = _dropped(
    "marker-unreadable",
    "unreadable defect marker",
    f"{_AGAIN}; in a list kept by hand, write Y or N.",
)
CELLS_MISSING = _dropped(
    "cells-missing", "too few cells", f"{_AGAIN}: the line is cut off or broken in two."
)
RATING_UNREADABLE = _dropped(
    "rating-unreadable", "rating not 1 to 5", f"{_AGAIN}: a rating is one to five stars."
)
NOT_AN_EVENT = _dropped(
    "not-an-event", "not an event", "Fetch the financial events again and save them unchanged."
)
NOT_A_METRIC = _dropped(
    "not-a-metric", "not a metric", "Download the performance report again and save it unchanged."
)
DAY_MISSING = _dropped(
    "day-missing", "no day", "Nothing if the row is a total; otherwise request the report by day."
)
COUNT_MISSING = _dropped(
    "count-missing",
    "no count",
    "Request the Business Report with its columns of feedback and claims.",
)

EMPTY_FILE = _set_aside(
    "empty-file",
    "empty file",
    "The download holds nothing, so what it was to hold is missing: download it again. A report "
    "without rows still has its header.",
)
PDF = _set_aside(
    "pdf", "a PDF document", "It has no rows to read: download the report as text or CSV."
)
_A_PICTURE = "It has no rows to read; remove it, or copy the cases into a list kept by hand."
PHOTO = _set_aside("photo", "a photo (JPEG)", _A_PICTURE)
PICTURE = _set_aside("picture", "a picture ({form})", _A_PICTURE)
OLD_WORKBOOK = _set_aside(
    "old-workbook", "an old Excel workbook (.xls)", "Save the sheet as tab-delimited text."
)
_SAVE_AS = "Save the sheet as tab-delimited text, or better, download the export again."
WORKBOOK = _set_aside("workbook", "an Excel workbook", _SAVE_AS)
WORKBOOK_WITH_PASSWORD = _set_aside(
    "workbook-with-password", "a workbook with a password", f"Open it. {_SAVE_AS}"
)
WORKBOOK_DAMAGED = _set_aside("workbook-damaged", "{kind} that cannot be opened", _SAVE_AS)
WORKBOOK_TOO_LARGE = _set_aside(
    "workbook-too-large", "a workbook that unpacks to {size:,} MB, which no export does", _SAVE_AS
)
WORKBOOK_EMPTY = _set_aside(
    "workbook-empty", "a workbook without a filled cell", "Download the export again."
)
CONNECTOR_TABLE = _set_aside(
    "connector-table",
    "a raw table of Airbyte whose column {column} cannot be found in its header",
    "Export the table again.",
)
DATABASE = _set_aside("database", "a database", "Export its tables as text, one file for each.")
PARQUET = _set_aside("parquet", "a Parquet table", "Export the table as tab-delimited text.")
ARCHIVE_INSIDE = _set_aside("archive-inside", "an archive inside an archive", "Unpack it yourself.")
NOT_TEXT = _set_aside("not-text", "not text", "Download the export as text, and remove this file.")
NOT_REGULAR = _set_aside(
    "not-regular",
    "{what}; only regular files are read",
    "If it stands for an export, copy that file into the folder.",
)
NOT_FOLLOWED = _set_aside(
    "link-not-followed",
    "{what}, which is not followed",
    "Copy the exports it leads to into the folder.",
)
ONLY_BLANK = _set_aside(
    "only-blank-lines",
    "only blank lines",
    "Download it again: a report without rows still has its header.",
)

NO_FOLDER = _refused("no-folder", "no such folder.", "Give a folder with Amazon exports.")
NOT_PERMITTED = _refused(
    "not-permitted", "may not be read.", "Give yourself permission to read it."
)
CANNOT_BE_READ = _refused(
    "cannot-be-read", "cannot be read ({why}).", "Copy it to another place, or remove it."
)
LINE_TOO_LONG = _refused(
    "line-too-long",
    "one line is longer than {longest} MB.",
    "An export has one row a line. Remove the file or download it again.",
)
GZIP_DAMAGED = _refused(
    "gzip-damaged",
    "the gzip archive is damaged or cut short ({why}).",
    "Download it again: rows may be missing, so nothing of it is used.",
)
ZIP_DAMAGED = _refused(
    "zip-damaged",
    "the zip archive cannot be opened ({why}).",
    "Download it again, or unpack it yourself.",
)
UNPACKS_TOO_LARGE = _refused(
    "unpacks-too-large",
    "unpacks to more than {size:,} MB from {packed:,} bytes, which no export does.",
    "If it is real, unpack it yourself.",
)
EMPTY_TABLE = _refused(
    "empty-table", "is empty.", "An export has a header line; download it again."
)
COLUMN_MISSING = _refused(
    "column-missing", "has no column {column!r}.", "Its columns are: {columns}."
)
COLUMNS_MISPLACED = _refused(
    "columns-misplaced",
    "has no column for the order id before the amounts, or no total with a currency.",
    "Its columns are: {columns}.",
)
COLUMN_TWICE = _refused(
    "column-twice",
    "the header has the column {column!r} {n} times.",
    "Remove or rename one of them, or download the export again.",
)
EMPTY_DOCUMENT = _refused("empty-document", "is empty.", _DOCUMENT_AGAIN)
DOCUMENT_TOO_LARGE = _refused(
    "document-too-large",
    "is a document of {size}; up to {largest} are read, so that memory lasts.",
    "Ask for a shorter span, and put one file for each into the folder.",
)
CUT_SHORT = _refused("cut-short", "ends before it is complete.", _DOCUMENT_AGAIN)
NOT_JSON = _refused("not-json", "is not valid JSON: {why} at column {column}.", _DOCUMENT_AGAIN)
ODD_JSON = _refused(
    "odd-json",
    "is not JSON that a report would contain (nested too deeply, or a number too long).",
    _DOCUMENT_AGAIN,
)
NOT_XML = _refused("not-xml", "is not valid XML: {why}.", _DOCUMENT_AGAIN)
DOCTYPE = _refused(
    "doctype",
    "declares a DOCTYPE, which no report of Amazon has and which can make a program read other "
    "files or run out of memory, so it is not opened.",
    "Download the report again from Amazon.",
)
NESTED_TOO_DEEPLY = _refused(
    "nested-too-deeply", "has elements nested too deeply for a report.", _DOCUMENT_AGAIN
)
NOT_A_PERFORMANCE_REPORT = _refused(
    "not-a-performance-report",
    "is not a seller performance report: {why}.",
    "Download GET_V2_SELLER_PERFORMANCE_REPORT, which has 'accountStatuses' and "
    "'performanceMetrics'.",
)
NOT_AN_OLD_PERFORMANCE_REPORT = _refused(
    "not-an-old-performance-report",
    "is not a seller performance report: its root element is {name!r}.",
    "Download GET_V1_SELLER_PERFORMANCE_REPORT, or better the V2 report, a JSON file.",
)
NO_PERFORMANCE_REPORT = _refused("no-performance-report", "holds no report.", "Download it again.")
NO_DAYS = _refused("no-days", "is a Business Report without days.", "Request it by day.")
NO_FINANCIAL_EVENTS = _refused(
    "no-financial-events",
    "holds no financial events.",
    "Save what listFinancialEvents or listTransactions of the Finances API answers.",
)

BLANK_LINES = _noted("blank-lines", "{what} skipped ({where}).")
STRAY_QUOTES = _noted(
    "stray-quotes",
    "{n:,} quotation mark(s) that open a cell and do not close it are taken as characters "
    "({where}).",
)
CELLS_BEYOND_HEADER = _noted(
    "cells-beyond-header",
    "{n:,} row(s) have more cells than the header's {width} columns ({where}); the extra cells "
    "are left out.",
)
COMMENTS_MENDED = _noted(
    "comments-mended",
    "{n:,} comment(s) hold stray delimiters and were put together again ({where}).",
)
ROWS_MENDED = _noted("rows-mended", "{what} with shifted cells {was} put straight ({where}).")
ROWS_SHIFTED = _noted(
    "rows-shifted",
    "{what} cannot be put under the titles ({where}), so whether there is a claim cannot be read;",
    "look these orders up in Seller Central.",
)
UNDATED = _noted(
    "undated", "{what} without a {column} ({where}) are taken as known from the day of the order."
)
RETURN_DAY_UNREADABLE = _noted(
    "return-day-unreadable",
    "{n:,} return(s) without a claim have a date that cannot be read ({where}); they are kept "
    "without it.",
)
VALUE_UNREADABLE = _noted(
    "value-unreadable",
    "column {column!r}: {what} could not be read as {kind} ({where}); the {row} is kept without "
    "it.",
)
STATUS_UNKNOWN = _noted(
    "status-unknown",
    "status {status!r} ({where}) is not known and counts as a defect;",
    "known are {known}.",
)
IMPACT_UNREADABLE = _noted(
    "impact-unreadable",
    "column {column!r} says neither yes nor no in {n:,} row(s) with a defect ({where}); they "
    "count.",
)
IMPACT_ASSUMED = _noted(
    "impact-assumed",
    "{what} neither yes nor no ({where}), so counting against the account is assumed.",
)
CONFIRMATION_MISSING = _noted(
    "confirmation-missing",
    "The list has no day of confirmation, which is what Amazon goes by; the day of dispatch is "
    "shown instead.",
)
AMOUNT_UNREADABLE = _noted(
    "amount-unreadable",
    "{n:,} row(s) of a dispute have an amount that is missing or cannot be read ({where}); it is "
    "left out of the sum.",
)
RECOVERY_THAT_DEBITS = _noted(
    "recovery-that-debits",
    "{n:,} dispute(s) are called a recovery but took money from the seller ({where}); they are "
    "taken as debits.",
)
WORDS_UNKNOWN = _noted(
    "words-unknown",
    "not taken as disputes, since the words are not known: {named}.",
    "Where they are A-to-z claims or chargebacks, list the orders in a claims or chargebacks file.",
)
DAY_IMPOSSIBLE = _noted(
    "day-impossible", "{file}: {n:,} row(s) are dated {why} ({where}); they are kept without a day."
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
