"""What speaks against a file being the export its needed columns make it look like.

Lists of defects have few and common titles, so other people's files have them too: a claim is
also what a seller files with an insurer, feedback also what an eBay buyer leaves. Columns that
only such files have, and order ids that are not Amazon's, set a file aside. A file that is set
aside is named and never counted; what it lacks stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from odr_analysis.exports.text.delimited import plain
from odr_analysis.exports.text.order_ids import SCIENTIFIC, classify_order_id

FOREIGN = re.compile(
    r"\bsafe ?t\b|\breimburs|\bfnsku\b|\blpn\b|license plate|\b(user|buyer|seller) ?(name|login)\b"
    r"|\buser ?(id|name)\b|\blogin\b|\bpolic(y|ies)\b|\binsur|\bpremium\b|\bwarranty\b|underwriter"
    r"|guarantee (number|id|certificate|type|provider)|\b(ebay|etsy|walmart|shopify|allegro|rakuten"
    r"|aliexpress|temu|tiktok|shopee|zalando|kaufland|bol|cdiscount|paypal|stripe|klarna)\b"
    r"|mercado|sales record|listing id|\btransaction (id|type)\b|\bitem (id|number)\b"
    r"|financial status|\bpayment (method|instrument)|\bvendor\b|\bpo\b|purchase order|\breview"
    r"|\b(ticket|subject|priority|agent|assignee|picker|packer|weight|dimensions|depot|driver)\b"
    r"|disposition|\bshop\b|\brepric|\brefund id\b|\bcampaign\b|\b(feedback|request|message) "
    r"(left|sent|status|requested)\b"
)
"""What titles of files of defects do not contain, and those of other files do."""
TRACKING = re.compile(r"\btracking (id|number|no\.?|code)\b")
"""The same for lists of defects; lists of parcels have it."""

ORDER_ID_TITLE = re.compile(
    r"(amazon |customer |merchant |shop |store )?order ?(id|identifier|number|no\.?|#|name)?"
    r"|order|bestell(nummer|ung)|auftragsnummer|num[ée]ro de (la )?commande|commande"
    r"|numero (d'? ?)?ordine|n[úu]mero (de|do) pedido|pedido|bestelnummer|ordernummer"
    r"|(numer|identyfikator) zam[óo]wienia|sipariş (numarası|no)|注文番号|订单号|訂單編號"
    r"|(purchase|receipt|sale|sales record|venta|venda) ?(id|number|no\.?|#)|po ?#|#"
)
_DAMAGED = re.compile(r"\d{17}|\d{3}[-. ]?\d{0,7}[-. ]\d{0,7}|#.*[/!?]", re.ASCII)
"""What spreadsheets and hands make of an order id of Amazon; such rows are listed by line."""


def foreign_columns(header: Iterable[str], *patterns: re.Pattern[str]) -> list[str]:
    """Titles that files of defects do not have.

    Examples
    --------
    >>> foreign_columns(["Order ID", "Claim date", "FNSKU"], FOREIGN, TRACKING)
    ['FNSKU']
    """
    return [t for t in header if any(p.search(plain(t)) for p in patterns)]


def foreign_note(kind: str, titles: Sequence[str]) -> str:
    """The sentence on a file whose foreign columns set it aside."""
    shown = ", ".join(map(repr, titles[:4]))
    columns = "columns belong" if len(titles) > 1 else "column belongs"
    return (
        f"has the columns of {kind}, but its {columns} to another kind of file ({shown}): set "
        f"aside, nothing in it is counted. If it is {kind}, remove "
        f"{'them' if len(titles) > 1 else 'it'} and run again."
    )


def stranger_note(kind: str, titles: Sequence[str], template: Sequence[str]) -> str:
    """The sentence on a file set aside for columns that its kind does not have."""
    return (
        f"has the columns of {kind}, but others that files of this kind do not have "
        f"({', '.join(map(repr, titles[:4]))}), so what it lists is not known: set aside, nothing "
        f"in it is counted. If it is {kind} of Amazon's buyers, keep only the columns "
        f"{', '.join(template)}."
    )


def other_ids(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """An order id of the first rows when all are of a form that Amazon does not use, else ''.

    Ids that a spreadsheet damaged are Amazon's all the same.

    Examples
    --------
    >>> other_ids(["Order ID", "Feedback"], [["12-00001-00001", "X"]])
    '12-00001-00001'
    >>> other_ids(["Order ID"], [["113-1234567-7654321"]]), other_ids(["Order ID"], [["1.1E+16"]])
    ('', '')
    """
    titles = [plain(title) for title in header]
    at = [i for i, title in enumerate(titles) if ORDER_ID_TITLE.fullmatch(title)]
    found = [row[i].strip() for i in at for row in rows if i < len(row) and row[i].strip()]
    if not found or not all(map(_other, found)):
        return ""
    return found[0]


def _other(cell: str) -> bool:
    verdict, text = classify_order_id(cell)
    if verdict != "malformed" or SCIENTIFIC.fullmatch(text) or _DAMAGED.fullmatch(text):
        return False
    return any(c.isdigit() for c in text)


def other_ids_note(kind: str, example: str) -> str:
    """The sentence on a file whose order ids set it aside."""
    return (
        f"has the columns of {kind}, but its order ids ({example!r}) are not Amazon's, which have "
        "3, 7 and 7 digits: set aside, nothing in it is counted. Orders of other marketplaces are "
        "not in Amazon's rates."
    )


def no_known_order_note(kind: str, *, loose: bool = True) -> str:
    """The sentence on a file of which no order is in any order export."""
    what = f"resembles {kind} only loosely" if loose else f"has the columns of {kind}"
    return (
        f"{what}, and none of its orders is in any order export here: set "
        "aside, nothing in it is counted. If it is of this seller, add the order exports of its "
        "days."
    )
