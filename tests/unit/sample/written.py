"""Accounts of many sources as they are written, and their texts."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from odr_analysis.sample import write_sample

STORES = {"witnesses": "Amazon.de", "witnesses-us": "Amazon.com", "witnesses-jp": "Amazon.co.jp"}
"""Scenario to its store."""


@dataclass
class Written:
    """A written account and its texts."""

    folder: Path
    truth: dict[str, Any]

    def texts(self, kind: str) -> list[str]:
        found = []
        for entry in self.truth["files"]:
            if entry["kind"] == kind:
                data = (self.folder / entry["file"]).read_bytes()
                data = gzip.decompress(data) if entry["file"].endswith(".gz") else data
                found.append(data.decode(entry["encoding"]))
        return found

    def rows(self, kind: str) -> list[dict[str, str]]:
        """Rows of all files of a kind that have TAB between cells."""
        found = []
        for text in self.texts(kind):
            header, *lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
            names = header.split("\t")
            # The last All Orders file ends with an empty line.
            rows = [line.split("\t") for line in lines if line]
            found += [dict(zip(names, cells, strict=True)) for cells in rows]
        return found


def write(folder: Path, scenario: str, **arguments: Any) -> Written:
    path = write_sample(folder, **({"orders": 1_500, "seed": 3} | arguments), scenario=scenario)
    return Written(folder, json.loads(path.read_text("utf-8")))
