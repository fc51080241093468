"""What is a URL of object storage, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from odr_analysis.errors import ParameterError
from odr_analysis.remote.address import Address, address_of, no_place_for_files


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("s3://sellers/a/b", Address("s3", "sellers", "a/b")),
        ("S3://sellers/a/b//", Address("s3", "sellers", "a/b")),
        (Path("s3://sellers/a/b"), Address("s3", "sellers", "a/b")),
        ("gs://sellers", Address("gs", "sellers", "")),
        (
            "abfs://box@acme.dfs.core.windows.net/a b",
            Address("abfs", "box@acme.dfs.core.windows.net", "a b"),
        ),
    ],
)
def test_a_url_is_read(given: str | Path, expected: Address) -> None:
    assert address_of(given) == expected


@pytest.mark.parametrize(
    "given", ["exports", "/a/b", ".", r"C:\exports", "C:/exports", "a:b", "a:", "notes:", "s3", ""]
)
def test_a_path_is_none(given: str) -> None:
    assert address_of(given) is None
    assert address_of(Path(given)) is None


def test_an_account_is_called_by_the_last_part() -> None:
    names = [Address("s3", "sellers", p).name for p in ("", "alpha", "a/alpha")]
    assert names == ["sellers", "alpha", "alpha"]
    assert Address("abfs", "box@acme.dfs.core.windows.net", "").name == "box"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("ftp://sellers/a", "no storage of this kind"),
        ("https://sellers/a", "s3://, gs://, abfs://"),
        ("s3://", "names no bucket"),
        (Path("s3://"), "names no bucket"),
        ("s3://sellers/a/../b", "empty, '.' or '..'"),
        ("s3://sellers/a//b", "empty, '.' or '..'"),
        ("s3://../b", "more than bucket and folder"),
    ],
)
def test_what_is_wrong_is_said(given: str | Path, said: str) -> None:
    with pytest.raises(ParameterError, match=said.replace(".", r"\.")):
        address_of(given)


@pytest.mark.parametrize(
    "given", ["s3://key:hidden@sellers/a", "s3://hidden@sellers/a", "s3://sellers/a?token=hidden"]
)
def test_credentials_in_a_url_are_refused_and_not_repeated(given: str) -> None:
    with pytest.raises(ParameterError, match="Credentials belong in the environment") as refused:
        address_of(given)
    assert "hidden" not in str(refused.value)


def test_nothing_is_written_to_a_url(tmp_path: Path) -> None:
    no_place_for_files(tmp_path, "--out")
    with pytest.raises(ParameterError, match="--out s3://sellers/out: nothing is written"):
        no_place_for_files(Path("s3://sellers/out"), "--out")
