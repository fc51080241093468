"""Files as they lie in a folder: finding, unpacking and measuring them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from odr_analysis import faults
from odr_analysis.errors import ExportError
from odr_analysis.exports.files import scan as files
from odr_analysis.exports.files import unpack
from odr_analysis.exports.files.scan import as_utf8, scan, scan_path, sha256_of
from odr_analysis.exports.files.walk import walk
from tests.downloads import fill, gzipped, order, orders, table, without_rights, zipped

PLAIN = table(orders(30))


def scan_one(folder: Path, content: str | bytes, name: str = "export.txt") -> files.Scan:
    fill(folder, {name: content})
    (found,) = scan_path(folder / name, folder, folder / ".scratch")
    return found


def test_walk_finds_files_below_in_order_and_leaves_hidden_ones(tmp_path):
    names = ["b.txt", "a/z.csv", "a/.hidden", ".git/x", "__MACOSX/y", "~$open.xlsx", "c d/é.txt"]
    fill(tmp_path, dict.fromkeys(names, "x"))
    found = [p.relative_to(tmp_path).as_posix() for p in walk(tmp_path)]
    assert found == ["a/z.csv", "b.txt", "c d/é.txt"]
    assert walk(tmp_path / "b.txt") == [tmp_path / "b.txt"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ExportError, match=r"nowhere: no such folder\. Give a folder with Amazon"):
        walk(tmp_path / "nowhere")


def test_linked_folders_are_read_once_and_a_loop_is_left_to_be_named(tmp_path):
    fill(tmp_path / "real", {"a.txt": "x"})
    fill(tmp_path / "here", {"b.txt": "x"})
    (tmp_path / "here/linked").symlink_to(tmp_path / "real")
    (tmp_path / "here/loop").symlink_to(tmp_path / "here")
    assert [p.name for p in walk(tmp_path / "here")] == ["b.txt", "a.txt", "loop"]


def test_a_dead_link_is_named(tmp_path):
    (tmp_path / "dead.txt").symlink_to(tmp_path / "gone.txt")
    with pytest.raises(ExportError, match=r"dead\.txt: cannot be read \(No such file"):
        scan_path(walk(tmp_path)[0], tmp_path, tmp_path)


@pytest.mark.parametrize("closed", ["folder", "folder/inner", "folder/a.txt"])
def test_what_may_not_be_read_is_named(closed):
    def open_all(folder: Path) -> None:
        for path in walk(folder):
            scan_path(path, folder, folder)

    with without_rights() as base:
        fill(base / "folder", {"a.txt": "x", "inner/b.txt": "x"})
        (base / closed).chmod(0)
        with pytest.raises(ExportError, match=f"{Path(closed).name}: may not be read. Give you"):
            open_all(base / "folder")
        (base / closed).chmod(0o755)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("tail", ["", "\n", "\n\n\n"])
def test_lines_are_counted_without_the_empty_ones_at_the_end(tmp_path, newline, tail):
    text = newline.join(["a\tb", "1\t2", "", "3\t4"]) + tail.replace("\n", newline)
    found = scan_one(tmp_path, text)
    assert (found.lines, found.lone_cr) == (4, False)


@pytest.mark.parametrize("text", ["a\tb\r1\t2\r", "a\tb\n1\t2\r3\t4\n", "a\r\r\n1\n"])
def test_lone_carriage_returns_are_noticed(tmp_path, text):
    assert scan_one(tmp_path, text).lone_cr


def test_line_ends_across_the_pieces_a_file_is_read_in(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "CHUNK", 3)
    found = scan_one(tmp_path, "aa\r\nb\r\nü\r\n")
    assert (found.lines, found.lone_cr, found.encoding) == (3, False, "utf-8")


@pytest.mark.parametrize(
    ("text", "written_as", "told"),
    [
        ("Lampe grün – 12\u202f€", "utf-8", "utf-8"),
        ("Lampe grün", "utf-8-sig", "utf-8-sig"),
        ("Lampe grün 時計", "utf-16", "utf-16"),
        ("Händler", "cp1252", "windows-1252"),
        ("Décoration", "cp1252", "windows-1252"),
        ("Men’s lamp", "cp1252", "windows-1252"),
        ("ÄÖÜ", "cp1252", "windows-1252"),
        ("Größe", "cp1252", "windows-1252"),
        ("掛け時計 ソファ 県", "cp932", "cp932"),
        ("ﾃｰﾌﾞﾙ 木製の机", "cp932", "cp932"),
    ],
)
def test_encodings_are_told_and_brought_to_utf8(tmp_path, text, written_as, told):
    row = order(1, product__name=text)
    found = scan_one(tmp_path, table([row]).encode(written_as))
    assert found.encoding == told
    plain = as_utf8(found, tmp_path / "plain")
    assert plain.read_text("utf-8") == table([row])
    assert (plain == found.path) == (told == "utf-8")


def test_a_japanese_character_split_between_two_pieces(tmp_path, monkeypatch):
    # The second byte of ソ is a backslash, so the piece after the split is plain ASCII.
    monkeypatch.setattr(files, "CHUNK", 5)
    assert scan_one(tmp_path, "木製ソ\nabc\nソフ".encode("cp932")).encoding == "cp932"


def test_bytes_windows_1252_does_not_define_lose_no_row(tmp_path):
    found = scan_one(tmp_path, table([order(1, product__name="ü \x81 \x9d")]).encode("latin-1"))
    assert found.encoding == "windows-1252"
    lines = as_utf8(found, tmp_path / "plain").read_text("utf-8").splitlines()
    assert "ü \ufffd \ufffd" in lines[1]


def test_names_the_engine_would_take_for_patterns_are_replaced(tmp_path):
    for name in ("a[1].txt", "a*.txt", "a?.txt", "sub[x]/a.txt", os.fsdecode(b"M\xe4rz.txt")):
        found = scan_one(tmp_path, PLAIN, name)
        plain = as_utf8(found, tmp_path / "plain")
        assert plain == tmp_path / "plain"
        assert plain.read_text() == PLAIN
        plain.unlink()
    assert found.file == "M\ufffdrz.txt"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty file"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9, "a photo (JPEG)"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a picture (PNG)"),
        (b"%PDF-1.7\n" + b"\0" * (5 << 20), "a PDF document"),
        (b"PAR1" + b"\0" * 90, "a Parquet table"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 90, "an old Excel workbook"),
        (bytes(range(256)) * 9, "not text"),
        (b"\0" * 9000, "not text"),
        (gzipped(gzipped(PLAIN)), "an archive inside an archive"),
        (zipped({"xl/workbook.xml": "<a/>"}), "an Excel workbook"),
    ],
)
def test_what_is_no_export_is_told_by_its_bytes(tmp_path, content, what):
    assert scan_one(tmp_path, content).problem.startswith(what)


def test_nuls_in_empty_cells_are_text(tmp_path):
    found = scan_one(tmp_path, PLAIN.replace("\t\t", "\t\0\t"))
    assert (found.problem, found.has_nul) == ("", True)


class Counted:
    """A file that keeps count of the bytes read from it."""

    read_bytes = 0

    def __init__(self, file):
        self.file = file

    def read(self, n=-1):
        got = self.file.read(n)
        Counted.read_bytes += len(got)
        return got

    def readinto(self, buffer):
        got = self.file.readinto(buffer)
        Counted.read_bytes += got
        return got

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.mark.parametrize("start", [b"x" * 200_000, "\ufeffx".encode("utf-16-le") * 100_000])
def test_one_line_of_a_gigabyte_is_given_up_early(tmp_path, monkeypatch, start):
    path = tmp_path / "huge.txt"
    path.write_bytes(b"\xff\xfeh\0\n\0" + start if start[0] == 0xFF else b"header\n" + start)
    os.truncate(path, 1 << 30)  # the rest is a hole: it takes no room on the disk
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *a, **k: Counted(opened(self, *a, **k)))
    Counted.read_bytes = 0
    with pytest.raises(ExportError, match=r"huge\.txt, line 2: one line is longer than 4 MB\."):
        scan_path(path, tmp_path, tmp_path)
    assert 4 << 20 <= Counted.read_bytes <= 8 << 20


def test_a_gigabyte_of_nothing_is_no_text(tmp_path):
    path = tmp_path / "hole.txt"
    path.touch()
    os.truncate(path, 1 << 30)
    assert scan("hole.txt", path).problem.startswith("not text: ")


def test_a_gzip_and_its_hash(tmp_path):
    found = scan_one(tmp_path, gzipped(PLAIN), "named.pdf")
    assert found.path.read_text() == PLAIN
    assert found.original == tmp_path / "named.pdf"
    assert sha256_of(found.original) != sha256_of(found.path)
    assert (found.lines, found.file) == (31, "named.pdf")


@pytest.mark.parametrize("cut", [3, 9, 12, 200, -9, -8, -4, -1])
def test_a_gzip_cut_short_is_refused_with_its_name(tmp_path, cut):
    with pytest.raises(
        ExportError, match=r"a\.gz: the gzip archive is damaged or cut short.*again"
    ):
        scan_one(tmp_path, gzipped(PLAIN)[:cut], "a.gz")


@pytest.mark.parametrize("place", [5, 40, -6, -2])
def test_a_gzip_with_a_wrong_byte_gives_no_wrong_rows(tmp_path, place):
    damaged = bytearray(gzipped(PLAIN))
    damaged[place] ^= 0x55
    if place == 5:  # a byte of the time of packing
        assert scan_one(tmp_path, bytes(damaged), "a.gz").path.read_text() == PLAIN
        return
    with pytest.raises(ExportError, match="damaged"):
        scan_one(tmp_path, bytes(damaged), "a.gz")


def test_members_of_a_zip_are_files_of_their_own(tmp_path):
    content = zipped(
        {"may.txt": PLAIN, "deep/june.csv": "", "__MACOSX/._may.txt": "x", "deep/": b"",
         "inner.zip": zipped({"a": "b"}), "b.txt.gz": gzipped(PLAIN)}
    )  # fmt: skip
    fill(tmp_path, {"all.zip": content})
    found = scan_path(tmp_path / "all.zip", tmp_path, tmp_path / "scratch")
    assert [(s.file, s.problem, s.lines) for s in found] == [
        ("all.zip/may.txt", "", 31),
        ("all.zip/deep/june.csv", faults.EMPTY_FILE.text(), 0),
        ("all.zip/inner.zip", faults.ARCHIVE_INSIDE.text(), 0),
        ("all.zip/b.txt.gz", faults.ARCHIVE_INSIDE.text(), 0),
    ]


def test_one_name_twice_in_a_zip(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped([("a.txt", "x"), ("a.txt", "y")])
    fill(tmp_path, {"z": content})
    found = scan_path(tmp_path / "z", tmp_path, tmp_path / "scratch")
    assert [(s.file, s.path.read_text()) for s in found] == [("z/a.txt", "x"), ("z/a.txt (2)", "y")]


@pytest.mark.parametrize("cut", [30, -200, -60, -1])
def test_a_zip_cut_short_is_refused(tmp_path, cut):
    content = zipped({"a.txt": PLAIN, "b.txt": PLAIN})
    with pytest.raises(ExportError, match=r"a\.zip: the zip archive cannot be opened"):
        scan_one(tmp_path, content[:cut], "a.zip")


def test_a_zip_with_a_password_is_refused(tmp_path):
    content = bytearray(zipped({"a.txt": PLAIN}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ExportError, match=r"a\.zip: the zip archive .*password"):
        scan_one(tmp_path, bytes(content), "a.zip")


@pytest.mark.parametrize("pack", [gzipped, lambda b: zipped({"a": b, "b": b})], ids=["gzip", "zip"])
class TestBombs:
    zeros = b"0\n" * (1 << 20)

    def test_by_what_it_unpacks_to(self, tmp_path, monkeypatch, pack):
        monkeypatch.setattr(unpack, "LARGEST_UNPACKED", len(self.zeros) - 1)
        with pytest.raises(ExportError, match=r"unpacks to more than .* which no export does"):
            scan_one(tmp_path, pack(self.zeros), "bomb")
        assert sum(p.stat().st_size for p in tmp_path.rglob("*")) < 2 * len(self.zeros)

    def test_by_its_ratio(self, tmp_path, monkeypatch, pack):
        monkeypatch.setattr(unpack, "RATIO_FREE", 1 << 20)
        with pytest.raises(ExportError, match=r"bomb.*unpacks to more than"):
            scan_one(tmp_path, pack(self.zeros), "bomb")

    def test_small_files_may_pack_well(self, tmp_path, pack):
        fill(tmp_path, {"fine": pack(self.zeros)})
        assert all(s.problem == "" for s in scan_path(tmp_path / "fine", tmp_path, tmp_path / "s"))

    def test_inside_another_archive_it_stays_packed(self, tmp_path, monkeypatch, pack):
        monkeypatch.setattr(unpack, "LARGEST_UNPACKED", len(self.zeros) - 1)
        fill(tmp_path, {"outer": zipped({"inner": pack(self.zeros)})})
        (found,) = scan_path(tmp_path / "outer", tmp_path, tmp_path / "s")
        assert found.problem.startswith("an archive inside an archive")


def test_the_members_of_a_zip_are_limited_together(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "LARGEST_UNPACKED", 2500)
    with pytest.raises(ExportError, match=r"a\.zip/2.*unpacks to more than"):
        scan_one(tmp_path, zipped({str(k): "x" * 1000 for k in range(9)}), "a.zip")
