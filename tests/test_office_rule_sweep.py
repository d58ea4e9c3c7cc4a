"""A rule put into the office's folder as one file is used by the next sweep, over real HTTP."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.database import open_database, read
from storage.models import findings, posts

ROOT = Path(__file__).parents[1]
PAGE = "http://www.linghe-bus.example/xwzx/2026-03-01-shanggang.html"
SWEEP = f"""
from door.settings import SETTINGS
from door.sources import all_sources
from door.sweep_run import SweepOrder, run_sweep
from sampleweb.server import SampleWeb
from storage.database import open_database
from storage.records import Target, TargetKind

page = Target(
    kind=TargetKind.URL, value={PAGE!r}, source="institution", reason="试", added_by="试"
)
with SampleWeb() as web:
    order = SweepOrder(targets=[page], name="trial", routes=web.routes, delay=0.0)
    engine = open_database("", SETTINGS.home)
    run_sweep(engine, SETTINGS, order, all_sources(), lambda visit: None)
"""
RULE = """\
code: B4-99
clause: 二
name: {zh: 试用规则, en: A trial}
version: 1
severity: 2
proves: text
score: 0.9
sure: [东方还没亮]
voices: [candidate, narrator, unknown]
why: {zh: "含{words}。", en: Holds it.}
hits:
- {text: "焊工证，东方还没亮就来排队，加微信。", quote: 东方还没亮}
misses:
- {text: "天亮了。", reason: 没有这几个字}
"""


def sweep(home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SWEEP],
        cwd=ROOT,
        env={"CERTSWEEP_HOME": str(home), "CERTSWEEP_LANG": "en", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def found(home: Path) -> list[tuple[str, str]]:
    engine = open_database("", home)
    with read(engine) as connection:
        statement = select(posts.c.url, findings.c.rule).join(
            findings, findings.c.post_row == posts.c.id
        )
        rows = [tuple(row) for row in connection.execute(statement)]
    engine.dispose()
    return rows


@pytest.mark.timeout(300)
def test_a_rule_added_as_one_file_is_used_by_the_next_sweep(tmp_path: Path) -> None:
    first = sweep(tmp_path)
    assert first.returncode == 0, first.stderr
    assert found(tmp_path) == []
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "b4_99_trial.yaml").write_text(RULE, encoding="utf-8")
    second = sweep(tmp_path)
    assert second.returncode == 0, second.stderr
    assert found(tmp_path) == [(PAGE, "b4_99_trial")]
    (folder / "b4_99_trial.yaml").write_text(RULE.replace("0.9", "9"), encoding="utf-8")
    third = sweep(tmp_path)
    assert third.returncode != 0
    assert "b4_99_trial.yaml, line 7, score: must lie between 0.05 and 0.95" in third.stderr
