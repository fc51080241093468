"""The archive on disk: which files a folder held on which day, and what each of them says.

::

    STORE/
      store.json                          {format, made_with}
      deliveries/00000001/2026-09-30.json one archived state of the folder: its files
      objects/<key>/file.json, *.parquet  what one file says, keyed by its content
      making/                             being written; nothing refers to it
      quarantine/                         what was found damaged, each with a note

Deliveries and objects are folders that are filled in ``making/``, brought to the disk and
then renamed, which happens at once or not at all, and fails where the name is taken. So
whoever is killed leaves nothing half done, two writers never get one number, and nothing
that is there is written again. The day of a delivery is the name of its file, so that it
is known even of a damaged one.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from odr_analysis import __version__
from odr_analysis.archive.sealed import (
    FORMAT,
    DamageError,
    NewerError,
    entries,
    measure,
    read_json,
    read_sealed,
    write_sealed,
)
from odr_analysis.errors import MachineError, OdrError
from odr_analysis.scratch import Held, remove_left
from odr_analysis.writing import OF_THE_MACHINE, to_disk

MARKER, MAKING, QUARANTINE = "store.json", "making", "quarantine"

_NUMBER = re.compile(r"(?:delivery-)?(\d{8})(?:-\d+)?")


@dataclass(frozen=True)
class Place:
    """Where a delivery lies: one with ``path`` None is damaged, and in quarantine."""

    on: date
    number: int
    path: Path | None

    @property
    def key(self) -> tuple[date, int]:
        """Deliveries come in the order of their days; of one day the last counts."""
        return self.on, self.number


def is_store(path: Path) -> bool:
    """Whether a folder is an archive (perhaps a damaged or a newer one) and not exports."""
    if not os.path.isfile(path / MARKER):  # which, unlike the method, never raises
        return False
    try:
        _marker(path)
    except DamageError:
        return (path / "deliveries").is_dir()
    except OSError:  # opening it says why
        return True
    return True


class Store:
    """An archive in a folder of its own; see the module for its layout.

    Parameters
    ----------
    root : pathlib.Path
        An archive, or a folder that is empty or not there and becomes one with the first
        thing that is kept in it.

    Raises
    ------
    OdrError
        `root` holds something else, was made by a newer version, or cannot be read.
    """

    def __init__(self, root: Path):
        self.root = root
        self._cleaned = False
        with self._in_words("read"):
            self.exists = self._look()

    @classmethod
    def open(cls, root: Path) -> Store:
        """An archive that is there.

        Raises
        ------
        OdrError
            There is none, or one that cannot be used.
        """
        store = cls(root)
        if not store.exists:
            raise OdrError(f"{root}: {_NO_STORE}")
        return store

    def deliveries(self) -> list[Place]:
        """Every delivery, by day and number; damaged ones included.

        Raises
        ------
        OdrError
            The folder of one is empty, so that not even its day is known.
        """
        found: dict[tuple[date, int], Place] = {}
        # In this order, since what is found damaged meanwhile moves from the one to the other.
        for folder in ("deliveries", QUARANTINE):
            for number, entry in self._numbered(folder):
                with self._in_words("read"):
                    days = [(day, e) for e in entries(entry) if (day := _day_of(e.name))]
                    if folder == "deliveries" and not days and entry.exists():
                        raise OdrError(_EMPTY.format(entry))
                for on, path in days:
                    place = Place(on, number, path if folder == "deliveries" else None)
                    found.setdefault(place.key, place)
        return [found[key] for key in sorted(found)]

    def _numbered(self, folder: str) -> list[tuple[int, Path]]:
        """Deliveries in a folder of the store, whatever state they are in, by their number."""
        with self._in_words("read"):
            named = [(_NUMBER.fullmatch(e.name), e) for e in entries(self.root / folder)]
        return [(int(number[1]), entry) for number, entry in named if number]

    def delivery(self, place: Place) -> dict[str, Any]:
        """What a delivery holds; a damaged one goes into quarantine.

        Raises
        ------
        DamageError
            It is damaged, or was found to be so before.
        OdrError
            A newer version wrote it.
        """
        if place.path is None:
            raise DamageError("it is in quarantine")
        try:
            content = self._sealed(place.path)
            if (content.get("number"), content.get("on")) != (place.number, place.on.isoformat()):
                raise DamageError("it is not the delivery its name says")
        except DamageError as damage:
            self._quarantine(place.path.parent, f"delivery-{place.number:08}", damage)
            raise
        return content

    def known_on(self, day: date | None) -> Place | None:
        """The last delivery of `day` or before, of all where that is None."""
        places = [p for p in self.deliveries() if day is None or p.on <= day]
        return places[-1] if places else None

    def deliver(self, on: date, content: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Keep a delivery, unless the one known on that day has the same ``files``.

        Returns
        -------
        dict, bool
            The delivery as it is kept, and whether it was written now.
        """
        while True:
            # Before the look at what is known: whatever comes in between takes this number.
            taken = [n for name in ("deliveries", QUARANTINE) for n, _ in self._numbered(name)]
            number = 1 + max(taken, default=0)
            known = self.known_on(on)
            if known is not None:
                with suppress(DamageError):  # then it is not known what it held
                    before = self.delivery(known)
                    if before["files"] == content["files"]:
                        return before, False
            made = {"number": number, "on": on.isoformat(), **content}

            def write(aside: Path, made: dict[str, Any] = made) -> None:
                write_sealed(aside / f"{on}.json", made)

            if self.publish(self.root / "deliveries" / f"{number:08}", write):
                return made, True

    def object(self, key: str, members: Sequence[str] | None = None) -> dict[str, Any] | None:
        """What one file says: its ``file.json``, checked like those of its `members` asked for.

        A damaged object goes into quarantine. None where there is no such object.

        Raises
        ------
        DamageError
            The object is damaged.
        OdrError
            A newer version wrote it.
        """
        folder = self.object_folder(key)
        if not folder.is_dir():
            return None
        try:
            return self._checked(key, folder, members)
        except DamageError:
            # Another process may have put a sound one in its place while this one read.
            try:
                return self._checked(key, folder, members)
            except DamageError as damage:
                self._quarantine(folder, f"object-{key}", damage)
                raise

    def object_folder(self, key: str) -> Path:
        return self.root / "objects" / key

    def keep_object(self, key: str, write: Callable[[Path], dict[str, Any]]) -> None:
        """Let `write` make the members of an object and return its ``file.json``."""

        def fill(aside: Path) -> None:
            content = write(aside)
            members = {p.name: measure(p) for p in sorted(aside.iterdir())}
            write_sealed(aside / "file.json", {**content, "key": key, "members": members})

        self.publish(self.object_folder(key), fill)

    def publish(self, target: Path, write: Callable[[Path], None]) -> bool:
        """Let `write` fill a new folder, and make it `target`; False where that is taken.

        Raises
        ------
        OdrError
            The file system refuses; whatever was there before is as it was.
        """
        with self._in_words("written"):
            self.root.mkdir(parents=True, exist_ok=True)
            self._mark()
            with self._aside() as aside:
                write(aside)
                for path in sorted(aside.iterdir()):
                    to_disk(path)
                to_disk(aside)
                target.parent.mkdir(exist_ok=True)
                try:
                    os.rename(aside, target)
                except OSError:
                    if target.is_dir() and any(target.iterdir()):
                        return False
                    raise
            to_disk(target.parent)
            to_disk(self.root)
            return True

    def _look(self) -> bool:
        """Whether there is an archive; raises where this can be none."""
        if self.root.exists() and not self.root.is_dir():
            raise OdrError(f"{self.root} is a file; an archive is a folder.")
        there = {entry.name for entry in entries(self.root)}
        if MARKER in there:
            try:
                told = _marker(self.root)
            except DamageError as damage:
                raise OdrError(self._lost_marker(f"{MARKER} is damaged ({damage})")) from damage
            if told["format"] > FORMAT:
                raise OdrError(self._newer(told["format"], str(told["made_with"])))
            return True
        if {"deliveries", "objects"} & there:
            raise OdrError(self._lost_marker(f"{MARKER} is missing"))
        if others := sorted(there - {MAKING}):
            raise OdrError(
                f"{self.root} is no archive and holds other files ({', '.join(others[:3])}). "
                "Name an archive, or a new or empty folder for one."
            )
        return False

    def _mark(self) -> None:
        """Make the folder a store, where it is none yet."""
        if self._look():
            return
        with self._aside() as aside:
            content = {"format": FORMAT, "made_with": f"odr-analysis {__version__}"}
            (aside / MARKER).write_text(json.dumps(content) + "\n", "utf-8")
            to_disk(aside / MARKER)
            # Two writers at once write the same.
            os.replace(aside / MARKER, self.root / MARKER)
            to_disk(self.root)
        self.exists = True

    @contextmanager
    def _aside(self) -> Iterator[Path]:
        """A new folder below ``making/``, gone when left, as is what killed writers left there."""
        making = self.root / MAKING
        making.mkdir(exist_ok=True)
        with Held(making, "", mode=0o777) as aside:
            if not self._cleaned:
                self._cleaned = True
                remove_left(making, ".*")
            yield aside

    def _checked(self, key: str, folder: Path, members: Sequence[str] | None) -> dict[str, Any]:
        content = self._sealed(folder / "file.json")
        if content.get("key") != key:
            raise DamageError("file.json is that of another object")
        for name, size_and_hash in content["members"].items():
            if members is not None and name not in members:
                continue
            with self._in_words("read"):
                try:
                    found = measure(folder / name)
                except FileNotFoundError as error:
                    raise DamageError(f"{name} is missing") from error
            if found != size_and_hash:
                raise DamageError(f"the content of {name} is not what was written")
        return content

    def _sealed(self, path: Path) -> dict[str, Any]:
        try:
            with self._in_words("read"):
                return read_sealed(path)
        except NewerError as newer:
            raise OdrError(self._newer(newer.format, newer.made_by)) from newer

    def _quarantine(self, path: Path, name: str, damage: DamageError) -> None:
        """Move a damaged folder out of the way; where that is refused, it is met again."""
        place = self.root / QUARANTINE
        note = (
            f"Found damaged: {damage}.\nIt was {path.relative_to(self.root).as_posix()}. Nothing "
            "refers to it any more. Archiving the same files again makes a sound one; this folder "
            "may then be deleted.\n"
        )
        with suppress(OSError):
            place.mkdir(exist_ok=True)
            for n in count(1):
                target = place / f"{name}-{n}"
                if not target.exists():
                    break
            os.rename(path, target)
            (target / "note.txt").write_text(note, "utf-8")

    @contextmanager
    def _in_words(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            place = error.filename or self.root
            if error.errno in OF_THE_MACHINE:
                raise MachineError(
                    f"{self.root}: the archive cannot be {done} ({os.strerror(error.errno)}). "
                    "Free space on this disk. What was archived before is as it was."
                ) from error
            raise OdrError(
                f"{self.root}: the archive cannot be {done} ({error.strerror or error}: {place}). "
                "Give yourself permission and see that the disk has room. "
                "What was archived before is as it was."
            ) from error

    def _newer(self, found: int, made_by: str) -> str:
        return (
            f"{self.root}: written by a newer version ({made_by}, format {found}). This is "
            f"odr-analysis {__version__}, which reads up to format {FORMAT}. Upgrade it, or use "
            "another archive."
        )

    def _lost_marker(self, problem: str) -> str:
        return (
            f"{self.root}: {problem}, so it is not known which version wrote this archive. "
            f"Put {MARKER} back from a backup. If no newer version than {__version__} ever wrote "
            f'here, it is one line: {{"format": {FORMAT}, "made_with": "unknown"}}'
        )


_EMPTY = (
    "{}: this delivery is empty, so it is not known which day it was of. Put its file back from "
    "a backup, or remove the folder and archive the exports of that day again."
)
_NO_STORE = "no archive in this folder. Make one with: odr archive FOLDER --into STORE"


def _marker(root: Path) -> dict[str, Any]:
    told = read_json(root / MARKER)
    if not isinstance(told.get("format"), int) or "made_with" not in told:
        raise DamageError("it names no format")
    return told


def _day_of(name: str) -> date | None:
    """The day a delivery's file is named by."""
    try:
        return date.fromisoformat(name.removesuffix(".json")) if name.endswith(".json") else None
    except ValueError:
        return None
