"""Texts that are not tables and not counted: answers of Amazon's interface, web pages, Python text.

Each entry has what it is, whether it matters and what to do instead, as the tables of
:mod:`~odr_analysis.exports.kinds.set_aside` have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from odr_analysis.exports.kinds.set_aside import DEFECTS, NO_DEFECT, ORDERS

AGAIN = "Request the report again and wait until it is done."


@dataclass(frozen=True)
class KnownText:
    """A kind of text that is not a table; `opens` is searched in its first 64 KiB."""

    kind: str
    opens: str
    matters: str = NO_DEFECT
    instead: str = AGAIN

    @property
    def sentence(self) -> str:
        """What the receipt shows."""
        return f"{self.kind}, set aside. {self.matters} {self.instead}"


TEXTS: tuple[KnownText, ...] = (
    KnownText(
        "Amazon's sign-in page (HTML)",
        r"(?is)\A\s*(<!--.*?-->\s*)*<(!doctype html|html|head)\b(?=.*amazon).*"
        r"(sign[- ]?in|signin|ap_email|log ?in|anmelden|identif|accedi|inloggen)",
        "The download failed because the session had ended, so what it was to hold is missing.",
        "Sign in to Seller Central and download the report again.",
    ),
    KnownText(
        "a web page (HTML)",
        r"(?is)\A\s*(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b",
        "It holds no export; if it came in place of a report, that report is missing.",
        "Download the report itself (text or CSV), not the page that shows it.",
    ),
    KnownText(
        "an error of Amazon's download or interface (XML)",
        r"(?s)\A\s*(<\?xml[^>]*\?>\s*)?<(\w+:)?(Error|ErrorResponse|Fault)\b",
        "The download failed, so what it was to hold is missing.",
        "The link has expired or access was refused: request the report again.",
    ),
    KnownText(
        "an answer about a report, not the report (XML)",
        r"(?s)\A\s*(<\?xml[^>]*\?>\s*)?<(\w+:)?(\w*Report(Request)?(List)?(Count)?\w*(Response|Result|Info))\b",
        "It gives the state of a request and holds no order or defect; the report is missing.",
        AGAIN,
    ),
    KnownText(
        "a performance report or other JSON written as Python text (single quotes)",
        r"(?s)\A\s*\[?\s*\{\s*'[^'\n]+'\s*:",
        "It cannot be read as JSON, so what it holds is not used.",
        "Save the answer as it comes (json.dumps, or the bytes of the document), or download it "
        "again.",
    ),
    KnownText(
        "an error of Amazon's interface (JSON)",
        r"""(?s)\A\s*\{\s*"(errorDetails|errors?|error_description|code|message)"\s*:""",
        "The report failed, so what it was to hold is missing.",
        "Check the dates and the kind of report, then request it again.",
    ),
    KnownText(
        "the state of a report request, not the report (JSON)",
        r"""(?s)\A\s*[\[{].{0,4000}?"(processingStatus|reportDocumentId|nextToken)"\s*:""",
        "It holds no order or defect; the report itself is missing. A status of CANCELLED means "
        "that Amazon had no data for it, FATAL that it failed.",
        AGAIN,
    ),
    KnownText(
        "a JSON document of a kind that is not read",
        r"""(?s)\A\s*(\{\s*("|\})|\[\s*(\[\s*)*([{"\]]|-?\d))""",
        "None of its fields is that of a performance report, of orders or of transactions.",
        f"{DEFECTS} {ORDERS}",
    ),
    KnownText(
        "an XML document of a kind that is not read",
        r"(?s)\A\s*<(\?xml\b|[A-Za-z][\w:.-]*[\s>])",
        "None of its elements is that of a report that is read here.",
        f"{DEFECTS} {ORDERS}",
    ),
    KnownText(
        "the processing summary of an upload",
        r"(?i)\A\s*feed processing summary",
        NO_DEFECT,
        ORDERS,
    ),
)
"""Checked in this order, after the readers of JSON and XML."""


def known_text(head: str) -> KnownText | None:
    """The entry of ``TEXTS`` that a text opens like.

    Examples
    --------
    >>> known_text('{"errorDetails": "A client error occurred."}').kind
    "an error of Amazon's interface (JSON)"
    >>> known_text("order id,claim date") is None
    True
    """
    start = head.lstrip("\ufeff \t\r\n")
    return next((known for known in TEXTS if re.search(known.opens, start)), None)
