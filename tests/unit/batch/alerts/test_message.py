"""One message a run and recipient."""

from __future__ import annotations

from datetime import date

from odr_analysis.batch.alerts.message import message_of, not_started
from odr_analysis.batch.alerts.run_events import Event

DAY = date(2026, 9, 30)


def _event(kind, name, text="", day="2026-09-30"):
    return Event(kind, name, "", text or f"{name} it is.", day)


def test_the_title_counts_and_the_body_lists_by_kind():
    events = [_event("worsened", "A"), _event("worsened", "B"), _event("failed", "C")]
    message = message_of(events, DAY, 20)
    assert message.title == "ODR 30 Sep 2026: 2 rates are worse and 1 report failed"
    assert message.body == (
        "2 rates are worse:\n- A it is.\n- B it is.\n\n1 report failed:\n- C it is."
    )


def test_what_is_held_back_is_counted_by_kind():
    events = [_event("worsened", f"A{i}") for i in range(5)]
    events += [_event("failed", f"F{i}") for i in range(4)]
    body = message_of(events, DAY, 3).body
    assert body.count("\n- ") == 3
    assert body.startswith("5 rates are worse:")
    assert body.endswith(
        "Held back, as this message has 3 events at most: 2 rates are worse and 4 reports "
        "failed. The index has all."
    )


def test_a_name_cannot_break_a_line_and_an_older_event_has_its_day():
    odd = _event("failed", "x", "x\nBcc: all\x1b[31m", day="2026-09-29")
    assert "- x Bcc: all\\u001b[31m (29 Sep 2026)" in message_of([odd], DAY, 5).body
    assert "\n" not in message_of([odd], DAY, 5).title


def test_a_batch_that_did_not_start_has_its_reason():
    assert not_started("No\naccounts.toml.", DAY).body == "No report was made: No accounts.toml."
