"""Small accounts with counts worked out by hand, for tests of the answer."""

from __future__ import annotations

from datetime import date, timedelta

from odr_analysis.account import Account
from odr_analysis.answer.build import Findings
from odr_analysis.answer.sections import Card
from tests.oracle import make_account

TODAY = date(2026, 9, 30)
STORE = ("Amazon.de", "mfn")


def orders(
    n: int,
    first: date = date(2026, 7, 18),
    over: int = 60,
    key: str = "a",
    store: tuple[str, str] = STORE,
) -> list[tuple]:
    """`n` orders spread evenly over `over` days from `first`."""
    return [(f"{key}-{i}", first + timedelta(days=i % over), *store) for i in range(n)]


def account(n: int, defects: list[tuple], **more) -> Account:
    """`n` orders in the window of TODAY, after one older order that completes it."""
    old = [("old", date(2026, 7, 1), *STORE)]
    return make_account(old + orders(n), defects, known_to=TODAY, **more)


def claims(n: int) -> list[tuple]:
    return [(f"a-{i}", "claim", TODAY - timedelta(days=3)) for i in range(n)]


def only_card(found: Findings) -> Card:
    (card,) = found.answer.cards
    return card
