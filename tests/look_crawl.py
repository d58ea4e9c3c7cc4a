"""Looks through the real spider and the real browser, in a process of its own: a reactor runs once.

`looked(home, items, port)` runs due looks of the office at `home` with every *.example host led to
127.0.0.1:`port`, and gives the tally.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def looked(home: Path, request: int, port: int, chromium: str = "") -> dict[str, Any]:
    asked = {"home": str(home), "request": request, "port": port, "chromium": chromium}
    done = subprocess.run(
        [sys.executable, "-m", "tests.look_crawl"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]) | {"said": done.stderr}


def main() -> None:
    from door.revisit_run import Visiting, run_looks
    from door.settings import read_settings
    from door.sources import all_sources
    from door.takedown_looks import tally_json
    from storage.database import open_database
    from storage.takedowns import items_to_look_at

    asked = json.load(sys.stdin)
    settings = read_settings(
        {"CERTSWEEP_HOME": asked["home"], "CERTSWEEP_CHROMIUM": asked["chromium"]}
    )
    engine = open_database("", settings.home)
    visiting = Visiting(delay=0.0, timeout=20.0, routes={"*.example": f"127.0.0.1:{asked['port']}"})
    items = items_to_look_at(engine, asked["request"])
    tally = run_looks(engine, settings, all_sources(), items, visiting)
    engine.dispose()
    print(json.dumps(tally_json(tally)))


if __name__ == "__main__":
    main()
