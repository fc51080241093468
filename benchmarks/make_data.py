"""Big order exports for the benchmarks, written by DuckDB from hashed row numbers.

    python benchmarks/make_data.py --orders 2000000 --out /tmp/bench-2m
    python benchmarks/make_data.py --orders 10000000 --files 12 --out /tmp/bench-10m

Writes All Orders files (32 columns, TAB, no quoting, 1.25 items per order, about 340 bytes a row),
a seller-feedback report and claims.csv. Every value is a function of the order's number, so the
same arguments give the same rows (with the same DuckDB: its hash may change between versions).
Where there are several files, each begins a little before the last one ended, with newer rows of
the same orders. `odr sample` makes small sellers that have a story and a truth file; these here
only have size.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import duckdb

DAYS = 365
END = "2026-10-01"
OVERLAP = 0.01
"""Share of a file's orders that the next file repeats."""

STORES = {"Amazon.de": 55, "Amazon.fr": 25, "Amazon.it": 20}
"""Sales channel to per cent of orders. All write days as dd/mm/yy."""

MFN_PERCENT = 60
CANCELLED_PER_MILLE = 30
FEEDBACK_PER_100K, CLAIM_PER_100K, BOTH_PER_100K = 820, 520, 100
"""Per 100,000 orders not cancelled; feedback and claim include those with both, so 1.2 % of all
orders are defective."""

PRODUCTS = [
    "Steingut Teller-Set 6-teilig, 26 cm, spülmaschinenfest, handbemalt in zwei Farben",
    "Coffee Mugs Set of 4, white, 350 ml, dishwasher and microwave safe, gift boxed",
    "Schneidebrett Bambus 3er-Set mit Saftrille und Griff, geölt, rutschfeste Füße",
    "Kochmesser 20 cm, rostfrei, Griff aus Walnussholz, mit Klingenschutz und Schleifstein",
    "Kitchen Towels Pack of 5, half linen, 50 x 70 cm, blue striped, washed",
    "Aufbewahrungsboxen 4er-Set mit Deckel und Etiketten, stapelbar, faltbar, grau meliert",
    "Tischdecke 130 x 220 cm, abwaschbar, fleckgeschützt, Leinenoptik, in acht Farben",
]
MARKED = 'Picture Frame 12" x 18", black, with mat for 9" x 12" photos, set of two'
PROMOTION = "Core Free Shipping 2025/04/02 14-23-48-126,PAWS-V2-3316104-Promotion Free Delivery"
CITIES = [
    ("Berlin", "Berlin", "10437"),
    ("München", "Bayern", "80331"),
    ("Köln", "Nordrhein-Westfalen", "50672"),
    ("Hamburg", "Hamburg", "22085"),
    ("Frankfurt am Main", "Hessen", "60316"),
    ("Leipzig", "Sachsen", "04109"),
]
COMMENTS = ["Kam kaputt an.", "Never arrived.", 'Nur "zwei" statt vier.', "Falsche Farbe."]


def main() -> None:
    parser = argparse.ArgumentParser(description="Write big order exports for the benchmarks.")
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--files", type=int, help="default: 1, and 12 above 2,000,000 orders")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    files = given.files or (1 if given.orders <= 2_000_000 else 12)
    if not 1 <= files <= given.orders:
        parser.error("--files must be at least 1 and no more than --orders")
    started = time.perf_counter()
    made = make_data(given.out, orders=given.orders, files=files)
    made["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(made))


def make_data(out: Path, *, orders: int, files: int = 1) -> dict[str, int | float]:
    """Write the exports into `out`; returns counts of what was written.

    ``rows`` are order rows of all files, ``defective`` orders with feedback or a claim.
    """
    out.mkdir(parents=True, exist_ok=True)
    engine = duckdb.connect()
    engine.execute("SET memory_limit = '1GB'")
    engine.execute("SET TimeZone = 'UTC'")
    engine.execute("SET temp_directory = ''")
    _define(engine, orders)
    rows = size = 0
    for k in range(files):
        first, last = orders * k // files, orders * (k + 1) // files
        repeated = int((last - first) * OVERLAP)
        # the next file has the newer rows of the orders from `settled` on
        settled = orders if k + 1 == files else last - repeated
        path = out / f"orders-{k + 1:02}.txt"
        _copy(
            engine, _order_rows(max(0, first - (repeated if k else 0)), last, settled), path, "\t"
        )
        size += path.stat().st_size
        rows += _lines(path) - 1
    n_feedback = _copy(engine, _feedback_rows(orders), out / "feedback.txt", "\t")
    n_claims = _copy(engine, _claim_rows(orders), out / "claims.csv", ",")
    defective = engine.execute(
        f"SELECT count(*) FROM range({orders}) AS r(i) WHERE gives_feedback(i) OR claims(i)"
    ).fetchone()
    return {
        "orders": orders,
        "rows": rows,
        "files": files,
        "bytes": size,
        "bytes_per_row": round(size / rows),
        "feedback": n_feedback,
        "claims": n_claims,
        "defective": defective[0] if defective else 0,
    }


def _define(engine: duckdb.DuckDBPyConnection, orders: int) -> None:
    """The functions every row is made of: `h` mixes an order's number to 32 bits."""
    seconds, gap = DAYS * 86_400 - 1, max(1, DAYS * 86_400 // orders)
    first_claim = FEEDBACK_PER_100K - BOTH_PER_100K
    engine.execute(f"""
        CREATE MACRO h(i, k) AS (hash(i::BIGINT, k::INTEGER) % 4294967296)::BIGINT;
        CREATE MACRO pick(things, x) AS things[x % len(things) + 1];
        -- the last seven digits never repeat within ten million orders
        CREATE MACRO order_id(i) AS printf('%03d-%07d-%07d', 302 + (h(i, 1) % 5)::INTEGER,
            (h(i, 15) % 1000000 * 10 + i // 10000000)::INTEGER,
            ((i * 7368787) % 10000000)::INTEGER);
        CREATE MACRO moment(t) AS strftime(t, '%Y-%m-%dT%H:%M:%S+00:00');
        CREATE MACRO known(t) AS least(t, TIMESTAMP '{END}' - INTERVAL 1 SECOND);
        CREATE MACRO cancelled(i) AS h(i, 2) % 1000 < {CANCELLED_PER_MILLE};
        CREATE MACRO placed(i) AS TIMESTAMP '{END}' - to_seconds(
            ({orders} - i) * {seconds} // {orders} - h(i, 3) % {gap});
        CREATE MACRO gives_feedback(i) AS
            NOT cancelled(i) AND h(i, 4) % 100000 < {FEEDBACK_PER_100K};
        CREATE MACRO claims(i) AS NOT cancelled(i) AND h(i, 4) % 100000
            BETWEEN {first_claim} AND {first_claim + CLAIM_PER_100K - 1};
    """)


def _literal(values: list[str]) -> str:
    return "[" + ", ".join("'" + v.replace("'", "''") + "'" for v in values) + "]"


def _order_rows(first: int, last: int, settled: int) -> str:
    edges, upto = [], 0
    for name, per_cent in STORES.items():
        upto += per_cent
        edges.append(f"WHEN h(i, 5) % 100 < {upto} THEN '{name}'")
    cities, states, postcodes = (_literal(list(part)) for part in zip(*CITIES, strict=True))
    return f"""
        WITH o AS (
            SELECT i, order_id(i) AS id, placed(i) AS placed_at,
                h(i, 6) % 100 < {MFN_PERCENT} AS mfn,
                CASE WHEN cancelled(i) THEN 'Cancelled' WHEN i >= {settled} THEN 'Unshipped'
                    ELSE 'Shipped' END AS status,
                CASE {" ".join(edges)} END AS store, h(i, 7) AS place,
                CASE WHEN h(i, 8) % 100 < 80 THEN 1 WHEN h(i, 8) % 100 < 95 THEN 2 ELSE 3 END AS n
            FROM range({first}, {last}) AS r(i)
        ), items AS (SELECT *, unnest(range(n)) AS item FROM o),
        r AS (SELECT *, h(i * 3 + item, 9) AS what FROM items)
        SELECT id AS "amazon-order-id",
            CASE WHEN mfn THEN '' ELSE id END AS "merchant-order-id",
            moment(placed_at) AS "purchase-date",
            moment(known(placed_at + to_minutes(CASE WHEN i >= {settled} THEN 20 ELSE 1600 END)))
                AS "last-updated-date",
            status AS "order-status",
            CASE WHEN mfn THEN 'Merchant' ELSE 'Amazon' END AS "fulfillment-channel",
            store AS "sales-channel", '' AS "order-channel", '' AS url,
            pick(['Standard', 'Standard', 'Expedited'], place) AS "ship-service-level",
            CASE WHEN what % 100 = 0 THEN '{MARKED}' ELSE pick({_literal(PRODUCTS)}, what) END
                AS "product-name",
            printf('KT-%04d-%s', (what % 400)::INTEGER, pick(['BLAU', 'ROT', 'GRAU'], what))
                AS sku,
            printf('B0%08X', (what % 400 * 9973 + 268435456)::INTEGER) AS asin,
            status AS "item-status",
            CASE WHEN status = 'Cancelled' THEN '0' ELSE '1' END AS quantity,
            'EUR' AS currency,
            CASE WHEN status = 'Cancelled' THEN '' ELSE printf('%d.%02d',
                (5 + what % 60)::INTEGER, (what % 97)::INTEGER) END AS "item-price",
            CASE WHEN status = 'Cancelled' THEN '' ELSE printf('%d.%02d',
                (1 + what % 60 // 6)::INTEGER, (what % 89)::INTEGER) END AS "item-tax",
            '0.0' AS "shipping-price", '0.0' AS "shipping-tax", '' AS "gift-wrap-price",
            '' AS "gift-wrap-tax", '' AS "item-promotion-discount",
            '' AS "ship-promotion-discount",
            pick({cities}, place) AS "ship-city", pick({states}, place) AS "ship-state",
            pick({postcodes}, place) AS "ship-postal-code",
            upper(right(store, 2)) AS "ship-country",
            CASE WHEN place % 5 < 2 THEN '{PROMOTION}' ELSE '' END AS "promotion-ids",
            'false' AS "is-business-order", '' AS "purchase-order-number",
            '' AS "price-designation"
        FROM r"""


def _feedback_rows(orders: int) -> str:
    reported = "known(placed(i) + to_days((3 + h(i, 10) % 40)::INTEGER))"
    return f"""
        SELECT strftime({reported}, '%d/%m/%y') AS "Date",
            1 + (h(i, 11) % 4 = 0)::INTEGER AS "Rating",
            pick({_literal(COMMENTS)}, h(i, 12)) AS "Comments", '' AS "Your Response",
            order_id(i) AS "Order ID",
            printf('r%08d@marketplace.amazon.de', (h(i, 13) % 100000000)::INTEGER) AS "Rater Email"
        FROM range({orders}) AS r(i) WHERE gives_feedback(i)"""


def _claim_rows(orders: int) -> str:
    reported = "known(placed(i) + to_days((5 + h(i, 14) % 60)::INTEGER))"
    return f"""
        SELECT order_id(i) AS "order id", strftime({reported}, '%Y-%m-%d') AS "claim date",
            'Not received' AS reason, 'granted' AS status, '20.00' AS amount,
            NULL AS "counts in odr"
        FROM range({orders}) AS r(i) WHERE claims(i)"""


def _copy(engine: duckdb.DuckDBPyConnection, query: str, path: Path, delimiter: str) -> int:
    quote = ", QUOTE '', ESCAPE ''" if delimiter == "\t" else ""
    copied = engine.execute(
        f"COPY ({query}) TO '{path}' (FORMAT csv, HEADER true, DELIMITER '{delimiter}'{quote})"
    ).fetchone()
    return int(copied[0]) if copied else 0


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 24), b""))


if __name__ == "__main__":
    main()
