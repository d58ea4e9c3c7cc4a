"""A whole sweep of invented platforms, in a process of its own: a reactor runs once.

`swept(home, targets, port)` gives what the sweep said and what is known of the sources after it.
Platforms: luntan.test (a forum: search, threads), wall.test (captcha), new.test (a changed
layout), quiet.test (readable, but the canary finds nothing), login.test (wants a login),
so.test (a search engine).
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.reading import Reading
from crawler.source_spider import SourceSpider
from spiders.institution import InstitutionSpider
from storage.records import Page, PageState, Post, Target, TargetKind

ROOT = Path(__file__).parents[1]


def target(value: str, source: str, kind: str = "keyword", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "value": value, "source": source, "depth": 3, "budget": 50} | more


def swept(home: Path, targets: list[dict[str, Any]], port: int, **more: Any) -> dict[str, Any]:
    asked = {"home": str(home), "targets": targets, "port": port} | more
    done = subprocess.run(
        [sys.executable, "-m", "tests.source_sweep"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


class Platform(SourceSpider):
    """Its pages are JSON: {"state", "reason", "posts": [{id, text, at}], "links"}; search and
    account lists at /list/<word>."""

    name = "platform"

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        if target.kind in {TargetKind.KEYWORD, TargetKind.ACCOUNT}:
            return (f"http://{cls.hosts[0]}/list/{target.value}",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        told = json.loads(page.body)
        return Reading(
            state=PageState(told.get("state", "alive")),
            reason=told.get("reason", ""),
            posts=tuple(self.post(page, one) for one in told.get("posts", [])),
            links=tuple(told.get("links", [])),
        )

    def post(self, page: Page, told: dict[str, Any]) -> Post:
        at = told.get("at")
        return Post(
            platform=self.name,
            post_id=str(told["id"]),
            url=told.get("url", page.final_url),
            url_found=page.url,
            title=told.get("title", ""),
            text=told.get("text", ""),
            author=told.get("author", "某号"),
            images=tuple(told.get("images", ())),
            published_at=datetime.fromtimestamp(at, UTC) if at else None,
        )


def platform(source: str, host: str, **more: Any) -> type[Platform]:
    return type(source, (Platform,), {"name": source, "hosts": (host,), "canary": "canary"} | more)


SOURCES: dict[str, type[SourceSpider]] = {
    "institution": InstitutionSpider,
    "forum": platform("forum", "luntan.test"),
    "wall": platform("wall", "wall.test"),
    "changed": platform("changed", "new.test"),
    "quiet": platform("quiet", "quiet.test"),
    "login": platform("login", "login.test"),
    "engine": platform("engine", "so.test", searches_web=True),
}


def main() -> None:
    from door.settings import read_settings
    from door.sweep_parts import SweepOrder
    from door.sweep_report import summary_json
    from door.sweep_run import run_sweep
    from storage.coverage import coverage
    from storage.database import open_database
    from storage.sources import health
    from storage.targets import load_all

    asked = json.load(sys.stdin)
    settings = read_settings(
        {
            "CERTSWEEP_HOME": asked["home"],
            "CERTSWEEP_CHROMIUM": "/nonexistent",
            **asked.get("env", {}),
        }
    )
    engine = open_database("", settings.home)
    targets = [
        Target(reason="检查", added_by="检查", **{**one, "kind": TargetKind(one["kind"])})
        for one in asked["targets"]
    ]
    order = SweepOrder(
        targets=targets,
        name="test",
        routes={"*.test": f"127.0.0.1:{asked['port']}"},
        delay=0.0,
        retry_delays=(),
        timeout=5.0,
        **asked.get("order", {}),
    )
    result = run_sweep(engine, settings, order, SOURCES, lambda _visit: None)
    rows = load_all(engine.connect())
    print(
        json.dumps(
            {
                "summary": summary_json(result),
                "health": {name: asdict(one) for name, one in health(engine).items()},
                "targets": [asdict(one) for one in rows.values()],
                "covered": {row: coverage(engine, row) for row in rows},
            },
            default=str,
        )
    )


if __name__ == "__main__":
    main()
