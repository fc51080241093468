"""Yes, no and who ships, as exports and people write them."""

from __future__ import annotations

import pytest

from odr_analysis.exports.text.yes_no import CHANNEL_WORDS, read_channel, read_marker


def test_markers_of_every_language():
    yes = [
        "Yes",
        "Y",
        "X",
        "1",
        "TRUE",
        "has  defect",
        "✔️",
        "Ja",
        "WAHR",
        "Oui",
        "vrai",
        "Sì",
        "Sí",
    ]
    no = ["No", "N", "0", "false", "", " - ", "—", "N/A", "Nein", "FALSCH", "non", "Não", "none"]
    assert [read_marker(cell) for cell in yes] == [True] * len(yes)
    assert [read_marker(cell) for cell in no] == [False] * len(no)
    assert [read_marker(cell) for cell in ("maybe", "7", "❌", "yes?")] == [None] * 4


@pytest.mark.parametrize("channel", sorted(CHANNEL_WORDS))
def test_every_word_of_a_channel_is_read_in_any_case(channel):
    for word in CHANNEL_WORDS[channel]:
        assert read_channel(f" {word.upper()} ") == channel


def test_a_channel_nobody_knows_is_not_guessed():
    assert [read_channel(cell) for cell in ("", "FBX", "amazon prime")] == ["", "", ""]
