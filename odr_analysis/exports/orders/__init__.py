"""Order exports: the engine, the road from rows to the ledger, and the items of orders."""
