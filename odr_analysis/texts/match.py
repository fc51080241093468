"""Rules compared with words: which phrases a comment holds, and which of them are denied.

*Negation* is kept simple: a phrase is denied when a negation word stands up to three words
before it in the same clause ("not late", "war nicht beschädigt") or in one of its gaps, unless
the phrase holds one itself ("never arrived") or the negation is followed by a word such as
"only". A denial behind
the phrase ("kaputt war es nicht") is not seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from odr_analysis.texts.phrase_rules import PRAISE, Phrase, Rules
from odr_analysis.texts.tokens import Word, words_of

_LONGEST_QUOTE = 200
_PRIVATE = re.compile(r"\S*@\S*|\+?(?:\d[\s().-]{0,2}){7,}")
"""What a gap in a phrase could hold and no table should show."""
_REACH = 3
"""Words before a phrase in which a negation denies it, and the widest gap within a phrase."""


@dataclass(frozen=True)
class Found:
    """One phrase found; ``places`` are the words it took, gaps left out."""

    phrase: Phrase
    places: tuple[int, ...]
    denied: bool


@dataclass(frozen=True)
class Reading:
    """A comment as its rules see it."""

    text: str
    rules: Rules
    words: list[Word]
    found: list[Found]

    def quote(self, found: Found) -> str:
        """The words of the comment that a phrase was found in, without addresses or numbers."""
        start, end = self.words[found.places[0]].start, self.words[found.places[-1]].end
        return _PRIVATE.sub("…", self.text[start : min(end, start + _LONGEST_QUOTE)])


def read(text: str, rules: Rules) -> Reading:
    """Every phrase of the rules in a cleaned comment, each as early and short as it goes.

    Of phrases that take the same words the longest stands: where "no longer works" is found,
    "works" is not. An idiom takes reasons away and gives none.
    Obscene words and words around numbers stand for themselves.

    Examples
    --------
    >>> from odr_analysis.texts.phrase_rules import rules_of
    >>> seen = read("It was not late, but broken.", rules_of("en"))
    >>> [(f.phrase.name, f.denied) for f in seen.found if f.phrase.kind == "reason"]
    [('late', True), ('damaged', False)]
    """
    words = words_of(text, joins=rules.joins, umlauts=rules.umlauts, breaks=rules.breaks)
    fits = [rules.elements_of(w.folded) for w in words]
    present = frozenset[int]().union(*fits)
    found = []
    for at, numbers in enumerate(fits):
        for number in numbers:
            for phrase in rules.starting.get(number, ()):
                one_word = len(phrase.elements) == 1  # no need to look further
                if not one_word and phrase.elements[-1] not in present:
                    continue  # nor for a phrase whose last word is nowhere
                places = (at,) if one_word else _places(phrase.elements, words, fits, at)
                if places:
                    denied = not phrase.negates and (
                        _denied(words, rules, at) or _denied_within(words, rules, places)
                    )
                    found.append(Found(phrase, places, denied))
    found.sort(key=lambda f: (-len(f.places), f.places, f.phrase.kind, f.phrase.name))
    return Reading(text, rules, words, _longest(found))


def _places(
    elements: tuple[int | None, ...], words: list[Word], fits: list[frozenset[int]], at: int
) -> tuple[int, ...]:
    """Places of the words a phrase takes from ``at`` on, () where it does not fit.

    A gap takes as few words as it can; two gaps at most make a few tries at most.
    """
    clause = words[at].clause
    places = [at]
    i = 1
    while i < len(elements):
        element = elements[i]
        reach = 0
        if element is None:
            i += 1
            element = elements[i]
            reach = _REACH
        here = places[-1] + 1
        last = min(here + reach, len(words) - 1)
        while here <= last and (element not in fits[here] or words[here].clause != clause):
            here += 1
        if here > last:
            return ()
        places.append(here)
        i += 1
    return tuple(places)


def _denied(words: list[Word], rules: Rules, at: int) -> bool:
    for back in range(at - 1, max(at - 1 - _REACH, -1), -1):
        if words[back].clause != words[at].clause:
            return False
        if words[back].folded in rules.negation:
            return words[back + 1].folded not in rules.after_negation
    return False


def _denied_within(words: list[Word], rules: Rules, places: tuple[int, ...]) -> bool:
    """Whether a word that a gap skips denies the phrase: "est [pas] cassé"."""
    if places[-1] - places[0] == len(places) - 1:
        return False
    return any(
        words[place].folded in rules.negation and place not in places
        for place in range(places[0], places[-1])
    )


def _longest(found: list[Found]) -> list[Found]:
    """Phrases not taken up by a longer one, in the order of the comment."""
    takers: dict[int, set[int]] = {}
    kept = []
    for number, one in enumerate(found):
        if one.phrase.kind in ("reason", "topic", "idiom"):
            over = set.intersection(*(takers.get(place, set()) for place in one.places))
            if any(_takes(found[n], one) for n in over):
                continue
            for place in one.places:
                takers.setdefault(place, set()).add(number)
        kept.append(one)
    return sorted(kept, key=lambda f: f.places)


def _takes(longer: Found, one: Found) -> bool:
    """Whether a phrase speaks for the words of another: "fast delivery" still names delivery."""
    if longer.phrase.kind == "idiom":
        return one.phrase.kind == "reason" and len(longer.places) >= len(one.places)
    if len(longer.places) <= len(one.places):
        return False
    return one.phrase.kind == "reason" or longer.phrase.name != PRAISE
