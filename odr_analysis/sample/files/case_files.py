"""The files that name defects, for the accounts of many sources."""

from __future__ import annotations

from collections import Counter

import numpy as np

from odr_analysis.sample.files import defect_files as usual
from odr_analysis.sample.files.folder import Folder
from odr_analysis.sample.model.cases import Case
from odr_analysis.sample.model.catalogue import (
    CHARGEBACK_REASONS,
    CLAIM_REASONS,
    COMMENTS,
    LANGUAGES,
    MULTI_LINE,
)
from odr_analysis.sample.model.defects import WINDOW_NEWEST, WINDOW_OLDEST, Claim, Defects, Feedback
from odr_analysis.sample.model.draws import Draws
from odr_analysis.sample.model.orders import Orders
from odr_analysis.sample.model.recipes import EARLIER_REPORT
from odr_analysis.sample.model.scenarios import Setting
from odr_analysis.sample.model.stores import Store

LIST_HEADER = (*usual.LIST_HEADER, "Account Impact")
LIST_COLUMNS = {"feedback": 5, "claim": 6, "chargeback": 7}
IMPACT = 8


def write_feedback(
    folder: Folder,
    cases: list[Case],
    orders: Orders,
    store: Store,
    last_day: int,
    stranger: usual.Stranger | None,
    draws: Draws,
) -> None:
    """Two reports: what there was some weeks ago, and what there is now."""
    given = [c for c in cases if c.received]
    said: dict[int, str] = {}
    for k, case in enumerate(given):
        reason = "neutral" if case.recipe.stars == ("3", "3") else case.reason
        language = draws.weighted(LANGUAGES[store.country])
        said[k] = MULTI_LINE[k] if k < len(MULTI_LINE) else draws.choice(COMMENTS[reason][language])
    # Which of the two a folder lists first tells nothing.
    order = (0, 1) if store.country == "US" else (1, 0)
    for report in order:
        header = usual.FEEDBACK_HEADERS.get(store.country) if report == 1 else None
        entries = []
        for k, case in enumerate(given):
            stars, on = case.recipe.stars[report], case.received[report]
            if stars and (report == 1 or on <= last_day - EARLIER_REPORT):
                entries.append(Feedback(case.order, on, int(stars), case.reason, said[k]))
        strangers = [stranger] if stranger and report == 0 else []
        rows = usual.feedback_rows(entries, strangers, orders, store.country, draws)
        if rows:
            names = header or usual.FEEDBACK_HEADERS["en"]
            text = usual.tab_text(names, [cells for _, cells in rows], "\r\n")
            name = folder.next_name("txt")
            folder.add(name, "seller-feedback", text, len(rows), 6, store.own_encoding)


def write_cases(
    folder: Folder,
    cases: list[Case],
    orders: Orders,
    store: Store,
    stranger: usual.Stranger | None,
    draws: Draws,
) -> None:
    """claims.csv and chargebacks.csv, oldest first."""
    for component, header, reasons in (
        ("claim", usual.CLAIMS_HEADER, CLAIM_REASONS),
        ("chargeback", usual.CHARGEBACKS_HEADER, None),
    ):
        rows = []
        for case in cases:
            if case.recipe.component != component:
                continue
            for day, (status, flag) in zip(case.told, case.recipe.told, strict=True):
                reason = reasons[case.reason] if reasons else draws.choice(CHARGEBACK_REASONS)
                amount = f"{10 + 80 * draws.one():.2f}"
                rows.append((day, [orders.ids[case.order], reason, status, amount, flag]))
        if stranger and reasons:
            words = reasons["late"]
            rows.append((stranger.on, [stranger.order_id, words, "granted", "25.00", ""]))
        rows.sort(key=lambda row: (row[0], row[1][0]))
        if rows:
            cells = [[said[0], store.typed_day(day), *said[1:]] for day, said in rows]
            name = f"{component}s.csv"
            text = usual.comma_text(header, cells)
            seen = {component: len(rows)}
            folder.add(name, f"{component}s", text, len(rows), len(header), seen=seen)


def write_returns(
    folder: Folder,
    cases: list[Case],
    orders: Orders,
    setting: Setting,
    store: Store,
    last_day: int,
    draws: Draws,
) -> None:
    """The returns report: ordinary returns, and those with a claim."""
    claims = [
        Claim(c.order, c.on, c.reason, "", True, return_on=c.return_on)
        for c in cases
        if c.return_on is not None
    ]
    rows = usual.return_rows(Defects(claims=claims), orders, setting, last_day, draws)
    if rows:
        text = usual.tab_text(usual.RETURN_HEADER, rows, "\n")
        columns = len(usual.RETURN_HEADER)
        name = folder.next_name("txt")
        seen = {"claim": len(claims)}
        folder.add(name, "mfn-returns", text, len(rows), columns, store.own_encoding, seen)


def write_lists(
    folder: Folder, cases: list[Case], orders: Orders, store: Store, last_day: int, draws: Draws
) -> None:
    """The order-defects list of each channel, which says of each order whether it has an impact.

    Late shipments and cancellations are on it too; they are no order defects.
    """
    listed: dict[int, list[Case]] = {}
    for case in cases:
        if case.recipe.listed:
            listed.setdefault(case.order, []).append(case)
    late = draws.hits(0.012, orders.n) & ~orders.cancelled
    gone = orders.cancelled & draws.hits(0.3, orders.n)
    age = last_day - orders.day
    inside = (age >= WINDOW_NEWEST) & (age <= WINDOW_OLDEST)
    inside[list(orders.not_counted)] = False
    for mfn in (True, False):
        yes, no = usual.LIST_MARKS[store.country == "US", mfn]
        rows, seen = [], Counter[str]()
        for i in np.flatnonzero(inside & (orders.is_mfn == mfn)).tolist():
            own = listed.get(i, [])
            if not (own or (mfn and (late[i] or gone[i]))):
                continue
            by = "Merchant" if mfn else "Amazon"
            marks = [yes if mfn and gone[i] else no, yes if mfn and late[i] else no, no, no, no]
            row = [orders.ids[i], store.day(int(orders.day[i])), by, *marks, "Yes"]
            for case in own:
                row[LIST_COLUMNS[case.recipe.component]] = yes
                seen[case.recipe.component] += 1
                if case.recipe.listed == "no impact":
                    row[IMPACT] = "No"
            rows.append(row)
        if rows:
            text = usual.comma_text(LIST_HEADER, rows)
            name = folder.next_name("csv")
            folder.add(name, "order-defects", text, len(rows), len(LIST_HEADER), seen=seen)
