"""The rules as data: one TOML file per language, read and checked here.

A *phrase* is written as its words::

    never arrived          these words, one after the other
    arriv*                 a word that begins so; *schaden ends so; *schaden* holds it
    has|had                either word
    not .. arrived         up to three words between

Case, accents and apostrophes do not matter. A phrase never reaches across punctuation.

A file also lists words of ``negation``, words that lift one (``after_negation``: "not only"),
words that begin a clause (``breaks``: "but"), ``conjunctions`` ("and"),
``plain`` ones that say nothing of any topic, and
``idioms``: phrases whose words do not mean what they say ("das geht gar nicht" is no defect).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from odr_analysis.errors import ExportError
from odr_analysis.texts.tokens import fold

FOLDER = Path(__file__).parent / "phrases"
LANGUAGES: tuple[str, ...] = ("en", "de", "fr", "es", "it", "ru")
"""Languages with rules, by ISO 639-1 code; each has a file of that name in ``FOLDER``."""

PRAISE = "praise with low stars"
REASONS: dict[str, str] = {
    "not received": "the order has not arrived, or not at the buyer's",
    "wrong or not as described": "another, incomplete, used or fake article, or unlike its listing",
    "damaged": "it arrived damaged, defective or badly packed",
    "late": "it arrived late, or shipping was slow",
    "product opinion": "the article is not liked: quality, size, taste, how long it lasted",
    "refund": "money was not, not fully or too slowly given back, or a return cost money",
    "service": "the seller did not answer, was rude, or cancelled",
    "price": "too expensive",
    PRAISE: "1 or 2 stars, and nothing but praise",
}
"""Why a buyer is unhappy, and what each reason means. Of several reasons found, the one named
first here is taken for the main one: what went wrong with the order goes before what followed."""

TIERS: tuple[str, ...] = ("sure", "likely")
"""How well a phrase tells: ``likely`` ones give the main reason only where no sure one is found."""
TOPICS: tuple[str, ...] = ("product", "article", "delivery", "packaging", "other")
"""What a comment can speak of. ``article`` merely names what was bought; ``other`` is whatever
rules out that a comment is *only* a product review or *only* about delivery: seller, service,
refunds, listing."""

GAP = ".."
_WIDEST_GAP = 3
_MOST_WORDS, _MOST_GAPS = 8, 2
_WORD = re.compile(r"\*?[^\W_]+(?:['’][^\W_]+)*\*?")
_TABLES = ("reasons", "topics", "obscene", "phone")
_LISTS = ("negation", "after_negation", "breaks", "conjunctions", "plain")
_IDIOMS = "idioms"
_HINT = "See the top of odr_analysis/texts/phrase_rules.py for how phrases are written."


@dataclass(frozen=True)
class Phrase:
    """One phrase of a rule file.

    ``kind`` is reason, topic, idiom, obscene or phone; ``name`` the reason or topic;
    ``elements`` numbers of `Rules.element` and ``None`` for a gap.
    """

    kind: str
    name: str
    tier: str
    elements: tuple[int | None, ...]
    negates: bool
    written: str


@dataclass
class Rules:
    """The rules of one language, ready to be compared with words."""

    language: str
    joins: bool = False
    umlauts: bool = False
    negation: frozenset[str] = frozenset()
    after_negation: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    starting: dict[int, list[Phrase]] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _exact: dict[str, list[int]] = field(default_factory=dict)
    _begins: dict[str, list[int]] = field(default_factory=dict)
    _others: list[tuple[str, bool, int]] = field(default_factory=list)
    _known: dict[str, frozenset[int]] = field(default_factory=dict)

    def element(self, written: str) -> int:
        """The number of a word, a stem or several of them with ``|`` between."""
        if written not in self._numbers:
            number = self._numbers[written] = len(self._numbers)
            for one in written.split("|"):
                core = fold(one.strip("*"), self.umlauts)
                if one.startswith("*"):
                    self._others.append((core, one.endswith("*"), number))
                elif one.endswith("*"):
                    self._begins.setdefault(core, []).append(number)
                else:
                    self._exact.setdefault(core, []).append(number)
        return self._numbers[written]

    def elements_of(self, word: str) -> frozenset[int]:
        """Numbers of all elements a folded word fits."""
        known = self._known.get(word)
        if known is None:
            numbers = set(self._exact.get(word, ()))
            for length in range(1, len(word) + 1):
                numbers.update(self._begins.get(word[:length], ()))
            for core, anywhere, number in self._others:
                if core in word if anywhere else word.endswith(core):
                    numbers.add(number)
            known = frozenset(numbers)
            if len(self._known) < 50_000:  # so that no flood of odd words fills the memory
                self._known[word] = known
        return known

    def add(self, kind: str, name: str, tier: str, written: str) -> None:
        """Take up one phrase."""
        parts = (written if self.joins else re.sub("['’]", " ", written)).split()
        negates = any(
            fold(one, self.umlauts) in self.negation for part in parts for one in part.split("|")
        )
        elements = tuple(None if part == GAP else self.element(part) for part in parts)
        first = elements[0]
        assert first is not None, "a phrase begins with a word: checked when it was read"
        phrase = Phrase(kind, name, tier, elements, negates, written)
        self.starting.setdefault(first, []).append(phrase)


@cache
def rules_of(language: str) -> Rules:
    """The package's rules of a language; of one without rules, the words obscene in any.

    Examples
    --------
    >>> rules_of("de").language, rules_of("nl").language
    ('de', '')
    """
    rules = Rules("")
    if language in LANGUAGES:
        rules = load_rules(FOLDER / f"{language}.toml")
    for other in LANGUAGES:
        if other != rules.language:
            for written in _table(FOLDER / f"{other}.toml")["obscene"]["everywhere"]:
                rules.add("obscene", "", "sure", written)
    return rules


def load_rules(path: Path) -> Rules:
    """The rules of one file.

    Raises
    ------
    ExportError
        When the file cannot be read or is no TOML, when a table, list or reason is missing or
        unknown, or when a phrase is not written as it should be; with the phrase's line.
    """
    table = _table(path)
    rules = Rules(
        table["language"],
        joins=table["apostrophe"] == "joins",
        umlauts=table["umlauts"],
    )
    sets = {name: frozenset(fold(w, rules.umlauts) for w in table[name]) for name in _LISTS}
    rules.negation, rules.after_negation = sets["negation"], sets["after_negation"]
    rules.breaks, rules.plain = sets["breaks"], sets["plain"]
    rules.conjunctions = sets["conjunctions"]
    for reason, tiers in table["reasons"].items():
        for tier, phrases in tiers.items():
            for written in phrases:
                rules.add("reason", reason, tier, written)
    for topic, phrases in table["topics"].items():
        for written in phrases:
            rules.add("topic", topic, "sure", written)
    for written in table[_IDIOMS]:
        rules.add("idiom", "", "sure", written)
    for written in (*table["obscene"]["words"], *table["obscene"]["everywhere"]):
        rules.add("obscene", "", "sure", written)
    for name, phrases in table["phone"].items():
        for written in phrases:
            rules.add("phone", name, "sure", written)
    return rules


@cache
def _table(path: Path) -> dict[str, Any]:
    """The file as checked tables."""
    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except OSError as problem:
        raise ExportError(
            path.name, f"cannot be read ({problem.strerror}).", "Expected a file of text rules."
        ) from problem
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ExportError(
            path.name, f"is no TOML ({problem}).", "Mend it at the place named."
        ) from problem
    _check_tables(path.name, table)
    for place, phrases in _lists(table):
        _check_list(path.name, text, place, phrases)
    return table


def _check_tables(file: str, table: dict[str, Any]) -> None:
    wanted: dict[str, type] = {"language": str, "apostrophe": str, "umlauts": bool}
    wanted |= dict.fromkeys((*_LISTS, _IDIOMS), list) | dict.fromkeys(_TABLES, dict)
    for name, kind in wanted.items():
        if not isinstance(table.get(name), kind):
            raise ExportError(file, f"{name} is missing or no {kind.__name__}.", _HINT)
    parts = {
        "reasons": set(REASONS),
        "topics": set(TOPICS),
        "obscene": {"words", "everywhere"},
        "phone": {"before", "other_numbers"},
    }
    wrong = [f"{name} (unknown)" for name in sorted(set(table) - set(wanted))]
    for name, keys in parts.items():
        wrong += [f"{name}.{key} (unknown)" for key in sorted(set(table[name]) - keys)]
        wrong += [f"{name}.{key} (missing)" for key in sorted(keys - set(table[name]))]
    for reason, tiers in table["reasons"].items():
        if not isinstance(tiers, dict) or not tiers or set(tiers) - set(TIERS):
            wrong.append(f"reasons.{reason} (expected lists called {' or '.join(TIERS)})")
    if table["apostrophe"] not in ("joins", "splits"):
        wrong.append("apostrophe (expected joins or splits)")
    if wrong:
        raise ExportError(file, f"{'; '.join(wrong)}.", _HINT)


def _lists(table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every list of a file, with the name of its place."""
    yield from ((name, table[name]) for name in (*_LISTS, _IDIOMS))
    for name in _TABLES:
        for key, value in table[name].items():
            if isinstance(value, dict):
                yield from ((f"{name}.{key}.{tier}", phrases) for tier, phrases in value.items())
            else:
                yield f"{name}.{key}", value


def _check_list(file: str, text: str, place: str, phrases: Any) -> None:
    if not isinstance(phrases, list):
        raise ExportError(file, f"{place} is no list.", _HINT)
    seen: set[str] = set()
    for written in phrases:
        problem = _problem(written)
        if not problem and written in seen:
            problem = "stands there twice"
        if not problem and place in _LISTS and not written.isalnum():
            problem = "is not one plain word"
        if problem:
            raise ExportError(
                file, f"in {place}, the entry {written!r} {problem}.", _HINT, _line(text, written)
            )
        seen.add(written)


def _problem(written: Any) -> str:
    """What is wrong with a phrase, '' if nothing is."""
    if not isinstance(written, str) or not written.strip():
        return "is no text"
    parts = written.split()
    if len(parts) > _MOST_WORDS:
        return f"has more than {_MOST_WORDS} words"
    if GAP in (parts[0], parts[-1]):
        return f"begins or ends with {GAP}"
    if parts.count(GAP) > _MOST_GAPS:
        return f"has more than {_MOST_GAPS} gaps"
    for part in parts:
        if part != GAP and not all(_WORD.fullmatch(one) for one in part.split("|")):
            return f"holds {part!r}, which is no word"
    return ""


def _line(text: str, written: Any) -> int | None:
    """1-based line an entry is first seen on, None where it is not."""
    at = text.find(f'"{written}"')
    return text.count("\n", 0, at) + 1 if at >= 0 else None
