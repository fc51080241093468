"""Encodings nobody asked for: words come out readable, and a guess says that it is one."""

from __future__ import annotations

import pytest

from odr_analysis import load_account
from odr_analysis.exports.files.scan import scan
from tests.downloads import FEEDBACK, feedback, oid, order, table

SAID = {
    "cp1250": [
        "Przesyłka nie dotarła, żadnej odpowiedzi",
        "Źle zapakowane",
        "Nie polecam, towar uszkodzony, brak kontaktu ze sprzedającym",
        "Dodávka nepřišla a zboží je poškozené",
    ],
    "cp1251": ["Товар не пришёл, продавец не отвечает", "Плохая упаковка", "Очень долго ждал"],
    "cp1254": ["Ürün gelmedi, satıcı cevap vermiyor", "Kötü paketlenmiş, kırık geldi"],
    "gb18030": ["包裹坏了，很差", "没有收到货", "质量非常差，不推荐", "卖家不回复消息"],
    "big5": ["包裹壞了，非常差", "沒有收到貨", "品質非常差", "賣家不回覆訊息"],
}
WESTERN = [
    *("Lampe zerbrochen, Händler antwortet nicht", "Größe", "ÄÖÜ", "Décoration", "Men’s lamp"),
    *("Artículo dañado, muy mal servicio", "Não recebi a encomenda, péssimo serviço"),
    *("Mycket dålig förpackning", "10 % günstiger, ½ Preis", "¿Dónde está?", "n°1 m² 5³"),
    *("Prix 5€ – « nul »", "Bøger & ål", "España º ª", "PAÑUELOS DE NIÑA ¡MALÍSIMO!", "Œuvre"),
]


def seen(folder, text, encoding):
    path = folder / "feedback.txt"
    path.write_bytes(feedback([("2026-08-20", "1", text, oid(3))]).encode(encoding))
    return scan(path.name, path)


@pytest.mark.parametrize(("encoding", "text"), [(e, t) for e, said in SAID.items() for t in said])
def test_words_are_readable_and_the_guess_is_marked(tmp_path, encoding, text):
    found = seen(tmp_path, text, encoding)
    assert (found.encoding, found.guess) == (encoding, True)
    assert text in found.head


@pytest.mark.parametrize("text", WESTERN)
def test_western_words_stay_windows_1252_and_no_guess(tmp_path, text):
    found = seen(tmp_path, text, "cp1252")
    assert (found.encoding, found.guess) == ("windows-1252", False)


@pytest.mark.parametrize("text", [t for said in SAID.values() for t in said])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
def test_unicode_is_never_a_guess(tmp_path, encoding, text):
    found = seen(tmp_path, text, encoding)
    assert (found.encoding, found.guess) == (encoding, False)
    assert text in found.head


def test_words_of_the_header_settle_the_encoding(tmp_path):
    path = tmp_path / "opinie.txt"
    path.write_bytes("Data\tOcena\tIdentyfikator zamówienia ł\n1\tŹle\tx\n".encode("cp1250"))
    found = scan(path.name, path)
    assert (found.encoding, found.guess) == ("cp1250", False)


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "cp1250", "cp1251", "cp1254", "utf-16-le"])
@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_order_exports_and_feedback_are_read_with_every_row(tmp_path, encoding, delimiter):
    word = {"cp1250": "Żarówka łazienkowa", "cp1251": "Лампа настольная", "cp1254": "Işık şeridi"}
    name = word.get(encoding, "時計裝飾擺件" if encoding == "big5" else "木质装饰摆件灯具")
    rows = table([order(n, product__name=name) for n in range(1, 21)])
    (tmp_path / "orders.txt").write_bytes(rows.replace("\t", delimiter).encode(encoding))
    said = feedback([("2026-05-20", "1", name, oid(3))], FEEDBACK).replace("\t", delimiter)
    (tmp_path / "feedback.txt").write_bytes(said.encode(encoding))
    account = load_account(tmp_path, cache=None)
    assert len(account.orders) == 20
    assert account.feedback.comment.tolist() == [name]
    assert account.items.product_name.unique().tolist() == [name]
    notes = [" ".join(f.notes) for f in account.receipt.files]
    guess = encoding != "utf-16-le"
    assert all(("the encoding is a guess" in note) is guess for note in notes)
