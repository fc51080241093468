"""Rule files: what they may hold, and what is said of one that holds something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from odr_analysis.errors import ExportError
from odr_analysis.texts.phrase_rules import FOLDER, LANGUAGES, REASONS, Rules, load_rules, rules_of

ENGLISH = (FOLDER / "en.toml").read_text("utf-8")
LINE = ENGLISH[: ENGLISH.index('"smashed"')].count("\n") + 1


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert ENGLISH.count(old) >= 1
    path = tmp_path / "mine.toml"
    path.write_text(ENGLISH.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_rules_for_every_reason(language: str) -> None:
    rules = load_rules(FOLDER / f"{language}.toml")
    phrases = [phrase for several in rules.starting.values() for phrase in several]
    assert rules.language == language
    assert {p.name for p in phrases if p.kind == "reason"} == set(REASONS)
    assert {p.kind for p in phrases} == {"reason", "topic", "idiom", "obscene", "phone"}


def test_a_language_without_rules_knows_only_words_obscene_anywhere() -> None:
    phrases = [p for several in rules_of("nl").starting.values() for p in several]
    assert {p.kind for p in phrases} == {"obscene"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"smashed"', '"smashed ../"', f"line {LINE}: in reasons.damaged.sure, the entry"),
        ('"smashed"', '"smashed .."', "begins or ends with .."),
        ('"smashed"', '"a .. b .. c .. d"', "has more than 2 gaps"),
        ('"smashed"', '"a b c d e f g h i"', "has more than 8 words"),
        ('"smashed"', '"sma*shed"', "holds 'sma*shed', which is no word"),
        ('"smashed"', '""', "is no text"),
        ('"smashed"', "7", "is no text"),
        ('"smashed"', '"damaged"', "stands there twice"),
        ('    "not", "no",', '    "not yet", "no",', "is not one plain word"),
        ("[reasons.late]", "[reasons.tardy]", "reasons.tardy (unknown); reasons.late (missing)"),
        ("[reasons.late]\nsure", "[reasons.late]\nmaybe", "expected lists called sure or likely"),
        ("umlauts = false", 'umlauts = "no"', "umlauts is missing or no bool"),
        ('"joins"', '"glues"', "expected joins or splits"),
        ("everywhere = [", "elsewhere = [", "obscene.elsewhere (unknown)"),
        ('"product", "item|items"', '"product, "item|items"', "is no TOML"),
        ("[topics]", "[topics]\nodd = []", "topics.odd (unknown)"),
        ('language = "en"', 'language = "en"\nodd = 1', "odd (unknown)"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(ExportError) as caught:
        load_rules(changed(tmp_path, old, new))
    assert str(caught.value).startswith("mine.toml")
    assert says in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"none\.toml: cannot be read"):
        load_rules(tmp_path / "none.toml")


def test_stems_ends_and_alternatives() -> None:
    rules = Rules("xx")
    stem, end, inside, either = (rules.element(e) for e in ("arriv*", "*weg", "*pack*", "a|b"))
    assert rules.elements_of("arrived") == {stem}
    assert rules.elements_of("heimweg") == {end}
    assert rules.elements_of("verpackt") == {inside}
    assert rules.elements_of("a") == rules.elements_of("b") == {either}
    assert rules.elements_of("wegen") == frozenset()
