"""Amazon's counts per day contradict files that have fewer records, and certify none."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odr_analysis.account import Account
from odr_analysis.answer import findings
from odr_analysis.answer.known import IN_PART, KNOWN, what_is_known
from odr_analysis.answer.summary import summary_schema, to_summary
from odr_analysis.archive.deliver import archive_folder
from odr_analysis.exports.counted import Record, shortfall
from odr_analysis.exports.performance import business_report
from odr_analysis.exports.text.delimited import split_rows
from odr_analysis.load import load_account
from odr_analysis.presets import load_policy
from odr_analysis.receipt import SHORT

FIRST, N_DAYS = date(2026, 7, 1), 92
AS_OF = date(2026, 9, 30)
HEADER = (
    "Date,Ordered Product Sales,Units Ordered,Feedback Received,Negative Feedback Received,"
    "Received Negative Feedback Rate,A-to-z Claims Granted,Claims Amount\n"
)


def order_id(i: int, lead: int = 112) -> str:
    return f"{lead}-{2_000_000 + i:07d}-{4_000_000 + i:07d}"


def orders(store: str, lead: int = 112) -> str:
    """Five orders on each day from ``FIRST`` on."""
    rows = [
        "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\t"
        "sales-channel\tsku\n"
    ]
    for i in range(N_DAYS * 5):
        when = f"{FIRST + timedelta(days=i // 5)}T12:00:00+00:00"
        rows.append(f"{order_id(i, lead)}\t{when}\t{when}\tShipped\tMerchant\t{store}\tS\n")
    return "".join(rows)


def seller(folder: Path, stores: dict[str, int], bad: list[str]) -> Path:
    """Orders of `stores` (to the lead of their ids), feedback each week, negative on `bad` days,
    and lists of claims and chargebacks that cover the window."""
    folder.mkdir(exist_ok=True)
    lead = next(iter(stores.values()))
    for store, its_lead in stores.items():
        (folder / f"{store}.txt").write_text(orders(store, its_lead))
    weekly = [FIRST + timedelta(days=7 * w + 1) for w in range(13)] + [AS_OF]
    rows = [(day, 5, i) for i, day in enumerate(weekly)]
    rows += [(date.fromisoformat(day), 1, 20 + i) for i, day in enumerate(bad)]
    text = "".join(f"{day}\t{s}\tx\t\t{order_id(i, lead)}\ta@b.c\n" for day, s, i in rows)
    (folder / "feedback.txt").write_text(
        "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n" + text
    )
    case = [(order_id(4 * w), FIRST + timedelta(days=7 * w + 2)) for w in range(13)]
    case.append((order_id(400), AS_OF))
    for kind, day_of in (("claim", "claim date"), ("chargeback", "chargeback date")):
        lines = [f"{oid},{day},x,{'denied' if kind == 'claim' else 'won'}" for oid, day in case]
        head = f"order id,{day_of},reason,status"
        (folder / f"{kind}s.csv").write_text("\n".join([head, *lines]) + "\n")
    return folder


def report(
    counts: dict[str, tuple[int, int]], first: str = "2026-07-01", days: int = 92, sign: str = "US$"
) -> str:
    """A Business Report of some days; negative feedback and claims granted of those in `counts`."""
    rows = []
    for n in range(days):
        day = date.fromisoformat(first) + timedelta(days=n)
        bad, claims = counts.get(day.isoformat(), (0, 0))
        rows.append(
            f'{day.month}/{day.day}/{day:%y},"{sign}1,234.56",20,3,{bad},'
            f"{bad / 3:.2%},{claims},{sign}0.00\n"
        )
    return HEADER + "".join(rows)


def component(account: Account, name: str, store: str = "Amazon.com"):
    (found,) = [
        c for c in what_is_known(account, AS_OF)[store, "mfn"].components if c.component == name
    ]
    return found


def state(account: Account, store: str = "Amazon.com") -> str:
    summary = to_summary(account, AS_OF)
    jsonschema.validate(summary, summary_schema())
    (one,) = [r for r in summary["rates"] if r["marketplace"] == store]
    return one["state"]


def notes(account: Account) -> str:
    return " ".join(
        n for f in account.receipt.files for n in f.notes if f.kind == "business-report"
    )


US = {"Amazon.com": 112}


def test_more_negative_feedback_than_the_files_have(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", US, ["2026-08-03"])
    (folder / "b.csv").write_text(
        report({"2026-08-03": (1, 0), "2026-08-05": (1, 0), "2026-08-09": (1, 0)})
    )
    archive_folder(folder, tmp_path / "s", AS_OF)
    said = "Business Report counts 2 negative feedbacks on 5 Aug to 9 Aug 2026, the files have 0"
    for place in (folder, tmp_path / "s"):
        account = load_account(place, cache=None, today=AS_OF)
        assert account.known_to == AS_OF
        assert said in notes(account)
        found = component(account, "feedback")
        assert (found.state, found.counted) == (IN_PART, False)
        assert said in found.why
        assert state(account) == "unknown"
        assert component(account, "claim").state == KNOWN, "its claims are all there"
        assert any(said in line for line in account.receipt.lines()), "odr load shows it"
        answer = findings(account, AS_OF)
        assert any(said in card.missing[0] for card in answer.answer.cards)
        assert any(said in why for _, why in answer.built_on.limits)
    (cover,) = [c for f in account.receipt.files for c in f.covers if c.grade == SHORT]
    assert (cover.n, cover.component, cover.store) == (2, "feedback", "Amazon.com")


def test_more_claims_than_the_files_have(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", US, [])
    (folder / "claims.csv").write_text(
        f"order id,claim date,reason,status\n{order_id(3)},2026-07-20,x,granted\n"
        f"{order_id(9)},2026-09-29,x,denied\n"
    )
    (folder / "b.csv").write_text(report({"2026-08-02": (0, 1)}))
    account = load_account(folder, cache=None)
    assert "certifies neither" in notes(account), "granted a fortnight after it was reported"
    (folder / "b.csv").write_text(report({"2026-08-02": (0, 2)}))
    account = load_account(folder, cache=None)
    assert "counts 2 granted A-to-z claims on 2 Aug 2026, the files have 1" in notes(account)
    assert component(account, "claim").state == IN_PART
    assert component(account, "feedback").state == KNOWN


def test_as_many_certify_nothing(tmp_path: Path) -> None:
    """Also a day apart: Amazon's days are those of its store."""
    folder = seller(tmp_path / "f", US, ["2026-08-03", "2026-08-10"])
    (folder / "b.csv").write_text(report({"2026-08-02": (1, 0), "2026-08-11": (1, 0)}))
    account = load_account(folder, cache=None)
    assert "have no fewer negative feedbacks" in notes(account)
    assert state(account) == "healthy"
    (folder / "feedback.txt").unlink()
    (folder / "b.csv").write_text(report({}))
    account = load_account(folder, cache=None)
    assert component(account, "feedback").sources == ()
    assert state(account) == "unknown", "a report without negative feedback is no file of feedback"


def test_a_report_of_part_of_the_days_or_before_the_window(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", US, ["2026-08-03", "2026-08-20"])
    (folder / "b.csv").write_text(report({"2026-08-03": (1, 0)}, "2026-08-01", 7))
    assert state(load_account(folder, cache=None)) == "healthy"
    (folder / "b.csv").write_text(report({"2026-07-05": (4, 0)}, "2026-07-01", 14))
    account = load_account(folder, cache=None)
    assert "4 negative feedbacks on 5 Jul 2026, the files have 0" in notes(account)
    assert state(account) == "healthy", "before the window no order of it has feedback"


@pytest.mark.parametrize(
    ("sign", "stores", "touched"),
    [
        ("£", {"Amazon.com": 112}, set()),
        ("£", {"Amazon.com": 112, "Amazon.co.uk": 204}, {"Amazon.co.uk"}),
        ("€", {"Amazon.com": 112, "Amazon.de": 302}, {"Amazon.de"}),
        ("$", {"Amazon.com": 112, "Amazon.de": 302}, {"Amazon.com", "Amazon.de"}),
    ],
)
def test_a_report_of_another_store(
    tmp_path: Path, sign: str, stores: dict[str, int], touched: set[str]
) -> None:
    folder = seller(tmp_path / "f", stores, [])
    (folder / "b.csv").write_text(report({"2026-08-05": (2, 0)}, sign=sign))
    account = load_account(folder, cache=None)
    short = {c.store for f in account.receipt.files for c in f.covers if c.grade == SHORT}
    assert short == touched
    if not touched:
        assert "It is of Amazon.co.uk, which has no order here" in notes(account)
        assert state(account) == "healthy"
    elif len(touched) > 1:
        assert "unless the report is of a store whose exports are not here" in notes(account)


def test_feedback_of_another_store_is_not_that_of_the_report(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", {"Amazon.com": 112, "Amazon.co.uk": 204}, ["2026-08-05"])
    (folder / "b.csv").write_text(report({"2026-08-05": (1, 0)}, sign="£"))
    account = load_account(folder, cache=None)
    assert "counts 1 negative feedback on 5 Aug 2026, the files have 0" in notes(account)
    (folder / "b.csv").write_text(report({"2026-08-05": (1, 0)}, sign="US$"))
    assert "no fewer" in notes(load_account(folder, cache=None))


def test_the_word_of_the_user_settles_it(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", US, [])
    (folder / "b.csv").write_text(report({"2026-08-05": (2, 0)}))
    policy = load_policy("amazon-current", no_feedback_known_to="2026-09-30")
    assert state(load_account(folder, cache=None, policy=policy)) == "healthy"


def test_the_report_in_json_names_its_store(tmp_path: Path) -> None:
    folder = seller(tmp_path / "f", {"Amazon.com": 112, "Amazon.de": 302}, [])
    document = {
        "reportSpecification": {
            "reportType": "GET_SALES_AND_TRAFFIC_REPORT",
            "reportOptions": {"dateGranularity": "WEEK"},
            "marketplaceIds": ["A1PA6795UKMFR9"],
        },
        "salesAndTrafficByDate": [
            {
                "date": "2026-08-02",
                "salesByDate": {"unitsOrdered": 9, "claimsGranted": 0},
                "trafficByDate": {"feedbackReceived": 4, "negativeFeedbackReceived": 1},
            }
        ],
        "salesAndTrafficByAsin": [],
    }
    (folder / "b.json").write_text(json.dumps(document))
    account = load_account(folder, cache=None)
    assert "1 negative feedback on 2 Aug to 8 Aug 2026" in notes(account)
    short = {c.store for f in account.receipt.files for c in f.covers if c.grade == SHORT}
    assert short == {"Amazon.de"}


# Its rows


def read(text: str, marketplace: str | None = None):
    return business_report.read(
        split_rows(text, file="b.csv", delimiter=",", quoted=True), marketplace=marketplace
    )


@pytest.mark.parametrize(("step", "days"), [(1, 1), (2, 1), (7, 7), (31, 31)])
def test_days_of_a_row(step: int, days: int) -> None:
    rows = [date(2026, 1, 1) + timedelta(days=step * n) for n in range(5)]
    text = "Date,Negative Feedback Received\n" + "".join(f"{day},1\n" for day in rows)
    found = read(text).snapshots
    assert ((found.to_on - found.from_on).dt.days + 1).unique().tolist() == [days]


def test_totals_and_rows_without_counts_are_named() -> None:
    found = read("Date,Negative Feedback Received\n2026-08-01,1\nTotal,1\n2026-08-02,\n")
    assert (found.rows_read, found.rows_kept) == (3, 1)
    assert found.rows_dropped == {"no day": 1, "no count": 1}


def test_the_korean_titles() -> None:
    found = read("날짜,부정적인 피드백 수신,보증된 A-to-Z 보증 클레임\n2026-08-01,2,1\n").snapshots
    assert found[["n_feedback", "n_claim"]].to_numpy().tolist() == [[2, 1]]


# The matching, against a slow oracle


def slowly(counts: list[tuple[date, date, int]], records: list[Record]) -> int:
    """The most counts that records can be, by trying each augmenting path."""
    ones = [(a, b) for a, b, n in counts for _ in range(n)]
    day = timedelta(days=1)
    fits = [
        [i for i, r in enumerate(records) if r.first <= b + day and r.last >= a - day]
        for a, b in ones
    ]
    taken: dict[int, int] = {}

    def place(one: int, tried: set[int]) -> bool:
        for record in fits[one]:
            if record not in tried:
                tried.add(record)
                if record not in taken or place(taken[record], tried):
                    taken[record] = one
                    return True
        return False

    return sum(place(one, set()) for one in range(len(ones)))


near = st.integers(0, 20).map(lambda n: date(2026, 5, 1) + timedelta(days=n))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(near, st.integers(0, 3)), max_size=8, unique_by=lambda t: t[0]),
    st.lists(st.tuples(near, st.integers(0, 30)), max_size=8),
    st.sampled_from([1, 7]),
)
def test_no_count_is_called_missing_that_a_record_can_be(
    rows: list[tuple[date, int]], spans: list[tuple[date, int]], period: int
) -> None:
    counts = [(day, day + timedelta(days=period - 1), n) for day, n in rows]
    records = [Record(day, day + timedelta(days=n)) for day, n in spans]
    most = slowly(counts, records)
    found = shortfall("feedback", counts, records)
    lacking = 0 if found is None else found.n_counted - found.n_here
    assert lacking == sum(n for _, _, n in counts) - most


@settings(max_examples=100, deadline=None)
@given(st.lists(near, max_size=6), st.lists(st.integers(-1, 1), min_size=6, max_size=6))
def test_a_day_apart_is_no_contradiction(days: list[date], apart: list[int]) -> None:
    records = [Record(day, day) for day in days]
    moved = [day + timedelta(days=n) for day, n in zip(days, apart, strict=False)]
    counts = [(day, day, moved.count(day)) for day in sorted(set(moved))]
    assert shortfall("claim", counts, records) is None
    if records:
        fewer = shortfall("claim", counts, records[1:])
        assert fewer is not None
        assert fewer.n_counted - fewer.n_here == 1
