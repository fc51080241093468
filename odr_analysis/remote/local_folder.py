"""A folder on this computer, whatever a user gave: a path as it is, a URL as a copy in the cache.

::

    CACHE/fetched/<key of the URL>/
      <key of the state>/<name>/...     the files of one state of the bucket
      <key of the state>/state.json     name of each file to the tag and size of its object
      used-*                            states that somebody reads, see ``scratch.Held``

Each state of the bucket, as it was listed, has a folder of its own. It is made aside, appears
whole, and does not change; whoever reads it is not disturbed by a bucket that does, nor by
another process that fetches a newer state. What did not change is linked from the state before,
not fetched again. States that nobody reads go when a newer one is there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from odr_analysis.cache import FETCHED, Cache, default_root, key_of
from odr_analysis.errors import MachineError
from odr_analysis.progress import Progress, Step, silent
from odr_analysis.remote.address import Address, address_of
from odr_analysis.remote.bucket import Bucket, ChangedError, nothing_to_read
from odr_analysis.remote.object_names import Listed, file_name, file_names
from odr_analysis.scratch import HEX, Held, remove_left
from odr_analysis.writing import in_words, to_disk

STATE = "state.json"
MAKING, USED = "new-", "used-"
"""How names begin of a state in the making, and of marks that one is read."""
AT_ONCE = 8
"""Objects fetched at the same time: of small ones, most of the time is waiting for the answer."""
TRIES = 3
"""How often a bucket is listed anew that changes while its objects are fetched."""
SHORT = 20
"""Characters of a key in the name of a folder, so that paths stay short."""


@contextmanager
def local_folder(
    given: str | Path,
    cache: str | Path | None = "default",
    progress: Progress = silent,
) -> Iterator[Path]:
    """The folder (or file) on this computer that holds what `given` names, while within.

    Parameters
    ----------
    given : str or pathlib.Path
        A path, which is returned as it is and need not exist, or a URL of object storage
        (``s3://bucket/folder``, ``gs://``, ``abfs://``), whose objects are fetched as far as they
        are not here. Nothing is fetched unless it is a URL.
    cache : str, pathlib.Path or None
        Where copies are kept, as for :func:`~odr_analysis.load_account`; with None they are
        removed when left.
    progress : callable
        Takes each step.

    Raises
    ------
    ParameterError
        A URL of another kind, without a bucket, or with credentials in it.
    OdrError
        No such bucket, no access, nothing below the URL, a key that can be no file, or obstore
        is not installed.
    MachineError
        The storage cannot be reached, the bucket keeps changing, or the disk is full.

    Examples
    --------
    >>> with local_folder("data/sample") as here:
    ...     here.as_posix()
    'data/sample'
    """
    address = address_of(given)
    if address is None:
        yield Path(given)
        return
    with ExitStack() as held:
        if cache is None:
            root = held.enter_context(Held())
        else:
            root = default_root() if cache == "default" else Path(cache)
        state = _fetched(address, root, held, progress)
        yield state / file_name(address.name)


def _fetched(address: Address, root: Path, held: ExitStack, progress: Progress) -> Path:
    """The folder of the state the bucket is in, which stays until `held` is left."""
    place = root / FETCHED / key_of(address.url)[:SHORT]
    lock, bucket = Cache(root), Bucket(address)
    for _ in range(TRIES):
        progress(Step("Looking into the bucket"))
        files = _files(bucket.objects(), address)
        # One process at a time fetches what a URL names; another then finds it here.
        with lock.alone(address.url), suppress(ChangedError), in_words(root, "ODR_CACHE"):
            place.mkdir(parents=True, exist_ok=True)
            state = _state(place, files, bucket, progress)
            held.enter_context(Held(place, f"{USED}{state.name}-", file=True))
            _remove_others(place, state)
            return state
    raise MachineError(
        f"{address.url}: the bucket kept changing while it was read. Run this again when whoever "
        "writes into it is done."
    )


def _files(objects: list[Listed], address: Address) -> dict[str, Listed]:
    """Name of each file, relative to the folder of a state, and its object."""
    top = file_name(address.name)
    if [one.key for one in objects] == [address.prefix] and objects[0].size:
        return {top: objects[0]}
    named = file_names(objects, address.prefix)
    if not named:
        raise nothing_to_read(address)
    return {f"{top}/{name}": one for name, one in named.items()}


def _state(place: Path, files: dict[str, Listed], bucket: Bucket, progress: Progress) -> Path:
    """The folder with these files; made where it is not there, mended where it is not whole."""
    tags: dict[str, list[str | int]] = {name: [one.tag, one.size] for name, one in files.items()}
    state = place / key_of(tags)[:SHORT]
    if state.is_dir():
        lacking = {n: o for n, o in files.items() if _size(state / n) != o.size}
        _fetch(lacking, state, bucket, progress)
        return state
    remove_left(place, MAKING + HEX)
    with Held(place, MAKING) as aside:
        linked = _link_same(place, tags, aside)
        _fetch({n: o for n, o in files.items() if n not in linked}, aside, bucket, progress)
        (aside / STATE).write_text(json.dumps(tags), "utf-8")
        aside.rename(state)
    return state


def _link_same(place: Path, tags: dict[str, list[str | int]], aside: Path) -> set[str]:
    """Names of the files whose objects another state has too, linked from there."""
    done: set[str] = set()
    for other in _states(place):
        with suppress(OSError, ValueError):  # a damaged one, or no links: all is fetched
            before = json.loads((other / STATE).read_text("utf-8"))
            for name, listed in tags.items():
                same = before.get(name) == listed and _size(other / name) == listed[1]
                if same and name not in done:
                    (aside / name).parent.mkdir(parents=True, exist_ok=True)
                    os.link(other / name, aside / name)
                    done.add(name)
    return done


def _fetch(files: dict[str, Listed], folder: Path, bucket: Bucket, progress: Progress) -> None:
    """Write each file, whole or not at all."""
    # Whoever gives a path, or has all files here, does not need it.
    from concurrent.futures import ThreadPoolExecutor

    def fetch(name: str) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        bucket.save(files[name], part)
        to_disk(part)
        part.replace(path)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for i, _ in enumerate(pool.map(fetch, files)):
            note = f"{i + 1:,} of {len(files):,} files"
            progress(Step("Fetching the exports", i + 1, len(files), note))


def _remove_others(place: Path, state: Path) -> None:
    """Remove the states that nobody reads, but this one."""
    remove_left(place, f"{USED}.*")
    used = {path.name.split("-")[1] for path in place.glob(f"{USED}*")}
    for other in _states(place):
        if other != state and other.name not in used:
            shutil.rmtree(other, ignore_errors=True)


def _states(place: Path) -> list[Path]:
    return [path for path in place.iterdir() if re.fullmatch(f"[0-9a-f]{{{SHORT}}}", path.name)]


def _size(path: Path) -> int:
    """Bytes of a file, -1 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return -1
