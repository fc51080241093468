"""Every notebook runs, quietly, and says what is true of the seller it ran on."""

from __future__ import annotations

import ast
import json
import re

import pandas as pd
import pytest
from nbformat import NotebookNode

from odr_analysis import load_account, words
from odr_analysis.html.style_sheet import HEAD_MIME
from tests.downloads import fill, orders, table
from tests.notebooks.conftest import EXPECTED, NOTEBOOKS, Seller, html, run_here, said

every_notebook = pytest.mark.parametrize("name", [p.stem for p in NOTEBOOKS])


def rate_text(rate: dict) -> str:
    return words.rate(rate["n_defective"], rate["n_orders"])


def shown_after(notebook: NotebookNode, source: str) -> str:
    """Plain text of the cell whose source has `source` in it."""
    cells = [c for c in notebook.cells if c.cell_type == "code" and source in c.source]
    assert len(cells) == 1, f"{len(cells)} cells with {source!r}"
    return "\n".join(o["data"]["text/plain"] for o in cells[0].outputs if "data" in o)


def test_all_five_are_run() -> None:
    assert tuple(p.stem for p in NOTEBOOKS) == EXPECTED


@every_notebook
def test_runs_quietly_from_the_first_cell_to_the_last(run, name: str) -> None:
    notebook = run(name)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert len(cells) >= 6
    outputs = [output for cell in cells for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data"}
    for cell in cells:
        ends_in_a_value = isinstance(ast.parse(cell.source).body[-1], ast.Expr)
        # The panel has one for where widgets run, and one for where they do not.
        expected = 2 if "what_if_panel(" in cell.source else int(ends_in_a_value)
        assert len(cell.outputs) == expected, cell.source


@every_notebook
def test_a_comment_never_becomes_markup(run, seller: Seller, name: str) -> None:
    comments = load_account(seller.folder).feedback.comment
    assert comments.str.contains("<script>").any(), "the sample has no hostile comment any more"
    assert "<script" not in html(run(name))


@every_notebook
def test_figures_tell_their_finding_to_those_who_cannot_see_them(run, name: str) -> None:
    figures = re.findall(r"<svg class=\"odr-svg\"[^>]*>", html(run(name)))
    assert figures
    for figure in figures:
        label = re.search(r'aria-label="([^"]+)"', figure)
        assert label
        assert len(label[1].split()) >= 4
        # A missing value; "None of the groups" is a finding.
        assert not re.search(r"\bNone\b(?! of )", label[1])


def test_01_accounts_for_every_row_and_finds_nothing_missing(run, seller: Seller) -> None:
    notebook = run("01-load-and-check")
    truth = seller.truth
    read = sum(f["rows"] for f in truth["files"])
    answer = shown_after(notebook, "show_lines(day.coverage.lines")
    assert f"All {read:,} rows read could be used." in answer
    assert "Nothing is missing for the rate of 30 Sep 2026." in answer
    left_out = shown_after(notebook, "account.orders[~account.orders.counts]")
    n = sum(int(line.split()[-1]) for line in left_out.splitlines()[2:])
    assert n == sum(truth["orders"]["not_counted"].values())


def test_01_says_when_a_month_and_the_claims_are_missing(seller: Seller, tmp_path) -> None:
    folder = tmp_path / "holes"
    folder.mkdir()
    for file in seller.truth["files"]:
        drop = file["kind"] in ("claims", "order-defects", "mfn-returns") or "-04." in file["file"]
        if not drop:
            (folder / file["file"]).write_bytes((seller.folder / file["file"]).read_bytes())
    notebook = run_here("01-load-and-check", folder=str(folder))
    answer = shown_after(notebook, "show_lines(day.coverage.lines")
    assert re.search(r"No order from \d+ \w+ to \d+ \w+ 2026 \(\d+ days", answer)
    assert "Cannot be known: no file of A-to-z claims" in answer
    assert "things to know before trusting the rate" in answer
    assert "A hole in the exports" in shown_after(notebook, "plot_placed, day.coverage")
    assert 'id="placed' in html(notebook)


def test_02_answers_with_the_rates_of_the_truth(run, seller: Seller) -> None:
    answer = shown_after(run("02-odr-over-time"), "show(day.findings.answer)")
    for rate in seller.truth["rates"]:
        name = words.channel(rate["channel"])
        counts = f"{rate['n_defective']} of {rate['n_orders']:,} orders"
        assert re.search(rf"{name}: .*{re.escape(counts)}", answer), answer
        assert rate_text(rate) in answer


def test_02_parts_add_up_and_components_are_those_of_the_truth(run, seller: Seller) -> None:
    notebook = run("02-odr-over-time")
    parts = shown_after(notebook, "total=day.today").splitlines()[2:]
    kinds = shown_after(notebook, 'day.today[["marketplace", "channel", "n_orders"').splitlines()[2:]
    assert len(parts) == len(kinds) == len(seller.truth["rates"])
    for part, kind in zip(parts, kinds, strict=True):
        _, channel, n_orders, n_defective, odr, *components = kind.split()
        rate = seller.rate(channel)
        assert [int(n) for n in components] == [
            rate["n_feedback"],
            rate["n_claim"],
            rate["n_chargeback"],
        ]
        assert (int(n_orders), int(n_defective)) == (rate["n_orders"], rate["n_defective"])
        assert float(odr) == pytest.approx(rate["n_defective"] / rate["n_orders"], abs=1e-6)
        *cells, total = (int(n) for n in part.split()[2:])
        assert sum(cells) == total == rate["n_defective"]


def test_02_as_of_another_day_gives_the_rate_of_that_day(seller: Seller) -> None:
    day = seller.truth["rates_history"][-1]["as_of"]
    notebook = run_here("02-odr-over-time", folder=str(seller.folder), as_of=day)
    answer = shown_after(notebook, "show(day.findings.answer)")
    rates = [r for r in seller.truth["rates_history"] if r["as_of"] == day]
    assert rates
    for rate in rates:
        assert f"{rate['n_defective']} of {rate['n_orders']:,} orders" in answer


def test_03_moves_end_at_the_counts_of_the_truth(run, seller: Seller) -> None:
    table = shown_after(run("03-why-it-moved"), "What came and went").splitlines()[1:]
    columns = table[0].split()
    rows = {row.split()[1]: dict(zip(columns, row.split(), strict=True)) for row in table[1:]}
    for rate in seller.truth["rates"]:
        row = {
            k: int(v) for k, v in rows[rate["channel"]].items() if k[0] in "ftod" and v.isdigit()
        }
        assert row["to_n_defective"] == rate["n_defective"]
        assert row["to_n_orders"] == rate["n_orders"]
        came = row["defects_entered"] + row["defects_reported_late"]
        assert row["from_n_defective"] + came - row["defects_left"] == row["to_n_defective"]


def test_03_finds_the_planted_story_and_writes_it_in_the_answer(run, seller: Seller) -> None:
    notebook = run("03-why-it-moved")
    planted = {fault["name"]: fault for fault in seller.truth["story"]["planted"]}
    packaging, carrier = planted["packaging"], planted["carrier"]
    answer = shown_after(notebook, "show_lines([*bridge_sentences").splitlines()
    (lost,) = [line for line in answer if f"ship service {carrier['ship_service']}" in line]
    assert lost.startswith(f"Seller-fulfilled, {carrier['reason']}: ")
    # Days as the sentence has them lie within those planted.
    days = re.search(r"placed (\d+ \w+)(?: to (\d+ \w+))?\.", lost)
    assert days
    first, last = (pd.Timestamp(f"{day or days[1]} 2026") for day in days.groups())
    assert pd.Timestamp(carrier["from"]) <= first <= last <= pd.Timestamp(carrier["to"])
    # Four broken plates may be chance among all groups of the report, so the answer is silent;
    # they lead the products, and stand high among the groups.
    assert not [line for line in answer if packaging["sku"] in line]
    groups = shown_after(notebook, "causes.groups.loc[").splitlines()
    high = [line for line in groups if packaging["sku"] in line and packaging["reason"] in line]
    assert len(high) == 1
    products = shown_after(notebook, "product_defects(account, end").splitlines()
    assert packaging["sku"] in products[2], "not the first of the products"


def test_03_ends_with_what_to_do_and_every_defect_is_in_it(run, seller: Seller) -> None:
    told = shown_after(run("03-why-it-moved"), "show(day.to_do)")
    assert re.search(r"\d+ of \d+ defects can still be acted on", told)
    assert "Never offer" in told
    assert "Nothing left for" in told


def test_03_two_days_of_choice(seller: Seller) -> None:
    days = {"as_of": "2026-09-20", "from_day": "2026-09-10"}
    notebook = run_here("03-why-it-moved", folder=str(seller.folder), **days)
    assert "as of 20 Sep 2026" in said(notebook)
    kinds = shown_after(notebook, "two_days = day.rates")
    assert sorted(set(re.findall(r"2026-\d\d-\d\d", kinds))) == ["2026-09-10", "2026-09-20"]


def test_04_starts_from_the_rate_of_the_truth(run, seller: Seller) -> None:
    notebook = run("04-what-if")
    text = said(notebook)
    rate = seller.rate("mfn")
    assert (
        f"{rate['n_defective']} of {rate['n_orders']:,} orders" in text or rate_text(rate) in text
    )
    panel = [c for c in notebook.cells if "what_if_panel(" in c.source and c.cell_type == "code"]
    (cell,) = [c for c in panel if not c.source.startswith("from")]
    kinds = {mime for o in cell.outputs if "data" in o for mime in o["data"]}
    assert kinds & {"text/html", "image/png", "image/svg+xml"}, "an export would show a blank"


def test_05_is_the_whole_report(run, seller: Seller) -> None:
    text = said(run("05-report"))
    for rate in seller.truth["rates"]:
        assert f"{rate['n_defective']} of {rate['n_orders']:,} orders" in text
    assert pd.__version__ in text
    shas = json.dumps([f.sha256 for f in load_account(seller.folder).receipt.files])
    assert len(set(re.findall(r"[0-9a-f]{64}", html(run("05-report"))))) == shas.count('"') // 2


@pytest.mark.parametrize("scenario", ["tiny", "clean", "two-stores"])
def test_01_to_03_stand_every_kind_of_seller(other_seller, scenario: str) -> None:
    other = other_seller(scenario)
    notebooks = [run_here(name, folder=str(other.folder)) for name in EXPECTED[:3]]
    answer = shown_after(notebooks[1], "show(day.findings.answer)")
    assert other.truth["rates"]
    for rate in other.truth["rates"]:
        counts = f"{rate['n_defective']} of {words.counted(rate['n_orders'], 'order')}"
        assert counts in answer
    for notebook in notebooks:
        raw = re.search(r">\s*(nan|NaT|None|<NA>|inf)\s*<|\bnan\b", html(notebook))
        assert not raw, f"a raw value is shown: {raw}"


def test_as_of_before_anything_counts_is_said_and_not_a_crash(seller: Seller) -> None:
    told = ("so the counts are too low", "no order counts on this day", "no order counts on either")
    for name, words_of in zip(EXPECTED, told, strict=False):
        text = said(run_here(name, folder=str(seller.folder), as_of="2025-12-01"))
        assert words_of in text.lower()


def test_04_runs_on_an_account_without_a_series_to_simulate(tmp_path) -> None:
    """None of its orders counts."""
    folder = fill(tmp_path, {"o.txt": table(orders(5, sales__channel="Non-Amazon"))})
    assert "No orders" in said(run_here("04-what-if", folder=str(folder)))


@every_notebook
def test_name_and_rules_are_those_asked_for(other_seller, name: str) -> None:
    notebook = run_here(
        name,
        folder=str(other_seller("tiny").folder),
        account_name="Zebra Shop",
        policy="as-reported",
        rules=[["lag_days", 13]],
    )
    titles = [
        output["data"][HEAD_MIME]["title"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if HEAD_MIME in output["data"]
    ]
    assert titles == ["ODR report: Zebra Shop"]
    built_on = notebook.cells[-1].outputs[0]["data"]["text/html"]
    assert "Rules in full: as-reported (changed)" in built_on
    assert '<th scope="row">lag_days</th><td>13</td>' in built_on
