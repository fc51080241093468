"""Documents as files: unpacked, in UTF-8 where their encoding is named, whole or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from odr_analysis.errors import PlaceError
from odr_analysis.fetching.documents import BrokenError, save_document
from tests.amazon import Answer, StandIn

TEXT = "Datum\tBewertung\tKommentar\r\n01.09.26\t1\tSpät & „beschädigt“\r\n"
PLAIN = {"Content-Type": "text/plain"}


@pytest.fixture
def save(amazon: StandIn, tmp_path: Path) -> Callable[..., bytes]:
    """The file that comes of an answer."""

    def saved(
        content: bytes, packed: str = "", charset: str = "", status: int = 200, **more: str
    ) -> bytes:
        named = {"Content-Type": f"text/plain;charset={charset}"} if charset else PLAIN
        answer: Answer = (status, content, {**named, **more})
        amazon.fail = lambda *_: answer
        save_document(f"{amazon.url}/signed/1?secret", packed, tmp_path / "x.txt", "agent")
        assert [p.name for p in tmp_path.iterdir()] == ["x.txt"]
        return (tmp_path / "x.txt").read_bytes()

    return saved


@pytest.mark.parametrize(
    ("encoding", "charset", "text"),
    [
        ("cp1252", "windows-1252", TEXT),
        ("cp1252", "Cp1252", TEXT),
        ("cp1250", "windows-1250", "ocena\tpóźno\r\n"),
        ("cp932", "windows-31j", "評価\tおそい\r\n"),
        ("utf-8", "UTF-8", TEXT),
        ("utf-8", "windows-1252", TEXT),
        ("utf-8", "", TEXT),
    ],
)
def test_a_named_encoding_becomes_utf_8(
    save: Callable[..., bytes], encoding: str, charset: str, text: str
) -> None:
    for packed in ("", "GZIP"):
        content = text.encode(encoding)
        content = gzip.compress(content) if packed else content
        assert save(content, packed, charset) == text.encode()


@pytest.mark.parametrize("charset", ["", "none-such", "utf-8"])
def test_bytes_stay_as_they_came_where_the_encoding_is_not_known(
    save: Callable[..., bytes], charset: str
) -> None:
    assert save(TEXT.encode("cp1252"), "", charset) == TEXT.encode("cp1252")


def test_gzip_in_parts_and_unpacked_on_the_way(save: Callable[..., bytes]) -> None:
    two = gzip.compress(b"one\n") + gzip.compress(b"two\n")
    assert save(two, "GZIP") == b"one\ntwo\n"
    assert save(gzip.compress(b"one\n"), "GZIP", **{"Content-Encoding": "gzip"}) == b"one\n"


@pytest.mark.parametrize(
    ("content", "packed", "status", "more"),
    [
        (gzip.compress(b"x" * 10_000)[:-9], "GZIP", 200, {}),
        (b"plain", "GZIP", 200, {}),
        (b"x", "LZMA", 200, {}),
        (b"<Error><Code>AccessDenied</Code></Error>", "", 403, {}),
        (b"cut", "", 200, {"Length": "100"}),
    ],
    ids=["gzip cut", "no gzip", "unknown", "address expired", "broken off"],
)
def test_what_did_not_come_whole_is_no_file(
    save: Callable[..., bytes],
    tmp_path: Path,
    content: bytes,
    packed: str,
    status: int,
    more: dict[str, str],
) -> None:
    (tmp_path / "x.txt").write_bytes(b"older")
    with pytest.raises(BrokenError) as told:
        save(content, packed, status=status, **more)
    assert "secret" not in str(told.value)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"x.txt": b"older"}


def test_a_folder_that_is_not_there(amazon: StandIn, tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match="cannot be written"):
        save_document(f"{amazon.url}/signed/1", "", tmp_path / "none" / "x.txt", "agent")
