"""Each event once, and none lost."""

from __future__ import annotations

import pytest

from odr_analysis.batch.alerts.run_events import Event
from odr_analysis.batch.alerts.sent import FILE, OfRecipient, read_sent, write_sent
from odr_analysis.errors import OdrError


def _event(kind, account, about=""):
    return Event(kind, account, about, f"{account} {kind}", "2026-09-30")


FAILED, CLAIM, OTHER = _event("failed", "A"), _event("claim", "A", "028-1"), _event("failed", "B")


def test_an_event_that_holds_on_is_sent_once_and_again_after_it_ended():
    state = OfRecipient()
    assert state.new([FAILED]) == [FAILED]
    state.keep([FAILED], ["A"], delivered=True)
    assert state.new([FAILED]) == []
    state.keep([FAILED], ["A"], delivered=True)
    assert state.new([FAILED, CLAIM]) == [CLAIM]
    state.keep([], ["A"], delivered=True)
    assert state.new([FAILED]) == [FAILED]


def test_an_account_left_out_of_a_run_keeps_what_was_sent_of_it():
    state = OfRecipient()
    state.keep([FAILED, OTHER], ["A", "B"], delivered=True)
    state.keep([OTHER], ["B"], delivered=True)
    assert state.new([FAILED, OTHER]) == []


def test_what_was_not_delivered_is_sent_next_time_even_if_it_no_longer_holds():
    state = OfRecipient()
    state.keep([FAILED], ["A"], delivered=True)
    state.keep([FAILED, CLAIM], ["A"], delivered=False)
    assert state.unsent == [CLAIM]
    assert state.new([FAILED]) == [CLAIM]
    state.keep([], ["A"], delivered=False)
    assert state.new([]) == [CLAIM]
    state.keep([], ["A"], delivered=True)
    assert state.new([]) == []


def test_what_waited_comes_before_what_is_new_of_its_kind():
    waited, holds = _event("claim", "Z"), _event("failed", "Y")
    state = OfRecipient(unsent=[holds, waited])
    new = [CLAIM, FAILED, OTHER, holds]
    # By kind, as in a message; what is cut off at its end is not what waited.
    assert state.new(new) == [waited, CLAIM, holds, FAILED, OTHER]


def test_it_is_read_as_it_was_written(tmp_path):
    assert read_sent(tmp_path) == {}
    kept = {"ops": OfRecipient({FAILED.key}, [CLAIM], "2026-09-30: No room."), "b": OfRecipient()}
    write_sent(tmp_path, kept)
    assert read_sent(tmp_path) == kept


@pytest.mark.parametrize("text", ["{", "[]", '{"schema_version": "9"}', '{"recipients": {}}'])
def test_a_damaged_file_stops_messages_instead_of_sending_all_again(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(OdrError, match=r"alerts\.json: not a record of messages"):
        read_sent(tmp_path)
