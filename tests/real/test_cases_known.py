"""What cannot be known is never called healthy: the shared cases, and files left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odr_analysis import terms
from odr_analysis.answer.summary import to_summary
from odr_analysis.load import load_account
from odr_analysis.policy import Policy

AS_OF = date(2026, 9, 30)


def rate(folder: Path, **policy: Any) -> dict[str, Any]:
    """The one rate of a folder in the summary of `AS_OF`."""
    account = load_account(folder, cache=None, policy=Policy(**policy))
    (found,) = to_summary(account, AS_OF)["rates"]
    return found


def why(found: dict[str, Any]) -> dict[str, str]:
    return {part["component"]: part["why"] for part in found["coverage"]}


def test_feedback_of_spring_says_from_when_nothing_is_known(cases: Path) -> None:
    found = rate(cases / "25c-feedback-of-spring-only")
    assert found["state"] == "unknown"
    assert why(found)["feedback"] == "no file of feedback after 20 Mar 2026"


def test_an_old_settlement_is_no_source_of_this_window(cases: Path) -> None:
    found = rate(cases / "25-old-settlement-as-only-money")
    assert found["state"] == "unknown"
    assert why(found) == {
        # One row of 20 September proves nothing of the days before.
        "feedback": "no file of feedback before 20 Sep 2026",
        "claim": "no file of A-to-z claims after 5 Feb 2026",
        "chargeback": "no file of chargebacks after 5 Feb 2026",
    }


def test_finances_of_2024_are_no_source_of_chargebacks(cases: Path) -> None:
    folder = cases / "09b-finances-2024-transactions-list-json"
    found = rate(folder)
    assert found["state"] == "unknown"
    assert why(found)["chargeback"] == "no file of chargebacks"
    receipt = load_account(folder, cache=None).receipt
    assert any("calls chargebacks 'Refund'" in n for f in receipt.files for n in f.notes)


def test_returns_alone_show_no_claim_on_a_parcel_never_received(cases: Path) -> None:
    found = rate(cases / "09-sibling-returns-only")
    assert found["state"] == "unknown"
    assert "not those on parcels never received" in why(found)["claim"]


@pytest.mark.parametrize("case", ["22-safe-t-claims-export", "43-ebay-sales-file-in-the-folder"])
def test_a_file_set_aside_is_no_source(cases: Path, case: str) -> None:
    found = rate(cases / case)
    assert (found["state"], found["n_defective"]) == ("unknown", 0)
    assert found["lower_bound"]


# Folders made in place: every kind of source, and any of them left out

ORDERS = (
    "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\t"
    "sales-channel\tsku\n"
)


def oid(i: int) -> str:
    return f"302-{2_000_000 + i:07d}-{4_000_000 + i:07d}"


def placed(i: int) -> date:
    return date(2026, 7, 1) + timedelta(days=i % 92)


def shop(n: int = 460) -> str:
    rows = (
        f"{oid(i)}\t{placed(i)}T12:00:00+00:00\t{placed(i)}T12:00:00+00:00\tShipped\tMerchant\t"
        f"Amazon.de\tSKU\n"
        for i in range(n)
    )
    return ORDERS + "".join(rows)


def feedback() -> str:
    rows = (
        f"{(placed(i) + timedelta(days=5)):%d.%m.%y}\t3\tok\t\t{oid(i)}\ta@b.c\n"
        for i in range(0, 80, 4)
    )
    return "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n" + "".join(rows)


def cases_csv(title: str) -> str:
    return f"order id,{title} date,reason,status,amount,counts in odr\n,2026-09-30,,none,,\n"


def health_list() -> str:
    rows = (f"{oid(i)},{placed(i)},No,No,No\n" for i in range(17, 75, 3))
    head = "Order Id,Order Date,Negative Feedback,A-to-z Guarantee claim,Chargeback claim\n"
    return head + "".join(rows)


FILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "feedback.txt": (feedback(), ("feedback",)),
    "claims.csv": (cases_csv("claim"), ("claim",)),
    "chargebacks.csv": (cases_csv("chargeback"), ("chargeback",)),
    "list.csv": (health_list(), terms.COMPONENTS),
}
"""File to its text, and the kinds of defect it covers for the whole window."""


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(st.sampled_from(sorted(FILES))))
def test_leaving_files_out_never_makes_a_state_better_than_unknown(
    tmp_path_factory: pytest.TempPathFactory, kept: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("seller")
    (folder / "orders.txt").write_text(shop())
    for name in kept:
        (folder / name).write_text(FILES[name][0])
    found = rate(folder)
    covered = {c for name in kept for c in FILES[name][1]}
    assert found["state"] == ("healthy" if covered == {*terms.COMPONENTS} else "unknown")
    assert found["lower_bound"] == (covered != {*terms.COMPONENTS})
    assert {c for c, reason in why(found).items() if reason} == {*terms.COMPONENTS} - covered


def test_a_line_without_an_order_certifies_a_template_and_is_no_defect(tmp_path: Path) -> None:
    (tmp_path / "orders.txt").write_text(shop())
    (tmp_path / "claims.csv").write_text(
        f"order id,claim date,reason,status\n{oid(30)},2026-08-20,late,granted\n,2026-09-30,,none\n"
    )
    account = load_account(tmp_path, cache=None)
    assert account.defects.order_id.tolist() == [oid(30)]
    (file,) = [f for f in account.receipt.files if f.kind == "claims"]
    assert (file.rows_read, file.rows_kept) == (2, 2)
    assert file.covers[0].last == date(2026, 9, 30)


def test_a_template_that_ends_in_august_says_so(tmp_path: Path) -> None:
    (tmp_path / "orders.txt").write_text(shop())
    for name in ("feedback.txt", "chargebacks.csv"):
        (tmp_path / name).write_text(FILES[name][0])
    (tmp_path / "claims.csv").write_text(
        f"order id,claim date,reason,status\n{oid(30)},2026-08-20,late,granted\n"
    )
    assert why(rate(tmp_path))["claim"] == "no file of A-to-z claims after 20 Aug 2026"
    assert rate(tmp_path, no_claims_known_to="2026-09-20")["state"] == "healthy"


def test_two_stores_are_known_each_by_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "de.txt").write_text(shop())
    (tmp_path / "fr.txt").write_text(
        shop().replace("Amazon.de", "Amazon.fr").replace("302-", "171-")
    )
    for name in FILES:
        (tmp_path / name).write_text(FILES[name][0])
    account = load_account(tmp_path, cache=None)
    states = {r["marketplace"]: r["state"] for r in to_summary(account, AS_OF)["rates"]}
    # The templates are of the whole account, the feedback and the list of one store.
    assert states == {"Amazon.de": "healthy", "Amazon.fr": "unknown"}


def cache_of_one(make: Callable[..., Any]) -> Callable[..., Any]:
    """`make` that gives what it made the first time to all who ask the same."""
    made: dict[str, Any] = {}

    def given(*places: Any, **options: Any) -> Any:
        options.pop("progress")
        asked = repr((places, options))
        if asked not in made:
            made[asked] = make(*places, **options)
        return made[asked]

    return given


def test_coverage_in_a_policy_file_reaches_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from odr_analysis import reports
    from odr_analysis.cli import main

    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "orders.txt").write_text(shop())
    (tmp_path / "rules.toml").write_text(
        '[coverage]\nneeded = "feedback"\nno_feedback_known_to = 2026-09-30\n'
    )
    arguments = ["report", str(tmp_path / "exports"), "--as-of", "2026-09-30", "--no-cache"]
    arguments += ["--out", str(tmp_path / "out"), "--fail-on", "warning"]
    done = CliRunner().invoke(main, [*arguments, "--policy", str(tmp_path / "rules.toml")])
    assert done.exit_code == 0, done.output
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert [r["state"] for r in summary["rates"]] == ["healthy"]
    page = (tmp_path / "out" / "report.html").read_text("utf-8").replace("\xa0", " ")
    assert "No other feedback up to 30 Sep 2026: the user’s word." in page
    assert "Waived by the policy: chargebacks need no source." in page
    # Two commands that differ in their exit codes alone: one report is made for both.
    monkeypatch.setattr(reports, "run_report", cache_of_one(reports.run_report))
    without = CliRunner().invoke(main, arguments)
    assert without.exit_code == 1, without.output
    assert "cannot be known: no file of feedback" in without.output
    assert CliRunner().invoke(main, [*arguments, "--allow-unknown"]).exit_code == 0
