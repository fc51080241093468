"""Returns in XML as the rows of their flat file."""

from __future__ import annotations

from odr_analysis.exports.files.scan import scan
from odr_analysis.exports.flat import returns_xml

TEXT = """<AmazonEnvelope><return_details><order_id>113-1234567-7654321</order_id>
<a_to_z_claim>Y</a_to_z_claim><item_details><asin>B0</asin><return_quantity>1</return_quantity>
</item_details><item_details><asin>B1</asin></item_details></return_details>
<return_details><order_id>113-1234567-0000001</order_id></return_details></AmazonEnvelope>"""


def test_one_row_an_item_that_came_back(tmp_path):
    path = tmp_path / "f.xml"
    path.write_text(TEXT, "utf-8")
    found = scan("f.xml", path)
    assert returns_xml.looks_like(found.head)
    table = returns_xml.table(found)
    rows = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    assert [(r["Order ID"], r["ASIN"], r["A-to-Z Claim"]) for r in rows] == [
        ("113-1234567-7654321", "B0", "Y"),
        ("113-1234567-7654321", "B1", "Y"),
        ("113-1234567-0000001", "", ""),
    ]
    assert table.notes(3) == [
        "read as a table of 3 rows (items of returns in XML); row n is line n + 1."
    ]
