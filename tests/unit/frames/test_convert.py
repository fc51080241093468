"""An account from DataFrames: the same numbers, the same checks, all failures at once."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from odr_analysis import Policy, account_from_frames, load_account, terms
from odr_analysis.answer.known import what_is_known
from odr_analysis.errors import FrameError
from odr_analysis.exports.text.buyers import buyer_hash
from odr_analysis.terms import ITEM_COLUMNS
from tests.downloads import claims, feedback, fill, oid, order, orders, table


def frame(n: int = 5, **columns) -> pd.DataFrame:
    base = {
        "order_id": [oid(i) for i in range(n)],
        "ordered_on": "2026-08-01",
        "marketplace": "Amazon.de",
        "channel": "mfn",
    }
    return pd.DataFrame({**base, **columns})


def defects(**columns) -> pd.DataFrame:
    return pd.DataFrame({"order_id": [oid(1)], "component": "claim", **columns})


@pytest.mark.parametrize("boundary", ["utc", "marketplace"])
def test_the_same_content_gives_the_same_account(tmp_path, boundary):
    rows = orders(60)
    rows += [
        order(1, last__updated__date="2026-07-01T00:00:00Z", order__status="Cancelled"),
        order(2, last__updated__date="2026-03-01T00:00:00Z", order__status="Pending"),
        order(70, fulfillment__channel="Amazon", sales__channel="Amazon.com"),
        order(71, sales__channel="Non-Amazon"),
        order(72, "2026-05-01T03:00:00+00:00", sales__channel="Amazon.zz"),
        order("S01-1234567-1234567"),
    ]
    policy = Policy(day_boundary=boundary, count_cancelled_orders=False)
    bad = [("30/07/2026", "1", "x", oid(n)) for n in (3, 71, 999)]
    files = {
        "o": table(rows),
        "f": feedback(bad),
        "c": claims([(oid(3), "2026-07-20", ""), (oid(5), "2026-07-21", "denied")]),
    }
    loaded = load_account(fill(tmp_path, files), cache=None, policy=policy)

    status = {"Shipped": "shipped", "Cancelled": "cancelled", "Pending": "pending"}
    given = pd.DataFrame(
        {
            "order_id": [r["amazon-order-id"] for r in rows],
            "purchased_at": [r["purchase-date"] for r in rows],
            "updated_at": [r["last-updated-date"] for r in rows],
            "marketplace": [r["sales-channel"] for r in rows],
            "channel": ["afn" if r["fulfillment-channel"] == "Amazon" else "mfn" for r in rows],
            "status": [status[r["order-status"]] for r in rows],
        }
    )
    seen = pd.DataFrame(
        [(o, "feedback", "2026-07-30", "") for *_, o in bad]
        + [(oid(3), "claim", "2026-07-20", ""), (oid(5), "claim", "2026-07-21", "denied")],
        columns=["order_id", "component", "reported_on", "outcome"],
    )
    made = account_from_frames(given, seen, policy=policy)
    for name in ("orders", "daily", "defective"):
        pd.testing.assert_frame_equal(getattr(loaded, name), getattr(made, name))
    keys = ["order_id", "component", "reported_on", "outcome", "counts", "why_not"]
    pd.testing.assert_frame_equal(
        loaded.defects[keys].sort_values(keys, ignore_index=True),
        made.defects[keys].sort_values(keys, ignore_index=True),
    )
    assert loaded.known_to == made.known_to == date(2026, 7, 30)
    assert made.receipt.orders == loaded.receipt.orders
    assert made.receipt.defects["not_counted"] == loaded.receipt.defects["not_counted"]
    assert made.receipt.rows_read == made.receipt.rows_kept == len(rows) + 5


def test_tables_have_the_documented_columns():
    account = account_from_frames(frame(sku="A", quantity=1), defects(), name="Mine")
    for name, columns in (
        ("orders", terms.ORDER_COLUMNS),
        ("daily", terms.DAILY_COLUMNS),
        ("defective", terms.DEFECTIVE_COLUMNS),
        ("defects", terms.DEFECT_COLUMNS),
        ("feedback", terms.FEEDBACK_COLUMNS),
        ("items", terms.ITEM_COLUMNS),
        ("returns", terms.RETURN_COLUMNS),
    ):
        found = getattr(account, name)
        assert found.columns.tolist() == list(columns)
        for name_, column in columns.items():
            assert found[name_].dtype == column.dtype, (name, name_)
    assert account.items.columns.tolist() == list(ITEM_COLUMNS)
    assert account.items.sku.tolist() == ["A"] * 5
    assert account.returns.empty
    assert account.name == "Mine"
    assert account.series == [("Amazon.de", "mfn")]


def test_items_have_the_newest_values_given():
    given = frame()
    given = pd.concat([given.iloc[:1]] * 3, ignore_index=True).assign(
        sku="A",
        updated_at=["2026-08-03", "2026-08-01", "2026-08-02"],
        price=[None, 5, 7.5],
        quantity=[2, 1, None],
        carrier=["", "DHL", None],
        ship_area=["34117", "", ""],
        buyer=["Abc@marketplace.amazon.de", "", "b7"],
        promised_at=["2026-08-05T23:59:59-07:00", None, None],
    )
    (item,) = account_from_frames(given).items.to_dict("records")
    assert (item["price"], item["quantity"], item["carrier"]) == (7.5, 2, "DHL")
    assert (item["ship_area"], item["ship_country"], item["sku"]) == ("34", "", "A")
    assert item["buyer"] == buyer_hash("abc@marketplace.amazon.de")
    assert item["promised_at"] == pd.Timestamp("2026-08-06T06:59:59")
    assert item["dispatched_at"] is pd.NaT


def test_what_is_wrong_with_items_is_told_with_the_rest():
    wrong = frame(price="dear", quantity=1.5, promised_at="soon", channel="post")
    with pytest.raises(FrameError) as told:
        account_from_frames(wrong)
    for part in ("orders.price: no number", "orders.quantity: no whole number"):
        assert f"{part} in row(s) 0, 1, 2" in str(told.value)
    assert "orders.promised_at: no ISO date or timestamp in row(s) 0" in str(told.value)
    assert "orders.channel: 'post'" in str(told.value)


def test_frames_are_not_changed_and_tables_are_copies():
    given, seen = frame(), defects()
    before, seen_before = given.copy(), seen.copy()
    account = account_from_frames(given, seen)
    for table_ in (account.orders, account.items):
        table_.loc[:, "order_id"] = "spoiled"
    assert set(account.orders.order_id) == set(account.items.order_id) == set(given.order_id)
    pd.testing.assert_frame_equal(given, before)
    pd.testing.assert_frame_equal(seen, seen_before)


def test_one_row_per_item_is_one_order_and_the_later_row_wins():
    rows = frame(
        4, order_id=["a", "b", "a", "a"], status=["shipped", "shipped", "pending", "other"]
    )
    account = account_from_frames(rows)
    assert account.orders.set_index("order_id").status.to_dict() == {"a": "other", "b": "shipped"}
    assert int(account.daily.n_orders.sum()) == 2
    newest = account_from_frames(rows.assign(updated_at=["2026-09-03", *["2026-09-01"] * 3]))
    assert newest.orders.set_index("order_id").status["a"] == "shipped"


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.astype("object"),
        lambda f: f.astype(dict.fromkeys(("order_id", "marketplace", "channel"), "category")),
        lambda f: f.assign(ordered_on=date(2026, 8, 1)),
        lambda f: f.assign(ordered_on=pd.Timestamp("2026-08-01 23:00")),
        # A day with a zone is the day it says, not the one it is in UTC.
        lambda f: f.assign(ordered_on=pd.Timestamp("2026-08-01", tz="Asia/Tokyo")),
        lambda f: f.assign(purchased_at="2026-08-01T23:59:59Z"),
        lambda f: f.assign(purchased_at=pd.Timestamp("2026-08-02 08:00", tz="Asia/Tokyo")),
        lambda f: f.set_index(pd.Index([1, 1, 2, 2, 3])),
    ],
)
def test_the_ways_a_frame_may_be_typed(change):
    account = account_from_frames(change(frame()), defects(reported_on=[date(2026, 8, 9)]))
    assert account.daily.ordered_on.tolist() == [pd.Timestamp("2026-08-01")]
    assert account.daily.n_orders.tolist() == [5]
    assert account.defective.claim_on.tolist() == [pd.Timestamp("2026-08-09")]
    assert account.known_to == date(2026, 8, 9)


def test_ids_of_other_systems_are_orders_like_any_other():
    rows = frame(5, order_id=["SALE-1", "S-2", "DE-1", "7", "S01-1234567-1234567"])
    orders_ = account_from_frames(rows).orders.set_index("order_id")
    assert orders_.why_not.to_dict() == {
        **dict.fromkeys(["SALE-1", "S-2", "DE-1", "7"], ""),
        "S01-1234567-1234567": "multi-channel order",
    }
    assert account_from_frames(frame(order_id=range(5))).orders.order_id.tolist() == list("01234")


def test_outcomes_are_read_whatever_their_case():
    account = account_from_frames(frame(), defects(outcome=[" Denied "]))
    assert account.defects.why_not.tolist() == ["claim denied"]
    assert account.defective.empty


def test_a_defect_without_a_day_is_known_from_its_order_and_an_unknown_order_is_told():
    seen = pd.concat([defects(), defects().assign(order_id="elsewhere")])
    account = account_from_frames(frame(), seen.assign(reported_on=None))
    assert account.defective.claim_on.tolist() == [pd.Timestamp("2026-08-01")]
    assert account.defects.why_not.tolist() == ["", "order unknown"]
    assert "belong to orders that are in no order export" in account.receipt.notes[0]


def rated(*rows: tuple[int, float | None, str | None]) -> pd.DataFrame:
    """(order, stars, day) rows of feedback."""
    return pd.DataFrame(
        {
            "order_id": [oid(n) for n, *_ in rows],
            "component": "feedback",
            "rating": [stars for _, stars, _ in rows],
            "reported_on": [day for *_, day in rows],
        }
    )


FIVE = rated(*((n, stars, f"2026-08-{10 + stars:02}") for n, stars in enumerate(range(1, 6))))


@pytest.mark.parametrize(("most", "defective"), [(2, [0, 1]), (1, [0]), (3, [0, 1, 2])])
def test_only_few_stars_are_a_defect(most, defective):
    account = account_from_frames(frame(), FIVE, policy=Policy(negative_stars=most))
    assert account.defective.order_id.tolist() == [oid(n) for n in defective]
    receipt = account.receipt.files[1]
    assert receipt.rows_read == receipt.rows_kept == 5
    said = f"feedback of more than {most} star{'s' if most > 1 else ''}"
    assert receipt.details == {"no defects": {said: 5 - most}}
    assert f"    no defects: {said} x {5 - most}" in account.receipt.lines()
    assert account.receipt.defects["seen"] == account.receipt.defects["counted"] == most


def test_rows_that_are_no_defects_are_days_of_the_list_all_the_same():
    account = account_from_frames(frame(), FIVE)
    assert account.known_to == date(2026, 8, 15)
    known = {c.component: (c.last, c.n) for c in account.receipt.files[1].covers}
    assert known == dict.fromkeys(("claim", "chargeback"), (date(2026, 8, 15), 0)) | {
        "feedback": (date(2026, 8, 15), 5)
    }
    good = account_from_frames(frame(), FIVE[FIVE.rating == 5])
    assert good.defective.empty
    series = ("Amazon.de", "mfn")
    states = [c.state for c in what_is_known(good, good.known_to)[series].components]
    assert states == ["known"] * 3


def test_better_stars_on_a_later_day_replace_the_earlier_ones():
    early, late = "2026-08-10", "2026-08-20"
    rows = rated(
        (0, 1, early), (0, 5, late),  # raised
        (1, 5, early), (1, 1, late),  # lowered
        (2, 1, late), (2, 5, late),  # on one day: the worst stands
        (3, None, early), (3, 5, late),  # stars not given: taken as negative
        (4, 1, None), (4, 5, late),
    )  # fmt: skip
    account = account_from_frames(frame(), rows)
    assert account.defective.order_id.tolist() == [oid(n) for n in (1, 2, 3, 4)]
    assert account.receipt.files[1].details == {
        "no defects": {"feedback of more than 2 stars": 5, "feedback replaced by better": 1}
    }


def test_stars_of_claims_mean_nothing():
    account = account_from_frames(frame(), defects(rating=[5], reported_on=["2026-08-10"]))
    assert account.defective.order_id.tolist() == [oid(1)]


def test_every_failure_is_told_at_once():
    bad_orders = frame(
        order_id=["", None, "x", "y", "z"],
        ordered_on=["2026-08-01", "soon", "1990-01-01", "2026-08-01", "2090-01-01"],
        marketplace=["Amazon.de", "", " ", None, "Amazon.de"],
        channel=["mfn", "FBA", "afn", None, "mfn"],
        status=["shipped", "lost", "shipped", "shipped", "shipped"],
    )
    bad_defects = pd.DataFrame(
        {
            "order_id": ["x", None, "z"],
            "component": ["claim", "return", "feedback"],
            "reported_on": ["yesterday", None, "2026-08-01"],
            "rating": [None, 3, 9],
        },
        index=["r1", "r2", "r3"],
    )
    with pytest.raises(FrameError) as error:
        account_from_frames(bad_orders, bad_defects)
    assert error.value.problems == [
        "orders.ordered_on: no ISO date or timestamp in row(s) 1.",
        "orders.ordered_on: before 1995 or after 2062 in row(s) 2, 4.",
        "orders.order_id: empty in row(s) 0, 1.",
        "orders.marketplace: empty in row(s) 1, 2, 3.",
        "orders.status: 'lost' in row(s) 1; expected one of pending, unshipped, shipped, "
        "returned, cancelled, other.",
        "orders.channel: 'FBA', nan in row(s) 1, 3; expected one of unknown, mfn, afn.",
        "defects.order_id: empty in row(s) r2.",
        "defects.component: 'return' in row(s) r2; expected one of feedback, claim, chargeback.",
        "defects.reported_on: no ISO date or timestamp in row(s) r1.",
        "defects.rating: not 1 to 5 in row(s) r3.",
    ]
    assert str(error.value).startswith("10 problems with the given tables:\n  - orders.ordered")


def test_missing_columns_hide_no_other_failure():
    with pytest.raises(FrameError) as error:
        account_from_frames(
            frame(channel="x").drop(columns=["marketplace", "ordered_on"]),
            pd.DataFrame({"component": ["chance"]}),
        )
    assert error.value.problems == [
        "orders: missing column(s) ordered_on, marketplace (or purchased_at); "
        "it has order_id, channel.",
        "orders.channel: 'x' in row(s) 0, 1, 2, 3, 4; expected one of unknown, mfn, afn.",
        "defects: missing column(s) order_id; it has component.",
        "defects.component: 'chance' in row(s) 0; expected one of feedback, claim, chargeback.",
    ]


@pytest.mark.parametrize(
    ("given", "seen", "problem"),
    [
        ([1, 2], None, "orders: expected a pandas DataFrame, got list."),
        (frame(), {"order_id": []}, "defects: expected a pandas DataFrame, got dict."),
        (frame(0), None, "orders: no row, so there is nothing to divide by."),
        (
            pd.concat([frame(), frame()[["channel"]]], axis=1),
            None,
            "orders: column(s) given twice: channel.",
        ),
        (frame(updated_at="2300-01-01"), None, "orders.updated_at: before 1995 or after 2062 in"),
        (frame(), defects(rating=[1.5]), "defects.rating: not 1 to 5 in row(s) 0."),
        (frame(), defects(rating=["bad"]), "defects.rating: not 1 to 5 in row(s) 0."),
        (frame(), defects(reported_on="2099-01-01"), "defects.reported_on: before 1995 or after"),
    ],
)
def test_single_failures(given, seen, problem):
    with pytest.raises(FrameError) as error:
        account_from_frames(given, seen)
    (told,) = error.value.problems
    assert told.startswith(problem)


def test_days_alone_cannot_be_moved_to_another_time_zone():
    with pytest.raises(FrameError, match="day_boundary 'marketplace' needs purchased_at"):
        account_from_frames(frame(), policy=Policy(day_boundary="marketplace"))
