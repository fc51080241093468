"""Google and Azure, each as its own documentation has lists and objects, from a small stand-in.

What they have in common with S3 is tested there; here, that a URL of theirs leads to the files,
and that tags are compared though Azure lists them without quotes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from odr_analysis.errors import OdrError
from odr_analysis.remote.address import address_of
from odr_analysis.remote.bucket import Bucket, ChangedError
from odr_analysis.remote.local_folder import local_folder

OBJECTS = {"k/alpha/a.txt": b"one", "k/alpha/sub/b.txt": b"two", "k/beta/c.txt": b"three"}
DAY = "Sun, 29 Nov 2026 10:00:00 GMT"
AZURE = (
    "<Blob><Name>{}</Name><Properties><Last-Modified>{}</Last-Modified><Etag>0x{}</Etag>"
    "<Content-Length>{}</Content-Length><Content-Type>text/plain</Content-Type></Properties></Blob>"
)
GOOGLE = (
    "<Contents><Key>{}</Key><LastModified>2026-11-29T10:00:00.000Z</LastModified>"
    '<ETag>"0x{}"</ETag><Size>{}</Size></Contents>'
)


def tag(key: str) -> str:
    return key.encode().hex()


class _Clouds(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = parse_qs(url.query)
        if url.path.count("/") == 1:
            content, tagged = self._listed(asked), ""
        else:
            key = unquote(url.path).split("/", 2)[2]
            content, tagged = OBJECTS[key], f'"0x{tag(key)}"'
        self.send_response(200)
        self.send_header("ETag", tagged)
        self.send_header("Last-Modified", DAY)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    @staticmethod
    def _listed(asked: dict[str, list[str]]) -> bytes:
        found = {k: v for k, v in OBJECTS.items() if k.startswith(asked["prefix"][0])}
        if "comp" in asked:
            blobs = "".join(AZURE.format(k, DAY, tag(k), len(v)) for k, v in found.items())
            return f"<EnumerationResults><Blobs>{blobs}</Blobs></EnumerationResults>".encode()
        keys = "".join(GOOGLE.format(k, tag(k), len(v)) for k, v in found.items())
        return f"<ListBucketResult>{keys}</ListBucketResult>".encode()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def clouds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Clouds)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", url)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0")
    monkeypatch.setenv("GOOGLE_BASE_URL", url)
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


URLS = [
    "gs://sellers/k/alpha",
    "abfs://sellers@acme.dfs.core.windows.net/k/alpha",
    "abfss://sellers@acme.dfs.core.windows.net/k/alpha",
]


@pytest.mark.parametrize("url", URLS)
def test_a_url_leads_to_the_files(clouds: None, tmp_path: Path, url: str) -> None:
    with local_folder(url, tmp_path) as here:
        assert here.name == "alpha"
        found = {p.relative_to(here).as_posix(): p.read_bytes() for p in here.rglob("*.txt")}
        assert found == {"a.txt": b"one", "sub/b.txt": b"two"}


@pytest.mark.parametrize("url", URLS)
def test_another_tag_is_another_object(
    clouds: None, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = address_of(url)
    assert address is not None
    bucket = Bucket(address)
    one, _ = bucket.objects()
    bucket.save(one, tmp_path / "x")
    monkeypatch.setitem(globals(), "tag", lambda key: "ab")
    with pytest.raises(ChangedError):
        bucket.save(one, tmp_path / "x")


def test_azure_by_the_account_of_the_environment(
    clouds: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OdrError, match="which Azure account"), local_folder("abfs://sellers/k"):
        pass
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "acme")
    with local_folder("abfs://sellers/k", tmp_path) as here:
        assert len([*here.rglob("*.txt")]) == 3
