"""What is asked of object storage, through obstore: a list of objects, and their content.

obstore takes credentials from the environment, as it documents, or from the computer's role in
the cloud. Its messages repeat the requests that were made, which may hold a signature, so none
of them is passed on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from odr_analysis.errors import MachineError, OdrError
from odr_analysis.remote.address import Address
from odr_analysis.remote.object_names import Listed

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

RETRIES = 3
"""Further attempts of a request that met a failure of the network or the server."""
CHUNK = 8 << 20
"""Bytes of an object that are in memory at once."""
INSTALL = "pip install 'odr-analysis[cloud]'"

AZURE = ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY")
CREDENTIALS = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "gs": ("GOOGLE_APPLICATION_CREDENTIALS",),
    "abfs": AZURE,
    "abfss": AZURE,
}
"""Variables of the environment that hold the credentials, by scheme."""
REGION = "AWS_REGION"
"""The variable that a bucket of ``s3`` needs as well."""

_ENDPOINT = re.compile("ENDPOINT|BASE_URL")
_STATUS = re.compile(r"non-2xx status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")


class ChangedError(Exception):
    """An object is another one than was listed, or gone."""


class Bucket:
    """The objects below an address.

    Raises
    ------
    OdrError
        obstore is not installed, or the environment lacks what it needs.
    """

    def __init__(self, address: Address):
        self.address = address
        try:
            from obstore.store import from_url
        except ImportError:
            raise OdrError(
                f"{address.url}: reading object storage needs obstore, which is not installed. "
                f"Install it with: {INSTALL}"
            ) from None
        # Only a user's own endpoint is without encryption.
        plain = any(_ENDPOINT.search(k) and v.startswith("http://") for k, v in os.environ.items())
        options: ClientConfig = {"connect_timeout": "10s", "allow_http": plain}
        retry: RetryConfig = {"max_retries": RETRIES}
        with self._in_words():
            self._store: ObjectStore = from_url(
                address.root, client_options=options, retry_config=retry
            )

    def objects(self) -> list[Listed]:
        """Every object below the address, or the one of that very name.

        Raises
        ------
        OdrError
            There is none, no such bucket, or no access.
        MachineError
            The storage cannot be reached or fails.
        """
        import obstore

        prefix = self.address.prefix
        with self._in_words():
            found = list(obstore.list(self._store, prefix or None).collect())
            if not found and prefix:
                try:
                    found = [obstore.head(self._store, prefix)]
                except FileNotFoundError:
                    found = []
        if not found:
            raise nothing_to_read(self.address)
        objects = (Listed(o["path"], _tag(o), o["size"]) for o in found)
        return sorted(objects, key=lambda one: one.key)

    def save(self, one: Listed, path: Path) -> None:
        """Write the content of an object to a file, as it was listed.

        Raises
        ------
        ChangedError
            It is another one by now, or gone.
        MachineError
            The storage cannot be reached or fails.
        """
        import obstore

        with self._in_words():
            try:
                got = obstore.get(self._store, one.key)
            except FileNotFoundError:
                raise ChangedError(one.key) from None
            if _tag(got.meta) != one.tag:
                raise ChangedError(one.key)
            chunks = iter(got.stream(min_chunk_size=CHUNK))
        with path.open("wb") as file:
            while True:
                with self._in_words():
                    chunk = next(chunks, None)
                if chunk is None:
                    break
                file.write(chunk)
        if path.stat().st_size != one.size:
            raise ChangedError(one.key)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Say in words what the storage answered, and nothing of its own words."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, FileNotFoundError, ValueError) as error:
            raise _told(self.address, error) from None


def _tag(meta: ObjectMeta) -> str:
    """What changes with the content: a list may have it without quotes, an answer with them."""
    return (meta["e_tag"] or f"{meta['last_modified']:%Y-%m-%dT%H:%M:%S}").strip('"')


def nothing_to_read(address: Address) -> OdrError:
    """What to say of an address without a file."""
    return OdrError(
        f"{address.url}: no file below this URL. Check bucket and folder, and put Amazon's "
        "exports there, at least one All Orders file."
    )


def _told(address: Address, error: Exception) -> OdrError:
    """What to say of an error of obstore."""
    text, kind = str(error), type(error).__name__
    url, names = address.url, " and ".join(CREDENTIALS[address.scheme])
    status, code = (p.search(text) for p in (_STATUS, _CODE))
    answered = " ".join([status[1] if status else "", code[1] if code else ""]).strip()
    if "Account must be specified" in text:
        return OdrError(
            f"{url}: which Azure account is not known. Set AZURE_STORAGE_ACCOUNT_NAME, or write "
            "the URL like abfs://container@account.dfs.core.windows.net/folder."
        )
    if "169.254." in text or "token request" in text:
        return OdrError(
            f"{url}: no credentials were found. Set {names} in the environment, or run where the "
            "computer has a role of its own."
        )
    if "without LOCATION" in text or (status and status[1] in ("301", "307")):
        return OdrError(f"{url}: the bucket is in another region. Set {REGION} to its region.")
    if kind in ("PermissionDeniedError", "UnauthenticatedError") or answered[:3] in ("401", "403"):
        return OdrError(
            f"{url}: no access ({answered or 'refused'}). Check {names}, and that they may list "
            "and read this folder."
        )
    if answered.startswith("404") or isinstance(error, FileNotFoundError):
        return OdrError(f"{url}: no bucket {address.bucket!r} there. Check its name and account.")
    if kind == "InvalidPathError":
        return OdrError(
            f"{url}: a key below this URL has a part that is empty, '.' or '..', and cannot be a "
            "file here. Rename that object, or give the URL of a folder without it."
        )
    if answered:
        return MachineError(f"{url}: the storage answered {answered}. Try again later.")
    if isinstance(error, ValueError):
        return OdrError(f"{url}: not a URL the storage can have. Check bucket and folder.")
    return MachineError(
        f"{url}: the storage cannot be reached, or what it sends breaks off. Check the connection, "
        "and the endpoint where the environment names one."
    )
