"""Small sound files of the kinds that the sample's writers do not know, to be damaged."""

from __future__ import annotations

import json

from tests.downloads import HEADERS, NEW_ORDERS, oid, orders, table
from tests.unit.exports.foreign import FOREIGN
from tests.workbooks import workbook

ROWS = 6
TIME = "2026-08-2{n}T10:00:00Z"

DATE_RANGES: dict[str, tuple[str, str]] = {
    "date-range, Portuguese": (
        '"Inclui transações da Amazon Marketplace"\n"Todas as quantias em BRL"\n'
        '"data/hora","id de liquidação","tipo","id do pedido","sku","descrição","quantidade",'
        '"mercado","vendas do produto","tarifas de venda","taxas fba","outro","total"\n',
        '"2{n} de ago. de 2026 06:46:03 GMT-7","259","{kind}","{id}","S","Item","1",'
        '"amazon.com.br","-7.025,97","1,50","0","0","-7.024,47"\n',
    ),
    "date-range, Turkish": (
        '"Tüm tutarlar TRY cinsindendir"\n'
        '"tarih/saat","ödeme numarası","tür","sipariş numarası","sku","açıklama","miktar",'
        '"pazar yeri","ürün satışları","satış ücretleri","FBA ücretleri","diğer","toplam"\n',
        '"2{n} Ağu 2026 10:46:03 GMT+03:00","259","{kind}","{id}","S","Ürün","1",'
        '"amazon.com.tr","-75,97","1,50","0","0","-74,47"\n',
    ),
    "transaction view": (
        '"Date","Transaction Status","Transaction type","Order ID","Product Details",'
        '"Total product charges","Total promotional rebates","Amazon fees","Other","Total (USD)"\n',
        '"9/{n}/2026","Released","{kind}","{id}","Item, one","-20.00","0.00","3.00","0.00",'
        '"-17.00"\n',
    ),
    "transaction view, German": (
        '"Datum","Art der Transaktion","Bestellnummer","Produktdetails","Gesamter Produktpreis",'
        '"Werbeaktionsrabatte insgesamt","Amazon-Gebühren","Sonstiges","Gesamt (EUR)"\n',
        '"{n}.9.2026","{kind}","{id}","Ding","-1.020,00","0,00","3,00","0,00","-1.017,00"\n',
    ),
}
"""Name to the lines above the rows, and to a row."""
PAYMENTS = ("Pedido", "Reembolso", "A-to-z Guarantee Claim", "Chargeback Refund", "Ajuste", "---")

SET_ASIDE = {
    "business report": (
        "Date,Refund Rate,Refunds,A-to-z Claims Granted,Claims Amount,Negative Feedback Received\n"
        "8/2{n}/26,0.01%,1,{n},$9.00,1\n"
    ),
    "tax report": "Seller Gstin,Invoice Number,Order Id,Order Date\n27A,I1,{id},2026-08-2{n}\n",
    "status": '[{"reportId":"{n}","processingStatus":"FATAL"}]',
    "error": '{"errors":[{"code":"InvalidInput","message":"no","details":"{id}"}]}',
    "download error": "<Error><Code>AccessDenied</Code><Message>{id}</Message></Error>",
    "sign-in page": "<!DOCTYPE html><html><head><title>Amazon Sign-In</title></head></html>",
    "Python's own form": "{'performanceMetrics': [{'marketplaceId': 'A1F83G8C2ARO7P', 'x': 0}]}",
}


def more_seeds() -> dict[str, bytes]:
    """A sound file of each kind, by a name for it."""
    rows = orders(ROWS)
    found = {
        "Orders API, JSON": _orders_json(),
        "Orders API, CSV": _orders_csv(),
        "Airbyte": _airbyte(rows),
        "returns, XML": _returns_xml(),
        "All Orders, XML": _all_orders_xml(),
        "OrderReport, XML": _order_report_xml(),
        "transactions, JSON": _transactions(),
        **{name: _payments(*lines) for name, lines in DATE_RANGES.items()},
        "new orders": _new_orders(),
    }
    for name, text in SET_ASIDE.items():
        found[name] = text.replace("{id}", oid(1)).replace("{n}", "3")
    for name in ("safe-t by TAB", "carrier", "Etsy", "guarantee of an insurer", "eBay"):
        header, row = FOREIGN[name]
        found[f"foreign, {name}"] = f"{header}\n{row.replace('{id}', oid(1))}\n"
    seeds = {name: text.encode() for name, text in found.items()}
    seeds["a workbook's bytes"] = as_workbook(table(rows).encode())
    return seeds


def as_workbook(content: bytes) -> bytes:
    """Text as a workbook: a row a line, a cell between two TABs."""
    text = content.decode("utf-8", "replace").replace("\0", "")
    cells = [line.split("\t") for line in text.split("\n")]
    # XML has no form for other control characters, so no program can have written them.
    sound = [["".join(c for c in cell if c >= " ") for cell in row] for row in cells]
    return workbook({"Sheet1": sound})


def _orders_json() -> str:
    found = [
        {
            "AmazonOrderId": oid(n),
            "PurchaseDate": TIME.format(n=n),
            "LastUpdateDate": TIME.format(n=n),
            "OrderStatus": "Shipped",
            "FulfillmentChannel": "MFN",
            "SalesChannel": "Amazon.de",
            "MarketplaceId": "A1PA6795UKMFR9",
            "NumberOfItemsShipped": 1,
            "OrderTotal": {"CurrencyCode": "EUR", "Amount": "20.00"},
            "IsReplacementOrder": "false",
        }
        for n in range(ROWS)
    ]
    return json.dumps({"payload": {"NextToken": "x", "Orders": found}}, indent=1)


def _orders_csv() -> str:
    header = (
        "seller_id,AmazonOrderId,PurchaseDate,LastUpdateDate,OrderStatus,SellerOrderId,"
        "FulfillmentChannel,SalesChannel,MarketplaceId\n"
    )
    row = "A1,{id},{t},{t},Shipped,,MFN,Amazon.de,A1PA6795UKMFR9\n"
    return header + "".join(row.format(id=oid(n), t=TIME.format(n=n)) for n in range(ROWS))


def _airbyte(rows: list[dict[str, str]]) -> str:
    header = HEADERS["29 columns"]
    lines = ["_airbyte_ab_id,_airbyte_emitted_at,_airbyte_data"]
    for n, row in enumerate(rows):
        data = json.dumps({name: row.get(name, "") for name in header}).replace('"', '""')
        lines.append(f'0000-{n},1790000000000,"{data}"')
    return "\n".join(lines) + "\n"


def _envelope(kind: str, messages: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<Header><DocumentVersion>1.00</DocumentVersion></Header>{kind}{messages}"
        "</AmazonEnvelope>\n"
    )


def _returns_xml() -> str:
    found = "".join(
        f"""<return_details>
 <item_details><item_name>Ding</item_name><asin>B0</asin><return_quantity>1</return_quantity>
 <return_reason_code>CR-DEFECTIVE</return_reason_code><merchant_sku>S</merchant_sku></item_details>
 <order_id>{oid(n)}</order_id><order_date>{TIME.format(n=n)}</order_date>
 <return_request_date>2026-09-0{n + 1}T10:00:00Z</return_request_date>
 <return_request_status>Approved</return_request_status><a_to_z_claim>Y</a_to_z_claim>
</return_details>"""
        for n in range(ROWS)
    )
    return _envelope("", f"<Message>{found}</Message>")


def _all_orders_xml() -> str:
    return _envelope(
        "<MessageType>AllOrdersReport</MessageType>",
        "".join(
            f"<Message><Order><AmazonOrderID>{oid(n)}</AmazonOrderID>"
            f"<PurchaseDate>{TIME.format(n=n)}</PurchaseDate>"
            f"<LastUpdatedDate>{TIME.format(n=n)}</LastUpdatedDate>"
            "<OrderStatus>Shipped</OrderStatus><SalesChannel>Amazon.de</SalesChannel>"
            "<FulfillmentData><FulfillmentChannel>Merchant</FulfillmentChannel></FulfillmentData>"
            "<OrderItem><ASIN>B0</ASIN><SKU>S</SKU><Quantity>1</Quantity></OrderItem>"
            "</Order></Message>\n"
            for n in range(ROWS)
        ),
    )


def _order_report_xml() -> str:
    return _envelope(
        "<MessageType>OrderReport</MessageType>",
        "".join(
            f"<Message><OrderReport><AmazonOrderID>{oid(n)}</AmazonOrderID>"
            f"<OrderDate>{TIME.format(n=n)}</OrderDate><BillingData><BuyerEmailAddress>"
            f"made{n}@marketplace.amazon.de</BuyerEmailAddress></BillingData><FulfillmentData>"
            "<FulfillmentMethod>Ship</FulfillmentMethod></FulfillmentData>"
            "<Item><SKU>S</SKU><Title>Ding</Title><Quantity>1</Quantity></Item>"
            "</OrderReport></Message>\n"
            for n in range(ROWS)
        ),
    )


def _transactions() -> str:
    def amount(value: float) -> dict[str, object]:
        return {"currencyAmount": value, "currencyCode": "EUR"}

    return json.dumps(
        [
            {
                "sellingPartnerMetadata": {"marketplaceId": "A1PA6795UKMFR9"},
                "relatedIdentifiers": [
                    {"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": oid(n)}
                ],
                "transactionType": ("Refund", "GuaranteeClaim", "Chargeback")[n % 3],
                "transactionId": f"t{n}",
                "transactionStatus": "RELEASED",
                "postedDate": TIME.format(n=n),
                "totalAmount": amount(-57.01),
                "breakdowns": [
                    {
                        "breakdownType": "ProductCharges",
                        "breakdownAmount": amount(-57.01),
                        "breakdowns": [],
                    }
                ],
            }
            for n in range(ROWS)
        ],
        indent=1,
    )


def _payments(head: str, row: str) -> str:
    found = (
        row.format(n=n + 1, id=oid(n) if kind != "---" else "---", kind=kind)
        for n, kind in enumerate(PAYMENTS)
    )
    return head + "".join(found)


def _new_orders() -> str:
    """Orders without a store, named by the buyers' alias."""
    rows = [
        {
            "order-id": oid(n),
            "purchase-date": TIME.format(n=n),
            "buyer-email": f"made{n}@marketplace.amazon.fr",
        }
        for n in range(ROWS)
    ]
    return table(rows, NEW_ORDERS)
