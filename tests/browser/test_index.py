"""The index of many accounts in Chromium: sorted, searched, by keyboard, narrow and in print."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from odr_analysis.batch.index.earlier_runs import read_runs
from odr_analysis.batch.index.history_page import HISTORY, history_line, write_history
from odr_analysis.batch.index.index_files import HISTORY_PAGE, PAGE
from odr_analysis.batch.index.write_index import write_index
from tests.browser.opened import Opened
from tests.unit.batch.made import DAY, a_rate, an_outcome, many

HOSTILE = "<script>document.title='broken'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def page_url(tmp_path_factory) -> str:
    out = tmp_path_factory.mktemp("index")
    for day in (DAY - timedelta(days=1), DAY):
        hostile = an_outcome(HOSTILE, a_rate(9000, 900), day=day, place="accounts/hostile")
        write_index(out, [*many(120, day=day), hostile], read_runs(out))
    return (out / PAGE).as_uri()


@pytest.fixture
def context(chromium):
    made = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield made
    made.close()


def _names(page) -> list[str]:
    return page.eval_on_selector_all(
        "#accounts tbody:not([hidden]) th > a", "all => all.map(a => a.textContent)"
    )


def test_it_sorts_searches_and_filters_by_keyboard_and_asks_for_nothing(context, page_url):
    opened = Opened(context, page_url)
    page = opened.page
    expect(page).to_have_title("Order Defect Rate: 121 accounts, 30\xa0Sep 2026")
    ranked = _names(page)
    assert ranked[0] == HOSTILE

    page.get_by_role("searchbox").focus()
    page.keyboard.type("shop 0011")
    expect(page.get_by_role("status")).to_have_text("1 of 121 accounts")
    assert _names(page) == ["Shop 0011"]
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("status")).to_have_text("")

    failed = page.get_by_role("button", name="Report failed")
    failed.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("2 of 121 accounts")
    expect(failed).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("")

    head = page.locator("#accounts thead th").nth(4)
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    rates = page.eval_on_selector_all(
        "#accounts tbody",
        """all => all.map(body => Math.max(...[...body.querySelectorAll('.s')]
        .map(cell => parseFloat(cell.textContent)).filter(rate => !isNaN(rate))))""",
    )
    known = [rate for rate in rates if rate is not None and rate >= 0]
    assert known == sorted(known, reverse=True)
    assert len(known) > 100
    page.locator("#accounts thead button").first.click()
    assert _names(page) == ranked

    assert opened.errors == []
    assert opened.asked == [page_url]


def test_without_script_it_is_a_ranked_table(chromium, page_url):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_url)
    assert not page.get_by_role("searchbox").is_visible()
    assert page.get_by_role("button").count() == 0
    first = page.locator("#accounts tbody").first
    assert HOSTILE in first.inner_text()
    assert page.locator("#accounts tbody").count() == 121
    context.close()


@pytest.mark.parametrize("width", [1280, 768, 380])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off(chromium, page_url, width, scheme):
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(page_url)
    page.eval_on_selector(".odr-beside", "it => it.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wider = page.eval_on_selector_all(
        "#accounts tbody:nth-of-type(-n+12) :is(th, td)",
        "all => all.filter(cell => cell.scrollWidth > cell.clientWidth + 1).length",
    )
    assert wider == 0
    drawings = page.locator(".odr-beside figure > div:visible")
    assert drawings.count() == page.locator(".odr-beside figure").count() == 3
    context.close()


def test_in_print_it_is_one_table_with_its_figures(context, page_url):
    page = context.new_page()
    page.goto(page_url)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.eval_on_selector(".odr-beside", "it => it.open")
    assert page.eval_on_selector("#accounts", "it => getComputedStyle(it).display") == "table"
    assert not page.get_by_role("searchbox").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.eval_on_selector(".odr-beside", "it => it.open")


@pytest.mark.parametrize("width", [380, 700, 1280])
def test_a_long_reason_stays_within_the_runs_of_an_account(context, tmp_path, width):
    folder = tmp_path / "accounts" / "a"
    folder.mkdir(parents=True)
    reason = f"/{'nested_folder_' * 20}export.txt: no order in any file. Add an All Orders report."
    runs = (an_outcome("A", a_rate(1000, 20)), an_outcome("A", reason=reason, attempts=3))
    (folder / HISTORY).write_text("\n".join(json.dumps(history_line(run)) for run in runs), "utf-8")
    write_history(folder)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((folder / HISTORY_PAGE).as_uri())
    box, table = page.locator(".odr-scroll"), page.locator(".odr-runs")
    assert box.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
