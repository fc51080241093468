"""Documents of the Finances API, made by hand."""

from __future__ import annotations

import json
from typing import Any

from odr_analysis.exports.payments.finances import looks_like_document, read_document
from odr_analysis.exports.readers.contract import SIGHTING_COLUMNS

ONE, TWO = "113-0000001-0000001", "113-0000002-0000002"


def read(document: Any):
    text = document if isinstance(document, str) else json.dumps(document)
    assert looks_like_document(text[:65_536])
    done = read_document(text, file="f.json", marketplace=None)
    assert done.rows_read == done.rows_kept + sum(done.rows_dropped.values())
    assert list(done.defects) == list(SIGHTING_COLUMNS)
    return done
