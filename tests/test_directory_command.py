"""The directory kept in the database and used from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from classifiers.subject import Subject
from crawler.process import Ending
from door.directory_load import directory_if_any, load_directory
from door.directory_report import filings_table, valid_words
from door.settings import read_settings
from door.sweep_run import SweepOrder, run_sweep
from pipelines.tools import SETTING, Tools
from storage.bilingual import Problem
from storage.database import open_database, upgrade
from storage.directory import Source, add_edition, bodies, editions, filings
from storage.directory_changes import changes, pair
from storage.records import Filing
from tests.filed_bodies import SCHOOL, filing

ROOT = Path(__file__).parent.parent
SHAM = (
    "郑州市锦程职业培训学校是经市人社局备案的等级认定机构，育婴员三级报名，"
    "学费1200元，加微信13800000000。"
)
LIST = (
    "机构名称,类别,职业,等级,地区\n"
    f"{SCHOOL},S,电工,三级,郑州市\n洛阳云帆职业技能鉴定所,鉴定,育婴员,三级,洛阳市\n"
)


def source(**changes: Any) -> Source:
    values = {
        "name": "郑州",
        "as_of": date(2026, 3, 1),
        "file": "a.csv",
        "sha256": "1",
        "by": "王某",
    }
    return Source(**values | changes)  # type: ignore[arg-type]


def test_an_edition_keeps_its_rows_as_they_were(engine: Engine) -> None:
    rows = [filing(), filing(level="四级", valid_from=date(2025, 1, 1), valid_to=None)]
    edition = add_edition(engine, source(), rows)
    assert (edition.rows, edition.bodies, edition.current) == (2, 1, True)
    assert list(filings(engine, edition.id)) == rows
    assert list(filings(engine, edition.id, SCHOOL)) == rows
    assert list(filings(engine, edition.id, "别家")) == []


def test_the_newest_edition_of_each_list_counts_and_the_older_ones_stay(engine: Engine) -> None:
    old = add_edition(engine, source(), [filing("开封市旧梦职业培训学校"), filing()])
    new = add_edition(engine, source(as_of=date(2026, 4, 1), sha256="2"), [filing()])
    other = add_edition(engine, source(name="开封", sha256="3"), [filing("开封市安居职业培训学校")])
    assert {one.id for one in editions(engine) if one.current} == {new.id, other.id}
    assert bodies(engine, [old.id]) == {"开封市旧梦职业培训学校", SCHOOL}
    directory = load_directory(engine)
    assert directory is not None
    assert {body.name for body in directory.bodies} == {SCHOOL, "开封市安居职业培训学校"}
    assert directory.left("开封市旧梦职业培训学校")
    assert directory.as_of == date(2026, 3, 1)


def test_an_older_edition_imported_later_does_not_count(engine: Engine) -> None:
    new = add_edition(engine, source(), [filing()])
    late = add_edition(engine, source(as_of=date(2025, 3, 1), sha256="2"), [filing("别家学校")])
    assert not late.current
    assert [one.id for one in editions(engine) if one.current] == [new.id]


def test_rows_that_break_off_leave_nothing_behind(engine: Engine) -> None:
    def broken():
        yield from (filing(level=level) for level in ("三级", "四级"))
        raise Problem("坏了。", "Broken.")

    with pytest.raises(Problem, match="Broken"):
        add_edition(engine, source(), broken())
    with pytest.raises(Problem, match="holds no body"):
        add_edition(engine, source(), [])
    assert editions(engine) == []
    assert load_directory(engine) is None


def test_the_same_file_for_the_same_day_is_kept_once(engine: Engine) -> None:
    add_edition(engine, source(), [filing()])
    with pytest.raises(Problem, match="imported before"):
        add_edition(engine, source(), [filing()])


def test_a_difference_names_bodies_and_rows(engine: Engine) -> None:
    def rows(*changed: Filing) -> list[Filing]:
        return [filing(), *changed]

    add_edition(engine, source(), rows(filing(level="四级"), filing("开封市旧梦学校")))
    add_edition(
        engine,
        source(as_of=date(2026, 4, 1), sha256="2"),
        rows(filing(level="五级"), filing("开封市安居学校")),
    )
    found = changes(engine, *pair(engine, None, None))
    assert (found.added, found.removed) == (("开封市安居学校",), ("开封市旧梦学校",))
    assert [row.level for row in found.gained] == ["五级"]
    assert [row.level for row in found.lost] == ["四级"]
    with pytest.raises(Problem, match="No edition 9"):
        pair(engine, 1, 9)
    with pytest.raises(Problem, match="no earlier edition"):
        pair(engine, 1, None)


def test_a_sweep_judges_with_the_directory_of_its_database(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_edition(engine, source(), [filing()])
    tools: list[Tools] = []

    def crawl(_sources: object, _plan: object, scrapy: dict[str, Any]) -> Ending:
        tools.append(scrapy[SETTING])
        return Ending(interrupted=True, problem=None, stats={})

    monkeypatch.setattr("door.sweep_run.crawl", crawl)
    settings = read_settings({"CERTSWEEP_HOME": str(tmp_path)})
    run_sweep(engine, settings, SweepOrder(targets=[], name="targets"), {}, lambda _: None)
    codes = {one.code for one in tools[0].judge.judge(Subject(text=SHAM)).findings}
    assert "E2-03" in codes


def run(home: Path, *args: str, lang: str = "zh") -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if key != "CERTSWEEP_DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "cli", *args],
        cwd=ROOT,
        env=environ | {"CERTSWEEP_HOME": str(home), "CERTSWEEP_LANG": lang},
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_the_file_to_the_verdict(tmp_path: Path) -> None:
    home, page, sheet = tmp_path / "home", tmp_path / "page.txt", tmp_path / "list.csv"
    page.write_text(SHAM, encoding="utf-8")
    sheet.write_bytes(LIST.encode("gbk"))
    assert "未发现" in run(home, "check", str(page)).stdout
    assert not home.exists()

    made = run(home, "directory", "import", str(sheet), "--as-of", "2026-03-01", "--json")
    assert made.returncode == 0, made.stderr
    facts = json.loads(made.stdout.splitlines()[-1])
    assert (facts["rows"], facts["bodies"], facts["as_of"]) == (2, 2, "2026-03-01")

    judged = run(home, "check", str(page))
    assert "涉嫌违规" in judged.stdout
    assert "目录（截至2026-03-01）中没有“郑州市锦程职业培训学校”" in judged.stdout

    shown = run(home, "directory", "show", "匠心职业培训学校", "--json")
    said = json.loads(shown.stdout)
    assert (said["how"], said["rows"][0]["body"]) == ("short", SCHOOL)
    assert "备案目录" in run(home, "directory", "list").stdout


def test_a_wrong_file_is_said_in_the_readers_language_and_changes_nothing(tmp_path: Path) -> None:
    home, sheet = tmp_path / "home", tmp_path / "list.csv"
    sheet.write_text(LIST + "巧匠学校,S,焊工,顶级,郑州市\n", encoding="utf-8")
    told = run(home, "directory", "import", str(sheet))
    assert (told.returncode, told.stdout) == (1, "")
    assert "第 4 行：看不懂等级“顶级”" in told.stderr
    english = run(home, "directory", "import", str(sheet), lang="en").stderr
    assert "row 4: no level can be read in '顶级'" in english
    assert json.loads(run(home, "directory", "list", "--json").stdout) == []
    assert run(home, "directory", "import", str(sheet), "--as-of", "昨天").returncode == 2
    assert run(home, "directory", "show", "匠心").returncode == 1


def test_check_goes_on_without_a_directory_where_none_can_be_read(tmp_path, capsys) -> None:
    settings = read_settings({"CERTSWEEP_HOME": str(tmp_path)})
    assert directory_if_any(settings) is None
    (tmp_path / "certsweep.db").write_bytes(b"no database at all" * 100)
    assert directory_if_any(settings) is None
    assert "按未导入判读" in capsys.readouterr().err


def test_a_database_from_before_the_directory_needs_no_upgrade_for_check(tmp_path: Path) -> None:
    settings = read_settings({"CERTSWEEP_HOME": str(tmp_path)})
    engine = open_database("", tmp_path)
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE directory_rows")
        connection.exec_driver_sql("DROP TABLE directory_editions")
    engine.dispose()
    assert directory_if_any(settings) is None


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (None, date(2025, 1, 1), "至 2025-01-01，已过期"),
        (None, date(2027, 12, 31), "至 2027-12-31"),
        (date(2026, 1, 1), date(2026, 11, 26), "2026-01-01 至 2026-11-26"),
        (date(2026, 12, 1), None, "自 2026-12-01 起，尚未生效"),
        (None, None, ""),
    ],
)
def test_a_filings_days_are_words_and_one_that_has_run_out_says_so(start, end, said):
    row = filing(valid_from=start, valid_to=end)
    assert valid_words(row, date(2026, 11, 26)) == said


def test_a_column_in_which_nothing_stands_is_not_shown():
    shown = [column.header for column in filings_table([filing(audience="")], "x").columns]
    assert "对象" not in shown
    assert "备案号" in shown
