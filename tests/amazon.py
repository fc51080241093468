"""A stand-in for Amazon on this computer: tokens, the Reports API, and documents.

It speaks as the API is documented: a report is asked for, is in the queue, in progress and then
done, cancelled or fatal; too many questions are refused with 429; documents lie at an address of
their own, packed or not. What it is asked is kept for tests to look at.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

SECRETS = ("Atzr|a-refresh-token", "amzn1.app.an-id", "a-client-secret", "Atza|an-access-token")
SIGNED = "X-Amz-Signature=a-signature"
API = "/reports/2021-06-30"
Answer = tuple[int, Any, dict[str, str]]


@dataclass
class StandIn:
    """What the server answers and what it was asked."""

    documents: dict[str, bytes] = field(default_factory=dict)
    """Content by type of report; a type without one is cancelled, as Amazon does."""
    charset: str = ""
    packed: bool = True
    ends: dict[str, str] = field(default_factory=dict)
    """State a type of report ends in, where it is not done."""
    looks: int = 2
    """Questions until a report is done."""
    fail: Callable[[str, int], Answer | None] = lambda operation, n: None
    """An answer in place of the usual one, by operation and its number among those of its kind."""
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    url: str = ""

    def operations(self, name: str) -> list[dict[str, Any]]:
        return [told for operation, told in self.asked if operation == name]

    def settle(self, number: str, kind: str) -> None:
        """Have a report there that Amazon made by itself."""
        self.made[number] = {"reportType": kind, "looked": 99}

    def answer(self, method: str, path: str, told: dict[str, Any]) -> Answer:
        name, arguments = self._operation(method, path)
        self.counts[name] += 1
        self.asked.append((name, told | arguments))
        return self.fail(name, self.counts[name]) or getattr(self, f"_{name}")(told | arguments)

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        parts = path.removeprefix(API).strip("/").split("/")
        if path == "/auth/o2/token":
            return "token", {}
        if parts[0] == "signed":
            return "content", {"number": parts[1]}
        if parts[0] == "documents":
            return "document", {"number": parts[1]}
        if method == "POST":
            return "create", {}
        return ("status", {"number": parts[1]}) if len(parts) > 1 else ("list", {})

    def _token(self, told: dict[str, Any]) -> Answer:
        return 200, {"access_token": SECRETS[3], "expires_in": 3600, "token_type": "bearer"}, {}

    def _create(self, told: dict[str, Any]) -> Answer:
        number = f"{len(self.made) + 1}"
        self.made[number] = {**told, "looked": 0}
        return 202, {"reportId": number}, {}

    def _told(self, number: str) -> dict[str, Any]:
        report = self.made[number]
        kind = report["reportType"]
        end = self.ends.get(kind, "DONE" if kind in self.documents else "CANCELLED")
        state = (
            end
            if report["looked"] >= self.looks
            else ("IN_QUEUE", "IN_PROGRESS")[report["looked"] % 2]
        )
        told = {"reportId": number, "reportType": kind, "processingStatus": state}
        return told | ({"reportDocumentId": number} if state == "DONE" else {})

    def _status(self, told: dict[str, Any]) -> Answer:
        if told["number"] not in self.made:
            return error(404, "NotFound")
        answer = self._told(told["number"])
        self.made[told["number"]]["looked"] += 1
        return 200, answer, {}

    def _list(self, told: dict[str, Any]) -> Answer:
        """One report a page, so that every list has several."""
        numbers = [n for n, r in self.made.items() if r["looked"] >= 99]
        at = int(told.get("nextToken", ["0"])[0])
        more = {"nextToken": f"{at + 1}"} if at + 1 < len(numbers) else {}
        return 200, {"reports": [self._told(n) for n in numbers[at : at + 1]], **more}, {}

    def _document(self, told: dict[str, Any]) -> Answer:
        url = f"{self.url}/signed/{told['number']}?{SIGNED}"
        packed = {"compressionAlgorithm": "GZIP"} if self.packed else {}
        return 200, {"reportDocumentId": told["number"], "url": url, **packed}, {}

    def _content(self, told: dict[str, Any]) -> Answer:
        content = self.documents[self.made[told["number"]]["reportType"]]
        named = f"; charset={self.charset}" if self.charset else ""
        content = gzip.compress(content) if self.packed else content
        return 200, content, {"Content-Type": f"text/plain{named}"}


def error(status: int, code: str, **headers: str) -> Answer:
    told = {"errors": [{"code": code, "message": "as Amazon words it", "details": ""}]}
    return status, told, {k.replace("_", "-"): v for k, v in headers.items()}


class _Handler(BaseHTTPRequestHandler):
    stand_in: StandIn

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body, url = self.rfile.read(length), urlsplit(self.path)
        told = json.loads(body) if body[:1] == b"{" else parse_qs(url.query)
        self.stand_in.agents.add(self.headers["User-Agent"])
        status, answer, headers = self.stand_in.answer(self.command, url.path, told)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", headers.get("Length", str(len(content))))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _serve  # noqa: N815 - named by the library

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The stand-in, which the library asks in place of Amazon, with credentials."""
    from sp_api.auth import AccessTokenClient
    from sp_api.auth.access_token_client import cache
    from sp_api.base import Marketplaces

    stand_in = StandIn()
    handler = type("Handler", (_Handler,), {"stand_in": stand_in})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    host = f"127.0.0.1:{server.server_address[1]}"
    stand_in.url = f"http://{host}"
    for place in Marketplaces:
        if "-eu." in place.endpoint:
            monkeypatch.setattr(place, "endpoint", stand_in.url)
    monkeypatch.setattr(AccessTokenClient, "scheme", "http://")
    monkeypatch.setattr(AccessTokenClient, "host", host)
    names = ("SP_API_REFRESH_TOKEN", "LWA_APP_ID", "LWA_CLIENT_SECRET")
    for name, value in zip(names, SECRETS[:3], strict=True):
        monkeypatch.setenv(name, value)
    cache.clear()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield stand_in
    server.shutdown()
    server.server_close()
