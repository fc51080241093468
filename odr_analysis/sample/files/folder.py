"""The folder a sample is written into."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

from odr_analysis.progress import Progress, Step, silent


class Folder:
    """The files written so far, as truth.json lists them."""

    def __init__(self, out: Path, progress: Progress = silent) -> None:
        self.out, self.progress = out, progress
        self.files: list[dict[str, Any]] = []

    def next_name(self, suffix: str) -> str:
        """A name that does not tell what is in the file."""
        return f"export-{len(self.files) + 1:02}.{suffix}"

    def add(
        self,
        name: str,
        kind: str,
        text: str,
        rows: int,
        columns: int,
        encoding: str = "utf-8",
        seen: dict[str, int] | None = None,
    ) -> None:
        """Write one file; a name that ends in ``.gz`` packs it.

        `seen` is how often the file tells of each component, where that is stated.
        """
        self.progress(Step("Writing files", note=f"{name}, {rows:,} rows"))
        data = text.encode(encoding)
        (self.out / name).write_bytes(_gzipped(data) if name.endswith(".gz") else data)
        entry = {"file": name, "kind": kind, "rows": rows, "columns": columns}
        more = {} if seen is None else {"seen": dict(sorted(seen.items()))}
        self.files.append({**entry, "encoding": encoding, **more})


def _gzipped(data: bytes) -> bytes:
    """Gzip without a time or a name, so that the same content is the same file."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0, compresslevel=9) as packed:
        packed.write(data)
    return out.getvalue()
