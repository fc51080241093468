"""What is asked of Amazon's Reports API, through the library python-amazon-sp-api.

Credentials are found by the library, in the environment or its own file, and stay with it: no
message, log, notebook or file of ours has them. Requests name this program and that it is
automated, in the form Amazon asks for.
"""

from __future__ import annotations

import logging
import platform
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from odr_analysis.errors import MachineError, OdrError, ParameterError
from odr_analysis.fetching.patience import Allowance, Patience
from odr_analysis.terms import MARKETPLACES
from odr_analysis.versions import __version__

INSTALL = "pip install 'odr-analysis[fetch]'"
AGENT = "odr-analysis"
DONE, CANCELLED, FATAL = "DONE", "CANCELLED", "FATAL"
"""How the making of a report ends; any other state is on the way there."""
TIMEOUT = 60.0
"""Seconds in which an answer must come."""
PAGE = 100
"""Reports of one list, at most."""
SECRETS = ("SP_API_REFRESH_TOKEN", "LWA_APP_ID", "LWA_CLIENT_SECRET")
DEFAULT_MARKETPLACE = "SP_API_DEFAULT_MARKETPLACE"

_LOGGERS = ("sp_api", "httpx", "httpcore")
"""Libraries that log requests, with tokens and signed addresses in them, where asked to."""
_NAME = re.compile(r"[\w .-]{1,80}")
_CODE = re.compile(r"\w{1,60}")


class RefusedError(OdrError):
    """Amazon refuses access; nothing more may be asked."""


class UnusableError(OdrError):
    """Amazon does not make this report; others it may."""


@dataclass(frozen=True)
class Report:
    """A report at Amazon: its number and state, and the number of its document once it is made."""

    report_id: str
    state: str
    document: str


def user_agent(agent: str) -> str:
    """How requests are signed: name and version, language, and that nobody sits there.

    Raises
    ------
    ParameterError
        The name has other characters than letters, digits, blanks, dots, dashes.

    Examples
    --------
    >>> user_agent("Acme Reports")  # doctest: +ELLIPSIS
    'Acme Reports/0.1.0 (Language=Python/3...; Platform=...; Library=odr-analysis; Automated=yes)'
    """
    if not _NAME.fullmatch(agent):
        raise ParameterError(
            f"agent {agent!r}: a name of up to 80 letters, digits, blanks, dots and dashes is "
            "needed."
        )
    return (
        f"{agent}/{__version__} (Language=Python/{platform.python_version()}; "
        f"Platform={platform.system()}; Library={AGENT}; Automated=yes)"
    )


@contextmanager
def unlogged() -> Iterator[None]:
    """Within, the libraries below, which are imported by now, write nothing to any log."""
    names = [n for n in logging.root.manager.loggerDict if n.split(".")[0] in _LOGGERS]
    loggers = [logging.getLogger(name) for name in {*names, *_LOGGERS}]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, was in zip(loggers, before, strict=True):
            logger.disabled = was


class Amazon:
    """The Reports API of the region in which the marketplaces are.

    Parameters
    ----------
    marketplaces : tuple of str
        Sales channels, all of one region.
    account : str
        Whose credentials: the part of the library's file, or the ending of the variables.
    agent : str
        Under what name requests are made.
    patience : Patience

    Raises
    ------
    OdrError
        The library is not installed, or there are no credentials.
    ParameterError
        The marketplaces are of several regions, or `agent` is no name.
    """

    def __init__(self, marketplaces: tuple[str, ...], account: str, agent: str, patience: Patience):
        try:
            from sp_api.api import Reports
            from sp_api.auth import AccessTokenClient
            from sp_api.base import Marketplaces
            from sp_api.base.credential_provider import MissingCredentials
        except ImportError:
            raise OdrError(
                "Downloading reports needs python-amazon-sp-api, which is not installed. Install "
                f"it with: {INSTALL}"
            ) from None
        self.patience, self.agent = patience, user_agent(agent)
        places = {m.marketplace_id: m for m in Marketplaces}
        regions = {places[MARKETPLACES[name].id].endpoint: name for name in marketplaces}
        if len(regions) > 1:
            raise ParameterError(
                f"{' and '.join(regions.values())} are of different regions, each with credentials "
                "of its own. Run this once for each region; the folder may be the same."
            )
        self.ids = {name: MARKETPLACES[name].id for name in marketplaces}
        # As the library has it: a client and the one that gets its tokens, under our name.
        named = {"user_agent": self.agent}
        client, tokens = (
            type("Client", (Reports,), named),
            type("Tokens", (AccessTokenClient,), named),
        )
        place = places[MARKETPLACES[marketplaces[0]].id]
        try:
            self._api = client(
                place, account=account, timeout=TIMEOUT, auth_token_client_class=tokens
            )
        except MissingCredentials:
            raise _no_credentials(account) from None
        if not self._api.credentials.refresh_token:
            raise _no_credentials(account)
        if self._api.endpoint != place.endpoint:
            raise ParameterError(
                f"{DEFAULT_MARKETPLACE} is set, and leads the library to another region than "
                f"{marketplaces[0]}'s. Unset it."
            )
        self._allowances = {
            "create_report": Allowance(0.0167, 15),
            "get_report": Allowance(2.0, 15),
            "get_report_document": Allowance(0.0167, 15),
            "get_reports": Allowance(0.0222, 10),
        }

    def close(self) -> None:
        self._api.close()

    def ask(
        self, kind: str, marketplaces: tuple[str, ...], days: tuple[datetime, datetime] | None
    ) -> str:
        """Ask for a report; returns its number."""
        ids = [self.ids[name] for name in marketplaces]
        asked: dict[str, Any] = {"reportType": kind, "marketplaceIds": ids}
        if days is not None:
            asked |= {"dataStartTime": _instant(days[0]), "dataEndTime": _instant(days[1])}
        return str(self._call("create_report", "reportId", **asked)["reportId"])

    def report(self, report_id: str) -> Report:
        """A report as it stands.

        Raises
        ------
        UnusableError
            Amazon knows it no more.
        """
        answer = self._call("get_report", "processingStatus", report_id)
        return Report(report_id, answer["processingStatus"], answer.get("reportDocumentId", ""))

    def reports(self, kind: str, since: datetime, until: datetime) -> list[Report]:
        """Reports that Amazon made by itself between two moments."""
        asked: dict[str, Any] = {
            "reportTypes": [kind],
            "marketplaceIds": list(self.ids.values()),
            "processingStatuses": [DONE],
            "createdSince": _instant(since),
            "createdUntil": _instant(until),
            "pageSize": PAGE,
        }
        found: list[Report] = []
        while True:
            answer = self._call("get_reports", "reports", **asked)
            found += [Report(r["reportId"], DONE, r["reportDocumentId"]) for r in answer["reports"]]
            if not answer["nextToken"]:
                return found
            asked = {"nextToken": answer["nextToken"]}

    def document(self, number: str) -> tuple[str, str]:
        """The address of a document, good for five minutes, and how it is packed ('' or GZIP)."""
        answer = self._call("get_report_document", "url", number)
        return answer["url"], answer.get("compressionAlgorithm", "")

    def _call(self, operation: str, needed: str, *args: str, **kwargs: Any) -> dict[str, Any]:
        """One operation, repeated where Amazon asks to wait or fails; its answer has `needed`."""
        call, why = getattr(self._api, operation), ""
        for n in range(self.patience.tries):
            self.patience.check()
            self.patience.wait(self._allowances[operation].wait(self.patience.now()))
            answer, why, seconds = self._attempt(call, needed, args, kwargs)
            if answer is not None:
                return answer
            usual = min(self.patience.back_off * 2**n, self.patience.back_off_most)
            if n + 1 < self.patience.tries:
                self.patience.wait(max(usual, min(seconds, self.patience.back_off_most)))
        raise MachineError(
            f"Amazon's Reports API {why}, {self.patience.tries} times. What was asked for is "
            "noted: run this again later to go on."
        )

    def _attempt(
        self, call: Callable[..., Any], needed: str, args: tuple[str, ...], kwargs: dict[str, Any]
    ) -> tuple[dict[str, Any] | None, str, float]:
        """The answer; or None, why there is none that may come yet, and seconds to wait for it."""
        import httpx
        from sp_api.auth.exceptions import AuthorizationError
        from sp_api.base import SellingApiException

        try:
            answer = call(*args, **kwargs)
        except SellingApiException as error:
            return None, *_again(error)
        except AuthorizationError as error:
            if error.status_code < 500:
                raise _refused_credentials(str(error.error_code), error.status_code) from None
            return None, "could not issue a token", 0.0
        except (httpx.HTTPError, ValueError):
            return None, "could not be reached", 0.0
        if isinstance(answer.payload, dict) and needed in answer.payload:
            # The library takes the token of the next page out of an answer.
            return {**answer.payload, "nextToken": answer.next_token}, "", 0.0
        return None, "gave no usable answer", 0.0


def _again(error: Any) -> tuple[str, float]:
    """Why a call may be repeated, and after how many seconds; raises where it may not."""
    code = _CODE.search(str(getattr(error, "amzn_code", "")))
    named = code[0] if code else "no reason"
    if error.code == 429 or named == "QuotaExceeded":
        try:
            return "asked to wait", 1 / float(error.headers["x-amzn-RateLimit-Limit"])
        except (KeyError, TypeError, ValueError, ZeroDivisionError):
            return "asked to wait", 0.0
    if error.code in (500, 503, 504) or named in ("InternalFailure", "ServiceUnavailable"):
        return f"failed ({named})", 0.0
    if error.code == 403 or named in ("Unauthorized", "AccessDenied"):
        raise RefusedError(
            f"Amazon refuses access ({named}), so nothing more is asked of it. See that the "
            "application is still authorised for this account and has the role of every report "
            "asked for (leave out others with --reports), and run this again."
        ) from None
    raise UnusableError(f"Amazon does not make it ({named})") from None


def _no_credentials(account: str) -> OdrError:
    return OdrError(
        f"No credentials for the account {account!r}. Set {', '.join(SECRETS)} in the environment "
        f"(or each with _{account} at its end), or write refresh_token, lwa_app_id and "
        f"lwa_client_secret below {account}: in the file python-sp-api/credentials.yml of your "
        "configuration folder."
    )


def _refused_credentials(code: str, status: int) -> OdrError:
    named = code if _CODE.fullmatch(code) else "no reason"
    return RefusedError(
        f"Amazon refuses the credentials ({named}, {status}). See that refresh token, application "
        "id and secret belong together and are not expired; Seller Central issues new ones."
    )


def _instant(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
