"""The backtest of a real archive: forecasts from what each delivery had, removed since or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from odr_analysis import archive_folder
from odr_analysis.account import Account
from odr_analysis.archive.store import Store
from odr_analysis.forecasting.track_record.backtest import Backtest, backtest
from odr_analysis.forecasting.track_record.past import ARCHIVE, REPORT_DATES
from odr_analysis.load import load_account
from tests.downloads import feedback, fill, oid, order, table

FIRST, LAST = date(2026, 1, 1), date(2026, 9, 21)
DELIVERED = [LAST - timedelta(days=28 * n) for n in range(4, -1, -1)]
BETWEEN = DELIVERED[2] + timedelta(days=14)
EVERY = 9
"""Every ninth order has bad feedback, twenty days after it; that of every second such order is
removed thirty days later, and no later file has it."""


def days_to(day: date) -> Iterator[tuple[int, date]]:
    """Number and day of each order placed by a day, one a day."""
    yield from ((n, FIRST + timedelta(days=n)) for n in range((day - FIRST).days + 1))


def removed_on(n: int, ordered: date) -> date:
    return ordered + timedelta(days=50) if n % (2 * EVERY) == 0 else date.max


def downloaded(base: Path, day: date) -> Path:
    """The exports of a day."""
    placed = list(days_to(day))
    bad = [
        ((d + timedelta(days=20)).isoformat(), "1", "late", oid(n))
        for n, d in placed
        if n % EVERY == 0 and d + timedelta(days=20) <= day < removed_on(n, d)
    ]
    rows = [order(n, f"{d.isoformat()}T10:00:00+00:00") for n, d in placed]
    return fill(base / day.isoformat(), {"orders.txt": table(rows), "f.txt": feedback(bad)})


def shown(day: date, files: date) -> int:
    """Defective orders of the window of a day that were reported by then, and are in `files`."""
    return sum(
        n % EVERY == 0 and 20 <= (day - d).days <= 74 and files < removed_on(n, d)
        for n, d in days_to(day)
    )


def load(place: Path, known_on: date | None = None) -> Account:
    return load_account(place, known_on=known_on, cache=None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("archive")
    for day in DELIVERED:
        archive_folder(downloaded(base, day), base / "store", day)
    return base / "store"


def scored(data: Account | Store) -> pd.DataFrame:
    found: Backtest = backtest(
        data, [*DELIVERED[:-1], BETWEEN], [28], n_draws=100, every=28, load=load
    )
    rows = found.origins[found.origins.quantity == "shown"]
    return rows.assign(origin=rows.origin.dt.date).set_index("origin")


@pytest.mark.filterwarnings("ignore:.*as if nothing were missing")
def test_a_day_as_it_was_known_differs_from_the_dates_of_reports(store: Path) -> None:
    known, dated = scored(Store.open(store)), scored(load(store))
    assert known.basis.to_dict() == {
        **dict.fromkeys(DELIVERED[:-1], ARCHIVE),
        BETWEEN: REPORT_DATES,
    }
    assert set(dated.basis) == {REPORT_DATES}
    next_delivery = DELIVERED[3]
    for day in known.index:
        then, file = day + timedelta(days=28), next_delivery if day == BETWEEN else day
        one, other = known.loc[day], dated.loc[day]
        assert one.persistence == pytest.approx(shown(day, file) / 60)
        assert other.persistence == pytest.approx(shown(day, LAST) / 60)
        # The truth of a day is what the first delivery that reaches it has.
        of_then = min(d for d in DELIVERED if d >= then)
        assert one.n_defective == shown(then, of_then)
        assert other.n_defective == shown(then, LAST)
    # What was removed since is in the past as it was known, and in the forecast made of it.
    early = DELIVERED[:3]
    assert (known.loc[early].persistence > dated.loc[early].persistence).all()
    assert (known.loc[early]["median"] > dated.loc[early]["median"]).all()
    assert (known.loc[early].n_defective >= dated.loc[early].n_defective).all()
