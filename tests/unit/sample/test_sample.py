"""The synthetic seller, held against a small reader of its own files and against the formats."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.sample import SCENARIOS, write_sample
from odr_analysis.sample.files.order_files import HEADERS
from odr_analysis.sample.model.scenarios import SETTINGS

SHIPPED = Path(__file__).parents[3] / "data" / "sample"
ORDER_ID = re.compile(r"^(\d{3}|S0[12])-\d{7}-\d{7}$")
FEEDBACK_START = re.compile(r"^\d{1,2}[./]\d{1,2}[./]\d{2}\t")
USUAL = [name for name, setting in SETTINGS.items() if not setting.many_sources]
"""Those with many sources are in test_many_sources.py."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def text_of(path: Path, encoding: str) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode(encoding)


def tab_rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.replace("\r\n", "\n").split("\n") if line]


class Recount:
    """What the files of a sample say, read again with nothing but the csv module."""

    def __init__(self, folder: Path) -> None:
        self.truth = json.loads((folder / "truth.json").read_text("utf-8"))
        self.orders: dict[str, dict[str, str]] = {}
        self.known: dict[tuple[str, str], list[date | None]] = {}
        self.latest: list[date] = []
        self.rows: dict[str, int] = {}
        self.comments: dict[str, str] = {}
        self.replaced = 0
        for entry in self.truth["files"]:
            text = text_of(folder / entry["file"], entry["encoding"])
            read = getattr(self, "read_" + entry["kind"].replace("-", "_"))
            self.rows[entry["file"]] = read(text)

    def read_all_orders(self, text: str) -> int:
        header, *rows = tab_rows(text)
        for cells in rows:
            row = dict(zip(header, cells, strict=True))
            old = self.orders.get(row["amazon-order-id"])
            if old is None or row["last-updated-date"] >= old["last-updated-date"]:
                self.replaced += old is not None and old["order-status"] != row["order-status"]
                self.orders[row["amazon-order-id"]] = row
            self.latest.append(datetime.fromisoformat(row["last-updated-date"]).date())
        return len(rows)

    def read_seller_feedback(self, text: str) -> int:
        american = self.truth["scenario"] == "us"
        _, *lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
        entries: list[str] = []
        for line in lines:
            if FEEDBACK_START.match(line):
                entries.append(line)
            else:
                entries[-1] += "\n" + line
        for entry in entries:
            day, stars, comment, _, order, _ = entry.split("\t")
            first, second, year = map(int, re.split(r"[./]", day))
            month, dom = (first, second) if american else (second, first)
            self.comments[order] = comment
            assert stars in {"1", "2", "3"}
            if stars != "3":
                self.saw(order, "feedback", date(2000 + year, month, dom))
        return len(entries)

    def read_claims(self, text: str) -> int:
        return self.templates(text, "claim", {"granted", "pending"})

    def read_chargebacks(self, text: str) -> int:
        return self.templates(text, "chargeback", {"open", "lost"})

    def templates(self, text: str, component: str, counting: set[str]) -> int:
        rows = list(csv.DictReader(text.splitlines()))
        for row in rows:
            verdict = row["counts in odr"]
            if verdict == "Y" or (verdict == "" and row["status"] in counting):
                day = date.fromisoformat(row[f"{component} date"])
                self.saw(row["order id"], component, day)
        return len(rows)

    def read_mfn_returns(self, text: str) -> int:
        header, *rows = tab_rows(text)
        assert len(header) == 32
        for cells in rows:
            row = dict(zip(header, cells, strict=True))
            dom, month, year = row["Return request date"].split("-")
            if row["A-to-Z Claim"] == "Y":
                day = date(int(year), MONTHS.index(month) + 1, int(dom))
                self.saw(row["Order ID"], "claim", day)
        return len(rows)

    def read_order_defects(self, text: str) -> int:
        rows = list(csv.DictReader(text.splitlines()))
        names = {
            "Negative Feedback": "feedback",
            "A-to-z Guarantee claim": "claim",
            "Chargeback claim": "chargeback",
        }
        for row in rows:
            for name, component in names.items():
                if row[name] in {"X", "Yes", "Y", "Has defect"}:
                    self.saw(row["Order Id"], component, None)
        return len(rows)

    def saw(self, order: str, component: str, day: date | None) -> None:
        self.known.setdefault((order, component), []).append(day)
        if day is not None:
            self.latest.append(day)

    def counted(self) -> dict[str, dict[str, str]]:
        return {
            i: row
            for i, row in self.orders.items()
            if row["sales-channel"].startswith("Amazon.") and not i.startswith("S")
        }

    def rates(self, as_of: date) -> dict[tuple[str, str], Counter[str]]:
        first, last = as_of - timedelta(days=74), as_of - timedelta(days=15)
        found: dict[tuple[str, str], Counter[str]] = {}
        for i, row in self.counted().items():
            channel = {"Merchant": "mfn", "Amazon": "afn"}[row["fulfillment-channel"]]
            counts = found.setdefault((row["sales-channel"], channel), Counter())
            placed = datetime.fromisoformat(row["purchase-date"]).date()
            if not first <= placed <= last:
                continue
            counts["n_orders"] += 1
            kinds = []
            for component in ("feedback", "claim", "chargeback"):
                seen = self.known.get((i, component))
                if seen and min((d for d in seen if d is not None), default=placed) <= as_of:
                    kinds.append(component)
                    counts[f"n_{component}"] += 1
            counts["n_defective"] += bool(kinds)
            if kinds:
                cell = "_".join(kinds) if len(kinds) == 2 else f"{kinds[0]}_only"
                counts["n_all_three" if len(kinds) == 3 else f"n_{cell}"] += 1
        return found


def check(recount: Recount) -> None:
    """Every count of the truth file against the files."""
    truth = recount.truth
    as_of = date.fromisoformat(truth["as_of"])
    placed = [datetime.fromisoformat(r["purchase-date"]).date() for r in recount.orders.values()]
    assert max(placed + recount.latest) == as_of
    entries = [{"as_of": truth["as_of"], **row} for row in truth["rates"]]
    for row in entries + truth["rates_history"]:
        counts = recount.rates(date.fromisoformat(row["as_of"]))[row["marketplace"], row["channel"]]
        for name, value in row.items():
            if name.startswith("n_"):
                assert counts[name] == value, (row, name)
    assert {(r["marketplace"], r["channel"]) for r in truth["rates"]} == set(recount.rates(as_of))
    assert recount.rows == {f["file"]: f["rows"] for f in truth["files"]}
    assert truth["orders"]["distinct"] == len(recount.orders)
    assert truth["orders"]["counted"] == len(recount.counted())
    assert truth["orders"]["counted"] + sum(truth["orders"]["not_counted"].values()) == len(
        recount.orders
    )
    assert truth["orders"]["rows"] == sum(
        f["rows"] for f in truth["files"] if f["kind"] == "all-orders"
    )
    defective = {i for i, _ in recount.known} & set(recount.counted())
    assert truth["defects"]["defective_orders"] == len(defective)
    for component, n in truth["defects"]["orders_with"].items():
        assert n == sum(c == component and i in defective for i, c in recount.known)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Recount:
    folder = tmp_path_factory.mktemp("story")
    write_sample(folder)
    return Recount(folder)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("scenario", USUAL)
def test_truth_is_what_the_files_say(scenario: str, seed: int, tmp_path: Path) -> None:
    path = write_sample(tmp_path, orders=900, seed=seed, scenario=scenario)
    assert path == tmp_path / "truth.json"
    recount = Recount(tmp_path)
    check(recount)
    assert recount.truth["scenario"] == scenario
    assert recount.truth["as_of"] == "2026-09-30"
    n = 87 if scenario == "tiny" else 900
    assert len(recount.orders) == n
    assert bool(recount.truth["defects"]["defective_orders"]) == (scenario != "clean")


def test_truth_of_the_default_sample_is_what_its_files_say(story: Recount) -> None:
    check(story)


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_sample(tmp_path / name, orders=400, seed=5)
    first = {p.name: p.read_bytes() for p in (tmp_path / "a").iterdir()}
    assert first == {p.name: p.read_bytes() for p in (tmp_path / "b").iterdir()}
    packed = [data for name, data in first.items() if name.endswith(".gz")]
    # no flags (so no file name), no time
    assert packed
    assert all(data[3:8] == bytes(5) for data in packed)
    write_sample(tmp_path / "c", orders=400, seed=6)
    assert first["truth.json"] != (tmp_path / "c" / "truth.json").read_bytes()


def test_headers_are_the_documented_ones() -> None:
    assert {n: len(names) for n, names in HEADERS.items()} == {n: n for n in HEADERS}
    assert set(HEADERS) == {29, 32, 33, 50, 62}
    for names in HEADERS.values():
        assert len(set(names)) == len(names)
    documented = [
        *("amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date"),
        *("order-status", "fulfillment-channel", "sales-channel", "order-channel"),
        *("url", "ship-service-level", "product-name", "sku"),
        *("asin", "item-status", "quantity", "currency"),
        *("item-price", "item-tax", "shipping-price", "shipping-tax"),
        *("gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount"),
        *("ship-city", "ship-state", "ship-postal-code", "ship-country"),
        *("promotion-ids",),
    ]
    business = ["is-business-order", "purchase-order-number", "price-designation"]
    assert list(HEADERS[29]) == documented
    assert list(HEADERS[32]) == documented + business
    assert list(HEADERS[50][:32]) == documented + business
    assert HEADERS[50][32] == "signature-confirmation-recommended"
    assert HEADERS[50][-1] == "is-buyer-requested-cancellation"
    assert HEADERS[33][-5:] == ("cpf", *business, "signature-confirmation-recommended")
    assert set(documented + business) <= set(HEADERS[62])
    assert "default-ship-from-address-field-2" in HEADERS[62]
    assert "actual-ship-from-postal-code" in HEADERS[62]


def test_the_story_uses_every_header_and_kind(story: Recount) -> None:
    files = story.truth["files"]
    assert {f["columns"] for f in files if f["kind"] == "all-orders"} == set(HEADERS)
    assert Counter(f["kind"] for f in files)["order-defects"] == 2
    assert {f["kind"] for f in files} == {
        *("all-orders", "seller-feedback", "claims", "chargebacks"),
        *("mfn-returns", "order-defects"),
    }
    assert "windows-1252" in {f["encoding"] for f in files if f["kind"] == "all-orders"}
    assert not any("feedback" in f["file"] or "order" in f["file"] for f in files)


def test_orders_have_the_shapes_real_ones_have(story: Recount) -> None:
    rows = story.orders.values()
    assert all(ORDER_ID.match(i) for i in story.orders)
    assert all(r["quantity"] == "0" for r in rows if r["order-status"] == "Cancelled")
    statuses = Counter(r["order-status"] for r in rows)
    assert set(statuses) == {"Pending", "Unshipped", "Shipped", "Cancelled"}
    assert 0.02 < statuses["Cancelled"] / len(story.orders) < 0.04
    pending = [r for r in rows if r["order-status"] == "Pending"]
    assert all(r["item-price"] == r["currency"] == "" for r in pending)
    assert all(r["item-price"] for r in rows if r["item-status"] == "Shipped")
    marked = sum('"' in r["product-name"] for r in rows) / len(story.orders)
    assert 0.005 < marked < 0.02
    odd = [r for r in rows if r["product-name"].count('"') % 2]
    assert odd
    channels = {r["sales-channel"] for r in rows}
    assert channels == {"Amazon.de", "Non-Amazon", "Non-Amazon DE"}
    assert set(story.truth["orders"]["not_counted"]) == {
        "multi-channel order",
        "not an Amazon order",
    }


def test_a_later_file_has_newer_rows_of_orders_an_earlier_one_lists(story: Recount) -> None:
    assert story.replaced > 50


def test_items_per_order(story: Recount) -> None:
    overlap = story.truth["orders"]["rows"] / story.truth["orders"]["distinct"]
    assert 1.25 < overlap < 1.5


def test_feedback_has_the_hard_comments(story: Recount) -> None:
    comments = story.comments.values()
    assert sum("<script>alert(1)</script>" in c for c in comments) == 1
    assert sum(c.startswith("=HYPERLINK(") for c in comments) == 1
    assert sum("\n" in c for c in comments) >= 3
    assert sum("\n\n" in c for c in comments) == 1
    assert any("ü" in c for c in comments)
    assert any(c.count('"') == 2 for c in comments)


def test_the_story_is_there_to_be_found(story: Recount) -> None:
    rates = {r["channel"]: r for r in story.truth["rates"]}
    mfn, afn = rates["mfn"], rates["afn"]
    assert 0.01 < mfn["n_defective"] / mfn["n_orders"] < 0.013
    assert afn["n_defective"] / afn["n_orders"] < 0.007
    assert min(mfn[f"n_{c}"] for c in ("feedback", "claim", "chargeback")) >= 1
    before = [r for r in story.truth["rates_history"] if r["as_of"] < "2026-07-30"]
    assert before
    assert all(r["n_defective"] < 0.007 * r["n_orders"] for r in before)
    packaging, carrier = story.truth["story"]["planted"]
    assert (packaging["from"], packaging["to"]) == ("2026-07-22", "2026-09-30")
    assert (carrier["from"], carrier["to"]) == ("2026-08-01", "2026-08-14")
    negative = {i for i, c in story.known if c in ("feedback", "claim", "chargeback")}

    def rate(column: str, value: str, first: str, last: str) -> float:
        hit = [
            i
            for i, r in story.counted().items()
            if r[column] == value
            and r["fulfillment-channel"] == "Merchant"
            and first <= r["purchase-date"][:10] <= last
        ]
        return len(negative.intersection(hit)) / len(hit)

    for fault, column, value in (
        (packaging, "sku", packaging["sku"]),
        (carrier, "ship-service-level", carrier["ship_service"]),
    ):
        during = rate(column, value, fault["from"], fault["to"])
        assert during > 2.5 * rate(column, value, "2026-01-01", "2026-07-21")


def test_some_evidence_is_seen_twice_and_some_only_on_the_undated_list(story: Recount) -> None:
    dated = [sum(d is not None for d in days) for days in story.known.values()]
    assert max(dated) >= 2
    only_listed = [key for key, days in story.known.items() if set(days) == {None}]
    assert len(only_listed) == story.truth["defects"]["claims_seen_only_on_the_order_defects_list"]
    assert only_listed
    unknown = {i for i, _ in story.known} - set(story.orders)
    assert len(unknown) == 3
    assert story.truth["defects"]["of_unknown_orders"] == 3


def per_day(recount: Recount, first: str, last: str) -> float:
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    placed = [r["purchase-date"][:10] for r in recount.orders.values()]
    return sum(first <= day <= last for day in placed) / days


def test_volume_of_surge_and_quiet(tmp_path: Path) -> None:
    for scenario in ("surge", "quiet"):
        write_sample(tmp_path / scenario, orders=4_000, seed=4, scenario=scenario)
    surge, quiet = Recount(tmp_path / "surge"), Recount(tmp_path / "quiet")
    usual = per_day(surge, "2026-01-01", "2026-08-31")
    assert per_day(surge, "2026-09-01", "2026-09-30") == pytest.approx(3 * usual, rel=0.15)
    usual = per_day(quiet, "2026-01-01", "2026-08-11")
    assert per_day(quiet, "2026-09-16", "2026-09-30") < 0.15 * usual


def test_the_american_seller(tmp_path: Path) -> None:
    write_sample(tmp_path, orders=3_000, seed=7, scenario="us")
    recount = Recount(tmp_path)
    check(recount)
    assert {r["sales-channel"] for r in recount.counted().values()} == {"Amazon.com"}
    entry = next(f for f in recount.truth["files"] if f["kind"] == "seller-feedback")
    text = text_of(tmp_path / entry["file"], entry["encoding"])
    days = re.findall(r"(?m)^(\d{1,2})/(\d{1,2})/26\t", text)
    assert any(len(month) == 1 for month, _ in days)
    assert any(int(day) > 12 for _, day in days)


def test_two_stores_have_a_rate_each(tmp_path: Path) -> None:
    write_sample(tmp_path, orders=2_000, seed=7, scenario="two-stores")
    truth = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    assert [(r["marketplace"], r["channel"]) for r in truth["rates"]] == [
        ("Amazon.de", "mfn"),
        ("Amazon.de", "afn"),
        ("Amazon.fr", "mfn"),
        ("Amazon.fr", "afn"),
    ]


def test_another_end_and_length(tmp_path: Path) -> None:
    write_sample(tmp_path, orders=700, seed=1, end=date(2025, 12, 2), days=400)
    recount = Recount(tmp_path)
    check(recount)
    assert recount.truth["as_of"] == "2025-12-02"
    assert min(r["purchase-date"] for r in recount.orders.values()) >= "2024-10-29"


def test_the_smallest_sample_keeps_every_order(tmp_path: Path) -> None:
    for seed in range(8):
        write_sample(tmp_path, orders=20, seed=seed)
        recount = Recount(tmp_path)
        check(recount)
        assert len({f["file"] for f in recount.truth["files"]}) == len(recount.truth["files"])
        assert len(recount.orders) == 20


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"scenario": "storm"}, "unknown name 'storm'"),
        ({"orders": 19}, "orders must be at least 20"),
        ({"seed": -1}, "seed must be 0 or more"),
        ({"days": 119}, "days must be at least 120"),
    ],
)
def test_wrong_arguments_write_nothing(
    arguments: dict[str, object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match=words):
        write_sample(tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


def test_a_sample_replaces_a_sample_but_never_joins_other_files(tmp_path: Path) -> None:
    write_sample(tmp_path, orders=300, seed=1)
    (tmp_path / "README.md").write_text("kept", encoding="utf-8")
    write_sample(tmp_path, seed=1, scenario="tiny")
    check(Recount(tmp_path))
    listed = {f["file"] for f in json.loads((tmp_path / "truth.json").read_text("utf-8"))["files"]}
    assert {p.name for p in tmp_path.iterdir()} == listed | {"truth.json", "README.md"}

    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()} | {"mine.txt": b"real orders"}
    (tmp_path / "mine.txt").write_bytes(b"real orders")
    with pytest.raises(ParameterError, match=r"other files \(mine.txt\)"):
        write_sample(tmp_path, seed=2, scenario="tiny")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(ParameterError, match="is a file"):
        write_sample(tmp_path / "out", scenario="tiny")


@pytest.mark.parametrize("content", ["not json", "[]", '{"synthetic": false, "files": []}'])
def test_a_truth_file_of_someone_else_is_not_touched(content: str, tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text(content, encoding="utf-8")
    with pytest.raises(ParameterError, match=r"other files \(truth.json\)"):
        write_sample(tmp_path, scenario="tiny")
    assert (tmp_path / "truth.json").read_text("utf-8") == content


def test_every_scenario_says_what_it_is() -> None:
    wanted = {"story", "stationary", "drift", "step", "lag-shift", "surge", "tiny", "quiet"}
    assert wanted | {"us", "clean"} <= set(USUAL)
    assert set(SCENARIOS) - set(USUAL) == {"witnesses", "witnesses-us", "witnesses-jp"}
    assert all(text and "\n" not in text for text in SCENARIOS.values())


def test_the_shipped_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    write_sample(tmp_path)
    fresh = {p.name: p for p in tmp_path.iterdir()}
    shipped = {p.name: p for p in SHIPPED.iterdir() if p.name != "README.md"}
    assert set(fresh) == set(shipped)
    for name, path in fresh.items():
        # gzip's own bytes differ between builds of zlib; what is in them may not
        unpack = gzip.decompress if name.endswith(".gz") else bytes
        assert unpack(path.read_bytes()) == unpack(shipped[name].read_bytes()), name


def test_the_shipped_sample_is_small_and_says_what_it_is() -> None:
    assert 100_000 < sum(p.stat().st_size for p in SHIPPED.iterdir()) < 2_000_000
    text = (SHIPPED / "README.md").read_text("utf-8")
    truth = json.loads((SHIPPED / "truth.json").read_text("utf-8"))
    packaging, carrier = truth["story"]["planted"]
    for words in ("synthetic", "odr sample", packaging["sku"], packaging["from"], carrier["from"]):
        assert words in text
    for rate in truth["rates"]:
        assert f"{rate['n_defective']} of {rate['n_orders']:,}" in text
