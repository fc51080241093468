"""The bridge by hand: which orders are behind which part, and what is said of it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from odr_analysis import archive_folder, bridge, bridge_orders, load_account, write_sample
from odr_analysis.answer.parts.bridge import bridge_sentences
from odr_analysis.answer.parts.bridge_lines import bridge_dict
from odr_analysis.cli import main
from odr_analysis.errors import ParameterError
from odr_analysis.policy import Policy
from odr_analysis.why.bridge import MEASURES
from tests.oracle import make_account

FROM, TO = date(2026, 9, 23), date(2026, 9, 30)
DE = ("Amazon.de", "mfn")


SHIFTED = {"orders_entered": 2, "orders_left": -2}
"""Orders that come and go between the days in every account of :func:`ten`."""


def placed(days_before: int, until: date = TO) -> date:
    return until - timedelta(days=days_before)


def ten(*defects: tuple, policy: Policy | None = None):
    """Ten orders: two that left (80 days old), two that came in (20), six in both windows."""
    ages = [80, 80, 20, 20, 30, 30, 40, 40, 50, 50]
    orders = [(f"o{i}", placed(age), *DE) for i, age in enumerate(ages)]
    return make_account(orders, list(defects), policy, known_to=TO)


def counts(found, measure: str = "odr") -> dict[str, int]:
    mine = found[(found.measure == measure) & (found.n != 0)]
    return dict(zip(mine.part, mine.n.tolist(), strict=True))


def test_every_part_has_its_orders() -> None:
    account = ten(
        ("o0", "claim", placed(70)),  # left with its order
        ("o2", "feedback", placed(10)),  # came in with its order
        ("o4", "claim", placed(3)),  # reported between the days
        ("o6", "claim", placed(30)),  # there on both
    )
    found = bridge(account, FROM, TO)
    assert counts(found) == {
        "defects_entered": 1,
        "defects_left": -1,
        "reported_late": 1,
        "orders_entered": 2,
        "orders_left": -2,
    }
    row = found[found.measure == "odr"].iloc[0]
    assert (row.from_n_defective, row.from_n_orders) == (2, 8)
    assert (row.to_n_defective, row.to_n_orders) == (3, 8)
    assert row.change == pytest.approx(1 / 8)
    # As many orders on both days: each defect is worth an eighth, the orders cancel out.
    effects = found[found.measure == "odr"].set_index("part").effect
    assert effects["defects_entered"] == pytest.approx(1 / 8)
    assert effects["orders_entered"] == pytest.approx(-effects["orders_left"])
    orders = bridge_orders(account, FROM, TO)
    ids = {part: rows.order_id.tolist() for part, rows in orders.groupby("part")}
    assert ids == {
        "defects_entered": ["o2"],
        "defects_left": ["o0"],
        "reported_late": ["o4"],
        "orders_entered": ["o2", "o3"],
        "orders_left": ["o0", "o1"],
    }


def test_components_have_bridges_of_their_own() -> None:
    account = ten(("o6", "claim", placed(30)), ("o6", "feedback", placed(3)))
    found = bridge(account, FROM, TO)
    assert "reported_late" not in counts(found)
    assert counts(found, "feedback")["reported_late"] == 1


def test_a_rise_without_a_new_defect_says_so() -> None:
    orders = [(f"o{i}", placed(80 if i < 40 else 40), *DE) for i in range(100)]
    account = make_account(orders, [("o99", "claim", placed(30))], known_to=TO)
    (sentence,) = bridge_sentences(bridge(account, FROM, TO))
    assert sentence == (
        "Seller-fulfilled ODR rose 0.67 points, from 1.00 % (1 of 100 orders) to 1.67 % (1 of 60), "
        "although no new defect arrived: 40 clean orders left the window."
    )


@pytest.mark.parametrize(
    ("ages", "said"),
    [
        ([], "Seller-fulfilled: no order counts on either day."),
        ([20], "Seller-fulfilled ODR is 0 % (0 of 1 order); no order counted before."),
        ([80], "Seller-fulfilled ODR was 0 %; no order counts any more, so there is no rate."),
    ],
)
def test_windows_without_orders(ages: list[int], said: str) -> None:
    orders = [(f"o{i}", placed(age), *DE) for i, age in enumerate(ages)] + [("x", placed(300), *DE)]
    account = make_account(orders, known_to=TO)
    found = bridge(account, FROM, TO)
    assert bridge_sentences(found) == [said]
    behind = {m: bridge_orders(account, FROM, TO, measure=m) for m in MEASURES}
    told = bridge_dict(found, behind)["channels"][0]
    assert told["from"]["odr"] is None or told["to"]["odr"] is None
    assert sum(told["parts"].values()) == told["change"]


def test_a_defect_that_vanished_was_removed_and_a_new_verdict_is_one() -> None:
    before = ten(("o6", "feedback", placed(30)), ("o7", "claim", placed(30)))
    after = ten(("o7", "claim", placed(30)))
    assert counts(bridge(after, FROM, TO, before=before))["removed"] == -1
    assert counts(bridge(before, FROM, TO, before=after))["reported_late"] == 1

    seen = before.defects.assign(counts=[False, True], why_not=["feedback struck", ""])
    struck = ten(("o7", "claim", placed(30)))
    object.__setattr__(struck, "defects", seen)
    found = bridge(struck, FROM, TO, before=before)
    assert counts(found)["redecided"] == -1
    back = bridge(before, FROM, TO, before=struck)
    assert counts(back)["redecided"] == 1
    assert bridge_orders(before, FROM, TO, before=struck).order_id[0] == "o6"


def test_orders_counted_otherwise_are_a_part() -> None:
    whole = ten()
    fewer = make_account(
        [(f"o{i}", placed(a), *DE) for i, a in enumerate([80, 80, 20, 20, 30, 30, 40])], known_to=TO
    )
    assert counts(bridge(fewer, FROM, TO, before=whole))["orders_recounted"] == -3
    orders = bridge_orders(fewer, FROM, TO, before=whole)
    gone = orders[orders.part == "orders_recounted"]
    assert sorted(gone.order_id) == ["o7", "o8", "o9"]
    assert set(gone.step) == {-1}


def test_days_the_wrong_way_round_and_other_windows_are_refused() -> None:
    with pytest.raises(ParameterError, match="Swap them"):
        bridge(ten(), TO, FROM)
    with pytest.raises(ParameterError, match="same policy"):
        bridge(ten(), FROM, TO, before=ten(policy=Policy(lag_days=14)))


def test_why_of_an_archive_sees_what_was_removed(tmp_path: Path) -> None:
    folder, store = tmp_path / "exports", tmp_path / "store"
    write_sample(folder, orders=3000, seed=5, scenario="step")
    account = load_account(folder, cache=None)
    end = account.known_to
    archive_folder(folder, store, end - timedelta(days=1))
    counting = account.defective
    window = account.policy.window(end)
    inside = counting[
        counting.ordered_on.between(pd.Timestamp(window.start), pd.Timestamp(window.end))
        & counting.feedback_on.notna()
        & counting.claim_on.isna()
        & counting.chargeback_on.isna()
    ]
    one_line = account.feedback[~account.feedback.comment.str.contains("\n")].order_id
    victim = inside.order_id[inside.order_id.isin(one_line)].iloc[-1]
    hit = 0
    for path in sorted(folder.iterdir()):
        raw = path.read_bytes()
        lines = raw.split(b"\n")
        if b"Rater" in lines[0] or b"Bewert" in lines[0]:
            kept = [line for line in lines if victim.encode() not in line]
            hit += len(lines) - len(kept)
            path.write_bytes(b"\n".join(kept))
    assert hit
    archive_folder(folder, store, end)
    run = CliRunner().invoke(
        main,
        ["why", str(store), "--from", str(end - timedelta(days=1)), "--to", str(end), "--json"],
    )
    assert run.exit_code == 0, run.output
    told = json.loads(run.stdout)
    removed = [i for c in told["channels"] for i in c["order_ids"]["removed"]]
    assert removed == [victim]
    for channel in told["channels"]:
        assert sum(channel["parts"].values()) == channel["change"]
    assert told["stands_out"]["lines"]


def test_why_in_words_and_as_a_calendar(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    write_sample(folder, orders=3000, seed=5, scenario="step")
    calendar = tmp_path / "days.ics"
    args = ["why", str(folder), "--no-cache", "--ics", str(calendar)]
    run = CliRunner().invoke(main, args)
    assert run.exit_code == 0, run.output
    assert "What changed the Order Defect Rate" in run.output
    assert "an archive (odr archive) tells them" in run.output
    from icalendar import Calendar

    events = Calendar.from_ical(calendar.read_bytes()).walk("VEVENT")
    account = load_account(folder, cache=None)
    told = sum(int(str(e["SUMMARY"]).split()[0]) for e in events if "leave" in str(e["SUMMARY"]))
    from odr_analysis import defective_orders

    counting = defective_orders(account)
    assert told == (counting.phase == "counts").sum() > 0
    first = calendar.read_bytes()
    CliRunner().invoke(main, args)
    assert calendar.read_bytes() == first


def test_a_denied_claim_does_not_explain_a_feedback_that_vanished() -> None:
    both = (("o6", "feedback", placed(30)), ("o6", "claim", placed(30)))
    before, after = ten(both[0]), ten(both[1])
    denied = after.defects.assign(counts=False, why_not="claim denied")
    object.__setattr__(after, "defects", denied)
    object.__setattr__(after, "defective", after.defective.iloc[:0])
    found = bridge(after, FROM, TO, before=before)
    for measure in ("odr", "feedback"):
        assert counts(found, measure) == {"removed": -1, **SHIFTED}
    # The other way round: a claim that never counted does not make a new feedback an old one.
    back = bridge(before, FROM, TO, before=after)
    for measure in ("odr", "feedback"):
        assert counts(back, measure) == {"reported_late": 1, **SHIFTED}
