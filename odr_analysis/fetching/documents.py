"""Documents of reports, written as files.

Amazon sends what it wrote, packed or not, in an encoding it may name (windows-1252 mostly,
windows-31j in Japan, UTF-8). The file is UTF-8 where the encoding is named and fits, else the
bytes as they came; whoever loads the folder finds their encoding. Buyers' e-mail addresses stay in
it, as in what Seller Central gives.
"""

from __future__ import annotations

import codecs
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

from odr_analysis.scratch import Held
from odr_analysis.writing import MAKING, placed

CHUNK = 1 << 20
GZIP = zlib.MAX_WBITS | 16
TIMEOUT = 60.0
"""Seconds in which some of a document must come."""
ALIASES = {"windows-31j": "cp932"}
"""Encodings that Python knows by another name."""


class BrokenError(Exception):
    """A document did not come, or not whole; asking for its address again may help."""


def save_document(url: str, packed: str, path: Path, agent: str) -> None:
    """Fetch a document and write it to `path`, whole or not at all.

    Raises
    ------
    BrokenError
        It did not come whole.
    PlaceError, MachineError
        The file cannot be written.
    """
    import httpx

    headers = {"user-agent": agent}
    with placed(path, "DIR") as aside, Held(path.parent, MAKING, file=True) as raw:
        try:
            with (
                httpx.Client(timeout=TIMEOUT, headers=headers) as client,
                client.stream("GET", url) as answer,
                raw.open("wb") as file,
            ):
                if answer.status_code != 200:
                    raise BrokenError(f"status {answer.status_code}")
                # What was packed for the way alone is unpacked already.
                left = "" if "content-encoding" in answer.headers else packed
                for chunk in _unpacked(answer.iter_bytes(CHUNK), left):
                    file.write(chunk)
                charset = answer.charset_encoding or ""
        # The address is signed, and stands in the library's message.
        except httpx.HTTPError:
            raise BrokenError("the connection broke") from None
        _as_utf8(raw, aside, charset)


def _unpacked(chunks: Iterator[bytes], packed: str) -> Iterator[bytes]:
    if not packed:
        yield from chunks
        return
    if packed.upper() != "GZIP":
        raise BrokenError("it is packed in a way that is not known")
    unpacker = zlib.decompressobj(GZIP)
    try:
        for chunk in chunks:
            while chunk:
                yield unpacker.decompress(chunk)
                # Several may stand one after the other.
                if chunk := unpacker.unused_data:
                    unpacker = zlib.decompressobj(GZIP)
    except zlib.error:
        raise BrokenError("it is not gzip") from None
    if not unpacker.eof:
        raise BrokenError("it ends early")


def _as_utf8(raw: Path, path: Path, charset: str) -> None:
    """Write `raw` to `path`, in UTF-8 where `charset` says what it is."""
    named = ALIASES.get(charset.lower(), charset)
    if not _reads_as(raw, "utf-8") and named and _reads_as(raw, named):
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(codecs.iterdecode(_chunks(raw), named))
    else:
        shutil.copyfile(raw, path)


def _reads_as(path: Path, charset: str) -> bool:
    try:
        for _ in codecs.iterdecode(_chunks(path), charset):
            pass
    except (LookupError, UnicodeDecodeError):
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
