"""Seller feedback: recognised by name or shape, comments mended, every row accounted for."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from odr_analysis import terms
from odr_analysis.errors import ExportError
from odr_analysis.exports.readers import feedback
from odr_analysis.exports.text.delimited import split_rows

HEADER = "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n"
GERMAN = "Datum\tBewertung\tKommentare\tIhre Antwort\tBestellnummer\tE-Mail des Bewerters\n"
ONE, TWO, THREE = (f"113-000000{n}-0000001" for n in (1, 2, 3))


def table_of(text: str, delimiter: str = "\t"):
    return split_rows(text, file="f.txt", delimiter=delimiter, quoted=delimiter != "\t")


def read(text: str, marketplace: str | None = None, delimiter: str = "\t"):
    return feedback.read(table_of(text, delimiter), marketplace=marketplace)


def looks(text: str) -> bool:
    table = table_of(text)
    return feedback.looks_like(table.header, [cells for _, cells in table.rows])


def test_the_english_report():
    done = read(
        HEADER
        + f"7/31/26\t1\tlate \t\t{ONE}\tAb@marketplace.amazon.com\n"
        + f"7/2/26\t5\t\tthanks\t{TWO}\t\n"
    )
    assert list(done.feedback.columns) == list(terms.FEEDBACK_COLUMNS)
    first, second = done.feedback.itertuples(index=False)
    alias = hashlib.sha256(b"ab@marketplace.amazon.com").hexdigest()[:16]
    assert first[:1] + first[2:] == (ONE, 1, "late ", "", alias, "f.txt", 2)
    assert (second.response, second.rater, second.line) == ("thanks", "", 3)
    assert (done.rows_read, done.rows_kept, done.rows_dropped) == (2, 2, {})
    assert done.details["ratings"] == {"1": 1, "2": 0, "3": 0, "4": 0, "5": 1}
    assert (done.locale, done.latest) == ("m/d/y, en", date(2026, 7, 31))
    assert done.defects is None
    assert "amazon.com" not in done.feedback.to_csv()


def test_a_localised_header_is_known_by_shape():
    text = GERMAN + f"30.09.26\t2\tzu spät\t\t{ONE}\tx@y\n01.09.26\t5\tgut\t\t{TWO}\tx@y\n"
    assert looks(text)
    done = read(text)
    assert (done.locale, done.latest) == ("d.m.y, de", date(2026, 9, 30))
    japanese = f"日付\t評価\tコメント\t回答\t注文番号\tメール\n26/09/30\t5\tよい\t\t{ONE}\tx\n"
    assert looks(japanese)
    assert read(japanese, "Amazon.co.jp").latest == date(2026, 9, 30)


def test_header_alone_is_known_by_its_titles():
    assert looks(HEADER)
    assert looks(GERMAN)
    assert looks("日付\t評価\tコメント\t回答\t注文番号\tメール\n")
    assert not looks("a\tb\tc\td\te\tf\n")
    done = read(HEADER)
    assert (done.rows_read, done.latest, len(done.feedback)) == (0, None, 0)


@pytest.mark.parametrize(
    "text",
    [
        # The claims template has six columns too.
        f"order id\tclaim date\treason\tstatus\tamount\tcounts in odr\n{ONE}\t1/2/26\t\t\t5\tY\n",
        f"a\tb\tc\td\te\tf\n1/2/26\t9\tx\t\t{ONE}\tm\n",
        f"a\tb\tc\td\te\n1/2/26\t5\tx\t\t{ONE}\n",
    ],
)
def test_six_columns_alone_are_not_feedback(text):
    assert not looks(text)


@pytest.mark.parametrize(
    ("header", "others"),
    [
        ("Date,Rating,Title,Body,ASIN,Order ID", "'Title', 'Body'"),
        ("Date,Score,Comment,Answer,Order,Email", "'Score', 'Answer', 'Order'"),
        ("Date,Stars,Comments,Response,Order ID,Email", ""),
        ("Datum,Betyg,Kommentarer,Ditt svar,Order-ID,E-post", ""),
    ],
)
def test_an_english_list_of_that_shape_with_other_titles_is_set_aside(header, others):
    note = feedback.doubt(header.split(","), [])
    assert (f"({others})" in note) if others else note == ""


def test_missing_names_what_an_unknown_file_lacks():
    assert feedback.missing(["Date", "Rating", "Sku"]) == ["comments", "order id"]


def test_a_comment_over_several_lines_is_one_row():
    done = read(
        HEADER
        + f"7/31/26\t1\tlate\n\nand broken\r\n7/3/11\nnever again\tsorry\t{ONE}\tx@y\n"
        + f"7/2/26\t5\tgood\t\t{TWO}\tx@y\n"
    )
    assert done.feedback.order_id.tolist() == [ONE, TWO]
    assert done.feedback.comment[0] == "late\nand broken\n7/3/11\nnever again"
    assert done.feedback.response[0] == "sorry"
    assert (done.rows_read, done.rows_kept) == (2, 2)
    assert done.details["continuation_lines"] == 3
    assert done.feedback.line.tolist() == [2, 7]


def test_stray_tabs_go_back_into_the_comment():
    done = read(
        HEADER
        + f"7/31/26\t1\tlate\tand\tbroken, see {TWO}\tsorry\t{ONE}\tx@y\n"
        + f"7/30/26\t1\ta\tb\nc\t\t{TWO}\tx@y\n"
        + f"7/29/26\t2\ta\tb\tc\td\ne\t\t{THREE}\tx@y\n"
    )
    assert done.feedback.order_id.tolist() == [ONE, TWO, THREE]
    comments = [f"late\tand\tbroken, see {TWO}", "a\tb\nc", "a\tb\tc\td\ne"]
    assert done.feedback.comment.tolist() == comments
    assert done.feedback.response.tolist() == ["sorry", "", ""]
    assert done.notes[-1].startswith("3 comment(s) hold stray delimiters")


def test_what_is_dropped_says_why_and_where():
    done = read(
        HEADER
        + f"7/31/26\t5\tfine\t\t{ONE}\tx@y\n"  # line 2
        + f"sometime\t5\tfine\t\t{TWO}\tx@y\n"
        + f"7/30/26\t6\tfine\t\t{TWO}\tx@y\n"
        + "7/30/26\t5\tfine\t\t\tx@y\n"
        + "7/30/26\t5\tfine\t\t1.13E+16\tx@y\n"
        + "7/30/26\t5\tfine\t\t113-1\tx@y\n"
        + "7/30/26\t5\tcut short\n"
        + f"7/29/26\t4\tfine\t\t{THREE}\n"  # a missing last cell is no harm
        + "Total 8\n"
    )
    assert done.feedback.order_id.tolist() == [ONE, THREE]
    assert done.dropped_lines == {
        "unreadable date": [3],
        "rating not 1 to 5": [4],
        "order id missing": [5],
        "order id in scientific notation": [6],
        "order id malformed": [7],
        "too few cells": [8, 10],
    }
    assert (done.rows_read, done.rows_kept) == (9, 2)


def test_a_damaged_row_is_not_glued_to_the_one_before():
    # Were they one, the second row's order would get the first row's star.
    done = read(HEADER + f"7/31/26\t1\tcut\nsometime\t\tfine\t\t{TWO}\tx@y\n")
    assert done.rows_kept == 0
    assert done.rows_dropped == {"too few cells": 1, "rating not 1 to 5": 1}


def test_day_and_month_come_from_the_marketplace_or_are_said_to_be_guessed():
    text = HEADER + f"7/3/26\t1\tx\t\t{ONE}\tm\n"
    assert read(text, "Amazon.co.uk").latest == date(2026, 3, 7)
    guessed = read(text)
    assert guessed.latest == date(2026, 7, 3)
    assert "could not be told apart" in guessed.notes[0]


def test_the_page_copy_is_read_by_name():
    header = (
        "Date\tRating\tComments\tArrived on Time\tItem as Described\tCustomer Service\t"
        "Order ID\tRater Email\tRater Role\n"
    )
    done = read(header + f"7/31/11\t1\tbad\tNo\tYes\t-\t{ONE}\tx@y\tBuyer\n")
    assert done.feedback[["order_id", "rating", "comment", "response"]].to_numpy().tolist() == [
        [ONE, 1, "bad", ""]
    ]


def test_a_warehouse_copy_with_quotes_is_read_by_name():
    text = (
        "date,rating,comments,response,order_id,rater_email,dataEndTime\n"
        f'2026-09-30,2,"late,\nand ""broken""",,{ONE},x@y,2026-10-01\n'
    )
    table = table_of(text, ",")
    assert feedback.looks_like(table.header, [])
    done = feedback.read(table, marketplace=None)
    assert done.feedback.comment.tolist() == ['late,\nand "broken"']
    assert done.locale == "y-m-d, en"
    other = "amazon_order_id,feeddate,rating,comments,response,email\n"
    assert read(other + f"{ONE},2026-09-30,3,ok,,x@y\n{TWO}\n", None, ",").rows_kept == 1


def test_untrusted_text_is_kept_as_text():
    done = read(HEADER + f'7/31/26\t1\t<script>"=1+1"</script>\t\t{ONE}\tx@y\n')
    assert done.feedback.comment[0] == '<script>"=1+1"</script>'


def test_a_needed_column_twice_is_an_error():
    text = HEADER.replace("Your Response", "Rating") + "7/31/26\t1\t\t2\t\t\n"
    with pytest.raises(ExportError, match="the column 'Rating' 2 times"):
        read(text)
