"""Accounts of many sources, held against their own files read with nothing but csv and json."""

from __future__ import annotations

import ast
import csv
import gzip
import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import odr_analysis.sample
from odr_analysis.policy import Policy
from odr_analysis.presets import PRESETS
from odr_analysis.sample import write_sample
from odr_analysis.sample.model.recipes import NEVER, RECIPES, TOGETHER

STORES = {"witnesses": "Amazon.de", "witnesses-us": "Amazon.com", "witnesses-jp": "Amazon.co.jp"}
COMPONENTS = ("feedback", "claim", "chargeback")

COUNTS_UNDER: dict[str, str] = {
    # amazon-current, amazon-2016, as-reported: y or n
    "claim: granted": "yyy",
    "claim: seen everywhere": "yyy",
    "claim: pending": "yyy",
    "claim: pending, debited": "yyy",
    "claim: withdrawn": "nyy",
    "claim: denied": "nyy",
    "claim: appeal won": "nny",
    "claim: amazon funded": "nny",
    "claim: refunded": "yyy",
    "claim: cancelled": "yyy",
    "claim: protected": "nny",
    "claim: no status": "yyy",
    "claim: said to count": "yyy",
    "claim: said not to count": "nnn",
    "claim: said not to count, debited": "nnn",
    "claim: denied, debited": "nyy",
    "claim: granted, paid back": "yyy",
    "claim: pending, then denied": "nyy",
    "claim: denied, then granted": "yyy",
    "claim: listed, denied": "yyy",
    "claim: no impact, granted": "nnn",
    "claim: only listed": "yyy",
    "claim: returned": "yyy",
    "claim: returned, granted": "yyy",
    "claim: returned, denied": "nyy",
    "claim: debit alone": "yyn",
    "claim: debit that came back": "nnn",
    "claim: debit that came back in part": "yyn",
    "claim: debit that came back late": "nnn",
    "claim: debit across layouts": "nnn",
    "feedback: negative": "yyy",
    "feedback: negative, listed": "yyy",
    "feedback: at the edges of the window": "yyy",
    "feedback: neutral": "nnn",
    "feedback: struck": "nnn",
    "feedback: raised": "nnn",
    "feedback: vanished": "nnn",
    "feedback: only listed": "yyy",
    "chargeback: lost": "yyy",
    "chargeback: open": "yyy",
    "chargeback: won": "nyy",
    "chargeback: won, debited": "nyy",
    "chargeback: won, said to count": "yyy",
    "chargeback: lost, said not to count": "nnn",
    "chargeback: only listed": "yyy",
    "chargeback: debit alone": "yyn",
    "chargeback: debit that came back": "nnn",
}
"""What each comes to, by the rules in words; the recipes state switches."""


@dataclass
class Written:
    """A written account and its texts."""

    folder: Path
    truth: dict[str, Any]

    def texts(self, kind: str) -> list[str]:
        found = []
        for entry in self.truth["files"]:
            if entry["kind"] == kind:
                data = (self.folder / entry["file"]).read_bytes()
                data = gzip.decompress(data) if entry["file"].endswith(".gz") else data
                found.append(data.decode(entry["encoding"]))
        return found

    def rows(self, kind: str) -> list[dict[str, str]]:
        """Rows of all files of a kind that have TAB between cells."""
        found = []
        for text in self.texts(kind):
            header, *lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
            names = header.split("\t")
            # The last All Orders file ends with an empty line.
            rows = [line.split("\t") for line in lines if line]
            found += [dict(zip(names, cells, strict=True)) for cells in rows]
        return found


def write(folder: Path, scenario: str, **arguments: Any) -> Written:
    path = write_sample(folder, **({"orders": 1_500, "seed": 3} | arguments), scenario=scenario)
    return Written(folder, json.loads(path.read_text("utf-8")))


@pytest.fixture(scope="module", params=STORES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write(tmp_path_factory.mktemp("german"), "witnesses", seed=5)


def test_what_counts_is_what_the_rules_in_words_say(german: Written) -> None:
    assert list(PRESETS) == ["amazon-current", "amazon-2016", "as-reported"]
    assert COUNTS_UNDER.keys() == RECIPES.keys()
    told = {
        case["name"]: "".join("ny"[case["counts"][preset]] for preset in PRESETS)
        for case in german.truth["planted"]
    }
    assert told == COUNTS_UNDER


def test_recipes_name_switches_and_each_other() -> None:
    fields = Policy().to_dict()
    named = {name for recipe in RECIPES.values() for name in recipe.counts_if} - set(NEVER)
    assert named <= fields.keys()
    decided_by_order = {"count_cancelled_orders", "count_pending_orders"}
    only_in_an_archive = {"count_struck_feedback"}
    switches = {name for name in fields if name.startswith("count_")}
    assert switches - named == decided_by_order | only_in_an_archive
    assert {name for names in TOGETHER for name in names} <= RECIPES.keys()
    for names in TOGETHER:
        components = [RECIPES[name].component for name in names]
        assert len(set(components)) == len(components)
    assert all(recipe.contradiction or not recipe.disagree for recipe in RECIPES.values())


def test_the_answers_ask_no_code_that_reads_or_ranks_evidence() -> None:
    rooms = sorted(Path(odr_analysis.sample.__file__).parent.rglob("*.py"))
    assert len(rooms) > 15
    for room in rooms:
        for node in ast.walk(ast.parse(room.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith(
                    ("odr_analysis.exports", "odr_analysis.l")
                )


def test_counts_are_those_of_the_files_read_again(made: Written) -> None:
    """Orders from the order files, verdicts from the planted cases: on the last day, by which all
    are known."""
    orders: dict[str, dict[str, str]] = {}
    for row in made.rows("all-orders"):
        old = orders.get(row["amazon-order-id"])
        if old is None or row["last-updated-date"] >= old["last-updated-date"]:
            orders[row["amazon-order-id"]] = row
    assert len(orders) == made.truth["orders"]["distinct"] == 1_500
    as_of = date.fromisoformat(made.truth["as_of"])
    for preset, lag in (("amazon-current", 15), ("amazon-2016", 30), ("as-reported", 15)):
        hit: dict[str, set[str]] = {}
        for case in made.truth["planted"]:
            for order_id in case["orders"] if case["counts"][preset] else ():
                hit.setdefault(order_id, set()).add(case["component"])
        counts = {channel: Counter[str]() for channel in ("Merchant", "Amazon")}
        for order_id, row in orders.items():
            placed = datetime.fromisoformat(row["purchase-date"]).date()
            inside = as_of - timedelta(lag + 59) <= placed <= as_of - timedelta(lag)
            named = row["sales-channel"] == STORES[made.truth["scenario"]]
            if inside and named and not order_id.startswith("S"):
                own = counts[row["fulfillment-channel"]]
                own["n_orders"] += 1
                own["n_defective"] += bool(hit.get(order_id))
                own.update(f"n_{component}" for component in hit.get(order_id, ()))
        for row in made.truth["policies"][preset]["rates"]:
            own = counts["Merchant" if row["channel"] == "mfn" else "Amazon"]
            for name in ("n_orders", "n_defective", *(f"n_{c}" for c in COMPONENTS)):
                assert row[name] == own[name], (preset, row["channel"], name)


def test_rates_of_the_account_are_those_of_todays_rules(made: Written) -> None:
    own = made.truth["policies"]["amazon-current"]
    assert made.truth["rates"] == own["rates"]
    assert made.truth["rates_history"] == own["rates_history"]


def test_contradictions_are_planted_cases(made: Written) -> None:
    wanted = sorted(
        (order_id, case["component"], case["name"])
        for case in made.truth["planted"]
        for order_id in case["orders"]
        if RECIPES[case["name"]].contradiction
    )
    told = made.truth["contradictions"]
    assert [(c["order_id"], c["component"], c["name"]) for c in told] == wanted
    assert len({name for _, _, name in wanted}) == sum(r.contradiction for r in RECIPES.values())
    assert all(c["what"] for c in told)


def test_settlements_add_up(made: Written) -> None:
    """The first row of a settlement states the sum of all others; both layouts are there."""
    texts = made.texts("settlement")
    assert len(texts) == 5
    assert texts[-1] == texts[-2]
    widths = []
    for text in texts:
        header, *lines = text.removesuffix("\r\n").split("\r\n")
        names = header.split("\t")
        rows = [dict(zip(names, line.split("\t"), strict=True)) for line in lines]
        widths.append(len(names))
        amounts = [n for n in names if n.endswith("amount") and n != "total-amount"]
        first, *rest = rows

        def number(text: str) -> Decimal:
            return Decimal(text.replace(",", ".") or 0)

        assert first["currency"]
        assert not first["transaction-type"]
        total = sum((number(row[name]) for row in rest for name in amounts), Decimal(0))
        assert number(first["total-amount"]) == total
        assert not any(row["total-amount"] or row["currency"] for row in rest)
    assert widths == [36, 36, 24, 24, 24]
    assert any("\tShippingChargeback\t" in text for text in texts[:2])
    assert any("\tA2ZGuaranteeRecovery\t" in text for text in texts[:2])
    assert any("\tGiftwrapChargeback\t" in text for text in texts[2:])


FORMS = {
    "witnesses": (r"\d\d\.\d\d\.2026 \d\d:\d\d:\d\d UTC", r"\d\d\.\d\d\.2026 [\d:]{8} GMT\+00:00"),
    "witnesses-us": (
        r"2026-\d\d-\d\d \d\d:\d\d:\d\d UTC",
        r"[A-Z][a-z]{2} \d{1,2}, 2026 \d{1,2}:\d\d:\d\d [AP]M P[SD]T",
    ),
    "witnesses-jp": (r"2026/\d\d/\d\d \d\d:\d\d:\d\d UTC", r"2026/\d\d/\d\d \d\d:\d\d:\d\dJST"),
}
"""How a store writes a moment in the newer settlements and in a date range."""


def test_moments_are_written_as_the_store_does(made: Written) -> None:
    settled, booked = FORMS[made.truth["scenario"]]
    moments = {
        line.split("\t")[17]
        for text in made.texts("settlement")[2:]
        for line in text.split("\r\n")[2:-1]
    }
    assert all(re.fullmatch(settled, m) for m in moments - {""})
    assert ("" in moments) == (made.truth["scenario"] == "witnesses")
    (text,) = made.texts("date-range")
    lines = text.removeprefix("\ufeff").split("\r\n")
    at = 7 if made.truth["scenario"] == "witnesses-us" else 6
    assert len(next(csv.reader([lines[at]]))) == 27
    rows = list(csv.reader(io.StringIO("\n".join(lines[at + 1 : -1]))))
    assert rows
    assert all(re.fullmatch(booked, row[0]) for row in rows)
    swapped = str.maketrans(",.", ".,") if made.truth["scenario"] == "witnesses" else {}
    for row in rows:
        numbers = [Decimal(cell.translate(swapped).replace(",", "")) for cell in row[13:]]
        assert sum(numbers[:-1]) == numbers[-1]


def test_japanese_files_are_in_cp932_and_yen_are_whole(tmp_path: Path) -> None:
    made = write(tmp_path, "witnesses-jp")
    encodings = Counter(entry["encoding"] for entry in made.truth["files"])
    assert encodings["cp932"] >= 7
    assert "windows-1252" not in encodings
    assert all(row["item-price"].isdigit() for row in made.rows("fulfilled-shipments"))
    assert any("プレート" in row["product-name"] for row in made.rows("all-orders"))
    assert not re.search(r'"CurrencyAmount": -?\d+\.\d', made.texts("finances")[0])


def test_finances_come_in_three_shapes(made: Written) -> None:
    (text,) = made.texts("finances")
    if made.truth["scenario"] == "witnesses-jp":
        pages = [json.loads(line) for line in text.splitlines()]
    else:
        document = json.loads(text)
        assert isinstance(document, dict) == (made.truth["scenario"] == "witnesses")
        pages = [document] if isinstance(document, dict) else document
    assert (len(pages) > 1) == (made.truth["scenario"] != "witnesses")
    lists = [page["payload"]["FinancialEvents"] for page in pages]
    events = sum(len(entries) for page in lists for entries in page.values())
    entry = next(e for e in made.truth["files"] if e["kind"] == "finances")
    assert events == entry["rows"]
    for name, component in (("GuaranteeClaim", "claim"), ("Chargeback", "chargeback")):
        n = sum(len(page[f"{name}EventList"]) for page in lists)
        assert n == sum(entry["seen"].get(f"{component} {o}", 0) for o in ("debited", "recovered"))
    assert "NextToken" not in pages[-1]["payload"]


def test_snapshots_state_what_the_truth_says(made: Written) -> None:
    texts = made.texts("seller-performance")
    days = [snapshot["day"] for snapshot in made.truth["snapshots"]]
    assert days == ["2026-09-23", "2026-09-30"]
    for text, snapshot in zip(texts, made.truth["snapshots"], strict=True):
        assert snapshot["switches"] == made.truth["snapshots"][0]["switches"]
        (metrics,) = json.loads(text)["performanceMetrics"]
        for row in snapshot["rates"]:
            block = metrics["orderDefectRate"][row["channel"]]
            assert block["orderCount"] == row["n_orders"]
            assert block["orderWithDefects"]["count"] == row["n_defective"]
            right = block["rate"] == round(row["n_defective"] / row["n_orders"], 4)
            assert right == (row["channel"] != snapshot["wrong_rate"])
    spelling = "prefulfillmentCancelRate" in texts[0], '23:59Z"' in texts[0]
    assert spelling == ((made.truth["scenario"] == "witnesses-us",) * 2)


def test_switches_of_snapshots_are_drawn_and_matter(tmp_path: Path) -> None:
    drawn, n_orders = [], []
    for seed in range(12):
        snapshot = write(tmp_path, "witnesses", seed=seed, orders=600).truth["snapshots"][-1]
        drawn.append(tuple(snapshot["switches"].values()))
        n_orders.append(sum(row["n_orders"] for row in snapshot["rates"]))
    assert len(set(drawn)) > 6
    for place in range(5):
        assert len({switches[place] for switches in drawn}) == 2


def test_every_pending_and_cancelled_order_of_the_window_tells_switches_apart(
    german: Written,
) -> None:
    newest = {row["amazon-order-id"]: row for row in german.rows("all-orders")}
    inside = [
        row
        for row in newest.values()
        if "2026-07-18" <= row["purchase-date"][:10] <= "2026-09-15"
        and row["fulfillment-channel"] == "Merchant"
    ]
    statuses = Counter(row["order-status"] for row in inside)
    assert statuses["Pending"] >= 2
    assert statuses["Cancelled"] >= 2


def test_shipments_and_unshipped_orders_are_those_of_the_order_files(made: Written) -> None:
    newest: dict[str, dict[str, str]] = {}
    for row in made.rows("all-orders"):
        old = newest.get(row["amazon-order-id"])
        if old is None or row["last-updated-date"] >= old["last-updated-date"]:
            newest[row["amazon-order-id"]] = row
    shipments, unshipped = made.rows("fulfilled-shipments"), made.rows("unshipped-orders")
    assert {len(shipments[0]), len(unshipped[0])} == {48, 27}
    assert max(Counter(row["shipment-item-id"] for row in shipments).values()) == 2
    for rows, key, status, channel in (
        (shipments, "amazon-order-id", "Shipped", "Amazon"),
        (unshipped, "order-id", "Unshipped", "Merchant"),
    ):
        assert len(rows) > 1
        for row in rows:
            order = newest[row[key]]
            assert (order["order-status"], order["fulfillment-channel"]) == (status, channel)
            placed, known = (
                datetime.fromisoformat(r["purchase-date"]).timestamp() for r in (row, order)
            )
            assert placed == known
    offset = {"witnesses": "+02:00", "witnesses-us": "-07:00", "witnesses-jp": "+09:00"}
    assert {row["purchase-date"][-6:] for row in shipments} == {offset[made.truth["scenario"]]}


def test_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write(tmp_path / name, "witnesses-us", orders=200, seed=seed)
        texts.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert texts[0] == texts[1]
    assert texts[0]["truth.json"] != texts[2]["truth.json"]


@pytest.mark.parametrize("scenario", STORES)
def test_small_and_short_accounts_are_written_whole(scenario: str, tmp_path: Path) -> None:
    for seed in range(4):
        made = write(tmp_path, scenario, orders=20, seed=seed, days=120, end=date(2025, 11, 4))
        assert made.truth["as_of"] == "2025-11-04"
        assert made.truth["orders"]["distinct"] == 20
        placed = {case["name"] for case in made.truth["planted"]}
        assert placed < RECIPES.keys()
        listed = {entry["file"] for entry in made.truth["files"]}
        assert {p.name for p in tmp_path.iterdir()} == listed | {"truth.json"}


def test_it_replaces_another_sample_and_is_replaced(tmp_path: Path) -> None:
    for scenario in ("tiny", "witnesses", "tiny"):
        made = write(tmp_path, scenario, orders=100)
        listed = {entry["file"] for entry in made.truth["files"]}
        assert {p.name for p in tmp_path.iterdir()} == listed | {"truth.json"}
