"""Date-range transactions in ten languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.errors import ExportError
from odr_analysis.exports.payments import date_range, settlement
from odr_analysis.exports.readers import order_defects
from odr_analysis.exports.text.delimited import split_rows

ONE, TWO, THREE = (f"302-000000{n}-0000001" for n in (1, 2, 3))

US_HEADER = (
    "date/time,settlement id,type,order id,sku,description,quantity,marketplace,account type,"
    "fulfillment,order city,order state,order postal,tax collection model,product sales,"
    "product sales tax,shipping credits,shipping credits tax,gift wrap credits,"
    "giftwrap credits tax,Regulatory Fee,Tax On Regulatory Fee,promotional rebates,"
    "promotional rebates tax,marketplace withheld tax,selling fees,fba fees,"
    "other transaction fees,other,total"
)
US = US_HEADER.split(",")

HEADER_LINES = {
    "en": "date/time|settlement ID|type|order ID|sku|description|marketplace",
    "de": "Datum/Uhrzeit|Abrechnungsnummer|Typ|Bestellnummer|SKU|Beschreibung|Marketplace",
    "fr": "date/heure|numéro de versement|type|numéro de la commande|sku|description|Marketplace",
    "it": "Data/Ora:|Numero pagamento|Tipo|Numero ordine|SKU|Descrizione|Marketplace",
    "es": "fecha y hora|identificador de pago|tipo|número de pedido|sku|descripción|web de Amazon",
    "es-mx": "fecha/hora|Id. de liquidación|tipo|Id. del pedido|sku|descripción|marketplace",
    "nl": "datum/tijd|schikkings-ID|type|bestelnummer|sku|beschrijving|marketplace",
    "sv": "datum/tid|reglerings-id|typ|beställnings-id|sku|beskrivning|marknadsplats",
    "pl": "data/godzina|identyfikator rozliczenia|typ|identyfikator zamówienia|sku|opis|rynek",
    "ja": "日付/時間|決済番号|トランザクションの種類|注文番号|SKU|説明|Amazon 出品サービス",
}
HEADERS = {language: line.split("|") for language, line in HEADER_LINES.items()}
TOTAL = {"de": "Gesamt", "it": "totale", "nl": "totaal", "sv": "Summa", "pl": "Razem", "ja": "合計"}

# Language: time, claim, chargeback, amount, preamble, marketplace, day, currency.
FILES = {
    "en": ("Jan 5, 2026 11:03:05 AM PST", "A-to-z Guarantee Claim", "Chargeback Refund",
           "-1,234.56", "All amounts in USD, unless specified", "amazon.com", "USD"),
    "de": ("05.01.2026 00:12:34 GMT+00:00", "A-bis-Z-Garantieantrag",
           "Erstattung durch Rückbuchung", "-1.234,56",
           "Alle Beträge in Euro sofern nicht anders gekennzeichnet", "amazon.de", "EUR"),
    "fr": ("5 janv. 2026 00:12:34 UTC+00:00", "Garanties A à Z",
           "Remboursement de contestation de prélèvement", "-1\u202f234,56",
           "Tous les montants sont en EUR, sauf mention contraire.", "amazon.fr", "EUR"),
    "it": ("05/gen/2026 00.12.34 GMT", "Reclami dalla A alla Z", "Chargeback", "\u22121.234,56",
           "Tutti gli importi sono espressi in EUR, se non diversamente specificato.",
           "amazon.it", "EUR"),
    "es": ("05/01/2026 00:12:34 GMT+00:00",
           "Reclamaciones bajo la Garantía de la A a la Z", "Reembolso de reversión de cargo",
           "-1.234,56", "Todos los importes en EUR, a menos que se especifique lo contrario",
           "amazon.es", "EUR"),
    "es-mx": ("5 ene. 2026 11:03:05 a. m. PST", "Reclamos de A-to-z Guarantee", "Reintegros",
              "-1,234.56", "Todos los importes en dólares, a menos que se especifique",
              "amazon.com.mx", "MXN"),
    "nl": ("5 jan. 2026 00:12:34 GMT+00:00", "A-tot-Z-garantieclaims", "Terugboekingen",
           "-1.234,56", "Alle bedragen in EUR, tenzij anders vermeld", "amazon.nl", "EUR"),
    "sv": ("5 jan. 2026 00:12:34 GMT+00:00", "Anspråk på A-to-z guarantee", "Återdebiteringar",
           "-1\xa0234,56", "", "amazon.se", "SEK"),
    "pl": ("5 sty 2026 00:12:34 GMT+00:00", "Roszczenia w ramach gwarancji od A do Z",
           "Obciążenia zwrotne", "-1\xa0234,56 zł", "", "amazon.pl", "PLN"),
    "ja": ("2026/01/05 12:34:56JST", "Amazonマーケットプレイス保証申請", "チャージバック",
           "-1,234", "指定のない場合、単位は円", "amazon.jp", "JPY"),
}  # fmt: skip


def quoted(cells, delimiter=","):
    return delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def read(header, *rows, delimiter=",", marketplace=None, preamble=""):
    text = "".join(quoted(cells, delimiter) for cells in (header, *rows))
    table = split_rows(text, file="f.csv", delimiter=delimiter, quoted=delimiter != "\t")
    assert date_range.looks_like(table.header, [])
    return date_range.read(replace(table, preamble=preamble), marketplace=marketplace)


def us_row(kind, order, total, day="Jan 5, 2026 11:03:05 AM PST", **values):
    cells = dict.fromkeys(US, "")
    cells |= {"date/time": day, "settlement id": "77", "type": kind, "order id": order}
    return list((cells | {"total": total} | values).values())


def seen(done):
    names = ["order_id", "component", "outcome", "amount", "currency", "line"]
    return done.defects[names].values.tolist()


@pytest.mark.parametrize("language", FILES)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_language(language, delimiter):
    time, claim, back, amount, preamble, store, currency = FILES[language]
    header = [*HEADERS[language], TOTAL.get(language, "total")]
    done = read(
        header,
        [time, "77", claim, ONE, "", "", store, amount],
        [time, "77", back, TWO, "A1", "a pot", store, amount],
        [time, "77", "Order", THREE, "A1", "A to Z of gardening", store, amount[1:]],
        delimiter=delimiter,
        preamble=preamble,
    )
    moved = 1234.0 if language == "ja" else 1234.56
    assert seen(done) == [
        [ONE, "claim", "debited", moved, currency, 2],
        [TWO, "chargeback", "debited", moved, currency, 3],
    ]
    assert done.defects.reported_on.tolist() == [pd.Timestamp("2026-01-05")] * 2
    assert set(done.defects.source) == {"date-range"}
    assert set(done.defects.funded_by) == {"seller"}
    assert (done.rows_read, done.rows_kept, done.latest) == (3, 3, date(2026, 1, 5))
    assert done.locale.endswith(f", {language}")
    assert done.details["types"] == {claim: 1, back: 1, "Order": 1}
    unnamed = language in ("sv", "pl")
    assert len(done.notes) == unnamed
    assert not unnamed or f"{TOTAL[language]!r} is taken for it" in done.notes[0]


@pytest.mark.parametrize("language", FILES)
def test_the_header_is_recognised_among_the_lines_of_a_preamble(language):
    header = [f" {name.upper()} " for name in HEADERS[language]]
    assert date_range.header_like(header)
    assert date_range.missing(header) == []
    assert date_range.language_of(header) == language
    assert not date_range.header_like([FILES[language][4]])
    assert not date_range.header_like(['Definitions: "Selling fees": type, order id', "", "", ""])
    assert date_range.missing(header[:3] + header[4:]) == [
        date_range.HEADERS[language][3].split("|")[0]
    ]


def test_belgian_french_and_the_older_american_header():
    assert date_range.header_like(
        ["date/heure", "Identifiant du paiement", "type", "Numéro de la commande", "SKU"]
    )
    assert date_range.header_like(["date/time", "settlement id", "type", "order id", "total"])
    assert date_range.missing(["a", "b"]) == list(date_range.NEEDED)
    assert not order_defects.looks_like(US, [])
    assert not settlement.looks_like(US, [])


def test_rows_of_one_claim_and_its_recovery():
    done = read(
        US,
        us_row("A-to-z Guarantee Claim", ONE, "-20.00", sku="A1", description="Safe-T gloves"),
        us_row("A-to-z Guarantee Claim", ONE, "-5.50"),
        us_row("A-to-z Guarantee Claim", ONE, "25.50", day="Jan 9, 2026 9:00:00 PM PST"),
        us_row("Order", TWO, "25.50", description="Chargeback Refund Handbook", sku="B1"),
        preamble="All amounts in USD, unless specified",
    )
    assert seen(done) == [
        [ONE, "claim", "debited", 25.5, "USD", 2],
        [ONE, "claim", "recovered", -25.5, "USD", 4],
    ]
    days = [pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-10")]  # 9 PM there is 5 AM in UTC
    assert done.defects.reported_on.tolist() == days
    assert done.details["sightings"] == {"claim debited": 1, "claim recovered": 1}


def test_a_description_speaks_where_it_is_no_title():
    done = read(
        US,
        us_row("Adjustment", ONE, "-5", description="A-to-z claim settled"),
        us_row("Adjustment", TWO, "-5", description="A-to-z claim settled", sku="A1"),
        us_row("Refund", THREE, "-5", description="A-to-z Guarantee Claim"),
        us_row("Refund", TWO, "-5", description="A to Z"),
        us_row("Adjustment", TWO, "-5", description="ShippingChargeback"),
        us_row("SAFE-T reimbursement", TWO, "5"),
    )
    assert [(row[0], row[-1]) for row in seen(done)] == [(ONE, 2), (THREE, 4)]
    assert done.details["other"] == {"fees named chargeback": 1, "SAFE-T": 1}


def test_what_is_dropped_says_why_and_where():
    done = read(
        US,
        us_row("A-to-z Guarantee Claim", "", "-1"),
        us_row("Chargeback Refund", "abc", "-1"),
        us_row("Chargeback Refund", ONE, "-1", day="someday"),
        us_row("Transfer", "", "-100", day="someday"),
        us_row("Chargeback Refund", TWO, "-1", day=""),
    )
    assert done.dropped_lines == {
        "order id missing": [2],
        "order id malformed": [3],
        "unreadable date": [4, 6],
    }
    assert (done.rows_read, done.rows_kept) == (5, 1)


def test_an_empty_day_is_that_of_the_row_before():
    done = read(US, us_row("Order", TWO, "1"), us_row("Chargeback Refund", ONE, "-1", day=""))
    assert done.defects.reported_on.tolist() == [pd.Timestamp("2026-01-05")]


def test_currency_from_the_preamble_then_the_store():
    row = us_row("Chargeback Refund", ONE, "-1", marketplace="amazon.ca")
    assert read(US, row, preamble="All amounts in USD").defects.currency.tolist() == ["USD"]
    assert read(US, row, marketplace="Amazon.com").defects.currency.tolist() == ["CAD"]
    nowhere = us_row("Chargeback Refund", ONE, "-1")
    assert read(US, nowhere, marketplace="Amazon.com").defects.currency.tolist() == ["USD"]
    assert read(US, nowhere).defects.currency.tolist() == [""]
    other = us_row("Chargeback Refund", ONE, "-2", marketplace="amazon.com")
    done = read(US, row, other)
    assert [row[3:5] for row in seen(done)] == [[1.0, "CAD"], [2.0, "USD"]]
    assert done.notes == ["amounts are in CAD, USD; they are kept apart and never added up."]


def test_a_language_knows_its_currency_and_dates_better_than_the_folder():
    header = [*HEADERS["de"], "Gesamt"]
    row = ["4/5/2026", "77", "Rückbuchung", ONE, "", "", "", "-1.234"]
    done = read(header, row, marketplace="Amazon.com")
    assert seen(done) == [[ONE, "chargeback", "debited", 1234.0, "EUR", 2]]
    assert done.defects.reported_on[0] == pd.Timestamp("2026-05-04")


def test_without_a_total_the_dispute_is_seen_and_its_amount_is_not():
    header = HEADERS["en"]
    done = read(header, ["Jan 5, 2026", "77", "Chargeback Refund", ONE, "", "", "amazon.com"])
    assert done.defects.outcome.tolist() == ["debited"]
    assert done.defects.amount.isna().all()
    assert "no column is known to be the total" in done.notes[0]


def test_types_nobody_knows_are_named():
    done = read(
        US,
        us_row("Buyer dispute", ONE, "-3"),
        us_row("Coupon", "", "-3"),
        us_row("Zwrot", TWO, "-3"),
        us_row("Refund", TWO, "-3", description="Guarantee of love"),
    )
    assert seen(done) == []
    assert len(done.notes) == 1
    assert "'Buyer dispute' (line 2)." in done.notes[0]


def test_a_needed_column_missing_or_twice_is_an_error():
    table = split_rows("date/time,type,order id\n1,2,3\n", file="f", delimiter=",", quoted=True)
    with pytest.raises(ExportError, match="no column 'settlement id'"):
        date_range.read(table, marketplace=None)
    table = split_rows(
        "date/time,settlement id,type,type,order id\n1,2,3,4,5\n",
        file="f",
        delimiter=",",
        quoted=True,
    )
    with pytest.raises(ExportError, match="'type' 2 times"):
        date_range.read(table, marketplace=None)


FINNISH = "päivä/aika|tilitys|laji|tilausnumero|sku|kuvaus|määrä|myynti|vero|kulut|fba|muu|summa"


def test_another_language_is_recognised_by_its_shape():
    header = FINNISH.split("|")
    row = ["5.1.2026 00.12.34 UTC", "77", "Tilaus", ONE, "A1", "pata", "1"]
    money = ["20,00", "0", "-3,00", "0", "0,00", "17,00"]
    assert date_range.unknown_language(header, [[*row, *money]])
    assert date_range.unknown_language(header, [[*row, "2000", "0", "-300", "0", "0", "1700"]])
    positive = ["20,00", "1,00", "2,00", "0", "0,00", "23,00"]
    assert date_range.unknown_language(header, [[*row, *positive]])
    assert not date_range.unknown_language(header, [[*row, *positive[:-1], "9,00"]])
    assert not date_range.unknown_language(header, [[*row[:3], "none", *row[4:], *money]])
    assert not date_range.unknown_language(header, [])
    assert not date_range.unknown_language(US, [us_row("Order", ONE, "1")])
    assert not date_range.unknown_language(["order-id", "price"], [[ONE, "-1,00"]])
    assert not date_range.unknown_language(header, [[], [*row]])


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(sorted(FILES)),
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2, 3]),
            st.sampled_from([ONE, TWO, "", "302"]),
            st.sampled_from(["-1,50", "2", "", "x", "-0"]),
        ),
        max_size=10,
    ),
)
def test_every_row_is_accounted_for(language, rows):
    time, claim, back, _, preamble, store, currency = FILES[language]
    kinds = [claim, back, "Transfer", "Mystery"]
    header = [*HEADERS[language], TOTAL.get(language, "total")]
    cells = ([time, "7", kinds[k], order, "", "", store, amount] for k, order, amount in rows)
    done = read(header, *cells, preamble=preamble)
    assert done.rows_read == len(rows) == sum(done.details["types"].values())
    usable = {(order, k) for k, order, _ in rows if k < 2 and order in (ONE, TWO)}
    found = done.defects
    assert set(zip(found.order_id, found.component == "chargeback", strict=True)) == usable
    assert set(found.currency) <= {currency}
