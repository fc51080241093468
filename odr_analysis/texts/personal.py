"""E-mail addresses and phone numbers in a comment.

A full name cannot be told from other words with any certainty, so none is looked for. E-mail
addresses are found by their shape, "(at)" for @ included, and nothing is asked of the network;
addresses at Amazon are left out, since they are nobody's own. Phone numbers are found by the
library phonenumbers, for the store's country and the language's, and must besides be written as
one (in groups, or with a leading +) or stand after a word such as "call"; a number after a word
such as "order" or "tracking" is none. A number that is long enough but in no range given out yet
(07700 900123) is one where it has a leading + or 0 and is in groups, or where such a word stands.
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
_SPELLED = re.compile(
    r"(?<![\w.+-])([a-z0-9][a-z0-9_.+-]{0,63})\s?[(\[{]\s?(?:at|ät|arroba|chiocciola|собака)\s?[)\]}]"
    r"\s?([a-z0-9][a-z0-9-]{0,62}(?:\s?(?:\.|[(\[{]\s?(?:dot|punkt|point|punto|точка)\s?[)\]}])\s?"
    r"[a-z0-9-]{2,24}){1,4})(?![\w@-])",
    re.IGNORECASE,
)
"""An address as people write it to hide it from machines."""
_BRACKET = re.compile(r"[(\[{]")
_AMAZON = re.compile(r"@(?:[\w-]+\.)?amazon\.[a-z.]+$", re.IGNORECASE)
_DIGITS = re.compile(r"(?:\d[^\w\n]{0,3}){7}")
_ORDER_ID = re.compile(r"(?<!\d)\d{3}[ .–-]?\d{7}[ .–-]?\d{7}(?!\d)")
_NO_PHONE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}(?!\d)|(?:19|20)\d\d-\d\d-\d\d(?!\d)"
    r"|\d{1,2}/\d{1,2}/\d{2}|\d{1,2}[./]\d{1,2}[./]?\s?[-–]\s?\d{1,2}[./]\d{1,2}|\d,\d|[$€£]|^\d{4}-\d{4}-\d{4}$"
)
_PART_BEFORE, _PART_BEHIND = re.compile(r"\d[ ./-]$|\w[-/]$|-$"), re.compile(r"[ ./-]?\d|,\d")
"""What before and behind a number makes it a part of a longer one, or of a model's name."""
_NEAR = 4
"""Words before a number that say what it is."""
_MOST_NUMBERS = 50
_LONG = 9
"""Digits of a phone number that is in no range given out."""
_HOME = {
    "en": ("GB", "US"),
    "de": ("DE",),
    "fr": ("FR",),
    "es": ("ES",),
    "it": ("IT",),
    "ru": ("RU",),
    "": ("GB", "US"),
}
"""Countries whose way of writing numbers is tried for a language, beside the store's."""


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
    >>> from odr_analysis.texts.phrase_rules import rules_of
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
    if _BRACKET.search(seen.text):
        for match in _SPELLED.finditer(seen.text):
            if not _AMAZON.search(f"@{match[2]}"):
                found.append(Personal("e-mail address", *match.span(), f"{match[1][:2]}…@…"))
    found += _phones(seen, marketplace)
    return sorted(found, key=lambda p: p.start)


def _phones(seen: Reading, marketplace: str) -> list[Personal]:
    text = _ORDER_ID.sub(lambda m: "_" * len(m[0]), seen.text)
    if not _DIGITS.search(text):
        return []
    from phonenumbers import Leniency, PhoneNumberMatcher, is_valid_number

    store = MARKETPLACES.get(marketplace)
    known = [store.country if store else "", *_HOME.get(seen.rules.language, ())]
    regions: list[str | None] = [*dict.fromkeys(r for r in known if r)]
    starts = [word.start for word in seen.words]
    said: dict[int, set[str]] = {}
    for one in seen.found:
        if one.phrase.kind == "phone":
            said.setdefault(one.places[-1], set()).add(one.phrase.name)
    found: dict[int, Personal] = {}
    for region in regions or [None]:
        matches = PhoneNumberMatcher(text, region, Leniency.POSSIBLE, _MOST_NUMBERS)
        for match in matches:
            given_out = is_valid_number(match.number)
            if match.start not in found and _is_one(seen, match, starts, said, given_out):
                short = match.raw_string[:3].strip() + "…"
                found[match.start] = Personal("phone number", match.start, match.end, short)
    return list(found.values())


def _is_one(
    seen: Reading, match: Any, starts: list[int], said: dict[int, set[str]], given_out: bool
) -> bool:
    """Whether a number is one to call.

    ``said`` is what a word says of numbers, by its place; ``given_out`` whether the number is in
    a range that its country uses.
    """
    raw = match.raw_string
    if _NO_PHONE.search(raw) or seen.text[match.end : match.end + 1] in ("€", "$", "£", "%"):
        return False
    before, behind = seen.text[max(match.start - 2, 0) : match.start], seen.text[match.end :]
    if _PART_BEFORE.search(before) or _PART_BEHIND.match(behind):
        return False
    at = bisect_left(starts, match.start)
    near = {name for place in range(at - _NEAR, at) for name in said.get(place, ())}
    if "other_numbers" in near:
        return False
    grouped = raw.startswith(("+", "(")) or len(re.findall(r"\d+", raw)) > 1
    if not given_out:
        long = sum(sign.isdigit() for sign in raw) >= _LONG
        grouped = grouped and raw.lstrip("(").startswith(("+", "0"))
        return long and (grouped or "before" in near)
    return grouped or "before" in near
