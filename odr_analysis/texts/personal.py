"""E-mail addresses and phone numbers in a comment.

A full name cannot be told from other words with any certainty, so none is looked for. E-mail
addresses are found by their shape and nothing is asked of the network; addresses at Amazon are
left out, since they are nobody's own. Phone numbers are found by the library phonenumbers, for
the store's country and the language's, and must besides be written as one (in groups, or with a
leading +) or stand after a word such as "call"; a number after a word such as "order" or
"tracking" is none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any, NamedTuple

from odr_analysis.terms import MARKETPLACES
from odr_analysis.texts.match import Reading

_MAIL = re.compile(
    r"(?<![\w.+-])[a-z0-9][a-z0-9_.+-]{0,63}@[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,4}"
    r"\.[a-z]{2,24}(?![\w@-])",
    re.IGNORECASE,
)
_AMAZON = re.compile(r"@(?:[\w-]+\.)?amazon\.[a-z.]+$", re.IGNORECASE)
_DIGITS = re.compile(r"(?:\d[^\w\n]{0,3}){7}")
_ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}")
_DAY_OR_MONEY = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}(?!\d)|(?:19|20)\d\d-\d\d-\d\d(?!\d)"
    r"|\d{1,2}/\d{1,2}/\d{2}|\d,\d|[$€£]"
)
_NEAR = 4
"""Words before a number that say what it is."""
_MOST_NUMBERS = 50
_HOME = {"de": "DE", "fr": "FR", "es": "ES", "it": "IT", "ru": "RU"}


class Personal(NamedTuple):
    """One e-mail address or phone number: ``kind``, where it stands, and itself masked."""

    kind: str
    start: int
    end: int
    masked: str


def personal_data(seen: Reading, *, marketplace: str = "") -> list[Personal]:
    """Addresses and numbers of a comment, in its order.

    Examples
    --------
    >>> from odr_analysis.texts.match import read
    >>> from odr_analysis.texts.rules import rules_of
    >>> text = "Order 111-1234567-1234567: call (212) 555-0147 or a.b@example.com"
    >>> seen = read(text, rules_of("en"))
    >>> [(p.kind, p.masked) for p in personal_data(seen, marketplace="Amazon.com")]
    [('phone number', '(21…'), ('e-mail address', 'a.…@…')]
    """
    found = []
    if "@" in seen.text:
        for match in _MAIL.finditer(seen.text):
            if not _AMAZON.search(match[0]):
                masked = f"{match[0].partition('@')[0][:2]}…@…"
                found.append(Personal("e-mail address", *match.span(), masked))
    found += _phones(seen, marketplace)
    return sorted(found, key=lambda p: p.start)


def _phones(seen: Reading, marketplace: str) -> list[Personal]:
    text = _ORDER_ID.sub(lambda m: "_" * len(m[0]), seen.text)
    if not _DIGITS.search(text):
        return []
    from phonenumbers import PhoneNumberMatcher

    store = MARKETPLACES.get(marketplace)
    known = [store.country if store else "", _HOME.get(seen.rules.language, "")]
    regions: list[str | None] = [*dict.fromkeys(r for r in known if r)]
    starts = [word.start for word in seen.words]
    said: dict[int, set[str]] = {}
    for one in seen.found:
        if one.phrase.kind == "phone":
            said.setdefault(one.places[-1], set()).add(one.phrase.name)
    found: dict[int, Personal] = {}
    for region in regions or [None]:
        for match in PhoneNumberMatcher(text, region, max_tries=_MOST_NUMBERS):
            if match.start not in found and _speaks_of_a_phone(seen, match, starts, said):
                short = match.raw_string[:3].strip() + "…"
                found[match.start] = Personal("phone number", match.start, match.end, short)
    return list(found.values())


def _speaks_of_a_phone(
    seen: Reading, match: Any, starts: list[int], said: dict[int, set[str]]
) -> bool:
    """Whether a number is one to call; ``said`` is what a word says of numbers, by its place."""
    raw = match.raw_string
    if _DAY_OR_MONEY.search(raw) or seen.text[match.end : match.end + 1] in ("€", "$", "£", "%"):
        return False
    at = bisect_left(starts, match.start)
    near = {name for place in range(at - _NEAR, at) for name in said.get(place, ())}
    if "other_numbers" in near:
        return False
    grouped = raw.startswith(("+", "(")) or len(re.findall(r"\d+", raw)) > 1
    return grouped or "before" in near
