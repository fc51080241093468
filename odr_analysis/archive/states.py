"""State of the archive at each delivery; events are the differences between two of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from odr_analysis.archive.merge import merged_ledger
from odr_analysis.archive.source import (
    KeptFile,
    LostError,
    all_stores,
    delivery_at,
    file_ledgers,
    kept_files,
)
from odr_analysis.archive.store import Place, Store
from odr_analysis.errors import OdrWarning
from odr_analysis.policy import Policy

if TYPE_CHECKING:
    import pandas as pd
    from ibis.backends.duckdb import Backend

READ = ("feedback", "sightings")
"""Tables of a file that tell of changes; damage of any other is no obstacle."""


@dataclass(frozen=True, eq=False)
class State:
    """One delivery: its files, and what they say together."""

    place: Place
    files: list[KeptFile]
    sha256: frozenset[tuple[str, str]]
    policy: Policy
    con: Backend

    @property
    def folders(self) -> set[Path]:
        return {f.folder for f in self.files}

    @cached_property
    def every_feedback(self) -> pd.DataFrame:
        """Feedback of all files, with ``object``: the folder it was read from."""
        import pandas as pd

        from odr_analysis.exports.readers.contract import feedback_frame

        frames = [
            told.assign(object=str(f.folder))
            for f in self.files
            if not f.has_orders and (told := f.read(READ).feedback) is not None
        ]
        return pd.concat([feedback_frame([]).assign(object=""), *frames], ignore_index=True)

    @cached_property
    def feedback(self) -> pd.DataFrame:
        """The feedback of each order, by order id, as an account of these files has it."""
        import pandas as pd

        from odr_analysis.exports.downloads import settled_feedback

        told = self.every_feedback
        several = told["file"].nunique() > 1
        named = stores_of(self.con, self.files, {*told["order_id"]}) if several else {}
        damaged = [f.name for f in self.files if f.receipt.rows_dropped]
        settled = settled_feedback(told, pd.Series(named, dtype="str"), damaged)
        return settled.kept.set_index("order_id")

    @cached_property
    def defects(self) -> pd.DataFrame:
        """The record that decides each defect, by order id and component."""
        import pandas as pd

        from odr_analysis.exports.readers.contract import sightings
        from odr_analysis.exports.source_rank import MONEY, standing
        from odr_analysis.exports.verdicts import feedback_sightings

        frames = [feedback_sightings(self.feedback.reset_index(), self.policy)]
        frames += [
            told
            for f in self.files
            if not f.has_orders and (told := f.read(READ).defects) is not None
        ]
        seen = pd.concat([sightings([]), *map(sightings, frames)], ignore_index=True)
        order = seen.assign(money=seen.outcome.isin(MONEY), standing=standing(seen)).sort_values(
            ["money", "standing", "outcome", "file", "line"], kind="stable"
        )
        one_each = order.drop_duplicates(["order_id", "component"])
        rated = one_each.rating.map(stars, na_action="ignore").astype("str").fillna("")
        word = one_each.outcome.mask((one_each.outcome == "") & (rated != ""), rated)
        return one_each.assign(word=word).set_index(["order_id", "component"])


def states(con: Backend, store: Store, policy: Policy) -> Iterator[State]:
    """The last delivery of each day, in their order; damaged ones are left out."""
    from odr_analysis.exports.kinds.strangers import KnownOrders
    from odr_analysis.exports.orders.ledger import first_order_of, totals_of

    last = {place.on: place for place in store.deliveries()}
    for place in last.values():
        try:
            delivery = delivery_at(store, place)
            files = kept_files(store, place, delivery, ["ledger", *READ])
        except LostError as lost:
            warnings.warn(f"{lost}\nIts changes are told with the next day.", OdrWarning, 3)
            continue
        content = frozenset((f["name"], f["sha256"]) for f in delivery["files"])
        doubtful = [f for f in files if f.may_be_stranger]
        if doubtful:
            # Worked out once, however many files are held against it.
            merged = merged_ledger(file_ledgers(con, files), all_stores(files))
            con.create_table("delivered", merged, temp=True, overwrite=True)
            known = KnownOrders(con, first_order_of(totals_of(con, "delivered")), "delivered")
            strangers = [f for f in doubtful if f.is_stranger(f.read(), known)]
            files = [f for f in files if f not in strangers]
        yield State(place, files, content, policy, con)


def stores_of(con: Backend, files: list[KeptFile], order_ids: set[str]) -> dict[str, str]:
    """Order id to the store of the order, for those whose order is in any order export."""
    import ibis
    import pandas as pd

    from odr_analysis.exports.orders.keys import keys

    ids = ibis.memtable(pd.DataFrame({"order_id": sorted(order_ids)}))
    ids = ids.mutate(order_key=keys(ids.order_id))
    stores = all_stores(files)
    ledger = merged_ledger(file_ledgers(con, files), stores, ids)
    told = con.to_pandas(ids.inner_join(ledger, "order_key").select("order_id", "store"))
    told = told.dropna()
    return dict(zip(told.order_id, (stores[int(code)] for code in told.store), strict=True))


def stars(n: int) -> str:
    return f"{n} star{'s' if n != 1 else ''}"
