"""A property: a file that is not an export, put beside a seller's, never changes a number."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odr_analysis import load_account
from tests.downloads import oid
from tests.unit.exports.foreign import FOREIGN, numbers, seller

TITLES = st.sampled_from(
    [
        *("Order ID", "order number", "Claim ID", "Claim date", "Status", "Feedback", "Rating"),
        *("Tracking number", "FNSKU", "User Id", "Insured value", "Review title", "Date", "Amount"),
        *("Policy number", "Buyer username", "Comments", "Quantity", "Case ID", "SAFE-T claim ID"),
        *("Guarantee", "Chargeback", "A-to-z claim", "Ship by date", "Warranty", "Carrier name"),
    ]
)
MARKS = st.sampled_from(
    ["", "Yes", "X", "1", "5", "2026-08-20", "Granted", "lost", "broken", "S-1"]
)
NOT_OF_A_BUYER = (
    "FNSKU",
    "User Id",
    "Insured value",
    "Buyer username",
    "Warranty",
    "Policy number",
)


@pytest.fixture(scope="module")
def alone():
    with tempfile.TemporaryDirectory() as folder:
        seller(Path(folder))
        return numbers(load_account(folder, cache=None))


@st.composite
def foreign_files(draw) -> str:
    """A table of common titles, with a foreign one among them or with ids of another form."""
    titles = draw(st.lists(TITLES, min_size=2, max_size=8, unique=True))
    own_ids = draw(st.booleans())
    if own_ids and not set(titles) & set(NOT_OF_A_BUYER):
        titles.append(draw(st.sampled_from(NOT_OF_A_BUYER)))
    if draw(st.booleans()) and not {"Order ID", "order number"} & set(titles):
        titles.insert(0, "Order ID")
    shapes = st.sampled_from(["12-{0:05d}-{0:05d}", "2876543{0:03d}", "#{0}", "MP-88{0}"])
    shape = draw(shapes)
    delimiter = draw(st.sampled_from([",", "\t", ";"]))
    rows = [delimiter.join(titles)]
    for n in range(draw(st.integers(1, 4))):
        cells = {t: draw(MARKS) for t in titles}
        for title in ("Order ID", "order number"):
            if title in cells:
                cells[title] = oid(n) if own_ids else shape.format(n + 1)
        rows.append(delimiter.join(cells.values()))
    return "\n".join(rows) + "\n"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files=st.lists(foreign_files(), min_size=5, max_size=12))
def test_files_that_are_not_exports_change_no_number(alone, files):
    with tempfile.TemporaryDirectory() as folder:
        seller(Path(folder))
        for i, text in enumerate(files):
            (Path(folder) / f"{i}.csv").write_text(text, "utf-8")
        assert numbers(load_account(folder, cache=None)) == alone


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(sorted(FOREIGN)), min_size=1, max_size=8), st.data())
def test_nor_do_they_in_another_order_of_columns(alone, names, data):
    with tempfile.TemporaryDirectory() as folder:
        seller(Path(folder))
        for i, name in enumerate(names):
            header, row = FOREIGN[name]
            delimiter = "\t" if "\t" in header else ";" if ";" in header else ","
            titles, cells = header.split(delimiter), row.split(delimiter)
            cells += [""] * (len(titles) - len(cells))
            places = data.draw(st.permutations(range(len(titles))))
            lines = [delimiter.join(of[p] for p in places) for of in (titles, cells)]
            text = "\n".join([lines[0], *(lines[1].replace("{id}", oid(n)) for n in range(3))])
            (Path(folder) / f"{i}.csv").write_text(text + "\n", "utf-8")
        assert numbers(load_account(folder, cache=None)) == alone
