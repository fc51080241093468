"""What a user gave in place of a folder: a path, or the URL of a place in object storage."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from odr_analysis.errors import ParameterError

SCHEMES = ("s3", "gs", "abfs", "abfss")
"""Kinds of object storage: Amazon S3 and what speaks its language, Google, Azure (two)."""

_URL = re.compile(rf"([a-z][a-z0-9+.-]+):/+(.*)|({'|'.join(SCHEMES)}):", re.IGNORECASE | re.DOTALL)
"""Two letters at least, or the drive of a path would be one; `Path` leaves one slash of two, and
none at the end."""

_BUCKET = re.compile(r"\w[\w.@-]*")


@dataclass(frozen=True)
class Address:
    """A place in object storage.

    Attributes
    ----------
    scheme : str
        One of ``SCHEMES``.
    bucket : str
        Bucket or container; of Azure with its account, ``container@account.dfs.core.windows.net``.
    prefix : str
        How keys begin, without a slash at its ends; '' is the whole bucket.
    """

    scheme: str
    bucket: str
    prefix: str

    @property
    def root(self) -> str:
        """URL of the bucket."""
        return f"{self.scheme}://{self.bucket}"

    @property
    def url(self) -> str:
        return f"{self.root}/{self.prefix}" if self.prefix else self.root

    @property
    def name(self) -> str:
        """The last part of it, by which an account is called."""
        return self.prefix.rpartition("/")[2] or self.bucket.partition("@")[0]


def address_of(given: str | Path) -> Address | None:
    """The place in object storage that `given` names, or None where it is a path.

    Raises
    ------
    ParameterError
        It is a URL of another kind, names no bucket, or holds a password.

    Examples
    --------
    >>> address_of("s3://sellers/alpha/").url
    's3://sellers/alpha'
    >>> address_of(Path("gs://sellers/alpha")).name
    'alpha'
    >>> address_of("exports/alpha"), address_of(r"C:\\exports")
    (None, None)
    """
    text = given.as_posix() if isinstance(given, Path) else given
    if (found := _URL.fullmatch(text)) is None:
        return None
    scheme, (bucket, _, prefix) = (found[1] or found[3]).lower(), (found[2] or "").partition("/")
    if scheme not in SCHEMES:
        known = ", ".join(f"{s}://" for s in SCHEMES)
        raise ParameterError(
            f"{scheme}://: no storage of this kind can be read. Give a folder, or a URL with "
            f"{known}."
        )
    if not bucket:
        raise ParameterError(
            f"{scheme}://: the URL names no bucket. Write it like {scheme}://bucket/folder."
        )
    # Of Azure, what stands before the @ is the container.
    azure = scheme.startswith("abfs")
    if not _BUCKET.fullmatch(bucket) or "?" in text or ("@" in bucket and not azure):
        raise ParameterError(
            f"{scheme}://: the URL holds more than bucket and folder. Credentials belong in the "
            f"environment, and the URL is written like {scheme}://bucket/folder."
        )
    prefix = prefix.strip("/")
    if {"", ".", ".."} & set(prefix.split("/")) and prefix:
        raise ParameterError(
            f"{scheme}://{bucket}/{prefix}: a folder in object storage has no part that is empty, "
            "'.' or '..'. Write the URL as the storage lists it."
        )
    return Address(scheme, bucket, prefix)


def no_place_for_files(path: str | Path, option: str) -> None:
    """Refuse a URL where files are to be written.

    Raises
    ------
    ParameterError
        `path` is a URL.

    Examples
    --------
    >>> no_place_for_files("reports/alpha", "--out")
    """
    if (address := address_of(path)) is not None:
        raise ParameterError(
            f"{option} {address.url}: nothing is written to object storage. Name a folder on this "
            "computer, and copy it from there."
        )
