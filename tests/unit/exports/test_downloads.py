"""Several downloads of one store's feedback in a folder: the newer is the truth for its days."""

from __future__ import annotations

from itertools import permutations

import pandas as pd
import pytest

from odr_analysis import Policy, archive_events, archive_folder, bridge, load_account
from odr_analysis.exports.downloads import settled_feedback
from odr_analysis.exports.readers.contract import feedback_frame
from tests.downloads import feedback, fill, oid, order, table

Row = tuple[str, int, int]
"""Day of September or of another month, stars, number of the order."""

ORDERS = {
    "de.txt": table([order(n, "2026-08-20T10:00:00+00:00") for n in range(60)]),
    "fr.txt": table(
        [order(n, "2026-08-20T10:00:00+00:00", sales__channel="Amazon.fr") for n in range(60, 80)]
    ),
}
OLDER = [("09-01", 5, 1), ("09-03", 1, 2), ("09-05", 2, 3), ("09-06", 1, 4), ("09-08", 4, 5)]
NEWER = [("09-01", 5, 1), ("09-05", 5, 3), ("09-06", 1, 4), ("09-08", 4, 5), ("09-20", 5, 6)]
"""The feedback of order 2 vanished, that of order 3 was raised under its old day."""


def text(rows: list[Row]) -> str:
    return feedback([(f"2026-{day}", str(stars), "x", oid(n)) for day, stars, n in rows])


def account(folder, files, **options):
    return load_account(fill(folder, {**ORDERS, **files}), cache=None, **options)


def counted(folder, *files: list[Row], names: str = "abcdef") -> list[int]:
    """Numbers of the orders whose feedback counts."""
    told = {f"{name}.txt": text(rows) for name, rows in zip(names, files, strict=False)}
    return numbers(account(folder, told))


def numbers(loaded) -> list[int]:
    return sorted(int(i[-3:]) for i in loaded.defective.order_id)


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_what_vanished_and_what_was_raised_counts_no_more(tmp_path, names):
    assert counted(tmp_path / "alone", OLDER) == [2, 3, 4]
    found = account(
        tmp_path / names,
        {f"{names[0]}.txt": text(OLDER), f"{names[1]}.txt": text(NEWER)},
    )
    assert numbers(found) == [4]
    told = found.defects.set_index("order_id")
    assert told.outcome.to_dict() == {oid(2): "removed", oid(4): ""}
    assert told.why_not[oid(2)] == "feedback removed"
    assert found.feedback.set_index("order_id").rating.to_dict() == {
        oid(1): 5,
        oid(3): 5,
        oid(4): 1,
        oid(5): 4,
        oid(6): 5,
    }
    receipt = found.receipt
    assert receipt.rows_read == receipt.rows_kept
    assert receipt.defects["feedback_rows"] == 10
    assert receipt.defects["feedback_removed"] == 1
    assert receipt.defects["feedback_superseded"] == 4
    notes = " ".join(receipt.notes)
    assert f"{oid(2)} (1 star, 3 Sep 2026)" in notes
    assert f"{oid(3)} (" in notes
    assert "2 stars in" in notes
    assert "5 stars in" in notes


def test_a_policy_may_count_what_was_removed(tmp_path):
    files = {"a.txt": text(OLDER), "b.txt": text(NEWER)}
    found = account(tmp_path, files, policy=Policy(count_removed_feedback=True))
    assert numbers(found) == [2, 4]


@pytest.mark.parametrize(
    ("newer", "why"),
    [
        ([("09-04", 5, 7), *NEWER[1:]], "its first row is after the feedback"),
        ([("09-03", 5, 7), *NEWER[1:]], "its first row is of the same day, and may be cut"),
        ([*NEWER[:-1]], "its newest day is that of the other"),
        ([("09-01", 5, 61), ("09-05", 1, 62), ("09-20", 5, 63)], "it is of another store"),
        ([*NEWER[:-1], ("09-07", 1, 7), NEWER[-1]], "it has what the other lacks"),
        ([("09-01", 5, 1), ("09-08", 4, 5), ("09-20", 5, 6)], "it lacks every low feedback"),
        ([("09-01", 5, 1), ("09-02", 4, 8), ("09-20", 1, 6)], "it has other stars only"),
    ],
)
def test_where_it_cannot_be_known_the_feedback_counts(tmp_path, newer, why):
    older = [*OLDER, ("09-02", 4, 8), ("09-07", 5, 9)]
    assert 2 in counted(tmp_path, older, newer), why


def test_a_download_that_lacks_most_good_feedback_is_filtered(tmp_path):
    good = [(f"09-{d:02}", 5, d + 10) for d in range(2, 8)]
    assert 2 not in counted(tmp_path / "whole", [*OLDER, *good], [*NEWER, *good])
    assert 2 in counted(tmp_path / "filtered", [*OLDER, *good], NEWER)
    # One that leaves all good feedback out, as Amazon's report does, shows what is low.
    low = [("09-02", 3, 40), ("09-06", 1, 4), ("09-20", 2, 41)]
    assert counted(tmp_path / "low", [*OLDER, ("09-02", 3, 40), *good], low) == [4, 41]


def test_a_download_with_rows_that_were_dropped_proves_no_absence(tmp_path):
    files = {"a.txt": text(OLDER), "b.txt": text(NEWER).replace("2026-09-08", "?")}
    found = account(tmp_path, files, loss_budget=0.5)
    assert 2 in numbers(found)
    assert "rows of it were dropped" in " ".join(found.receipt.notes)


def test_a_file_of_two_stores_proves_for_each_its_own_days(tmp_path):
    french = [("09-01", 5, 61), ("09-03", 1, 62), ("09-08", 5, 63)]
    both = [*NEWER, ("09-10", 5, 64), ("09-21", 5, 65)]
    assert 62 in counted(tmp_path / "short", french, both)
    assert 62 not in counted(tmp_path / "long", french, [*both, ("09-01", 5, 61), french[2]])


def test_back_again_is_there(tmp_path):
    third = [*OLDER[:2], *NEWER[1:], ("09-25", 5, 9)]
    assert counted(tmp_path, OLDER, NEWER, third) == [2, 4]


def test_the_day_decides_and_not_the_order_of_the_files():
    frames = [
        feedback_frame(
            [
                (oid(n), pd.Timestamp(f"2026-{day}"), stars, "", "", "", name, 2 + i)
                for i, (day, stars, n) in enumerate(rows)
            ]
        )
        for name, rows in (("x", OLDER), ("y", NEWER), ("z", [*NEWER, ("09-25", 1, 7)]))
    ]
    stores = pd.Series("Amazon.de", index=[oid(n) for n in range(10)])
    for order_ in permutations(frames):
        done = settled_feedback(pd.concat(order_, ignore_index=True), stores)
        low = done.kept[done.kept.rating <= 2]
        assert sorted(low.order_id) == [oid(4), oid(7)]
        assert done.gone.order_id.tolist() == [oid(2)]


def test_different_stars_in_files_equally_new_count_the_fewest(tmp_path):
    raised = [(day, 5 if n == 3 else stars, n) for day, stars, n in OLDER]
    files = {"a.txt": text(OLDER), "b.txt": text(raised)}
    found = account(tmp_path, files)
    assert numbers(found) == [2, 3, 4]
    assert f"{oid(3)} (2 stars in a.txt, 5 stars in b.txt)" in found.receipt.notes[0]


def test_an_archive_keeps_what_was_known_before_the_newer_download(tmp_path):
    folder, store = tmp_path / "exports", tmp_path / "store"
    fill(folder, {**ORDERS, "a.txt": text(OLDER)})
    archive_folder(folder, store, "2026-10-01")
    fill(folder, {"b.txt": text(NEWER)})
    archive_folder(folder, store, "2026-10-02")
    before, after = (
        load_account(store, known_on=day, cache=None) for day in ("2026-10-01", "2026-10-02")
    )
    assert (numbers(before), numbers(after)) == ([2, 3, 4], [4])
    direct = load_account(folder, cache=None)
    pd.testing.assert_frame_equal(after.defects, direct.defects)
    assert after.receipt.notes == direct.receipt.notes
    happened = archive_events(store)
    told = happened[["what", "order_id", "before", "after", "file"]].to_numpy().tolist()
    assert told == [
        ["feedback changed", oid(3), "2 stars", "5 stars", "b.txt"],
        ["feedback vanished", oid(2), "1 star", "", "b.txt"],
    ]
    moved = bridge(after, "2026-09-30", "2026-09-30", before=before)
    rows = moved[(moved.marketplace == "Amazon.de") & (moved.measure == "odr")]
    parts = rows.set_index("part").n
    assert (parts["removed"], parts["redecided"]) == (-2, 0)


def test_both_files_cover_their_days_as_before(tmp_path):
    found = account(tmp_path, {"a.txt": text(OLDER), "b.txt": text(NEWER)})
    covers = {f.file: f.covers for f in found.receipt.files if f.covers}
    days = {name: (str(c.first), str(c.last), c.n, c.store) for name, (c,) in covers.items()}
    assert days == {
        "a.txt": ("2026-09-01", "2026-09-08", 5, "Amazon.de"),
        "b.txt": ("2026-09-01", "2026-09-20", 5, "Amazon.de"),
    }
