"""Several downloads of feedback against a slow, obvious answer, and against what was true."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.exports.downloads import settled_feedback
from odr_analysis.exports.readers.contract import feedback_frame
from odr_analysis.exports.verdicts import newest_feedback
from tests.long import usually

START = pd.Timestamp("2026-05-01")
STORES = {f"o{i}": ("Amazon.de", "Amazon.fr", "unknown")[i % 5 // 2] for i in range(10)}


class Row(NamedTuple):
    file: str
    order_id: str
    day: int
    stars: int


def frame(rows: list[Row]) -> pd.DataFrame:
    return feedback_frame(
        [
            (r.order_id, START + pd.Timedelta(days=r.day), r.stars, "", "", "", r.file, i)
            for i, r in enumerate(rows)
        ]
    )


def settled(
    rows: list[Row], damaged: set[str], stores: dict[str, str] = STORES
) -> tuple[dict[str, int], dict[str, int]]:
    """Order to stars, of what is kept and of what is gone."""
    done = settled_feedback(frame(rows), pd.Series(stores), damaged)
    return tuple(
        dict(zip(t.order_id, t.rating.astype(int), strict=True)) for t in (done.kept, done.gone)
    )


def slowly(rows: list[Row], damaged: set[str]) -> tuple[dict[str, int], dict[str, int]]:
    """The same by asking of each feedback every question, in the words of the rules."""
    names = {r.file for r in rows}

    def store(r: Row) -> str:
        own = STORES[r.order_id]
        if own != "unknown":
            return own
        named = {STORES[x.order_id] for x in rows if x.file == r.file} - {"unknown"}
        return named.pop() if len(named) == 1 else "unknown"

    def part(file: str, of: str) -> list[Row]:
        return [r for r in rows if r.file == file and store(r) == of]

    def inside(file: str, of: str, day: int) -> bool:
        days = [r.day for r in part(file, of)]
        return bool(days) and min(days) < day < max(days)

    def holds(file: str, order_id: str) -> bool:
        return any(r.file == file and r.order_id == order_id for r in rows)

    def last(file: str) -> int:
        return max(r.day for r in rows if r.file == file)

    def is_newer(one: str, other: str, of: str) -> bool:
        mine, its = part(one, of), part(other, of)
        if not mine or not its or last(one) <= last(other):
            return False
        if max(r.day for r in mine) <= max(r.day for r in its):
            return False
        shown = {r.stars for r in its}
        return not any(
            inside(other, of, r.day) and r.stars in shown and not holds(other, r.order_id)
            for r in mine
        )

    def is_filtered(file: str, of: str, stars: int) -> bool:
        if file in damaged:
            return True
        shown = {r.stars for r in part(file, of)}
        before: dict[str, int] = {}
        for r in rows:
            if store(r) == of and last(r.file) < last(file) and inside(file, of, r.day):
                before[r.order_id] = min(r.stars, before.get(r.order_id, 5))
        lacks = {o: n for o, n in before.items() if not holds(file, o)}
        kept = {n for o, n in before.items() if holds(file, o)}
        unseen = [n for n in lacks.values() if n <= 3 and n not in shown]
        good = [n for n in before.values() if n > 3]
        good_gone = [n for n in lacks.values() if n > 3]
        return (stars not in shown | kept and len(unseen) >= 2) or (
            max(shown) > 3 and len(good_gone) >= 2 and len(good_gone) > len(good) / 2
        )

    kept, gone = {}, {}
    for order_id in {r.order_id for r in rows}:
        own = [r for r in rows if r.order_id == order_id]
        held_by = {r.file for r in own}
        of = next((s for r in own if (s := store(r)) != "unknown"), "unknown")
        current = [
            r
            for r in own
            if not any(
                of != "unknown"
                and x.day == r.day
                and x.stars != r.stars
                and is_newer(x.file, r.file, of)
                for x in own
            )
        ]
        newest = max(r.day for r in current)
        stars = min(r.stars for r in current if r.day == newest)
        lacking = (
            of != "unknown"
            and stars <= 3
            and any(
                file not in held_by
                and inside(file, of, newest)
                and all(is_newer(file, h, of) for h in held_by)
                and not is_filtered(file, of, stars)
                for file in names
            )
        )
        (gone if lacking else kept)[order_id] = stars
    return kept, gone


@st.composite
def some_files(draw: st.DrawFn) -> list[Row]:
    """Files of any content: each order once in a file, with one day in all of them or nearly."""
    usual = {o: draw(st.integers(0, 8)) for o in STORES}
    rows = []
    for name in "abcd"[: draw(st.integers(1, 4))]:
        for o in draw(st.lists(st.sampled_from(list(STORES)), unique=True, min_size=3, max_size=8)):
            day = draw(st.sampled_from([usual[o]] * 6 + [4]))
            rows.append(Row(name, o, day, draw(st.sampled_from([1, 1, 2, 3, 5]))))
    return rows


@settings(max_examples=usually(50, long=120), deadline=None)
@given(some_files(), st.sets(st.sampled_from("abcd"), max_size=1))
def test_the_slow_answer_is_the_same(rows, damaged):
    assert settled(rows, damaged) == slowly(rows, damaged)


class Told(NamedTuple):
    """What became of one feedback: the days it was removed and raised, 99 for never."""

    day: int
    stars: int
    removed: int
    raised: int


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Row], dict[str, int]]:
    """Rows of whole downloads of one store's history, and the stars each order really has on
    the day of the last of them: 0 where the feedback was removed by then."""
    later = st.integers(1, 25)
    told = {}
    for o in STORES:
        day = draw(st.integers(0, 20))
        fate = draw(st.sampled_from(["stays", "removed", "raised"]))
        then = day + draw(later)
        told[o] = Told(
            day,
            draw(st.integers(1, 5)),
            then if fate == "removed" else 99,
            then if fate == "raised" else 99,
        )
    rows = []
    made = sorted(draw(st.lists(st.integers(5, 30), min_size=1, max_size=4)))
    for name, today in zip("abcd", made, strict=False):
        first = draw(st.sampled_from([0, 0, 3, 8]))
        last = draw(st.sampled_from([today, today, max(first, today - 6)]))
        for o, t in told.items():
            if first <= t.day <= last and t.removed > today:
                rows.append(Row(name, o, t.day, 5 if t.raised <= today else t.stars))
    end = made[-1]
    truth = {
        o: 0 if t.removed <= end else 5 if t.raised <= end else t.stars
        for o, t in told.items()
        if any(r.order_id == o for r in rows)
    }
    return rows, truth


@settings(max_examples=200, deadline=None)
@given(histories())
def test_whatever_is_concluded_of_whole_downloads_is_true(history):
    rows, truth = history
    kept, gone = settled(rows, set(), dict.fromkeys(STORES, "Amazon.de"))
    assert kept.keys() | gone.keys() == truth.keys()
    assert not kept.keys() & gone.keys()
    for order_id in gone:
        assert truth[order_id] == 0
    for order_id, stars in kept.items():
        # Stars are those of now, or fewer: nothing that still counts is left out.
        assert truth[order_id] in (0, 5) or stars == truth[order_id]


@settings(max_examples=40, deadline=None)
@given(some_files())
def test_one_file_alone_is_as_it_is(rows):
    one = frame([r._replace(file="a") for r in rows]).drop_duplicates("order_id")
    done = settled_feedback(one, pd.Series(STORES))
    pd.testing.assert_frame_equal(done.kept, newest_feedback(one))
    assert done.gone.empty
    assert not done.notes


@settings(max_examples=40, deadline=None)
@given(some_files(), st.randoms(use_true_random=False))
def test_names_and_order_of_the_files_do_not_matter(rows, random):
    names = random.sample("wxyz", 4)
    other = dict(zip("abcd", names, strict=True))
    turned = [r._replace(file=other[r.file]) for r in random.sample(rows, len(rows))]
    assert settled(turned, set()) == settled(rows, set())
