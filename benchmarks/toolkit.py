"""What `baseline.py` does, done by the toolkit: files to daily rates, nothing cached.

python -m benchmarks.toolkit FOLDER [MEMORY_LIMIT [CACHE]]
"""

from __future__ import annotations

import json
import sys
import time

if __name__ == "__main__":
    from odr_analysis import load_account

    folder, *rest = sys.argv[1:]
    limit = rest[0] if rest and rest[0] != "-" else None
    cache = rest[1] if len(rest) > 1 else None
    # Both scripts are timed as whole processes; these seconds leave the imports out.
    began = time.perf_counter()
    account = load_account(folder, memory_limit=limit, cache=cache)
    loaded = time.perf_counter() - began
    from benchmarks.baseline import digest
    from odr_analysis import component_rates

    rates = component_rates(account)
    seconds = time.perf_counter() - began
    print(json.dumps({"digest": digest(rates), "load_seconds": loaded, "seconds": seconds}))
