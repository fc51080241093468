"""A folder of exports opened, and the receipts of its files."""

from __future__ import annotations

from odr_analysis.exports.background import Scanner
from odr_analysis.exports.request import How
from odr_analysis.exports.session import open_folder, receipts_of
from odr_analysis.exports.small_files import read_small
from tests.downloads import claims, fill, oid, order, table

FILES = {
    "claims.csv": claims([(oid(1), "2026-05-09", "granted")]),
    "notes.md": "# mine\n",
    "one.txt": table([order(1)]),
    "three.txt": table([order(3, "5/1/2026")]),
    "two.txt": table([order(2)]),
}


def test_files_alike_are_read_as_one_and_every_file_has_its_receipt(tmp_path):
    fill(tmp_path, FILES)
    paths = sorted(tmp_path.iterdir())
    how = How(marketplace=None, memory_limit=None)
    with Scanner(paths, tmp_path) as scanner, open_folder(how, scanner) as session:
        assert [[f.found.scan.file for f in alike] for alike in session.alike()] == [
            ["one.txt", "two.txt"]
        ]
        (careful,) = [f for f in session.order_files if f.cells is not None]
        assert careful.found.scan.file == "three.txt"
        assert len(session.lent()) == 2
        reads = {
            f.scan.file: read_small(f, session.scratch, None) for f in session.found if f.small
        }
        receipts = {r.file: r for r in receipts_of(session, reads)}
        contents = session.contents()
    assert {name: r.kind for name, r in receipts.items()} == {
        "claims.csv": "claims",
        "notes.md": "unknown",
        "one.txt": "all-orders",
        "three.txt": "all-orders",
        "two.txt": "all-orders",
    }
    assert [receipts[name].rows_kept for name in sorted(FILES)] == [1, 0, 1, 1, 1]
    assert contents[str(tmp_path / "one.txt")] == [["one.txt", receipts["one.txt"].sha256]]


def test_a_folder_without_orders_still_lends_a_table(tmp_path):
    fill(tmp_path, {"claims.csv": FILES["claims.csv"]})
    how = How(marketplace=None, memory_limit=None)
    with (
        Scanner(list(tmp_path.iterdir()), tmp_path) as scanner,
        open_folder(how, scanner) as session,
    ):
        (lent,) = session.lent()
        assert len(session.con.to_pandas(lent.rows())) == 0
