"""Sections as HTML: escaped, complete, in order."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from odr_analysis import worklist
from odr_analysis.answer import findings
from odr_analysis.answer.parts.worklist import todo
from odr_analysis.errors import ParameterError
from odr_analysis.html.render import ROWS_FOLDED, ROWS_SHOWN, STEPS_SHOWN, show
from odr_analysis.html.style_sheet import HEAD_MIME
from tests.oracle import make_account
from tests.unit.actions.test_worklist_record import two_channels
from tests.unit.answer.test_known import account as covered

TODAY = date(2026, 9, 30)
EVIL = '<script>alert("1")</script> & <img src=x onerror=alert(2)>'


def order_id(i: int) -> str:
    """As long as Amazon's are."""
    return f"028-{6_000_000 + i}-{4_000_000 + i}"


def account(n_defective: int = 1, comment: str = EVIL, store: str = "Amazon.de"):
    rows = [(order_id(i), date(2026, 7, 18 + i % 10), store, "mfn") for i in range(1000)]
    rows.append(("old", date(2026, 7, 1), store, "mfn"))
    defects = pd.DataFrame(
        {
            "order_id": [order_id(i) for i in range(n_defective)],
            "component": "feedback",
            "reported_on": pd.Timestamp("2026-09-01"),
            "rating": pd.array([1] * n_defective, dtype="Int64"),
            "comment": comment,
            "reason": "",
        }
    )
    return make_account(rows, defects, known_to=TODAY)


class Outline(HTMLParser):
    """Tags in order, and whether every one of them is closed."""

    EMPTY = frozenset({"br", "meta", "rect", "path", "circle", "use", "img"})

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.EMPTY:
            assert self.open.pop() == tag

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def whole():
    return show(findings(account()))


def test_words_from_the_exports_are_text_everywhere(whole):
    page = Outline(whole.html)
    assert page.open == []
    assert page.all("script") == page.all("img") == []
    assert "&lt;script&gt;alert(" in whole.html
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)


def test_a_hostile_account_and_marketplace_are_text_too():
    hostile = findings(account(store='"><script>x</script>'))
    assert Outline(show(hostile).html).all("script") == []


def test_headings_go_down_one_step_at_a_time(whole):
    levels = [int(tag[1]) for tag, _ in Outline(whole.html).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_tables_name_their_rows_and_columns(whole):
    page = Outline(whole.html)
    assert page.all("table")
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))


def test_figures_come_wide_and_narrow_with_a_sentence(whole):
    pictures = [a for a in Outline(whole.html).all("svg") if a.get("role") == "img"]
    assert len(pictures) == 4
    assert all(len(a["aria-label"]) > 40 for a in pictures)
    others = [a for a in Outline(whole.html).all("svg") if a.get("role") != "img"]
    assert all(a["aria-hidden"] == "true" for a in others)


def test_rate_keeps_its_raw_value():
    html = show(findings(account(37)).answer).html
    assert f'title="{37 / 1000}"' in html
    assert "3.70\u00a0%" in html
    assert "37 of 1,000 orders" in html


def test_every_section_is_a_section_of_its_own(whole):
    found = findings(account())
    for part in found.sections:
        shown = show(part)
        assert shown.html in whole.html
        assert str(shown)
        assert shown._repr_html_().startswith('<style class="odr-style">')
    bundle = show(found.head)._repr_mimebundle_()
    assert bundle[HEAD_MIME] == {"title": "ODR report: test"}
    assert HEAD_MIME not in show(found.answer)._repr_mimebundle_()


def test_a_long_table_is_folded_and_the_rest_counted():
    n = ROWS_SHOWN + ROWS_FOLDED + 7
    html = show(findings(account(n)).defects).html
    page = Outline(html)
    assert sum("data-order-id" in attrs for attrs in page.all("tr")) == ROWS_SHOWN + ROWS_FOLDED
    assert len(page.all("details")) == 1
    assert "7 orders are not listed here" in html


def test_nothing_defective_is_a_sentence_not_an_empty_table():
    html = show(findings(covered(), TODAY).defects).html
    assert Outline(html).all("table") == []
    assert "no order in the window has a defect" in html
    # Orders of ten days only: what else there is cannot be known.
    html = show(findings(account(0)).defects).html
    assert Outline(html).all("table") == []
    assert "None is known, but more cannot be known: no orders from" in html


def test_text_is_what_the_html_says(whole):
    found = findings(account())
    assert found.answer.headline in str(whole)
    assert found.answer.cards[0].sentence in str(whole)
    assert found.ahead.lines[0] in str(whole)


def test_only_findings_are_shown():
    with pytest.raises(ParameterError, match="findings"):
        show(42)


def test_overdue_steps_are_never_folded_away() -> None:
    table = worklist(two_channels())
    # Enough steps that are due before the overdue one of the second channel to fold it.
    many = pd.concat([table.iloc[[1]]] * STEPS_SHOWN + [table.iloc[2:]], ignore_index=True)
    html = show(todo(many, TODAY, many_series=True)).html
    at_sight, _, folded = html.partition('<details class="odr-more"><summary>')
    assert 'data-order-id="below, overdue"' in at_sight
    assert 'data-order-id="below"' not in at_sight
    assert 'data-order-id="below"' in folded
    assert "below, overdue" in show(todo(many, TODAY, many_series=True)).text
