"""Cases of payments in other languages: Transaction View and date-range files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.downloads import oid
from tests.real.cases_loaded import (
    counted,
    flat,
    loaded,
    order,
    to_csv,
)

VIEWS = {
    "de": (
        "Datum;Transaktionsstatus;Art der Transaktion;Bestellnummer;Produktdetails;Summe Produkte;"
        "Summe Rabatte;Amazon-Gebühren;Andere;Gesamt (EUR)",
        ("05.09.2026", "A-bis-Z-Garantieantrag", "Erstattung durch Rückbuchung", "-1.025,90"),
    ),
    "fr": (
        "Date;Statut;Type de transaction;Numéro de la commande;Détails sur le produit;Total des "
        "frais produit;Total des rabais promotionnels;Commissions Amazon;Autres;Total (EUR)",
        (
            "05/09/2026",
            "Réclamations au titre de la Garantie A à Z",
            "Remboursement de contestation de prélèvement",
            "-1\u202f025,90",
        ),
    ),
    "pt": (
        "Data;Status;Tipo de transação;ID do pedido;Detalhes do produto;Total de produtos;"
        "Total de descontos;Tarifas da Amazon;Outro;Total (BRL)",
        ("05/09/2026", "Garantia de A a Z", "Reembolso de estorno", "-1.025,90"),
    ),
    "tr": (
        "Tarih;Durum;İşlem türü;Sipariş Numarası;Ürün;Ürün toplamı;İndirimler;Amazon ücretleri;"
        "Diğer;Toplam (TRY)",
        ("05.09.2026", "A'dan Z'ye Garanti Talebi", "Ters İbraz İadesi", "-1.025,90"),
    ),
    "ja": (
        "日付;ステータス;トランザクションの種類;注文番号;商品の詳細;商品合計;割引;手数料;その他;"
        "合計 (JPY)",
        ("2026/09/05", "Amazonマーケットプレイス保証申請", "チャージバック", "-1025.90"),
    ),
    "an unknown language": (
        "päivä;tila;laji;tilaus;tuote;tuotteet;alennukset;maksut;muut;yhteensä (EUR)",
        ("05.09.2026", "A-to-z Guarantee Claim", "Chargeback Refund", "-1.025,90"),
    ),
}


@pytest.mark.parametrize("language", VIEWS)
@pytest.mark.parametrize("status", [True, False])
def test_transaction_view_in_other_languages(tmp_path: Path, language: str, status: bool) -> None:
    header, (day, claim, back, amount) = VIEWS[language]
    rows = [
        [day, "x", claim, oid(1), "A to Z of pots", "0", "0", "0", "0", amount],
        [day, "x", back, oid(2), "Pot", "0", "0", "0", "0", amount],
        [day, "x", "Fee", "---", "Subscription", "0", "0", "0", "0", amount],
    ]
    table = [header.split(";"), *rows]
    if not status:
        table = [[row[0], *row[2:]] for row in table]
    flat(tmp_path, [order(n, n, 0, 2, 0, 0) for n in (1, 2)])
    to_csv(tmp_path / "v.csv", table[0], table[1:])
    account = loaded(tmp_path)
    assert counted(account) == {"chargeback": 1, "claim": 1}
    assert set(account.defects.reported_on) == {pd.Timestamp("2026-09-05")}
    assert set(account.defects.amount) == {1025.90}
    assert set(account.defects.currency) == {header[-4:-1]}


def test_transaction_view_settles_day_and_month_by_its_currency(tmp_path: Path) -> None:
    header = VIEWS["de"][0].replace("EUR", "USD").split(";")
    row = ["9/5/2026", "x", "A-to-z Guarantee Claim", oid(1), "Pot", "0", "0", "0", "0", "-3.00"]
    flat(tmp_path, [order(1, 1, 0, 2, 0, 0)])
    to_csv(tmp_path / "v.csv", header, [row])
    assert loaded(tmp_path).defects.reported_on[0] == pd.Timestamp("2026-09-05")


DATE_RANGES = {
    "pt": (
        "data/hora;id de liquidação;tipo;id do pedido;sku;descrição;mercado;total",
        ("3 de fev. de 2026 22:15:19 GMT-8", "Garantia de A a Z", "amazon.com.br", "-1.025,90"),
        "BRL",
    ),
    "tr": (
        "tarih/saat;ödeme numarası;tür;sipariş numarası;sku;açıklama;pazar yeri;toplam",
        ("3 Şub 2026 22:15:19 GMT-8", "A'dan Z'ye Garanti Talebi", "amazon.com.tr", "-1.025,90"),
        "TRY",
    ),
}


@pytest.mark.parametrize("language", DATE_RANGES)
@pytest.mark.parametrize("preamble", [0, 7, 18])
def test_date_range_in_portuguese_and_turkish(tmp_path: Path, language: str, preamble: int) -> None:
    header, (day, claim, store, amount), currency = DATE_RANGES[language]
    flat(tmp_path, [order(1, 1, 0, 2, 0, 0)])
    # Of an order in no export, so that only the file itself dates it.
    rows = [header.split(";"), [day, "7", claim, oid(2), "", "", store, amount]]
    to_csv(tmp_path / "d.csv", rows[0], rows[1:])
    text = "".join(f'"A: b, c {n}"\n' for n in range(preamble)) + (tmp_path / "d.csv").read_text()
    (tmp_path / "d.csv").write_text(text, "utf-8")
    (defect,) = loaded(tmp_path).defects.to_dict("records")
    assert (defect["component"], defect["amount"], defect["currency"]) == (
        "claim",
        1025.9,
        currency,
    )
    # Late in the evening seven hours west is the next day in UTC.
    assert defect["reported_on"] == pd.Timestamp("2026-02-04")
