"""Saved pages and what their spider reads in them; no spider without both."""

from __future__ import annotations

import importlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import cli
from commands.parse import saved_page
from crawler.source_spider import SourceSpider
from door.sources import all_sources

ROOT = Path(__file__).parent.parent
PAGES = Path(__file__).parent / "pages"
SPIDERS = sorted(path.stem for path in (ROOT / "spiders").glob("*.py") if path.stem != "__init__")
EXPECTED = ".expected.json"


def saved_pages() -> list[Path]:
    found = (path for path in PAGES.glob("*/*") if not path.name.endswith(EXPECTED))
    return sorted(found)


def expected_of(page: Path) -> Path:
    return page.with_name(page.stem + EXPECTED)


@pytest.fixture
def parse(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def typed(*words: str) -> tuple[int, str, str]:
        """Exit code, output and complaint of `certsweep parse …`."""
        monkeypatch.setattr(sys, "argv", ["certsweep", "parse", *words])
        code: Any = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code
        out, err = capsys.readouterr()
        return int(code or 0), out, err

    return typed


@pytest.mark.parametrize("page", saved_pages(), ids=lambda page: f"{page.parent.name}/{page.name}")
def test_a_saved_page_is_read_as_written_down(parse, page):
    expected = json.loads(expected_of(page).read_text(encoding="utf-8"))
    asked = expected["page"]
    facts = [f"--{name.replace('_', '-')}={value}" for name, value in asked.items()]
    code, out, err = parse(f"--source={page.parent.name}", *facts, str(page))
    assert code == 0, err
    (line,) = out.splitlines()
    assert json.loads(line) == expected["reading"]


def test_the_walls_and_gaps_of_the_open_web_are_among_the_saved_pages():
    readings = [
        json.loads(path.read_text(encoding="utf-8"))["reading"]
        for path in (PAGES / "institution").glob(f"*{EXPECTED}")
    ]
    assert {(one["state"], one["reason"]) for one in readings} >= {
        ("alive", ""),
        ("removed", "http_404"),
        ("blocked", "shell"),
        ("blocked", "captcha"),
    }
    posts = [post for one in readings for post in one["posts"]]
    assert any(post["contacts"]["wechat"] and post["icp"] and post["author"] for post in posts)
    assert any(not one["posts"] and one["links"] and not one["reason"] for one in readings)


def test_a_saved_page_is_not_all_in_one_charset():
    def is_utf_8(page: Path) -> bool:
        try:
            return bool(page.read_bytes().decode("utf-8"))
        except UnicodeDecodeError:
            return False

    assert {is_utf_8(page) for page in saved_pages()} == {True, False}


@pytest.mark.parametrize("name", SPIDERS)
def test_a_spider_comes_with_a_saved_page_and_expected_posts(name):
    pages = [page for page in saved_pages() if page.parent.name == name]
    assert pages, f"spiders/{name}.py has no saved page in tests/pages/{name}/"
    assert [page.name for page in pages if not expected_of(page).exists()] == []
    readings = [json.loads(expected_of(page).read_text(encoding="utf-8")) for page in pages]
    assert any(one["reading"]["posts"] for one in readings), f"no page of {name} has a post"


def test_a_saved_page_belongs_to_a_spider_and_an_expectation_to_a_page():
    assert {page.parent.name for page in saved_pages()} <= set(SPIDERS)
    written = {path for path in PAGES.glob("*/*") if path.name.endswith(EXPECTED)}
    assert written == {expected_of(page) for page in saved_pages()}


@pytest.mark.parametrize("name", SPIDERS)
def test_file_class_and_name_of_a_spider_agree(name):
    module = importlib.import_module(f"spiders.{name}")
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, SourceSpider)
        and value.__module__ == module.__name__
    ]
    (spider,) = own
    assert spider.name == name
    assert spider.__name__ == "".join(part.title() for part in name.split("_")) + "Spider"
    assert spider.read is not SourceSpider.read


def test_every_spider_is_found_by_its_name_and_no_other_is():
    assert sorted(all_sources()) == SPIDERS


def test_an_unknown_source_is_refused_with_those_there_are(parse):
    page = str(PAGES / "institution" / "article.html")
    code, out, err = parse("--source=nowhere", "--url=http://a.example/", page)
    assert (code, out) == (1, "")
    assert "nowhere" in err
    assert "institution" in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there_and_an_address_that_is_none_are_told(parse, tmp_path):
    page = str(PAGES / "institution" / "article.html")
    code, _, err = parse("--source=institution", "--url=http://a.example/", str(tmp_path / "no"))
    assert code == 1
    assert str(tmp_path / "no") in err
    code, _, err = parse("--source=institution", "--url=http://[", page)
    assert code == 1
    assert "Traceback" not in err


def test_a_day_told_by_its_distance_is_counted_from_the_moment_of_capture(parse, tmp_path):
    page = tmp_path / "page.html"
    words = "本校电工班开课，学员在校学满规定课时后方可报名参加考核。" * 3
    page.write_text(f"<html><title>a</title><p>发布时间：3天前</p><p>{words}</p>", encoding="utf-8")
    asked = ["--source=institution", "--url=http://a.example/1.html"]
    _, out, _ = parse(*asked, "--fetched-at=2026-11-23T04:00:00", str(page))
    (post,) = json.loads(out)["posts"]
    assert post["published_at"].startswith("2026-11-20")
    assert post["published_raw"] == "3天前"


@pytest.mark.parametrize("given", ["2026-11-25T10:00:00+08:00", "2026-11-25T02:00:00"])
def test_a_time_that_names_its_zone_is_believed_and_one_that_does_not_is_utc(
    parse, tmp_path, given
):
    page = tmp_path / "page.html"
    page.write_text("<title>公告</title><p>发布时间：1小时前</p><p>" + "正文。" * 60, "utf-8")
    code, _out, err = parse(
        "--source=institution", "--url=http://a.example/1.html", f"--fetched-at={given}", str(page)
    )
    assert code == 0, err
    assert saved_page(page, "http://a.example/1.html", 200, datetime.fromisoformat(given)) == (
        saved_page(page, "http://a.example/1.html", 200, datetime(2026, 11, 25, 2, tzinfo=UTC))
    )


def test_half_of_a_pair_in_an_address_or_a_number_is_read_and_printed(parse, tmp_path):
    told = (
        r'{"aweme_detail":{"aweme_id":"7123456789012345678","desc":"a","author":{"nickname":"n"},'
        r'"images":[{"url_list":["https://p3.example/\ud800.jpg"]}],'
        r'"statistics":{"digg_count":"\ud800"}}}'
    )
    page = tmp_path / "answer.json"
    page.write_text(told, "utf-8")
    url = "https://www.douyin.com/aweme/v1/web/aweme/detail/?aweme_id=7123456789012345678"
    code, out, err = parse("--source=douyin", f"--url={url}", str(page))
    assert code == 0, err
    out.encode()
    assert json.loads(out)["posts"]
