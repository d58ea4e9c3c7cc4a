"""`python -m sampleweb [--port N]`: run the sample web by hand until Ctrl+C."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from sampleweb.server import SampleWeb
from storage.bilingual import Problem


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="sampleweb", description="运行样例网 / run the sample web"
    )
    parser.add_argument("--port", type=int, default=8765, help="端口，0 为任选 / port, 0 for any")
    port: int = parser.parse_args().port
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    try:
        with SampleWeb(port=port) as web:
            sys.stdout.write(_told(web))
            sys.stdout.flush()
            stop.wait()
    except Problem as problem:
        sys.stderr.write(f"{problem.text.zh}\n{problem.text.en}\n")
        return 1
    return 0


def _told(web: SampleWeb) -> str:
    hosts = "\n".join(f"  http://{site.host}/  {site.name}" for site in web.sites.values())
    return (
        f"样例网已在 127.0.0.1:{web.port} 运行，按 Ctrl+C 结束。\n"
        f"The sample web runs on 127.0.0.1:{web.port}; Ctrl+C ends it.\n{hosts}\n"
        "看一页 / look at a page:\n"
        f"  curl -x http://127.0.0.1:{web.port} http://odd.test/\n"
        f"  chromium --proxy-server=127.0.0.1:{web.port}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
