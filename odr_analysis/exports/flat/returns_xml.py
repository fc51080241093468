"""The XML form of the seller-fulfilled returns report, as the rows of its flat file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from odr_analysis.exports.files.scan import Scan
from odr_analysis.exports.flat.table import TableOf, numbered, one_line
from odr_analysis.exports.flat.xml_records import Element, records

_RETURN = re.compile(r"<(?:\w+:)?return_?details[\s>/]", re.IGNORECASE)

OF_RETURN = {
    "Order ID": "order_id",
    "Order date": "order_date",
    "Return request date": "return_request_date",
    "Return request status": "return_request_status",
    "Amazon RMA ID": "amazon_rma_id",
    "A-to-Z Claim": "a_to_z_claim",
    "Is prime": "is_prime",
    "Return type": "return_type",
    "Order Amount": "order_amount",
    "Order quantity": "order_quantity",
}
"""Column of the flat file to the element of a return."""

OF_ITEM = {
    "ASIN": "asin",
    "Merchant SKU": "merchant_sku",
    "Item Name": "item_name",
    "Return quantity": "return_quantity",
    "Return Reason": "return_reason_code",
    "In policy": "in_policy",
    "Resolution": "resolution",
    "Category": "category",
    "Refunded Amount": "refund_amount",
}
"""Column of the flat file to the element of an item of a return."""


def looks_like(head: str) -> bool:
    """Whether a file is the XML form of the returns report."""
    return head.lstrip("\ufeff \t\r\n").startswith("<") and bool(_RETURN.search(head))


def table(found: Scan) -> TableOf:
    """The returns as rows of the flat file, one row per item that came back."""
    returned = records(found.path, {"returndetails"}, file=found.file, encoding=found.encoding)
    return TableOf(
        (*OF_RETURN, *OF_ITEM), _rows(returned), notes=numbered("items of returns in XML")
    )


def _rows(returned: Iterator[Element]) -> Iterator[list[str]]:
    for one in returned:
        same = [one_line(one.first(name)) for name in OF_RETURN.values()]
        for item in one.all("item_details") or [one]:
            yield [*same, *(one_line(item.first(name)) for name in OF_ITEM.values())]
