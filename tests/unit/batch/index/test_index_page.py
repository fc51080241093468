"""The index page: stands alone, escapes every word, and answers before anything is clicked."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from odr_analysis.batch.index.earlier_runs import read_runs
from odr_analysis.batch.index.index_days import with_earlier
from odr_analysis.batch.index.index_files import PAGE
from odr_analysis.batch.index.index_page import index_page
from odr_analysis.batch.index.row import rows_of
from odr_analysis.batch.index.write_index import write_index
from tests.unit.batch.made import DAY, a_rate, a_summary, an_outcome, many

NAME = "<img src=x onerror=alert(1)>&\"'</script><script>alert(2)</script>"


class Page(HTMLParser):
    """The text, links and tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text, self.script = "", ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        self.tags.append(f"/{tag}")

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "script":
            self.script += data
        elif self.tags and self.tags[-1] != "style":
            self.text += data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("index")
    for day in (DAY - timedelta(days=1), DAY):
        hostile = an_outcome(NAME, a_rate(9000, 900), day=day, place="accounts/a b")
        outcomes = [*many(80, day=day), hostile]
        write_index(out, outcomes, read_runs(out))
    return out


@pytest.fixture(scope="module")
def html(folder):
    return (folder / PAGE).read_text("utf-8")


def test_it_asks_for_nothing_from_outside(html):
    page = Page(html)
    assert not {"link", "iframe", "img", "object", "base"} & set(page.tags)
    outside = [
        value for name, value in page.attributes
        if name in ("href", "src", "action", "xlink:href") and value and "//" in value
    ]  # fmt: skip
    assert outside == []
    assert "@import" not in html
    assert not re.findall(r"url\((?!#|\"data:)", html)


def test_only_its_own_script_may_run(html):
    page = Page(html)
    assert page.tags.count("script") == 1
    policies = [v for n, v in page.attributes if n == "content" and v and "script-src" in v]
    digest = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
    (policy,) = policies
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{digest}'"
    )


def test_every_word_is_escaped_and_every_link_leads_to_its_folder(html):
    page = Page(html)
    assert NAME in page.text
    assert not [n for n, _ in page.attributes if n.startswith("on")]
    links = [v for n, v in page.attributes if n == "href" and v and not v.startswith("#")]
    assert "accounts/a%20b/report.html" in links
    assert "accounts/shop-0000/history.html" in links


def test_the_worst_comes_first_without_any_script(html):
    page = Page(html)
    words = " ".join(page.text.replace("\xa0", " ").split())
    top = words[: words.index("Different, or only small?")]
    assert f"Worst: {NAME}, seller-fulfilled on Amazon.de, 10.00 % (900 of 9,000 orders)" in top
    assert words.index("#Account") < words.index(f"1{NAME}")


def test_a_long_reason_has_a_line_of_its_own_below_what_was_known_last(tmp_path):
    reason = "One word after another. " * 20
    old = a_summary(a_rate(900, 3), a_rate(700, 2, channel="afn"), as_of="2026-09-29")
    rows = rows_of([an_outcome("A", reason=reason, summary=old)], {})
    html = index_page(rows, with_earlier(tmp_path, DAY, rows), DAY, "", tmp_path)
    (body,) = re.findall(r"<tbody.*?(?=<tbody|</table>)", html, re.DOTALL)
    assert body.count("rowspan=3") == 3, "place, account and state"
    state, last = body.split("<tr>")[1], body.split("<tr>")[3]
    assert "One word" not in state
    assert last.startswith("<td colspan=7>One word after another.")


def test_ids_of_figures_are_unique(html):
    ids = [v for n, v in Page(html).attributes if n == "id"]
    assert len(ids) == len(set(ids)) > 20


def test_a_page_of_accounts_grows_by_less_than_a_kilobyte_each(tmp_path):
    """5,000 accounts of two rates stay below 5 MB; the figures do not grow with them."""
    rows = rows_of(many(300), {})
    page = index_page(rows, with_earlier(tmp_path, DAY, rows), DAY, "", tmp_path).encode()
    accounts = page[page.index(b"<tbody") : page.index(b"</table>")]
    # A funnel of 5,000 accounts has three times the dots of one of 300.
    assert (len(page) - len(accounts)) * 3 + len(accounts) / 300 * 5000 < 5_000_000
