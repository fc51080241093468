"""What is asked of Amazon, and what its answers come to; of a stand-in that speaks its API."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from odr_analysis.errors import MachineError, OdrError, ParameterError
from odr_analysis.fetching.amazon import (
    DONE,
    Amazon,
    RefusedError,
    Report,
    UnusableError,
    unlogged,
    user_agent,
)
from odr_analysis.fetching.patience import Patience
from tests.amazon import SECRETS, Answer, StandIn, error

ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
DAYS = (datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 9, 30, 23, 59, 59, tzinfo=UTC))


@pytest.fixture
def patience(tmp_path: Path) -> Patience:
    return Patience(tmp_path, second=0.0001)


@pytest.fixture
def api(amazon: StandIn, patience: Patience) -> Amazon:
    return Amazon(("Amazon.de", "Amazon.fr"), "default", "odr-analysis", patience)


def failing(operation: str, answer: Answer, times: int) -> Callable[[str, int], Answer | None]:
    return lambda name, n: answer if name == operation and n <= times else None


def test_a_report_is_asked_for_in_the_words_of_the_api(amazon: StandIn, api: Amazon) -> None:
    assert api.ask(ORDERS, ("Amazon.fr",), DAYS) == "1"
    assert amazon.operations("create") == [
        {
            "reportType": ORDERS,
            "marketplaceIds": ["A13V1IB3VIYZZH"],
            "dataStartTime": "2026-09-01T00:00:00Z",
            "dataEndTime": "2026-09-30T23:59:59Z",
        }
    ]
    amazon.documents[ORDERS] = b"x"
    states = [api.report("1") for _ in range(3)]
    assert states == [
        Report("1", "IN_QUEUE", ""),
        Report("1", "IN_PROGRESS", ""),
        Report("1", DONE, "1"),
    ]
    url, packed = api.document("1")
    assert url.startswith(amazon.url)
    assert packed == "GZIP"


def test_every_request_names_who_asks_and_that_nobody_sits_there(
    amazon: StandIn, api: Amazon
) -> None:
    api.ask(ORDERS, ("Amazon.de",), DAYS)
    (agent,) = amazon.agents
    form = r"odr-analysis/[\w.]+ \(Language=Python/[\d.]+; Platform=\w+; Library=odr-analysis; "
    assert re.fullmatch(form + r"Automated=yes\)", agent)
    assert len(user_agent("x" * 80)) < 500, "longer ones are refused"
    for wrong in ("", "a/b", "x" * 81, "a\nb"):
        with pytest.raises(ParameterError, match="is needed"):
            user_agent(wrong)


def test_lists_are_read_to_their_end(amazon: StandIn, api: Amazon) -> None:
    amazon.documents["SETTLED"] = b"x"
    for number in ("11", "12", "13"):
        amazon.settle(number, "SETTLED")
    assert [r.report_id for r in api.reports("SETTLED", *DAYS)] == ["11", "12", "13"]
    first, *rest = amazon.operations("list")
    assert first["createdSince"] == ["2026-09-01T00:00:00Z"]
    assert [list(r) for r in rest] == [["nextToken"], ["nextToken"]], "with a token, nothing else"


def test_a_refusal_for_haste_is_waited_out(
    amazon: StandIn, api: Amazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(Patience, "wait", lambda self, seconds: waited.append(seconds))
    limit = {"x_amzn_RateLimit_Limit": "0.0167"}
    amazon.fail = failing("create", error(429, "QuotaExceeded", **limit), 3)
    assert api.ask(ORDERS, ("Amazon.de",), DAYS) == "1"
    assert amazon.counts["create"] == 4
    assert [round(s) for s in waited if s] == [60, 60, 60], "as Amazon states"
    waited.clear()
    amazon.fail = failing("status", error(429, "QuotaExceeded"), 3)
    api.report("1")
    assert [s for s in waited if s] == [5.0, 10.0, 20.0], "longer each time where it states none"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (error(429, "QuotaExceeded"), "asked to wait, 8 times"),
        (error(503, "ServiceUnavailable"), r"failed \(ServiceUnavailable\), 8 times"),
        ((503, b"<html>down</html>", {}), "gave no usable answer, 8 times"),
        ((200, b"", {"Length": "100"}), "could not be reached, 8 times"),
    ],
    ids=["haste", "failure", "no JSON", "broken off"],
)
def test_a_failure_that_stays_is_said(
    amazon: StandIn, api: Amazon, answer: Answer, said: str
) -> None:
    amazon.fail = failing("create", answer, 99)
    with pytest.raises(MachineError, match=said):
        api.ask(ORDERS, ("Amazon.de",), DAYS)
    assert amazon.counts["create"] == 8


@pytest.mark.parametrize("answer", [error(403, "Unauthorized"), error(401, "Unauthorized")])
def test_a_refused_access_ends_it_at_once(amazon: StandIn, api: Amazon, answer: Answer) -> None:
    amazon.fail = failing("create", answer, 99)
    with pytest.raises(RefusedError, match=r"nothing more is asked.*role of every report"):
        api.ask(ORDERS, ("Amazon.de",), DAYS)
    assert amazon.counts["create"] == 1


def test_a_report_that_amazon_does_not_make(amazon: StandIn, api: Amazon) -> None:
    amazon.fail = failing("create", error(400, "InvalidInput"), 1)
    with pytest.raises(UnusableError, match="InvalidInput"):
        api.ask(ORDERS, ("Amazon.de",), DAYS)
    with pytest.raises(UnusableError, match="NotFound"):
        api.report("99")


def test_refused_credentials(amazon: StandIn, api: Amazon) -> None:
    wrong = (400, {"error": "invalid_grant", "error_description": f"not {SECRETS[0]}"}, {})
    amazon.fail = failing("token", wrong, 99)
    with pytest.raises(
        RefusedError, match=r"refuses the credentials \(invalid_grant, 400\)"
    ) as told:
        api.ask(ORDERS, ("Amazon.de",), DAYS)
    assert SECRETS[0] not in str(told.value)
    assert amazon.counts["token"] == 1


def test_tokens_that_fail_for_a_moment(amazon: StandIn, api: Amazon) -> None:
    amazon.fail = failing("token", (500, {"error": "server"}, {}), 2)
    assert api.ask(ORDERS, ("Amazon.de",), DAYS) == "1"


@pytest.mark.parametrize("missing", ["SP_API_REFRESH_TOKEN", "LWA_CLIENT_SECRET"])
def test_missing_credentials_are_named_not_shown(
    amazon: StandIn,
    patience: Patience,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    missing: str,
) -> None:
    monkeypatch.setenv("PYTHON-SP-APIDIR", str(tmp_path))
    monkeypatch.delenv(missing)
    with pytest.raises(
        OdrError, match=f"No credentials for the account 'default'.*{missing}"
    ) as told:
        Amazon(("Amazon.de",), "default", "odr-analysis", patience)
    assert not any(secret in str(told.value) for secret in SECRETS)
    assert amazon.asked == []


def test_marketplaces_of_two_regions(amazon: StandIn, patience: Patience) -> None:
    with pytest.raises(
        ParameterError, match=r"Amazon\.de and Amazon\.com are of different regions"
    ):
        Amazon(("Amazon.de", "Amazon.com"), "default", "odr-analysis", patience)


def test_a_variable_that_leads_elsewhere_is_refused(
    amazon: StandIn, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SP_API_DEFAULT_MARKETPLACE", "JP")
    with pytest.raises(ParameterError, match="SP_API_DEFAULT_MARKETPLACE is set"):
        Amazon(("Amazon.de",), "default", "odr-analysis", patience)


def test_a_missing_extra_names_the_line_that_installs_it(
    patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sp_api.api", None)
    with pytest.raises(OdrError, match=r"pip install 'odr-analysis\[fetch\]'"):
        Amazon(("Amazon.de",), "default", "odr-analysis", patience)


def test_libraries_log_nothing_even_when_asked_to(
    amazon: StandIn, api: Amazon, caplog: pytest.LogCaptureFixture
) -> None:
    names = ("sp_api", "sp_api.base.client", "httpx", "httpcore")
    for name in names:
        caplog.set_level(logging.DEBUG, name)
    caplog.set_level(logging.DEBUG)
    with unlogged():
        api.ask(ORDERS, ("Amazon.de",), DAYS)
    assert not any(secret in caplog.text for secret in SECRETS)
    api.ask(ORDERS, ("Amazon.de",), DAYS)
    assert SECRETS[3] in caplog.text, "outside they log again, as somebody wanted"
    assert not any(logging.getLogger(name).disabled for name in names)
