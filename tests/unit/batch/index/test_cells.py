"""One account in words."""

from __future__ import annotations

from pathlib import Path

from odr_analysis.batch.index.cells import MOST_RATES, cells_of
from odr_analysis.batch.index.row import rows_of
from tests.unit.batch.made import a_rate, a_summary, an_outcome, day_before

NOWHERE = Path("/nowhere")


def _cells(outcome, before=None, out=NOWHERE):
    (cells,) = cells_of(rows_of([outcome], {outcome.account: before} if before else {}), out)
    return cells


def test_an_account_with_all_that_is_known():
    cause = {"reason": "not received", "factor": "carrier", "level": "DHL", "at_least": 1.4}
    cause |= {"n_orders": 300, "n_defective": 9}
    before = day_before("healthy", 0.005)
    cells = _cells(an_outcome("A", a_rate(1000, 12, top_cause=cause, p_breach=1.0)), before)
    (rate,) = cells.rates
    assert (cells.place, cells.state_word, cells.was) == (1, "Over the limit", "was healthy")
    assert (cells.report, cells.history) == ("accounts/a/report.html", "accounts/a/history.html")
    assert (rate.series, rate.rate, rate.counts) == (
        "Seller-fulfilled, Amazon.de", "1.20 %", "12 of 1,000",
    )  # fmt: skip
    assert (rate.mature, rate.interval) == ("1.30 %", "1.20 to 1.50 %")
    assert (rate.change, rate.change_class) == ("+0.70", "u")
    assert (rate.breach, rate.leaves, rate.days_to_leave) == ("more than 99 %", "2 on 5 Oct", 5)
    assert rate.cause == "Orders carried by DHL, not received (9 of 300)"


def test_a_failed_account_has_its_reason_and_what_was_known_last():
    assert _cells(an_outcome("A", reason="Out of time.")).note == (
        "Out of time. There is no earlier report."
    )
    old = a_summary(a_rate(1000, 20), as_of="2026-09-27")
    cells = _cells(an_outcome("A", reason="Out of time.", summary=old))
    assert cells.note == "Out of time. Last report: 27 Sep 2026, over the limit."
    assert (cells.css, cells.report) == ("failed", "accounts/a/report.html")
    assert _cells(an_outcome("A", reason="Out of time.")).report == ""


def test_what_a_state_was_is_there_whenever_it_was_another():
    healthy, over = an_outcome("A", a_rate(1000, 1)), a_rate(500, 9, marketplace="Amazon.fr")
    expected = {"unknown": "not known before", "no data": "no data before", "healthy": ""}
    assert {was: _cells(healthy, day_before(was)).was for was in expected} == expected
    cells = _cells(an_outcome("A", a_rate(1000, 20), over), day_before("critical"))
    assert cells.was == ""
    assert [rate.state for rate in cells.rates] == ["", "over the limit, no data before"]


def test_a_reason_ends_as_a_sentence_once():
    ended = {"A file?": "A file?", "No orders": "No orders.", "Cut off…": "Cut off…"}
    for reason, shown in ended.items():
        note = _cells(an_outcome("A", reason=reason)).note
        assert note == f"{shown} There is no earlier report."


def test_a_failed_account_links_what_its_failure_left_and_no_other_file(tmp_path):
    place = tmp_path / "accounts" / "a"
    place.mkdir(parents=True)
    failed = an_outcome("A", reason="Out of time.")
    assert _cells(failed, out=tmp_path).failure == ()
    (place / "log.txt").touch()
    log = ("Log", "accounts/a/log.txt")
    assert _cells(failed, out=tmp_path).failure == (log,)
    (place / "failed.html").touch()
    where = ("Where it failed", "accounts/a/failed.html")
    assert _cells(failed, out=tmp_path).failure == (where, log)
    assert _cells(an_outcome("A", a_rate(1000, 2)), out=tmp_path).failure == ()


def test_an_account_of_which_something_is_not_known():
    missing = ["no file of A-to-z claims", "no file of chargebacks", "no file of feedback"]
    cells = _cells(an_outcome("A", a_rate(1000, 2, missing=missing)))
    (rate,) = cells.rates
    assert cells.note == "no file of A-to-z claims, and two more."
    assert rate.rate == "at least 0.20 %"
    assert (rate.mature, rate.breach, rate.beside) == ("", "", "")


def test_an_account_that_was_left_out_has_the_day_of_its_report():
    old = a_summary(a_rate(1000, 2), as_of="2026-09-27")
    rows = rows_of([an_outcome("A", summary=old), an_outcome("B", a_rate(1000, 2))], {})
    assert {c.account: c.note for c in cells_of(rows, NOWHERE)} == {
        "A": "As of 27 Sep 2026.",
        "B": "",
    }
    assert [row.rates[0].z is None for row in sorted(rows, key=lambda r: r.account)] == [
        True,
        False,
    ]


def test_many_rates_are_counted_and_bad_ones_keep_their_state():
    stores = ["Amazon.de", "Amazon.fr", "Amazon.it", "Amazon.es", "Amazon.nl", "Amazon.se"]
    rates = [a_rate(1000, 12 - 2 * i, marketplace=store) for i, store in enumerate(stores)]
    cells = _cells(an_outcome("A", *rates))
    assert len(cells.rates) == MOST_RATES
    assert cells.more == "2 more rates"
    assert [r.state for r in cells.rates] == ["", "over the limit", "close to the limit", ""]
    assert cells.rates[0].series == "Seller-fulfilled on Amazon.de"
