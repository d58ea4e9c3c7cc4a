"""The numbers of lists, letters and briefs: one row, none missing, the void ones named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from console.file_words import scope_of
from door.brief_run import register_brief, write_brief
from door.export_jobs import Shop, run_waiting
from door.settings import read_settings
from storage.database import write
from storage.export_jobs import JobState, Order, place_order
from storage.models_exports import export_jobs
from storage.numbers_given import PAGE, numbers_given
from tests.desk_site import Browser, make_desk, staff
from tests.makers import NOON
from tests.takedown_makers import decided, listed
from tests.test_case_commands import Typist

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def typed(engine: Engine, database_url: str, tmp_path, monkeypatch, capsys) -> Typist:
    typist = Typist(monkeypatch, capsys)
    typist.url, typist.home = database_url, tmp_path
    return typist


def brief_made(engine: Engine, folder: Path) -> None:
    register_brief(engine, write_brief(engine, folder, NOON.date(), 1, ""), "王某")


def test_no_number_is_missing_whatever_it_was_given_to(engine: Engine, tmp_path: Path) -> None:
    decided(engine)
    listed(engine)
    brief_made(engine, tmp_path)
    listed(engine, form="letter", site="school.example")
    given = numbers_given(engine)
    days: dict[str, list[int]] = {}
    for one in reversed(given):
        day, _, number = one.batch_no.rpartition("-")
        days.setdefault(day, []).append(int(number))
    assert len(given) == 4
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in days.values())
    assert {one.format for one in given} == {"xlsx", "letter", "brief-docx", "brief-html"}
    assert not any(one.void for one in given)


def test_they_come_in_pages_and_none_twice(engine: Engine) -> None:
    decided(engine)
    numbers = [listed(engine) for _ in range(5)]
    found, before = [], None
    while page := numbers_given(engine, before, limit=2):
        found += [one.batch_no for one in page]
        before = page[-1].id
    assert found == numbers[::-1]
    assert PAGE > 50


def test_the_command_tells_them_and_takes_nothing_else(typed: Typist, engine: Engine) -> None:
    none = typed("export", "list")
    assert "还没有生成过" in none.stderr
    decided(engine)
    number = listed(engine)
    brief_made(engine, typed.home / "briefs")
    done = typed("export", "list")
    assert done.returncode == 0, done.stderr
    for words in (number, "处置清单（XLSX）", "巡查日报", "CS-"):
        assert words in done.stdout, words
    facts = json.loads(typed("export", "list", "--json").stdout)
    assert [one["batch_no"] for one in facts][-1] == number
    wrong = typed("export", "list", "--platform", "weibo")
    assert (wrong.returncode, "只能加 --json" in wrong.stderr) == (2, True)
    missing = typed("export", "xlsx")
    assert (missing.returncode, "缺少 --out" in missing.stderr) == (2, True)


def test_a_brief_tells_its_numbers_and_in_english_that_it_is_in_chinese(
    typed: Typist, engine: Engine
) -> None:
    done = typed("brief", "--out", str(typed.home / "a"))
    assert "编号 CS-" in done.stderr
    assert len(numbers_given(engine)) == 2
    told = typed("brief", "--out", str(typed.home / "b"), lang="en").stderr
    assert "Papers are in Chinese" in told
    decided(engine, "w1", platform="weibo")
    letter = ("export", "letter", "--platform", "weibo", "--out", str(typed.home / "c"))
    assert "in Chinese" in typed(*letter, lang="en").stderr
    assert "Chinese" not in typed("export", "csv", "--out", str(typed.home / "d"), lang="en").stderr


@pytest.mark.parametrize(
    ("filters", "zh"),
    [
        ({}, "全部"),
        ({"platform": "weibo"}, "微博"),
        ({"platform": "web", "site": "school.example"}, "school.example"),
        ({"to": "公安", "platform": ""}, "公安"),
        (
            {"platform": "web", "site": "a.example", "request": "TD-1", "internal": True},
            "内部，TD-1，a.example",
        ),
    ],
)
def test_what_a_file_is_about_is_told_in_words(filters: dict[str, object], zh: str) -> None:
    assert scope_of(filters).zh == zh


class TestAtTheDesk:
    @pytest.fixture
    def kind(self) -> str:
        """Pages ask storage, whose own tests run on both databases."""
        return "sqlite"

    def test_a_page_lists_all_numbers_the_void_ones_named(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        staff(engine)
        desk = make_desk(engine, tmp_path)
        decided(engine)
        place_order(engine, Order(kind="list", form="csv"), "wang")
        place_order(engine, Order(kind="list", form="xlsx"), "wang")
        home = {"CERTSWEEP_HOME": str(desk.exports.parent)}
        run_waiting(Shop(engine=engine, settings=read_settings(home)), "test")
        with write(engine) as connection:
            failed = update(export_jobs).where(export_jobs.c.id == 2)
            connection.execute(failed.values(state=JobState.FAILED.value))
        brief_made(engine, tmp_path / "briefs")
        browser = Browser(desk).log_in("wang")
        assert 'href="/exports/numbers"' in browser.get("/exports").text
        page = browser.get("/exports/numbers").text
        for one in numbers_given(engine):
            assert one.batch_no in page
        assert page.count("作废，没有生成文件") == 1
        assert "不在审核台生成" in page
        assert browser.get("/exports/numbers?before=1").text.count("CS-") == 0
        assert browser.get("/exports/numbers?before=x").status_code == 200
