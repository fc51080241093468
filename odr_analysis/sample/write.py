"""Write a synthetic seller's exports and the answers to them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.progress import Progress, Step, silent
from odr_analysis.sample.files import defect_files as evidence
from odr_analysis.sample.files.folder import Folder
from odr_analysis.sample.files.order_files import file_rows, file_text, last_update, plan_files
from odr_analysis.sample.many_sources import write_many_sources
from odr_analysis.sample.model import truth
from odr_analysis.sample.model.catalogue import PRODUCTS
from odr_analysis.sample.model.defects import Defects, Feedback, make_defects
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import DAY, Orders, country_of, day_number, make_orders
from odr_analysis.sample.model.scenarios import SCENARIOS, SETTINGS, Fault, Setting
from odr_analysis.writing import goes, in_words, is_own, together

TRUTH = "truth.json"
FEWEST_ORDERS, FEWEST_DAYS = 20, 120
SPLIT_FROM = 12
"""With this many feedbacks, they come as two files that overlap."""
DECIDED_BY: tuple[str, ...] = (
    *("name", "window_days", "lag_days", "target", "warning_from", "negative_stars"),
    *("day_boundary", "count_cancelled_orders", "count_pending_orders", "count_pending_claims"),
    *("count_won_chargebacks", "count_struck_feedback", "level"),
)
"""Rules that truth.json states; a new switch leaves samples that are out in the world as they are.

Accounts of many sources state every rule, and their answers under every preset.
"""


def write_sample(
    out: str | Path,
    *,
    orders: int = 12_000,
    seed: int = 2026,
    scenario: str = "story",
    end: date = date(2026, 9, 30),
    days: int = 273,
    progress: Progress = silent,
) -> Path:
    """Write a synthetic seller's exports, in Amazon's own formats, and the answers to them.

    The same arguments give the same bytes. Files are named so that only their content
    tells what they are; ``truth.json`` lists them.

    Parameters
    ----------
    out : str or pathlib.Path
        Folder to write into; made if it is not there. An earlier sample in it is replaced
        as one, once the new one is complete; any other file in it (but README.md) is an error,
        so that made-up orders never mix with real ones.
    orders : int
        Distinct orders, at least 20. Scenario ``tiny`` ignores it: it always has 87, of which
        45 are in the window.
    seed : int
        Seed of the random draws, 0 or more.
    scenario : str
        A key of ``SCENARIOS``.
    end : datetime.date
        Last day the exports know of.
    days : int
        Days of history up to `end`, at least 120.
    progress : callable
        Takes each :class:`~odr_analysis.progress.Step` of the work as it begins.

    Returns
    -------
    pathlib.Path
        The truth file. ``rates`` has one entry per marketplace and channel for ``as_of``,
        ``rates_history`` the same for earlier days: counts under the default ``Policy``, made by
        looking at every order in turn. ``files`` has one entry per export, ``orders`` and
        ``defects`` the totals, ``story`` what was planted, in words and numbers. The scenarios
        called witnesses also have ``policies`` (preset to the same two lists under it),
        ``snapshots`` (the switches Amazon's numbers were counted with, and those numbers),
        ``planted`` and ``contradictions`` (order ids, what the files say, and what counts).

    Raises
    ------
    ParameterError
        An unknown scenario, too few orders or days, a negative seed, or a folder with other files.
    PlaceError, MachineError
        The folder cannot be written; the disk is full.

    Examples
    --------
    >>> import json, tempfile
    >>> from odr_analysis import write_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     truth = json.loads(write_sample(folder, scenario="tiny").read_text("utf-8"))
    >>> truth["as_of"], [(r["channel"], r["n_claim"], r["n_orders"]) for r in truth["rates"]]
    ('2026-09-30', [('mfn', 1, 45)])
    """
    _check(orders, seed, scenario, days)
    out = Path(out)
    if out.is_file():
        raise ParameterError(f"{out} is a file; a sample needs a folder to be written into.")
    with together(out) as made, in_words(out, "--out"):
        old = _replaced(out)
        progress(Step("Making up orders and defects"))
        _write(Folder(made, progress), orders, seed, scenario, end, days)
        goes(made, old)
    return out / TRUTH


def _write(folder: Folder, orders: int, seed: int, scenario: str, end: date, days: int) -> None:
    if SETTINGS[scenario].many_sources:
        _write_truth(folder, write_many_sources(folder, scenario, orders, seed, end, days))
        return
    setting, draws, last_day = SETTINGS[scenario], Draws(seed), day_number(end)
    book = make_orders(setting, orders, days, end, draws)
    defects = make_defects(setting, book, last_day, draws)
    if setting.every_file:
        evidence.spread_claims(defects, book, last_day, draws)
    evidence.write_comments(defects, book, setting, last_day, draws)

    rows = _write_orders(folder, book, setting, days, end)
    strangers = _write_defects(folder, book, defects, setting, last_day, days, draws)

    folder.progress(Step("Working out the answers"))
    records = truth.make_records(book, defects)
    as_of = _latest_day(book, records, last_day)
    window = Policy().window(as_of)
    answer = {
        "scenario": scenario,
        "description": SCENARIOS[scenario],
        "synthetic": True,
        "seed": seed,
        "as_of": as_of.isoformat(),
        "window": {"from": window.start.isoformat(), "to": window.end.isoformat()},
        "policy": {name: getattr(Policy(), name) for name in DECIDED_BY},
        "rules": list(truth.RULES),
        "rates": truth.rates_on(records, as_of),
        "rates_history": truth.history(records, as_of, days),
        "orders": truth.order_totals(book, rows),
        "defects": truth.defect_totals(defects, records) | {"of_unknown_orders": strangers},
        "story": _story(setting, book, defects, last_day),
        "files": folder.files,
    }
    _write_truth(folder, answer)


def _write_truth(folder: Folder, answer: dict[str, Any]) -> None:
    (folder.out / TRUTH).write_text(
        json.dumps(answer, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )


def _check(orders: int, seed: int, scenario: str, days: int) -> None:
    if scenario not in SETTINGS:
        raise ParameterError(
            f"scenario: unknown name {scenario!r}. Known scenarios: {', '.join(SETTINGS)}."
        )
    if orders < FEWEST_ORDERS:
        raise ParameterError(f"orders must be at least {FEWEST_ORDERS}, got {orders}.")
    if seed < 0:
        raise ParameterError(f"seed must be 0 or more, got {seed}.")
    if days < FEWEST_DAYS:
        raise ParameterError(f"days must be at least {FEWEST_DAYS}, got {days}.")


def _replaced(out: Path) -> set[str]:
    """Names of an earlier sample's files in `out`; anything else in it stops the writing."""
    there = {path.name for path in out.iterdir() if not is_own(path)} - {"README.md"}
    ours = _listed(out / TRUTH) if TRUTH in there else set()
    if others := sorted(there - ours):
        raise ParameterError(
            f"{out} holds other files ({', '.join(others[:3])}); a sample is never written among "
            "them. Choose an empty folder."
        )
    return there


def _listed(path: Path) -> set[str]:
    """Files of the sample that `path` is the truth of; none if it is not one of ours."""
    try:
        old = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return set()
    if not (isinstance(old, dict) and old.get("synthetic") is True):
        return set()
    return {TRUTH, *(entry["file"] for entry in old.get("files", []))}


def _write_orders(folder: Folder, book: Orders, setting: Setting, days: int, end: date) -> int:
    total = 0
    for file in plan_files(days, end):
        rows = file_rows(book, file)
        if len(rows):
            text = file_text(book, file, rows, setting)
            name = folder.next_name(file.suffix)
            folder.add(name, "all-orders", text, len(rows), file.columns, file.encoding)
            total += len(rows)
    return total


def _write_defects(
    folder: Folder,
    book: Orders,
    defects: Defects,
    setting: Setting,
    last_day: int,
    days: int,
    draws: Draws,
) -> int:
    """Write the files that tell of defects; returns how many rows are about unknown orders."""
    known = bool(defects.claims or any(f.negative for f in defects.feedback))
    strangers: list[evidence.Stranger] = []
    if setting.every_file and known:
        strangers = evidence.make_strangers(setting, last_day - days + 1, draws)
    split = _write_feedback(folder, book, defects, setting, strangers[1:], draws)
    claims = evidence.claim_rows(defects, book, strangers[:1], draws)
    if claims:
        text = evidence.comma_text(evidence.CLAIMS_HEADER, claims)
        folder.add("claims.csv", "claims", text, len(claims), len(evidence.CLAIMS_HEADER))
    chargebacks = evidence.chargeback_rows(defects, book, draws)
    if chargebacks:
        text = evidence.comma_text(evidence.CHARGEBACKS_HEADER, chargebacks)
        columns = len(evidence.CHARGEBACKS_HEADER)
        folder.add("chargebacks.csv", "chargebacks", text, len(chargebacks), columns)
    if setting.every_file:
        returns = evidence.return_rows(defects, book, setting, last_day, draws)
        if returns:
            text = evidence.tab_text(evidence.RETURN_HEADER, returns, "\n")
            name = folder.next_name("txt")
            folder.add(name, "mfn-returns", text, len(returns), len(evidence.RETURN_HEADER))
        country = country_of(setting.marketplaces[0][0])
        for mfn in (True, False):
            listed = evidence.list_rows(defects, book, last_day, mfn, country, draws)
            if listed:
                text = evidence.comma_text(evidence.LIST_HEADER, listed)
                name = folder.next_name("csv")
                folder.add(name, "order-defects", text, len(listed), len(evidence.LIST_HEADER))
    return split + len(strangers[:1])


def _write_feedback(
    folder: Folder,
    book: Orders,
    defects: Defects,
    setting: Setting,
    strangers: list[evidence.Stranger],
    draws: Draws,
) -> int:
    """One report per store, two overlapping ones where there is enough; rows of unknown orders."""
    unknown = {s.order_id for s in strangers}
    n_unknown = 0
    for k, (store, _) in enumerate(setting.marketplaces):
        country = country_of(store)
        entries: list[Feedback] = [f for f in defects.feedback if book.market[f.order] == k]
        rows = evidence.feedback_rows(entries, strangers if k == 0 else (), book, country, draws)
        parts = [rows]
        if len(rows) >= SPLIT_FROM:
            parts = [rows[len(rows) // 2 - 2 :], rows[: len(rows) // 2 + 2]]
        for i, part in enumerate(parts):
            if part:
                local = evidence.FEEDBACK_HEADERS.get(country, evidence.FEEDBACK_HEADERS["en"])
                header = local if i == 0 else evidence.FEEDBACK_HEADERS["en"]
                text = evidence.tab_text(header, [cells for _, cells in part], "\r\n")
                name = folder.next_name("txt")
                folder.add(name, "seller-feedback", text, len(part), 6, "windows-1252")
                n_unknown += sum(cells[4] in unknown for _, cells in part)
    return n_unknown


def _latest_day(book: Orders, records: Iterable[truth.Record], last_day: int) -> date:
    latest = last_update(book, (last_day + 1) * DAY)
    days = [evidence.as_date(int(book.day.max())), evidence.as_date(int(latest.max()) // DAY)]
    for r in records:
        days += [d for d in (r.feedback_on, r.claim_on, r.chargeback_on) if d is not None]
    return max(days)


def _story(setting: Setting, book: Orders, defects: Defects, last_day: int) -> dict[str, Any]:
    """What was planted, in words and numbers."""
    known = {f.order for f in defects.feedback if f.negative}
    known |= {c.order for c in defects.claims if c.counts}
    known |= {c.order for c in defects.chargebacks if c.counts}
    by_fault = Counter(defects.planted[i] for i in known if i in defects.planted)
    planted = [_planted(f, defects, by_fault, last_day) for f in setting.faults]
    words = " ".join(entry["words"] for entry in planted)
    return {"words": words or f"{setting.text[0].upper()}{setting.text[1:]}.", "planted": planted}


def _planted(fault: Fault, defects: Defects, known: Counter[str], last_day: int) -> dict[str, Any]:
    first, last = (
        evidence.as_date(last_day - fault.oldest),
        evidence.as_date(last_day - fault.newest),
    )
    if fault.sku:
        name = next(p.german for p in PRODUCTS if p.sku == fault.sku)
        words = (
            f"Since {first} the thinner packaging of {fault.sku} ({name}) lets it arrive damaged: "
            "seller-fulfilled orders with it draw bad feedback and claims, and still do."
        )
    else:
        holiday = last + timedelta(days=1)
        words = (
            f"From {first} to {last}, before the holiday on {holiday}, the carrier behind the "
            f"{fault.service} ship service failed: seller-fulfilled orders sent with it were not "
            "received; since then it is well."
        )
    return {
        "name": fault.name,
        "words": words,
        "channel": "mfn",
        "sku": fault.sku,
        "ship_service": fault.service,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "reason": fault.reason,
        "n_orders_exposed": defects.exposed[fault.name],
        "n_defective": known[fault.name],
    }
