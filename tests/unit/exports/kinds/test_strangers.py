"""Files that name no known order: whose are they?"""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis.exports.covered import dated
from odr_analysis.exports.kinds.strangers import KnownOrders, is_stranger
from odr_analysis.exports.orders.engine import engine, lend
from odr_analysis.exports.orders.keys import key_of
from odr_analysis.exports.orders.ledger import Ledger
from odr_analysis.exports.readers.contract import Read, Sighting, sightings

HERE, ELSEWHERE = "113-0000000-0000001", "113-0000000-0000002"
FIRST = date(2026, 5, 1)


def read(*ids, on="2026-06-01"):
    rows = [Sighting(i, "claim", "claims", "f", 2) for i in ids]
    n = len(rows)
    proof = dated(list(ids), pd.to_datetime([on] * n), [2] * n, file="f")
    return Read(n, n, {}, {}, defects=sightings(rows), dated=proof)


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    with engine(tmp_path_factory.mktemp("engine")) as con:
        columns = Ledger.kept().table.schema()
        frame = pd.DataFrame({name: pd.Series([0], dtype="int64") for name in columns})
        lend(con, "ledger", frame.assign(order_key=key_of(HERE)))
        yield KnownOrders(con, FIRST)


@pytest.mark.parametrize(
    ("kind", "loose", "file", "stranger"),
    [
        ("claims", False, read(HERE, ELSEWHERE), False),
        ("claims", False, read(ELSEWHERE), True),
        ("claims", False, read(ELSEWHERE, on="2026-04-30"), False),
        ("claims", False, read(), False),
        ("mfn-returns", False, read(ELSEWHERE), False),
        ("seller-feedback", True, read(ELSEWHERE), True),
        ("seller-feedback", True, read(HERE), False),
        ("seller-feedback", True, read(), False),
    ],
)
def test_a_list_must_name_a_known_order(known, kind, loose, file, stranger):
    assert is_stranger(kind, loose, file, known) is stranger


def test_an_order_that_was_met_need_not_be_asked_for(known):
    met = known._replace(con=None, met=frozenset({ELSEWHERE}))
    assert not is_stranger("claims", False, read(ELSEWHERE), met)


def test_without_order_exports_a_list_known_by_its_titles_stays(known):
    assert not is_stranger("claims", False, read(ELSEWHERE), known._replace(first_order=None))
