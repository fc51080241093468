"""In an archive, as in a folder, a loosely known file counts only if it names a known order."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from odr_analysis.account import TABLES, Account
from odr_analysis.archive.deliver import archive_folder
from odr_analysis.archive.events import archive_events
from odr_analysis.load import load_account
from tests.downloads import oid, order, table

LATE = (
    "order date,order id,expected ship date,actual ship date,ship confirmation date,"
    "account health impact\n"
)
LOOSE = {
    "late shipments": lambda i: f"{LATE}2026-05-01,{oid(i)},2026-05-02,2026-05-05,2026-05-05,Yes\n",
    "one marker": lambda i: f"Order Id,Chargeback\n{oid(i)},X\n",
    "feedback by shape": lambda i: (
        f"Day\tMark\tWords\tReply\tNo\tWho\n2026-05-20\t1\tlate\t\t{oid(i)}\ta@b.c\n"
    ),
}
FOREIGN = {
    "ebay": "Sales Record Number,User Id,Item Title,Order ID,Claim\n1,a,b,12-00001-00001,X\n",
    "safe-t": f"SAFE-T Claim ID,Order ID,Claim Date\n1,{oid(1)},2026-05-09\n",
}


def seller(folder: Path, text: str, known: range = range(40)) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "orders.txt").write_text(table([order(i) for i in known]))
    (folder / "list.csv").write_text(text)
    return folder


def same(one: Account, other: Account) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    assert one.receipt.to_dict() == other.receipt.to_dict()
    assert one.known_to == other.known_to


@pytest.mark.parametrize("kind", LOOSE)
@pytest.mark.parametrize("known", [True, False])
def test_a_loose_list_counts_in_an_archive_where_it_does_in_its_folder(
    tmp_path: Path, kind: str, known: bool
) -> None:
    folder = seller(tmp_path / "f", LOOSE[kind](7 if known else 900))
    archive_folder(folder, tmp_path / "s", "2026-09-30")
    straight, kept = (load_account(p, cache=None) for p in (folder, tmp_path / "s"))
    same(straight, kept)
    (file,) = [f for f in kept.receipt.files if f.file == "list.csv"]
    assert (file.kind == "unknown") is not known
    if not known:
        assert "none of its orders is in any order export here: set aside" in file.notes[-1]
        assert file.rows_read == 0
    n = len(kept.defects) + len(kept.lapses)
    assert n == (1 if known else 0)


def test_each_delivery_is_judged_by_its_own_orders(tmp_path: Path) -> None:
    """The same list, kept once: of unknown orders first, of known ones after a download."""
    text = LOOSE["one marker"](60)
    folder, store = seller(tmp_path / "f", text), tmp_path / "s"
    archive_folder(folder, store, "2026-09-30")
    seller(folder, text, range(80))
    second = archive_folder(folder, store, "2026-10-01")
    assert second.n_objects == 1, "only the orders are new"
    counts = [
        len(load_account(store, cache=None, known_on=day).defective)
        for day in ("2026-09-30", "2026-10-01")
    ]
    assert counts == [0, 1]
    events = archive_events(store)
    appeared = events[events.what == "defect appeared"]
    assert appeared.order_id.tolist() == [oid(60)]
    assert appeared.day.tolist() == [pd.Timestamp("2026-10-01")]


@pytest.mark.parametrize("shop", FOREIGN)
def test_files_of_other_shops_are_set_aside_in_an_archive(tmp_path: Path, shop: str) -> None:
    folder = seller(tmp_path / "f", FOREIGN[shop])
    archive_folder(folder, tmp_path / "s", "2026-09-30")
    straight, kept = (load_account(p, cache=None) for p in (folder, tmp_path / "s"))
    same(straight, kept)
    assert len(kept.defects) == 0
    assert kept.receipt.unknown
