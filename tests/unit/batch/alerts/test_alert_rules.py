"""Tables of the file of accounts about messages."""

from __future__ import annotations

import pytest

from odr_analysis.batch.alerts.alert_rules import AlertRules, Recipient
from odr_analysis.errors import ParameterError
from odr_analysis.fields import kinds_of, read


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"breach_above": 1.5}, "breach_above must be a probability from 0 to 1, got 1.5"),
        ({"worsened": 1}, "worsened must be bool, got 1"),
        ({"claim_above": -1}, "claim_above must be 0 or more, got -1"),
        ({"data_older_than": -1}, "data_older_than must be 0 or more days"),
        ({"most": 0}, "most must be at least 1, got 0"),
    ],
)
def test_rules_that_make_no_sense_are_refused(table, message):
    with pytest.raises(ParameterError, match=message):
        AlertRules(**table)


def test_an_unknown_rule_is_named_with_the_nearest():
    _, wrong = read({"breach_abov": 0.2}, kinds_of(AlertRules), "key")
    assert wrong == {"breach_abov": "unknown key 'breach_abov'; did you mean 'breach_above'?"}


def test_a_recipient_has_a_url_and_attaches_what_there_is():
    assert Recipient("json://localhost", "pdf").attach == "pdf"
    with pytest.raises(ParameterError, match="url must be a URL such as mailto"):
        Recipient()
    with pytest.raises(ParameterError, match="attach must be one of '', 'html', 'pdf'"):
        Recipient("json://localhost", "docx")


def test_a_url_can_stand_in_the_environment(monkeypatch):
    monkeypatch.setenv("ODR_TEST_URL", "json://localhost")
    assert Recipient("$ODR_TEST_URL").address() == "json://localhost"
    with pytest.raises(ParameterError, match="no variable NOT_THERE"):
        Recipient("$NOT_THERE").address({})
