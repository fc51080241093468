"""Who is sent what, once, over several runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from odr_analysis.batch.alerts import attachment
from odr_analysis.batch.alerts.alert_rules import AlertRules, Recipient
from odr_analysis.batch.alerts.send_alerts import send_alerts, send_not_started
from odr_analysis.batch.alerts.sent import FILE
from odr_analysis.batch.index.earlier_runs import FILE as RUNS
from odr_analysis.batch.index.earlier_runs import before as known_before
from odr_analysis.batch.index.earlier_runs import is_late, read_runs, with_run
from odr_analysis.batch.index.row import rows_of
from tests.unit.batch.alerts.receivers import mail_server, webhook
from tests.unit.batch.made import DAY, a_rate, a_summary, an_outcome

RULES = AlertRules(breach_above=1.0)


def _run(out, day, *outcomes):
    """The rows of a run, beside what the next one compares with; nothing is drawn."""
    runs = read_runs(out)
    rows = rows_of(outcomes, known_before(runs, day))
    (out / RUNS).write_text(with_run(runs, rows, day), "utf-8")
    return rows


def _two_days(out):
    """A gets worse, B fails, C stays as it is."""
    before = DAY - timedelta(days=1)
    _run(out, before, *(an_outcome(n, a_rate(1000, 2), day=before) for n in "ABC"))
    return _run(
        out,
        DAY,
        an_outcome("A", a_rate(1000, 20)),
        an_outcome("B", reason="Out of time."),
        an_outcome("C", a_rate(1000, 2)),
    )


def test_one_message_a_recipient_about_its_own_accounts_and_once(tmp_path):
    rows = _two_days(tmp_path)
    to = {"A": ["ops", "anna"], "B": ["ops"], "C": ["ops", "carl"]}
    with mail_server() as (mails, mail), webhook() as (got, hook):
        recipients = {
            "ops": Recipient(hook),
            "anna": Recipient(f"{mail}anna@example.com", "html"),
            "carl": Recipient(f"{mail}carl@example.com"),
        }
        lines = send_alerts(RULES, recipients, to, rows, tmp_path)
        assert len(got) == len(mails.got) == 1
        assert got[0]["title"] == "ODR 30 Sep 2026: 1 rate is worse and 1 report failed"
        ((address, sent),) = mails.got
        assert address == ["anna@example.com"]
        assert sent["Subject"] == "ODR 30 Sep 2026: 1 rate is worse"
        (page,) = (a.get_payload(decode=True).decode() for a in sent.iter_attachments())
        assert "accounts/a/report.html" in page
        assert "accounts/b/" not in page, "nobody sees an account of somebody else"
        assert [line.split(" ")[0] for line in lines] == ["ops", "anna"]
        assert all("was sent" in line for line in lines)

        assert send_alerts(RULES, recipients, to, rows, tmp_path) == []
        assert len(got) == len(mails.got) == 1


def test_a_run_with_nothing_to_state_sends_nothing(tmp_path):
    rows = _run(tmp_path, DAY, an_outcome("A", a_rate(1000, 2)))
    with webhook() as (got, hook):
        assert send_alerts(RULES, {"ops": Recipient(hook)}, {"A": ["ops"]}, rows, tmp_path) == []
    assert got == []


def test_a_dry_run_sends_and_keeps_nothing(tmp_path):
    rows = _two_days(tmp_path)
    with webhook() as (got, hook):
        secret = hook.replace("json://", "json://user:s3cr3t-pass@")
        recipients, to = {"ops": Recipient(secret)}, {n: ["ops"] for n in "ABC"}
        for _ in range(2):
            lines = send_alerts(RULES, recipients, to, rows, tmp_path, dry_run=True)
            assert "would be sent: ODR 30 Sep 2026: 1 rate is worse" in lines[0]
            assert "  - B: Out of time." in lines
            assert "s3cr3t-pass" not in "".join(lines)
    assert got == []
    assert not (tmp_path / FILE).exists()


def test_what_was_not_delivered_goes_out_with_the_next_run(tmp_path):
    rows = _two_days(tmp_path)
    with webhook() as (got, hook):
        to = {n: ["ops", "fine"] for n in "ABC"}
        broken = {"ops": Recipient(f"{hook}/bad"), "fine": Recipient(hook)}
        lines = send_alerts(RULES, broken, to, rows, tmp_path)
        assert "ops" in lines[0]
        assert "not delivered, and tried again on the next run: " in lines[0]
        assert "500" in lines[0]
        assert len(got) == 1, "the other recipient is sent its message all the same"

        # The day after, A is no worse than before and B works again.
        later = DAY + timedelta(days=1)
        rows = _run(
            tmp_path, later, *(an_outcome(n, a_rate(1000, 20), day=later) for n in "AB"),
        )  # fmt: skip
        mended = {"ops": Recipient(hook), "fine": Recipient(hook)}
        send_alerts(RULES, mended, to, rows, tmp_path)
        assert len(got) == 3
        late = got[1]["message"]
        assert "B: Out of time. (30 Sep 2026)" in late
        assert "now over the limit. (30 Sep 2026)" in late
        # B was healthy when last known, so it is worse now, for both.
        assert "2 rates are worse" in got[1]["title"]
        assert got[2]["title"] == "ODR 1 Oct 2026: 1 rate is worse"


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_second_run_of_the_day_mends_a_failure_that_was_not_delivered(tmp_path, dry_run):
    with webhook() as (got, hook):
        to, broken = {n: ["ops"] for n in "AB"}, {"ops": Recipient(f"{hook}/bad")}
        failed = [an_outcome(n, reason="Out of time.") for n in "AB"]
        send_alerts(RULES, broken, to, _run(tmp_path, DAY, *failed), tmp_path)
        rows = _run(tmp_path, DAY, an_outcome("A", a_rate(1000, 2)), failed[1])
        mended = {"ops": Recipient(hook)}
        lines = send_alerts(RULES, mended, to, rows, tmp_path, dry_run=dry_run)
        assert "ODR 30 Sep 2026: 1 report failed" in lines[0]
        if dry_run:
            assert [line for line in lines if "Out of time" in line] == ["  - B: Out of time."]
        else:
            assert [body["message"] for body in got] == ["1 report failed:\n- B: Out of time."]


def test_what_was_not_delivered_goes_to_nobody_who_has_the_account_no_more(tmp_path):
    rows = _two_days(tmp_path)
    with webhook() as (got, hook):
        broken = {"ops": Recipient(f"{hook}/bad")}
        send_alerts(RULES, broken, {"A": ["ops"], "B": ["ops"]}, rows, tmp_path)
        later = DAY + timedelta(days=1)
        rows = _run(tmp_path, later, *(an_outcome(n, a_rate(1000, 2), day=later) for n in "AB"))
        send_alerts(RULES, {"ops": Recipient(hook)}, {"A": ["ops"]}, rows, tmp_path)
        assert [body["title"] for body in got] == ["ODR 1 Oct 2026: 1 rate is worse"]
        assert "B" not in got[0]["message"]


def test_a_pdf_that_cannot_be_made_is_html_with_a_note(tmp_path, monkeypatch):
    rows = _two_days(tmp_path)
    monkeypatch.setattr(attachment, "BROWSERS", ("no-such-browser",))
    with mail_server() as (mails, mail):
        recipients = {"ops": Recipient(f"{mail}ops@example.com", "pdf")}
        send_alerts(RULES, recipients, {n: ["ops"] for n in "ABC"}, rows, tmp_path)
    ((_, sent),) = mails.got
    assert [a.get_filename() for a in sent.iter_attachments()] == ["index.html"]
    note = "attached as HTML, because there is no Chromium"
    assert note in " ".join(sent.get_body(("html", "plain")).get_content().split())


def test_a_batch_that_cannot_start_is_told_once_a_day_and_reason(tmp_path):
    with webhook() as (got, hook):
        recipients = {"ops": Recipient(hook)}
        for reason in ("No accounts.", "No accounts.", "No room."):
            send_not_started(reason, DAY, recipients, tmp_path)
        assert [body["message"] for body in got] == [
            "No report was made: No accounts.",
            "No report was made: No room.",
        ]
        missing = tmp_path / "not there"
        (line,) = send_not_started("No accounts.", DAY, recipients, missing)
        assert "was sent: ODR 30 Sep 2026: the batch did not start" in line
        assert not missing.exists()
        assert len(got) == 3
        lines = send_not_started("Other.", DAY, recipients, tmp_path, dry_run=True)
        assert "would be sent" in lines[0]
        assert len(got) == 3


def test_that_a_batch_did_not_start_goes_out_with_the_next_that_does(tmp_path):
    later = DAY + timedelta(days=1)
    with webhook() as (got, hook):
        bad = {"ops": Recipient(f"{hook}/bad")}
        for _ in range(2):
            (line,) = send_not_started("No room.", DAY, bad, tmp_path)
            assert "not delivered, and tried again on the next run" in line
        ops = {"ops": Recipient(hook)}
        for day in (later, later + timedelta(days=1)):
            rows = _run(tmp_path, day, an_outcome("A", a_rate(1000, 2), day=day))
            send_alerts(RULES, ops, {"A": ["ops"]}, rows, tmp_path)
    ((title, text),) = [(body["title"], body["message"]) for body in got]
    assert title == "ODR 1 Oct 2026: 1 earlier run did not start"
    assert "No room. (30 Sep 2026)" in text


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_recipient_that_cannot_be_used_keeps_the_message_from_no_other(tmp_path, dry_run):
    with webhook() as (got, hook):
        recipients = {"bad": Recipient("$ODR_NOWHERE"), "ops": Recipient(hook)}
        lines = send_not_started("No room.", DAY, recipients, tmp_path, dry_run=dry_run)
    assert lines[0].startswith("bad: not sent. ")
    assert lines[1].startswith("ops (")
    assert len(got) == (not dry_run)


def test_a_failure_of_an_account_that_was_left_out_is_an_old_one(tmp_path):
    failed = an_outcome("A", reason="Out of time.")
    left_out = an_outcome("A", reason="Out of time.", status="left out")
    with webhook() as (got, hook):
        sent = []
        for outcome in (left_out, failed, left_out, failed):
            rows = _run(tmp_path, DAY, outcome)
            send_alerts(RULES, {"ops": Recipient(hook)}, {"A": ["ops"]}, rows, tmp_path)
            sent.append(len(got))
    assert sent == [0, 1, 1, 1]


def test_a_run_for_an_earlier_day_has_no_news_but_its_failures(tmp_path):
    to, days = {n: ["ops"] for n in "AB"}, [DAY + timedelta(days=n) for n in range(4)]
    with webhook() as (got, hook):

        def run(day, *outcomes):
            runs = read_runs(tmp_path)
            rows, late = _run(tmp_path, day, *outcomes), is_late(runs, day)
            send_alerts(RULES, {"ops": Recipient(hook)}, to, rows, tmp_path, late=late)

        fine, bad = a_rate(1000, 2), a_rate(1000, 20)
        for day, a in ((days[0], fine), (days[2], bad), (days[1], bad), (days[2], bad)):
            run(day, an_outcome("A", a, day=day), an_outcome("B", fine, day=day))
        assert [body["title"] for body in got] == ["ODR 2 Oct 2026: 1 rate is worse"]
        run(days[1], an_outcome("A", bad, day=days[1]), an_outcome("B", reason="No.", day=days[1]))
        assert got[1]["title"] == "ODR 1 Oct 2026: 1 report failed"
        run(days[3], *(an_outcome(n, r, day=days[3]) for n, r in (("A", bad), ("B", fine))))
        assert len(got) == 2


def test_what_held_before_a_failed_night_is_not_sent_again_after_it(tmp_path):
    rules, near = AlertRules(breach_above=0.3, failed=False), a_rate(1000, 8, p_breach=0.35)
    with webhook() as (got, hook):
        for n, outcome in enumerate(({}, {"reason": "Out of time."}, {})):
            day = DAY + timedelta(days=n)
            rates = () if outcome else (near,)
            rows = _run(tmp_path, day, an_outcome("A", *rates, day=day, **outcome))
            send_alerts(rules, {"ops": Recipient(hook)}, {"A": ["ops"]}, rows, tmp_path)
    assert len(got) == 1


def test_what_was_not_delivered_waits_where_a_second_run_leaves_its_account_out(tmp_path):
    to = {n: ["ops"] for n in "ABC"}
    with webhook() as (got, hook):
        send_alerts(RULES, {"ops": Recipient(f"{hook}/bad")}, to, _two_days(tmp_path), tmp_path)
        left = (
            an_outcome("A", a_rate(1000, 20), status="left out"),
            an_outcome("B", reason="Out of time.", status="left out"),
        )
        rows = _run(tmp_path, DAY, *left, an_outcome("C", a_rate(1000, 2)))
        send_alerts(RULES, {"ops": Recipient(hook)}, to, rows, tmp_path)
    assert [body["title"] for body in got] == [
        "ODR 30 Sep 2026: 1 rate is worse and 1 report failed"
    ]


def test_nothing_is_sent_of_an_account_that_was_left_out(tmp_path):
    old = a_summary(a_rate(1000, 2), as_of="2026-09-20", reported_to="2026-09-20")
    rules = AlertRules(data_older_than=3)
    rows = _run(tmp_path, DAY, an_outcome("A", status="left out", summary=old))
    with webhook() as (got, hook):
        send_alerts(rules, {"ops": Recipient(hook)}, {"A": ["ops"]}, rows, tmp_path)
    assert got == [], "its exports were not looked at"


@pytest.mark.parametrize("most", [1, 3])
def test_a_message_has_a_cap(tmp_path, most):
    rows = _run(tmp_path, DAY, *(an_outcome(f"A{i}", reason="Out.") for i in range(5)))
    with webhook() as (got, hook):
        rules = AlertRules(most=most)
        to = {row.account: ["ops"] for row in rows}
        send_alerts(rules, {"ops": Recipient(hook)}, to, rows, tmp_path)
        assert got[0]["message"].count("- A") == most
        assert "Held back" in got[0]["message"]
        assert send_alerts(rules, {"ops": Recipient(hook)}, to, rows, tmp_path) == []
