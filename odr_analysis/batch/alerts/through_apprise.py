"""Messages delivered through the library apprise, without a password in any line."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from odr_analysis.batch.alerts.alert_rules import Recipient
from odr_analysis.batch.alerts.message import Message
from odr_analysis.errors import OdrError, ParameterError
from odr_analysis.fields import nearest
from odr_analysis.visible import visible

MISSING = (
    "Messages need the library apprise, which is not installed. "
    'Install it with: pip install "odr-analysis[alerts]"'
)
SHORTEST_SECRET = 3
"""Characters from which on a part of a URL is hidden wherever it comes up."""


def check_recipients(recipients: Mapping[str, Recipient]) -> None:
    """Look at every recipient before a batch starts.

    Raises
    ------
    ParameterError
        Of a URL nothing can be made, or its variable is not set; the recipient is named, never its
        password.
    OdrError
        The library is not installed.
    """
    for name, recipient in recipients.items():
        try:
            _service(recipient)
        except ParameterError as error:
            raise ParameterError(f"recipients.{name}: {error}") from error


def private_url(recipient: Recipient) -> str:
    """The URL of a recipient without its secrets, and without what follows its ``?``."""
    return str(_service(recipient).url(privacy=True)).partition("?")[0]


def deliver(recipient: Recipient, message: Message, attached: Path | None = None) -> str:
    """Send a message; returns why it was not delivered, '' where it was.

    Raises
    ------
    ParameterError, OdrError
        As for :func:`check_recipients`.
    """
    service = _service(recipient)
    if attached is not None and not getattr(service, "attachment_support", False):
        attached = None
    with _heard() as lines:
        delivered = service.notify(
            title=message.title,
            body=message.body,
            body_format=_apprise().NotifyFormat.TEXT,
            attach=_apprise().AppriseAttachment(str(attached)) if attached else None,
        )
    if delivered:
        return ""
    why = "; ".join(dict.fromkeys(lines)) or "no reason given"
    return _hidden(" ".join(why.split()), recipient.address()).rstrip(".")


def _apprise() -> Any:
    try:
        import apprise
    except ImportError as error:
        raise OdrError(MISSING) from error
    return apprise


def _service(recipient: Recipient) -> Any:
    apprise, url = _apprise(), recipient.address()
    asset = apprise.AppriseAsset(app_id="odr", app_desc="Order Defect Rate", secure_logging=True)
    with _heard() as lines, warnings.catch_warnings():
        # It loads its services now, and asks for modules that Python is to lose.
        warnings.simplefilter("ignore", DeprecationWarning)
        service = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        scheme = url.partition("://")[0]
        known = [s for one in apprise.Apprise().details()["schemas"] for s in _schemes(one)]
        if scheme not in known:
            raise ParameterError(
                f"apprise knows no service {visible(scheme)!r}{nearest(scheme, known)} "
                "See https://appriseit.com/services for how URLs are written."
            )
        why = _hidden("; ".join(lines), url) or "it is incomplete"
        raise ParameterError(f"a URL of {scheme}:// that apprise cannot use ({why}).")
    return service


def _schemes(service: Mapping[str, Any]) -> list[str]:
    return [*(service["protocols"] or ()), *(service["secure_protocols"] or ())]


def _hidden(text: str, url: str) -> str:
    """`text` without any part of `url` that may be a secret: all but its scheme and its host."""
    parts = _apprise().URLBase.parse_url(url, verify_host=False) or {}
    secrets = [parts.get("user"), parts.get("password"), *(parts.get("qsd") or {}).values()]
    secrets += (parts.get("fullpath") or "").split("/")
    # Tokens of a service may stand where the host is, as in slack://TokenA/TokenB/TokenC.
    secrets += [] if parts.get("schema") in _WITH_HOST else [parts.get("host")]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = re.sub(re.escape(secret), "****", text, flags=re.IGNORECASE)
    return visible(text)


_WITH_HOST = ("mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms")


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What apprise logs of a failure; nothing of it goes anywhere else."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    log, listener = logging.getLogger("apprise"), Listener(logging.WARNING)
    propagates = log.propagate
    log.addHandler(listener)
    log.propagate = False
    try:
        yield lines
    finally:
        log.removeHandler(listener)
        log.propagate = propagates
