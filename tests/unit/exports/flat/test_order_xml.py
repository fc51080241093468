"""Orders in XML as the rows of the flat file with the same data."""

from __future__ import annotations

from odr_analysis.exports.files.scan import scan
from odr_analysis.exports.flat import order_xml

ALL = """<?xml version="1.0"?><AmazonEnvelope><Message><Order>
<AmazonOrderID>113-1234567-7654321</AmazonOrderID><PurchaseDate>2026-05-01T10:00:00Z</PurchaseDate>
<LastUpdatedDate>2026-05-02T10:00:00Z</LastUpdatedDate><OrderStatus>Shipped</OrderStatus>
<SalesChannel>Amazon.de</SalesChannel><FulfillmentData><FulfillmentChannel>Merchant</FulfillmentChannel>
<Address><City>Bonn</City></Address></FulfillmentData>
<OrderItem><SKU>A</SKU><Quantity>2</Quantity><ItemPrice><Component><Type>Tax</Type>
<Amount currency="EUR">1</Amount></Component><Component><Type>Principal</Type>
<Amount currency="EUR">9.50</Amount></Component></ItemPrice></OrderItem>
<OrderItem><SKU>B</SKU></OrderItem></Order></Message></AmazonEnvelope>"""


def rows(tmp_path, text):
    path = tmp_path / "f.xml"
    path.write_text(text, "utf-8")
    found = scan("f.xml", path)
    assert order_xml.looks_like(found.head)
    table = order_xml.table(found)
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


def test_one_row_an_item_with_the_price_proper(tmp_path):
    first, second = rows(tmp_path, ALL)
    assert first["amazon-order-id"] == second["amazon-order-id"] == "113-1234567-7654321"
    assert (first["sku"], first["quantity"], first["currency"]) == ("A", "2", "EUR")
    assert first["item-price"] == "9.50"
    assert (first["fulfillment-channel"], first["ship-city"]) == ("Merchant", "Bonn")
    assert (second["sku"], second["item-price"]) == ("B", "")


def test_an_order_without_items_is_a_row(tmp_path):
    (only,) = rows(
        tmp_path, "<AmazonEnvelope><Order><AmazonOrderID>x</AmazonOrderID></Order></AmazonEnvelope>"
    )
    assert (only["amazon-order-id"], only["sku"]) == ("x", "")


def test_other_documents_are_not_orders():
    assert not order_xml.looks_like("<sellerPerformanceReports/>")
    assert not order_xml.looks_like("amazon-order-id\tpurchase-date")
