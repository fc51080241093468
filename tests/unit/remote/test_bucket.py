"""What is asked of a bucket, of a real server of S3 on this computer, and what goes wrong."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from odr_analysis.errors import MachineError, OdrError
from odr_analysis.remote import bucket as module
from odr_analysis.remote.address import Address, address_of
from odr_analysis.remote.bucket import Bucket, ChangedError, nothing_to_read
from odr_analysis.remote.object_names import Listed
from tests.bucket import CHOSEN, NAME, SECRET, Served


def at(url: str) -> Bucket:
    address = address_of(url)
    assert address is not None
    return Bucket(address)


def told(url: str) -> str:
    """What is said of a URL that cannot be read, and of nothing else."""
    with pytest.raises(OdrError) as refused:
        at(url).objects()
    text = str(refused.value)
    assert url in text
    for hidden in (SECRET, CHOSEN["AWS_ACCESS_KEY_ID"], "Debug source", "Signature"):
        assert hidden not in text
    shown = refused.value.__context__ is None or refused.value.__suppress_context__
    assert shown, "nor may a traceback repeat the library's words"
    return text


def test_objects_below_the_prefix_and_no_others(bucket: Served, tmp_path: Path) -> None:
    bucket.put("a/x.txt", b"one")
    bucket.put("a/ä ö%2F.txt", b"two")
    bucket.put("ab/x.txt", b"three")
    found = at(f"s3://{NAME}/a").objects()
    assert [(one.key, one.size) for one in found] == [("a/x.txt", 3), ("a/ä ö%2F.txt", 3)]
    for one, content in zip(found, (b"one", b"two"), strict=True):
        at(f"s3://{NAME}/a").save(one, tmp_path / "x")
        assert (tmp_path / "x").read_bytes() == content
    assert len(at(f"s3://{NAME}").objects()) == 3
    assert [one.key for one in at(f"s3://{NAME}/a/x.txt").objects()] == ["a/x.txt"]


def test_an_object_that_changed_or_went_is_not_saved(bucket: Served, tmp_path: Path) -> None:
    bucket.put("a/x.txt", b"one")
    (one,) = at(f"s3://{NAME}/a").objects()
    bucket.put("a/x.txt", b"two")
    with pytest.raises(ChangedError):
        at(f"s3://{NAME}/a").save(one, tmp_path / "x")
    bucket.delete("a/x.txt")
    with pytest.raises(ChangedError):
        at(f"s3://{NAME}/a").save(one, tmp_path / "x")
    bucket.put("a/x.txt", b"three")
    (one,) = at(f"s3://{NAME}/a").objects()
    with pytest.raises(ChangedError):  # what came is not as long as what was listed
        at(f"s3://{NAME}/a").save(Listed(one.key, one.tag, 3), tmp_path / "x")


def test_nothing_below_a_prefix(bucket: Served) -> None:
    assert "no file below this URL" in told(f"s3://{NAME}/none")
    assert "s3://sellers/a" in str(nothing_to_read(Address("s3", "sellers", "a")))


def test_no_such_bucket(bucket: Served) -> None:
    assert "no bucket 'nobody' there" in told("s3://nobody/a")


def test_no_access(bucket: Served) -> None:
    bucket.put("a/x.txt", b"one")
    bucket.allow_nobody()
    try:
        assert "no access (403" in told(f"s3://{NAME}/a")
    finally:
        bucket.ask("/moto-api/reset-auth", "POST", b"1000000000")


def test_a_storage_that_is_not_there(bucket: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    begun = time.perf_counter()
    assert "cannot be reached" in told(f"s3://{NAME}/a")
    assert time.perf_counter() - begun < 10
    with pytest.raises(MachineError):
        at(f"s3://{NAME}/a").objects()


def test_a_key_that_can_be_no_file(bucket: Served) -> None:
    bucket.ask(f"/{NAME}/a/../up.txt", "PUT", b"x")
    assert "'.' or '..'" in told(f"s3://{NAME}")


def test_no_credentials(bucket: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CHOSEN:
        monkeypatch.delenv(name)
    # In place of the address every computer in the cloud asks for its role.
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")
    assert "cannot be reached" in told(f"s3://{NAME}/a")


def test_azure_without_an_account() -> None:
    with pytest.raises(OdrError, match="which Azure account is not known"):
        at("abfs://box/a")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Error performing GET http://169.254.169.254/latest in 1s", "no credentials were found"),
        ("Received redirect without LOCATION, region", "in another region"),
        ("non-2xx status code: 503 Slow Down: <Code>SlowDown</Code>", "answered 503 SlowDown"),
        ("non-2xx status code: 403 Forbidden: <Code>ExpiredToken</Code>", "no access (403 Exp"),
        ("HTTP error: https://x/y?sig=abc", "cannot be reached"),
    ],
)
def test_other_answers_are_said_in_words(text: str, said: str) -> None:
    address = Address("s3", "sellers", "a")
    found = str(module._told(address, RuntimeError(text)))
    assert said in found
    assert "sig=" not in found


def test_a_missing_extra_names_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(OdrError, match=r"pip install 'odr-analysis\[cloud\]'"):
        at(f"s3://{NAME}/a")
