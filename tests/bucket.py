"""A bucket of S3 on this computer, as moto serves it, for tests of object storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from obstore.store import S3Store

NAME = "sellers"
SECRET = "a-secret-that-nobody-may-see"
CHOSEN = {
    "AWS_ACCESS_KEY_ID": "AKIAOFTHETESTS",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_REGION": "us-east-1",
}


class Served:
    """A server of S3 with one empty bucket."""

    def __init__(self, url: str):
        self.url = url
        self.clear()

    def clear(self) -> None:
        self.ask("/moto-api/reset", "POST")
        self.ask(f"/{NAME}", "PUT")

    def ask(self, path: str, method: str, body: bytes = b"") -> None:
        """A request of its own, which needs no credentials; any key can be written so."""
        plain = {"Content-Type": "text/plain"}
        with urlopen(Request(self.url + path, body, plain, method=method)) as answer:
            assert answer.status in (200, 204)

    def allow_nobody(self) -> None:
        self.ask("/moto-api/reset-auth", "POST", b"0")

    @property
    def store(self) -> S3Store:
        from obstore.store import S3Store

        return S3Store(NAME, client_options={"allow_http": True})

    def put(self, key: str, content: bytes) -> None:
        self.store.put(key, content)

    def put_folder(self, folder: Path, prefix: str) -> None:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            self.put(f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def delete(self, key: str) -> None:
        self.store.delete(key)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty bucket, which the environment leads to."""
    for name, value in {**CHOSEN, "AWS_ENDPOINT_URL": s3_server}.items():
        monkeypatch.setenv(name, value)
    return Served(s3_server)
