"""`certsweep capture --flagged` in a process of its own, for tests that kill it.

python -m tests.capture_crawl HOME PORT: every *.test is 127.0.0.1:PORT.
"""

from __future__ import annotations

import sys
from pathlib import Path

from door.capture_run import Outside, flagged_orders, run_captures
from door.settings import read_settings
from evidence.orders import Taken
from storage.database import open_database


def main(home: str, port: str) -> None:
    settings = read_settings({"CERTSWEEP_HOME": home})
    engine = open_database("", Path(home))
    orders, _ = flagged_orders(engine, "张工")

    def tell(taken: Taken) -> None:
        print(taken.capture.id, flush=True)

    outside = Outside(routes={"*.test": f"127.0.0.1:{port}"}, delay=0.0)
    run_captures(engine, settings, orders, tell, outside)
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
