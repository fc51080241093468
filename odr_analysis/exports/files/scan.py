"""Files as they lie in a folder: open them, whatever their wrapper, and take their measure.

One pass over the bytes yields what the readers need: the number of lines, the
encoding, and whether anything stands in the way of reading the file as it is.
The hash is a second pass of its own, so that it can run beside the reading.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import IO

import numpy as np

from odr_analysis import faults
from odr_analysis.exports.files.encodings import Found, single_byte_or_chinese, utf16_without_mark
from odr_analysis.exports.files.regular import not_followed, not_regular, unreadable
from odr_analysis.exports.files.unpack import copy_limited

CHUNK = 1 << 18
"""Bytes looked at at a time: few enough to stay in a processor's cache."""
LOOKED_AT = 16 << 20
"""Bytes at the start of a file that are looked at in every respect. Beyond them only lines are
counted: the engine refuses what does not fit, and such a file is then read cell by cell."""
TAIL = 4096
NEWLINE, RETURN = 10, 13
LONGEST_LINE = 4 << 20
"""Bytes without a line end after which a file is no export. Real rows stay under a few kB."""
LONGEST_DOCUMENT = 256 << 20
"""The same for JSON and XML, which may stand in one line as a whole."""
SNIFF = 64 << 10
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]+")
"""Half-width katakana is left out: that is what upper-case umlauts decode to."""

NOT_TEXT = {
    b"%PDF": faults.PDF.text(),
    b"\xff\xd8\xff": faults.PHOTO.text(),
    b"\x89PNG": faults.PICTURE.text(form="PNG"),
    b"GIF8": faults.PICTURE.text(form="GIF"),
    b"\xd0\xcf\x11\xe0": faults.OLD_WORKBOOK.text(),
    b"SQLite": faults.DATABASE.text(),
    b"PAR1": faults.PARQUET.text(),
    b"PK\x03\x04": faults.ARCHIVE_INSIDE.text(),
    b"\x1f\x8b": faults.ARCHIVE_INSIDE.text(),
}


@dataclass(frozen=True)
class Scan:
    """What one pass over a file's bytes found.

    Attributes
    ----------
    file : str
        The name a reader knows the file by.
    path : pathlib.Path
        Where its plain (unpacked) bytes are.
    original : pathlib.Path
        Where the bytes are as the user has them (still packed when gzipped; unpacked
        when a member of a zip): what the receipt's hash and size speak of.
    lines : int
        Physical lines, trailing empty ones not counted. Lone carriage returns end none.
    encoding : str
        As Python names it: ``utf-8``, ``utf-8-sig``, ``utf-16`` (``-le``, ``-be`` without mark),
        ``cp932``, ``windows-1252``, ``cp1250``, ``cp1251``, ``cp1254``, ``gb18030`` or ``big5``.
    guess : bool
        Whether the bytes would fit another encoding as well, so that words may be wrong.
    has_nul : bool
        Whether NUL bytes stand among the text.
    lone_cr : bool
        Whether carriage returns without a line feed stand in it, so that `lines` cannot be trusted.
    head : str
        The first 64 KiB as text.
    regular : bool
        Whether it is a regular file; nothing else is opened.
    problem : str
        Why the bytes cannot be an export (``a photo (JPEG)``, ``empty file``), else ''.
    notes : tuple of str
        What the receipt should mention of how the file was opened, one sentence each.
    """

    file: str
    path: Path
    original: Path
    lines: int = 0
    encoding: str = ""
    guess: bool = False
    has_nul: bool = False
    lone_cr: bool = False
    head: str = field(default="", repr=False)
    problem: str = ""
    notes: tuple[str, ...] = ()
    regular: bool = True

    @property
    def size(self) -> int:
        """Bytes as the user has them."""
        return self.original.stat().st_size if self.regular else 0


def scan_path(path: Path, folder: Path, scratch: Path) -> list[Scan]:
    """Scan a file, or every member of it when it is a zip.

    Parameters
    ----------
    path : pathlib.Path
        One of what :func:`walk` found.
    folder : pathlib.Path
        Names in the receipt are relative to it.
    scratch : pathlib.Path
        A folder of this file's own for unpacked copies; made when needed.
    """
    name = path.name if path == folder else path.relative_to(folder).as_posix()
    # Names that are no Unicode occur in folders that came from another system.
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        if path.is_dir():
            problem = faults.NOT_FOLLOWED.text(what=not_followed(path, folder))
            return [Scan(name, path, path, problem=problem, regular=False)]
        if what := not_regular(path):
            problem = faults.NOT_REGULAR.text(what=what)
            return [Scan(name, path, path, problem=problem, regular=False)]
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            if magic.startswith(b"PK\x03\x04"):
                scratch.mkdir(parents=True, exist_ok=True)
                return list(_scan_zip(file, name, scratch))
            if magic.startswith(b"\x1f\x8b"):
                scratch.mkdir(parents=True, exist_ok=True)
                return [_scan_gzip(file, name, path, scratch / "unpacked.txt")]
            return [scan(name, path)]
    except OSError as error:
        raise unreadable(name, error) from error


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def scan(name: str, path: Path, original: Path | None = None) -> Scan:
    """Scan a plain file in one pass."""
    original = original or path
    with path.open("rb") as file:
        return _measure(file, name, path, original)


def _measure(file: BufferedReader, name: str, path: Path, original: Path) -> Scan:
    head = tail = b""
    lines = returns = pairs = since_end = size = nuls = 0
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    buffer, mask = np.empty(CHUNK, np.uint8), np.empty(CHUNK, np.bool_)
    while n := file.readinto(buffer.data):
        chunk = buffer[:n]
        if len(head) < SNIFF:
            head += chunk[: SNIFF - len(head)].tobytes()
            if what := _not_text(head):
                return Scan(name, path, original, problem=what)
        size += n
        ends = np.equal(chunk, NEWLINE, out=mask[:n])
        found = int(np.count_nonzero(ends))
        lines += found
        close = int(np.argmax(ends[:-TAIL:-1])) if found else 0
        if found and not ends[n - 1 - close]:
            close = int(np.argmax(ends[::-1]))
        after_last = close if found else n + since_end
        if size > LOOKED_AT:
            since_end = after_last
            _check_line(name, since_end, lines, head)
            tail = (tail + chunk[-TAIL:].tobytes())[-TAIL:]
            continue
        pairs += tail.endswith(b"\r") and bool(ends[0])
        if (chunk == RETURN).any():
            whole = chunk.tobytes()
            returns += whole.count(b"\r")
            pairs += whole.count(b"\r\n")
            after_last = min(after_last, n - whole.rfind(b"\r") - 1)
        since_end = after_last
        _check_line(name, since_end, lines, head)
        nuls += int(np.count_nonzero(np.equal(chunk, 0, out=mask[:n])))
        if utf8 is not None:
            try:
                utf8.decode(_beyond_ascii(chunk, mask[:n]))
            except UnicodeDecodeError:
                utf8 = None
        tail = (tail + chunk[-TAIL:].tobytes())[-TAIL:]
    if utf8 is not None and size <= LOOKED_AT:
        try:
            utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            utf8 = None
    if size == 0:
        return Scan(name, path, original, problem=faults.EMPTY_FILE.text())
    encoding, guess = _encoding(head, path, valid_utf8=utf8 is not None)
    text = head.decode(encoding, "replace")
    trailing = len(tail) - len(tail.rstrip(b"\r\n"))
    blank = tail[-trailing:].count(b"\n") if trailing else 0
    lines += (0 if trailing else 1) - max(blank - 1, 0)
    return Scan(name, path, original, lines, encoding, guess, nuls > 0, returns > pairs, text)


def _check_line(name: str, length: int, lines_before: int, head: bytes) -> None:
    if length <= LONGEST_LINE:
        return
    document = head.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith((b"{", b"[", b"<"))
    longest = LONGEST_DOCUMENT if document else LONGEST_LINE
    if length > longest:
        raise faults.LINE_TOO_LONG.error(name, lines_before + 1, longest=longest >> 20)


def _beyond_ascii(chunk: np.ndarray, mask: np.ndarray) -> bytes:
    """The bytes of `chunk` beyond ASCII, each run of them ended by a line end.

    Bytes are UTF-8 when every such run is, so only these few need decoding. A run that
    reaches the end of the chunk is left open, for it may go on in the next.
    """
    places = np.flatnonzero(np.greater(chunk, 127, out=mask))
    if not len(places):
        return b"\n" if len(chunk) else b""
    apart = np.full(2 * len(places), NEWLINE, np.uint8)
    apart[::2] = chunk[places]
    kept = np.ones(2 * len(places), np.bool_)
    kept[1:-1:2] = np.diff(places) > 1
    kept[-1] = places[-1] + 1 < len(chunk)
    starts_later = b"\n" if places[0] > 0 else b""
    return starts_later + apart[kept].tobytes()


def _encoding(head: bytes, path: Path, *, valid_utf8: bool) -> Found:
    """UTF-16 and byte-order marks, then strict UTF-8, then cp932 if it yields Japanese, then what
    :func:`~odr_analysis.exports.files.encodings.single_byte_or_chinese` finds."""
    if head.startswith(codecs.BOM_UTF8):
        return Found("utf-8-sig")
    if utf16 := _utf16(head):
        return Found(utf16)
    if valid_utf8:
        return Found("utf-8")
    if _is_japanese(path):
        return Found("cp932")
    return single_byte_or_chinese(path)


def _utf16(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return utf16_without_mark(head)


def _is_japanese(path: Path) -> bool:
    """Whether all of the file decodes as cp932, and into words of kana or kanji.

    A windows-1252 umlaut and the letter after it decode to one lone kanji amid Latin
    letters, so only characters that stand beside another of their kind are evidence.
    """
    decoder = codecs.getincrementaldecoder("cp932")()
    in_words = alone = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError:
                return False
            for run in JAPANESE.findall(text):
                if len(run) > 1:
                    in_words += len(run)
                else:
                    alone += 1
    return in_words > alone


def _not_text(head: bytes) -> str:
    """What a file is that is no text, '' for text."""
    found = next((what for magic, what in NOT_TEXT.items() if head.startswith(magic)), "")
    if not found and not _utf16(head) and b"\0" in head and _looks_binary(head):
        return faults.NOT_TEXT.text()
    return found


def _looks_binary(head: bytes) -> bool:
    """NULs stand in for empty cells in some exports, so only other control bytes tell."""
    control = sum(b < 32 and b not in (0, 9, 10, 11, 12, 13) for b in head)
    return control > 0.01 * len(head) or head.count(0) > 0.5 * len(head)


def _scan_gzip(file: IO[bytes], name: str, path: Path, plain: Path) -> Scan:
    try:
        with gzip.GzipFile(fileobj=file) as unpacked:
            copy_limited(unpacked, plain, path.stat().st_size, name)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise faults.GZIP_DAMAGED.error(name, why=error) from error
    return scan(name, plain, path)


def _scan_zip(file: IO[bytes], name: str, scratch: Path) -> Iterator[Scan]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if any(m.filename == "xl/workbook.xml" for m in members):
                yield Scan(
                    name,
                    Path(file.name),
                    Path(file.name),
                    problem=faults.WORKBOOK.text(),
                )
                return
            packed = sum(m.compress_size for m in members)
            labels: set[str] = set()
            written = 0
            for k, member in enumerate(members):
                label = f"{name}/{member.filename}"
                if label in labels:  # a zip may hold one name twice
                    label += f" ({k + 1})"
                labels.add(label)
                if member.filename.startswith("__MACOSX") or Path(member.filename).name.startswith(
                    "."
                ):
                    continue
                plain = scratch / f"member-{k}.txt"
                with archive.open(member) as unpacked:
                    written = copy_limited(unpacked, plain, packed, label, written)
                yield scan(label, plain)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise faults.ZIP_DAMAGED.error(name, why=error) from error


def as_utf8(scanned: Scan, target: Path) -> Path:
    """The file as plain UTF-8 without byte-order mark, under a name the engine takes literally."""
    if scanned.encoding == "utf-8":
        return _plainly_named(scanned.path, target)
    with (
        scanned.path.open(encoding=scanned.encoding, errors="replace", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        while text := source.read(CHUNK):
            out.write(text)
    return target


def _plainly_named(path: Path, target: Path) -> Path:
    """`path`, or a link to it where the engine would take its name for a pattern.

    ``export[1].txt`` would find ``export1.txt``.
    """
    name = str(path)
    if not set("*?[]{}") & set(name) and name.isprintable():
        return path
    try:
        target.symlink_to(path.resolve())
    except OSError:  # some systems allow links to few
        shutil.copyfile(path, target)
    return target
