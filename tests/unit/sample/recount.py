"""The files of a sample read again with nothing but csv and json, and every count of it."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

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
