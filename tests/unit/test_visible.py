"""What a terminal, a spreadsheet or a Markdown reader would obey is spelled out everywhere."""

from __future__ import annotations

import ast
import json
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from odr_analysis import load_account, to_ics
from odr_analysis.cli import main
from odr_analysis.visible import visible
from tests.downloads import claims, feedback, fill, oid, order, orders, table

ROOT = Path(__file__).parents[2]
ESC, BEL, CSI, OVERRIDE = "\x1b", "\x07", "\x9b", "\u202e"
NASTY = f"{ESC}[31mred{BEL} {CSI}2J turned {OVERRIDE}round"
OBEYED = {
    c
    for c in map(chr, range(0x10000))
    if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")
    or unicodedata.bidirectional(c)
    in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
} - set("\t\n")


def test_every_control_character_is_spelled_out():
    for c in OBEYED:
        assert visible(f"a{c}b") == f"a\\u{ord(c):04x}b"
    kept = "".join(c for c in map(chr, range(0x3000)) if c not in OBEYED and c != "\u061c")
    assert visible(kept) == kept


def test_json_stays_what_it_is():
    text = json.dumps({"comment": NASTY, "tab": "\t", "€": 1}, ensure_ascii=False, indent=1)
    assert not OBEYED & set(visible(text))
    assert json.loads(visible(text)) == json.loads(text)


@pytest.fixture
def nasty(tmp_path) -> Path:
    """A folder whose every text cell and one file's name hold what must not get through."""
    rows = [*orders(6), order(7, sales__channel=f"Shop{NASTY}", sku=f"=1{NASTY}")]
    return fill(
        tmp_path / "exports",
        {
            f"o{ESC}[2J.txt": table(rows),
            "f.csv": feedback([("30/07/2026", "1", f"{NASTY} http://evil.example", oid(3))]),
            "c.csv": claims([(oid(4), "2026-06-05")]),
        },
    )


@pytest.mark.parametrize(
    "command",
    [
        ["load", "{}"],
        ["load", "{}", "--json"],
        ["why", "{}", "--ics", "{}/../c.ics"],
        ["why", "{}", "--json"],
        ["worklist", "{}", "--csv", "{}/../w.csv"],
        ["worklist", "{}", "--json"],
        ["evidence", "{}", "--since", "2026-04-15", "--out", "{}/../evidence"],
        ["load", "{}/nowhere" + NASTY],
    ],
    ids=lambda command: " ".join(command[:1] + command[2:3]),
)
def test_no_command_lets_a_control_character_through(nasty, monkeypatch, tmp_path, command):
    monkeypatch.setenv("ODR_CACHE", str(tmp_path / "cache"))
    done = CliRunner().invoke(main, [part.replace("{}", str(nasty)) for part in command])
    assert done.exit_code in (0, 2), done.output
    assert not OBEYED & set(done.output)
    for path in tmp_path.rglob("*"):
        if path.suffix in (".ics", ".md") or (path.suffix == ".csv" and path.parent != nasty):
            text = path.read_text("utf-8-sig").replace("\r\n", "\n")
            assert not OBEYED & set(text), path
            assert "http://evil" not in text or path.suffix == ".csv"


def test_a_calendar_of_an_account_with_such_a_name(nasty):
    account = load_account(nasty, cache=None, name=f"Shop {NASTY}")
    text = to_ics(account).decode().replace("\r\n", "\n")
    assert "Rate of Shop" in text
    assert not OBEYED & set(text)


def test_the_command_line_prints_in_one_place():
    calls = {
        path.name
        for path in (ROOT / "odr_analysis" / "cli").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("click.echo", "click.secho")
    }
    assert calls == {"options.py"}
