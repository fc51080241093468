"""Files scanned and hashed in the background, while the rest of the program gets ready."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from odr_analysis.exports.files.scan import Scan, scan_path, sha256_of
from odr_analysis.exports.flat.as_table import as_tables
from odr_analysis.progress import Progress, Step, silent
from odr_analysis.scratch import Held
from odr_analysis.words import counted, megabytes, number


class Scanner:
    """Scans and hashes of the files of a folder, begun when made.

    Both leave the interpreter free, so the engine can be imported and read the files
    meanwhile. Use it as a context manager: leaving it removes unpacked copies.

    Attributes
    ----------
    scratch : pathlib.Path
        A folder for passing copies.
    progress : callable
        Takes each step of what is done with the files.
    """

    def __init__(self, paths: list[Path], folder: Path, progress: Progress = silent):
        self._paths, self.progress = paths, progress
        self._sizes = {path: _size(path) for path in paths}
        self._total, self._read, self._n_read = sum(self._sizes.values()), 0, 0
        self._counting = Lock()
        self._show_read()
        self._held = Held()
        self.scratch = self._held.path
        self._pool = ThreadPoolExecutor(max(2, os.cpu_count() or 2))
        self._hashes: dict[str, Future[str]] = {}
        self._jobs = [
            self._pool.submit(self._look, path, folder, self.scratch / str(i))
            for i, path in enumerate(paths)
        ]

    def __enter__(self) -> Scanner:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._held.close()

    def _look(self, path: Path, folder: Path, scratch: Path) -> list[Scan]:
        scans = [
            table
            for k, found in enumerate(scan_path(path, folder, scratch))
            for table in as_tables(found, scratch / f"tables-{k}")
        ]
        for scan in (s for s in scans if s.regular):
            self._hashes[scan.file] = self._pool.submit(sha256_of, scan.original)
        with self._counting:
            self._n_read += 1
            self._read += self._sizes[path]
            self._show_read()
        return scans

    def _show_read(self) -> None:
        note = f"{self._n_read:,} of {counted(len(self._paths), 'file')}"
        if self._total >= 1e6:
            note += f", {number(self._read / 1e6)} of {megabytes(self._total)}"
        self.progress(Step("Reading files", self._read, self._total, note))

    def scans(self) -> list[tuple[Path, Scan]]:
        """Every file with what was found in it; a zip comes once per member.

        Raises
        ------
        ExportError
            When a file is damaged or may not be read.
        """
        found = zip(self._paths, self._jobs, strict=True)
        return [(path, scan) for path, job in found for scan in job.result()]

    def sha256(self, file: str) -> str:
        """The hash of a file that was scanned; '' for anything but a regular file."""
        return self._hashes[file].result() if file in self._hashes else ""


def _size(path: Path) -> int:
    """Bytes of a regular file; what cannot be asked for it is named when it is read."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
