"""Files of other people beside a small seller's, and what an account is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from odr_analysis import Account
from tests.downloads import FEEDBACK, oid, order, table

DAYS = [f"2026-08-{day:02d}T10:00:00+00:00" for day in range(1, 29)]

FOREIGN: dict[str, tuple[str, str]] = {
    # Claims that are not a buyer's.
    "safe-t, other spelling": (
        "Order Id,SafeT Claim Id,Claim Date,Status,Amount",
        "{id},7,2026-08-20,Granted,9",
    ),
    "safe-t by TAB": ("SAFE-T claim ID\tOrder ID\tClaim date", "7\t{id}\t2026-08-20"),
    "FBA reimbursements": (
        "approval-date\treimbursement-id\tcase-id\tamazon-order-id\treason\tsku\tfnsku",
        "2026-08-20\t7\t8\t{id}\tLost\tS\tX00",
    ),
    "reimbursement service": (
        "Case ID,Order ID,Claim date,Status,Amount Reimbursed",
        "7,{id},2026-08-20,Approved,9",
    ),
    "parcel insurer": (
        "Order ID,Tracking Number,Claim Date,Insured Value,Status",
        "{id},1Z9,2026-08-20,90,Approved",
    ),
    "carrier": (
        "Claim Number,Order ID,Tracking ID,Claim Date,Status",
        "5,{id},1Z9,2026-08-20,Open",
    ),
    "guarantee of an insurer": (
        "Order ID,Guarantee,Guarantee Number,Policy",
        "{id},Yes,G1,P1",
    ),
    "warranty": (
        "Order ID,Claim Date,Warranty until,Status",
        "{id},2026-08-20,2027-01-01,Granted",
    ),
    "claims whose kind is open": (
        "Order ID,Claim Date,Status,Depot,Driver",
        "{id},2026-08-20,Approved,North,Sam",
    ),
    "vendor chargebacks": (
        "Vendor code,PO,Order ID,Chargeback date,Chargeback type",
        "V1,P1,{id},2026-08-20,ASN",
    ),
    "disputes of a payment provider": (
        "Dispute ID,Order ID,Chargeback date,Status",
        "dp_1,{id},2026-08-20,lost",
    ),
    # Feedback that is not a buyer's of Amazon.
    "eBay": (
        "Sales Record Number,Buyer Username,Order Number,Item Number,Feedback Left,"
        "Feedback Received",
        "1,made,12-00001-00001,26200,Yes,Negative",
    ),
    "review tool": (
        "Order ID,Order Date,Review Requested,Feedback,Email Opened",
        "{id},2026-08-20,Yes,Yes,No",
    ),
    "feedback tool": ("Order ID,Feedback Request Sent,Feedback", "{id},Yes,Yes"),
    "feedback in words": ("Order ID,Feedback", "{id},came late and broken"),
    "a survey beside": (
        "Order ID,Date,Rating,Comments,NPS",
        "{id},2026-08-20,1,bad,2",
    ),
    "a short survey of another seller": (
        "Date,Rating,Comments,Order ID",
        "2026-08-20,1,bad,113-9999999-0000001",
    ),
    "helpdesk": ("Ticket,Order Number,A-to-z claim,Priority", "1,{id},Yes,high"),
    "reimbursement service by kind": (
        "Order ID,ASIN,Claim Type,Claim Date,Status",
        "{id},B0,Lost,2026-08-20,Approved",
    ),
    "six columns of another marketplace": (
        "Data;Ocena;Komentarz;Odpowiedź;Numer zamówienia;E-mail",
        "2026-08-20;1;zle;;8812345;a@b",
    ),
    "warehouse's late list": (
        "Order ID,Ship by,Confirmed on,Shelf",
        "{id},2026-08-01,2026-08-03,B",
    ),
    "warehouse's parcels": (
        "Order ID,Carrier,Tracking number,Promised delivery date,Weight",
        "{id},UPS,1Z,2026-08-25,2",
    ),
    "Etsy, items": (
        "Sale Date,Item Name,Price,Quantity,Listing ID,Order ID,Listings Type,SKU",
        "08/20/26,Lamp,9,1,5,2876543210,listing,S",
    ),
    "FBA shipments": (
        "shipment-date\tsku\tfnsku\tfulfillment-center-id\tquantity\tamazon-order-id",
        "2026-08-20\tS\tX\tF\t1\t{id}",
    ),
    "product reviews": (
        "Review ID,Date,Rating,Comments,Order ID,ASIN",
        "R1,2026-08-20,1,bad,{id},B01",
    ),
    "packing list of six columns": (
        "Date,Qty,Product,Note,Order ID,Email",
        "2026-08-20,2,Lamp,,{id},x@y",
    ),
    "reviews of another shop": (
        "Date,Rating,Comments,Order ID",
        "2026-08-20,1,bad,2876543210",
    ),
    # Orders of other marketplaces.
    "Etsy": (
        "Sale Date,Order ID,Buyer User ID,Full Name,Number of Items,Date Shipped",
        "08/20/26,2876543210,made,Made Up,1,08/21/26",
    ),
    "Walmart": (
        "PO#,Order#,Order Date,Ship By,Customer Name,Status",
        "1085,2000113,2026-08-20,2026-08-21,Made Up,Shipped",
    ),
    "Shopify": (
        "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency",
        "#1001,a@b.c,paid,2026-08-20,fulfilled,USD",
    ),
    "Mercado Libre": ("# de venta;Fecha de venta;Estado", "2000003456;20 de agosto;Entregado"),
    "Allegro": ("OrderId,SellerLogin,BuyerLogin,Date", "6f1c-11,made,up,2026-08-20"),
    "a sale report of another marketplace": (
        "Order ID,Date,Status,Fulfilment,Sales Channel",
        "MP-88123,2026-08-20,Shipped,Merchant,Other",
    ),
    "claims of another marketplace": (
        "order id,claim date,reason,status",
        "2000113445,2026-08-20,late,granted",
    ),
    "buyer's order history": (
        "Order Date,Order ID,Title,ASIN/ISBN,UNSPSC Code,Website",
        "08/20/26,{id},Lamp,B01,1,Amazon.com",
    ),
    # Lists that loosely resemble one of Account Health.
    "shipping tool": (
        "Order Number,Carrier,Tracking Number,Expected Delivery Date,Item Number",
        "{id},UPS,1Z9,2026-08-20,1",
    ),
    "late list of other orders": (
        "Order ID,Ship by date,Confirmation date",
        "113-9999999-0000001,2026-08-20,2026-08-22",
    ),
    # Amazon's own, without use.
    "MTR": ("Seller Gstin,Invoice Number,Order Id,Order Date", "27A,I1,{id},2026-08-20"),
    "VAT": (
        "UNIQUE_ACCOUNT_IDENTIFIER,ACTIVITY_PERIOD,TRANSACTION_TYPE,TRANSACTION_EVENT_ID",
        "A1,2026-AUG,SALE,{id}",
    ),
    "removal orders": (
        "request-date,order-id,order-type,sku,fnsku,disposition,requested-quantity",
        "2026-08-20,abc12,Return,S,X00,Sellable,1",
    ),
    "advertising": ("Date,Campaign Name,Impressions,Clicks,Spend", "2026-08-20,C,9,1,2.00"),
    "business report": (
        "Date,Ordered Product Sales,Units Ordered,Sessions",
        "8/20/26,$9.00,1,3",
    ),
    "listings": ("item-name\tseller-sku\tasin1\tprice\tquantity", "Lamp\tS\tB01\t9\t1"),
    "inventory": ("sku\tfnsku\tasin\tafn-fulfillable-quantity", "S\tX00\tB01\t9"),
    "FBA returns": (
        "return-date\torder-id\tsku\tdetailed-disposition\treason",
        "2026-08-20\t{id}\tS\tDEFECTIVE\tbroken",
    ),
}
"""Name to header and a row; ``{id}`` is an order of the seller, the worst case."""


def seller(folder: Path) -> None:
    """Twenty-eight orders and two feedbacks."""
    rows = [order(n, day) for n, day in enumerate(DAYS)]
    (folder / "orders.txt").write_text(table(rows), "utf-8")
    feedback = [("2026-08-25", "1", "bad", "", oid(3), ""), ("2026-08-26", "5", "", "", oid(4), "")]
    lines = ["\t".join(FEEDBACK), *("\t".join(row) for row in feedback)]
    (folder / "feedback.txt").write_text("\n".join(lines) + "\n", "utf-8")


def write_foreign(folder: Path, name: str, *, file: str = "other.csv") -> None:
    """One of ``FOREIGN``, five rows long."""
    header, row = FOREIGN[name]
    rows = [row.format(id=oid(n)) for n in range(5)]
    (folder / file).write_text("\n".join([header, *rows]) + "\n", "utf-8")


def numbers(account: Account) -> dict[str, Any]:
    """All that an account is made of, without the receipts of files."""
    tables = ("orders", "defects", "feedback", "lapses", "returns", "snapshots")
    return {
        "known_to": account.known_to,
        "orders_total": account.receipt.orders,
        "defects_total": account.receipt.defects,
        **{name: getattr(account, name).to_csv(index=False) for name in tables},
    }
