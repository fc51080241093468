"""Write an account whose defects many files tell of, and the answers to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from odr_analysis.policy import Policy
from odr_analysis.presets import PRESETS
from odr_analysis.sample.files.case_files import (
    write_cases,
    write_feedback,
    write_lists,
    write_returns,
)
from odr_analysis.sample.files.defect_files import make_strangers
from odr_analysis.sample.files.folder import Folder
from odr_analysis.sample.files.order_files import file_rows, file_text, plan_files
from odr_analysis.sample.files.performance_files import draw_switches, make_snapshots
from odr_analysis.sample.files.settlement_files import LONG, WIDE, between, settlement_rows
from odr_analysis.sample.files.shipping_files import (
    make_lapses,
    write_lapses,
    write_shipments,
    write_unshipped,
)
from odr_analysis.sample.files.transaction_files import DATE_RANGE, date_range_text, finances_text
from odr_analysis.sample.model import case_truth as answers
from odr_analysis.sample.model import truth
from odr_analysis.sample.model.cases import CLOSED, Case, layouts_change, plant
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, Orders, day_number, make_orders
from odr_analysis.sample.model.scenarios import SCENARIOS, SETTINGS
from odr_analysis.sample.model.stores import STORES, Store
from odr_analysis.sample.model.transactions import Transaction, disputes_in, make_transactions

DATE_RANGE_DAYS, FINANCES_DAYS = 90, 45
"""How far the transactions of a date range and the events of Finances go back."""
UNPAID = 0.03
"""Share of seller-fulfilled orders of the window that stay pending, for no payment comes."""
CALLED_OFF = 2
"""Orders the seller cancels in the last week, so that its list is never empty."""


def write_many_sources(
    folder: Folder, scenario: str, n: int, seed: int, end: date, days: int
) -> dict[str, Any]:
    """Write the files; returns what truth.json says of them."""
    setting, draws, last_day = SETTINGS[scenario], Draws(seed), day_number(end)
    store, first_day = STORES[setting.marketplaces[0][0]], last_day - days + 1
    book = make_orders(setting, n, days, end, draws)
    _unsettle(book, last_day, draws)
    cases = plant(book, last_day, days, draws)
    strangers = make_strangers(setting, first_day, draws)
    lapses = make_lapses(book, last_day, draws)
    switches = draw_switches(draws)
    snapshots = make_snapshots(book, cases, lapses, store, last_day, switches)
    debited = strangers[2]
    money = make_transactions(
        book, cases, store.country, (debited.order_id, debited.on), first_day, last_day, draws
    )

    for file in plan_files(days, end):
        if store.country == "JP" and file.encoding == "windows-1252":
            file = replace(file, encoding=store.own_encoding)
        listed = file_rows(book, file)
        if len(listed):
            text = file_text(book, file, listed, setting)
            name = folder.next_name(file.suffix)
            folder.add(name, "all-orders", text, len(listed), file.columns, file.encoding)
    write_shipments(folder, book, store, last_day)
    write_unshipped(folder, book, store, last_day)
    rows = sum(entry["rows"] for entry in folder.files)
    write_feedback(folder, cases, book, store, last_day, strangers[1], draws)
    write_cases(folder, cases, book, store, strangers[0], draws)
    write_returns(folder, cases, book, setting, store, last_day, draws)
    write_lists(folder, cases, book, store, last_day, draws)
    write_lapses(folder, lapses, book, store, last_day)
    _write_money(folder, money, book, store, first_day, last_day, days)
    for snapshot in snapshots:
        name = folder.next_name("json")
        snapshot.told["file"] = name
        folder.add(name, "seller-performance", snapshot.text, snapshot.blocks, 0)

    presets = answers.under_presets(book, cases, last_day, days)
    window, own = Policy().window(end), presets[Policy().name]
    return {
        "scenario": scenario,
        "description": SCENARIOS[scenario],
        "synthetic": True,
        "seed": seed,
        "as_of": end.isoformat(),
        "window": {"from": window.start.isoformat(), "to": window.end.isoformat()},
        "policy": Policy().to_dict(),
        "rules": list(answers.RULES),
        "rates": own["rates"],
        "rates_history": own["rates_history"],
        "policies": presets,
        "snapshots": [snapshot.told for snapshot in snapshots],
        "contradictions": answers.contradictions(book, cases),
        "planted": answers.planted(book, cases),
        "money": answers.disputes(money, store),
        "lapses": lapses.listed(book, last_day),
        "orders": truth.order_totals(book, rows),
        "defects": answers.totals(book, cases, last_day)
        | {"of_unknown_orders": len(strangers), "unknown_orders": [s.order_id for s in strangers]},
        "story": {"words": _words(cases), "planted": []},
        "files": folder.files,
    }


def _unsettle(book: Orders, last_day: int, draws: Draws) -> None:
    """Leave some orders unpaid for good, and cancel some of the last week."""
    end = (last_day + 1) * DAY
    age = last_day - book.day
    plain = ~book.cancelled & book.is_mfn
    plain[-1] = False
    unpaid = np.flatnonzero(plain & (age >= 14) & (age <= 75) & draws.hits(UNPAID, book.n))
    book.paid_at[unpaid] = book.done_at[unpaid] = end + DAY
    recent = np.flatnonzero(plain & (age >= 2) & (age <= 6))[:CALLED_OFF]
    book.cancelled[recent] = True
    book.done_at[recent] = book.placed_at[recent] + 9_000
    book.paid_at[recent] = np.minimum(book.paid_at[recent], book.done_at[recent])


def _write_money(
    folder: Folder,
    money: list[Transaction],
    book: Orders,
    store: Store,
    first_day: int,
    last_day: int,
    days: int,
) -> None:
    """Settlements (two of each layout, the newest downloaded twice), a date range, events."""
    change, closed = layouts_change(last_day, days), last_day - CLOSED + 1
    edges = [first_day, (first_day + change) // 2, change, (change + closed) // 2, closed]
    for k, (start, end) in enumerate(pairwise(edges)):
        wide = k < 2
        part = between(money, start * DAY, end * DAY)
        rows = settlement_rows(part, k + 1, start * DAY, end * DAY, store, wide=wide)
        header = WIDE if wide else LONG
        text = "".join("\t".join(cells) + "\r\n" for cells in [header, *rows])
        for suffix in ("txt", "txt.gz") if k == 3 else ("txt",):
            name, seen = folder.next_name(suffix), disputes_in(part)
            folder.add(name, "settlement", text, len(rows), len(header), seen=seen)
    part = between(money, (last_day - DATE_RANGE_DAYS + 1) * DAY, (last_day + 1) * DAY)
    columns = len(DATE_RANGE[store.country])
    text = date_range_text(part, book, store)
    name, seen, encoding = folder.next_name("csv"), disputes_in(part), store.csv_encoding
    folder.add(name, "date-range", text, len(part), columns, encoding, seen)
    part = between(money, (last_day - FINANCES_DAYS + 1) * DAY, (last_day + 1) * DAY)
    name, text, seen = folder.next_name("json"), finances_text(part, store), disputes_in(part)
    folder.add(name, "finances", text, len(part), 0, seen=seen)


def _words(cases: list[Case]) -> str:
    kinds = {case.name for case in cases}
    n = sum(case.recipe.contradiction for case in cases)
    return (
        f"{len(cases)} defects are planted in {len(kinds)} ways of being seen; in {n} of them the "
        f"files contradict each other. What counts is stated for {', '.join(PRESETS)}."
    )
