"""The file of accounts: what is right, and every fault of a wrong one named."""

from __future__ import annotations

from pathlib import Path

import pytest

from odr_analysis.batch.accounts import MOST_TOLD, Batch, load_batch, only
from odr_analysis.errors import ParameterError
from odr_analysis.fields import toml_value

GOOD = """
[defaults]
marketplace = "Amazon.de"
recipients = ["desk"]
[defaults.parameters]
horizon_days = 60
moved_days = 7
[alerts]
breach_above = 0.3
[recipients.desk]
url = "json://localhost"
[[account]]
name = "Schuhe & Söhne"
folder = "exports/shoes"
[[account]]
name = "Books"
folder = "s3://bucket/books"
marketplace = "Amazon.fr"
policy = "own.toml"
recipients = []
parameters = {moved_days = 14}
"""


def loaded(folder: Path, text: str) -> Batch:
    (folder / "accounts.toml").write_text(text, "utf-8")
    return load_batch(folder / "accounts.toml")


def test_an_account_is_what_it_says_and_else_as_the_defaults(tmp_path: Path) -> None:
    batch = loaded(tmp_path, GOOD)
    shoes, books = batch.accounts
    assert shoes.folder == str(tmp_path / "exports/shoes")
    assert (shoes.marketplace, shoes.policy, shoes.recipients) == ("Amazon.de", "", ("desk",))
    assert shoes.parameters == {"horizon_days": 60, "moved_days": 7}
    assert shoes.place == "accounts/Schuhe & Söhne"
    assert (books.folder, books.marketplace) == ("s3://bucket/books", "Amazon.fr")
    assert books.policy == str(tmp_path / "own.toml")
    assert books.parameters == {"horizon_days": 60, "moved_days": 14}
    assert batch.rules.breach_above == 0.3
    assert batch.recipients["desk"].url == "json://localhost"
    assert batch.to == {"Schuhe & Söhne": ("desk",), "Books": ()}


def test_some_accounts_are_chosen_by_name(tmp_path: Path) -> None:
    batch = loaded(tmp_path, GOOD)
    assert only(batch, ()) == batch.accounts
    assert [one.name for one in only(batch, ("Books",))] == ["Books"]
    with pytest.raises(ParameterError, match="no account is called 'Book'; did you mean 'Books'"):
        only(batch, ("Book",))


ONE = '[[account]]\nname = "A"\nfolder = "a"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"holds no account"),
        ('account = "a"', r"account must be a list of tables"),
        ("[[acount]]", r"line 1: unknown key 'acount'; did you mean 'account'\?"),
        ("[defaults]\nmarket = 1\n" + ONE, r"\[defaults\] .*'market'; did you mean 'marketplace'"),
        (ONE + 'foldr = "b"', r"account 'A': unknown key 'foldr'; did you mean 'folder'"),
        (ONE + "policy = 3", r"account 'A': policy must be str"),
        ('[[account]]\nname = "A"', r"account 'A': folder is missing"),
        ('[[account]]\nfolder = "a"', r"account 1: name is missing"),
        (ONE + ONE, r"would write to the folder of account 'A'"),
        (ONE + ONE.replace('"A"', '"a"'), r"account 'a': would write to the folder of account 'A'"),
        (ONE + 'recipients = ["des"]', r"no recipient is called 'des'"),
        (ONE + "recipients = [1]", r"a list of texts, got a list with 1 in it\."),
        ("account = [3]", r"headed \[\[account\]\], got a list with 3 in it\."),
        (ONE + '[recipients]\ndesk = "x"', r"NAME\], got a table with 'x' in it\."),
        (ONE.replace('"a"', '""'), r"folder '' names none\. Write \. for the folder of this file"),
        (ONE + 'parameters = {as_of = "2026-09-30"}', r"as_of is --as-of"),
        (ONE + "[alerts]\nworse = true", r"\[alerts\] unknown key 'worse'"),
        (ONE + "[alerts]\nbreach_above = 3.0", r"\[alerts\] .*a probability from 0 to 1"),
        (ONE + "[recipients.desk]\nattach = 'pdf'", r"\[recipients.desk\] .*url must be"),
        ("[[account]\n", r"is no TOML file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        loaded(tmp_path, text)


@pytest.mark.parametrize(
    "name",
    [
        "../up",
        "a/b",
        "a\\\\b",
        "..",
        ".",
        ".hidden",
        "end.",
        " a",
        "",
        "a\\u0000b",
        "CON",
        "x" * 121,
    ],
)
def test_no_name_leads_out_of_the_output_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError, match="name"):
        loaded(tmp_path, f'[[account]]\nname = "{name}"\nfolder = "a"')


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("漢" * 100, r"has 300 bytes, .* at most 120 "),
        ("", r"name '' shows no character"),
        ("\u200d\ufe0f", r"shows no character"),
        ("A ", r"name 'A ' has a space at its beginning or end"),
        ("Sho\u200bes", r"name 'Sho\\u200bes' holds '\\u200b' \(U\+200B\), which cannot be seen"),
        ("Shoes\u202egnp", r"U\+202E"),
        ("Shoes\u00ad", r"U\+00AD"),
        ("Shoes\u3164", r"U\+3164"),
        ("Sho\u2028es", r"holds '\\u2028', and a folder"),
        ("Sho\u0085es", r"holds '\\x85', and a folder"),
    ],
)
def test_a_name_is_seen_as_it_is(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        loaded(tmp_path, f'[[account]]\nname = {toml_value(name)}\nfolder = "a"')


@pytest.mark.parametrize(
    "name",
    [
        "漢" * 40,
        "x" * 120,
        "-x",
        "~x",
        "--only",
        "کتاب\u200cها",
        "👩\u200d💻 ❤\ufe0f",
        "山田\u3000商店",
    ],
)
def test_a_name_may_be_of_any_language(tmp_path: Path, name: str) -> None:
    text = f'[[account]]\nname = {toml_value(name)}\nfolder = "a"'
    assert loaded(tmp_path, text).accounts[0].name == name


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("A B", "A\u00a0B"),
        ("A B", "A  b"),
        ("AB", "A\u200dB"),
        ("❤", "❤\ufe0f"),
    ],
)
def test_two_names_do_not_look_the_same(tmp_path: Path, name: str, other: str) -> None:
    text = "".join(
        f'[[account]]\nname = {toml_value(one)}\nfolder = "a"\n' for one in (name, other)
    )
    with pytest.raises(ParameterError, match=f"looks in print like the name of account '{name}'"):
        loaded(tmp_path, text)


def test_a_block_that_was_copied_and_not_changed_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "a")
    b = ONE.replace('"A"', '"B"')
    same = [ONE + b, ONE + b.replace('"a"', '"./x/../a/"'), ONE + b.replace('"a"', '"link"')]
    for text in same:
        (note,) = loaded(tmp_path, text).notes
        assert note.startswith(f"accounts 'A' and 'B' read the same folder ({tmp_path / 'a'}) in")
    # One export of several marketplaces, or one seen by two policies, is no slip.
    for more in (
        'marketplace = "Amazon.de"',
        'policy = "amazon-2016"',
        "parameters = {lag_days = 3}",
    ):
        assert loaded(tmp_path, f"{ONE}{b}{more}").notes == ()
    text = "".join(ONE.replace('"A"', f'"A{n}"').replace('"a"', '"s3://b/a"') for n in range(9))
    (note,) = loaded(tmp_path, text).notes
    assert note.startswith("accounts 'A0', 'A1', 'A2' and 6 more read the same folder (s3://b/a)")


def test_accounts_with_the_same_tables_are_a_note(tmp_path: Path) -> None:
    text = '[defaults]\nconnection = "postgres://u:secret@host/shop"\norders = "orders"\n'
    text += '[[account]]\nname = "A"\n[[account]]\nname = "B"\n'
    (note,) = loaded(tmp_path, text).notes
    assert "'A' and 'B' read the same tables" in note
    assert "secret" not in note
    assert loaded(tmp_path, f'{text}database = "b"').notes == ()


def test_all_faults_come_at_once_but_not_without_end(tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        loaded(tmp_path, '[[account]]\nname = "a/b"\n' * 100)
    assert str(caught.value).count("folder is missing") == MOST_TOLD / 2
    assert "And 180 more." in str(caught.value)


def test_a_file_of_thousands_of_accounts_is_read(tmp_path: Path) -> None:
    text = "".join(ONE.replace('"A"', f'"A{n}"') for n in range(3_000))
    assert len(loaded(tmp_path, text).accounts) == 3_000


def test_a_file_that_is_not_there_or_is_a_folder_is_named(tmp_path: Path) -> None:
    for path, what in ((tmp_path / "a.toml", "there is no such file"), (tmp_path, "is a folder")):
        with pytest.raises(ParameterError, match=f"{path}: {what}. Name a file of accounts."):
            load_batch(path)
