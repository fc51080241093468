"""What the archive writes: documents that carry their own hash, files brought to the disk."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from odr_analysis import __version__

FORMAT = 2
"""Raised when this version writes what older ones cannot read; they refuse such an archive."""
SEALED_BY = "sha256"
"""Key of a sealed document that holds the hash of all the others."""


class DamageError(Exception):
    """What lies in the archive is not what was written; the message says what is wrong with it."""


class NewerError(Exception):
    """A document of a newer version: its format, and what wrote it."""

    def __init__(self, found: int, made_by: str):
        self.format, self.made_by = found, made_by
        super().__init__(found, made_by)


def write_sealed(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON document that carries its own hash."""
    made_by = {"format": FORMAT, "made_by": f"odr-analysis {__version__}"}
    # As it will be read back: keys become text, and tuples lists.
    content = json.loads(json.dumps({**made_by, **content}))
    sealed = {**content, SEALED_BY: _hash_of(content)}
    path.write_text(json.dumps(sealed, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_sealed(path: Path) -> dict[str, Any]:
    """A document as :func:`write_sealed` wrote it.

    Raises
    ------
    DamageError
        It is not what was written, or not there.
    NewerError
        A newer version wrote it.
    """
    content = read_json(path)
    if isinstance(content.get("format"), int) and content["format"] > FORMAT:
        raise NewerError(content["format"], str(content.get("made_by")))
    seal = content.pop(SEALED_BY, None)
    if seal != _hash_of(content):
        raise DamageError(f"the content of {path.name} is not what was written")
    return content


def read_json(path: Path) -> dict[str, Any]:
    """The object a JSON file holds; raises :class:`DamageError` where it holds none."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise DamageError(f"{path.name} is missing") from error
    except (ValueError, RecursionError) as error:
        raise DamageError(f"{path.name} is no JSON") from error
    if not isinstance(content, dict):
        raise DamageError(f"{path.name} is not what was written")
    return content


def _hash_of(content: dict[str, Any]) -> str:
    """Hash of what a document says, however it is laid out."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def measure(path: Path) -> dict[str, Any]:
    """Hash and size of a file."""
    with path.open("rb") as file:
        return {
            "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
            "size": os.fstat(file.fileno()).st_size,
        }


def entries(folder: Path) -> list[Path]:
    """What lies in a folder, sorted; nothing where it is none."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
