"""Buyers as hashes: one buyer one hash, in Python as in the engine."""

from __future__ import annotations

import hashlib

import ibis
import pandas as pd

from odr_analysis.exports.orders.engine import engine
from odr_analysis.exports.text.buyers import LETTERS, buyer_hash, buyer_hashes


def test_a_hash_is_the_start_of_sha_256_of_the_address_in_lower_case():
    whole = hashlib.sha256(b"abc@marketplace.amazon.de").hexdigest()
    assert buyer_hash(" ABC@Marketplace.amazon.de") == whole[:LETTERS]
    assert buyer_hash("  ") == ""


def test_the_engine_makes_the_same(tmp_path):
    addresses = ["abc@marketplace.amazon.de", "ABC@marketplace.amazon.de", "x@y.z", ""]
    with engine(tmp_path) as con:
        table = ibis.memtable(pd.DataFrame({"address": addresses}))
        rows = con.to_pandas(table.select("address", hash=buyer_hashes(table.address)))
    assert dict(zip(rows.address, rows["hash"], strict=True)) == {
        a: buyer_hash(a) for a in addresses
    }
