"""The targets file: what is wrong is named by its number, in both languages."""

from __future__ import annotations

import pytest

from crawler.source_spider import SourceSpider
from crawler.targets_file import read_targets
from storage.bilingual import Problem
from storage.records import TargetKind


class Institution(SourceSpider):
    name = "institution"


class Forum(SourceSpider):
    name = "forum"
    hosts = ("luntan.test",)

    @classmethod
    def seeds(cls, target):
        if target.kind in {TargetKind.KEYWORD, TargetKind.ACCOUNT}:
            return (f"http://luntan.test/{target.kind}/{target.value}",)
        return super().seeds(target)


class Engine(Forum):
    name = "engine"
    hosts = ("so.test",)

    @classmethod
    def seeds(cls, target):
        return super().seeds(target) if target.kind is TargetKind.KEYWORD else ()


SOURCES = {each.name: each for each in (Institution, Forum, Engine)}


def read(tmp_path, text):
    path = tmp_path / "targets.yaml"
    path.write_text(text, encoding="utf-8")
    return read_targets(path, SOURCES)


def complaint(tmp_path, text):
    with pytest.raises(Problem) as caught:
        read(tmp_path, text)
    return caught.value.text


def test_a_site_with_nothing_else_is_a_whole_target(tmp_path):
    [target] = read(tmp_path, "targets:\n  - site: https://peixun.example/\n")
    assert target.kind is TargetKind.SITE
    assert target.source == "institution"
    assert (target.depth, target.budget, target.render) == (4, 500, False)
    assert target.reason
    assert target.added_by


def test_options_are_taken_as_written(tmp_path):
    text = """
targets:
  - url: https://peixun.example/a.html
    reason: 群众举报
    added_by: 王某
    depth: 0
    budget: 3
    render: true
"""
    [target] = read(tmp_path, text)
    assert target.kind is TargetKind.URL
    assert (target.reason, target.added_by) == ("群众举报", "王某")
    assert (target.depth, target.budget, target.render) == (0, 3, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有 targets 列表"),
        ("targets: []\n", "没有 targets 列表"),
        ("[1, 2]\n", "没有 targets 列表"),
        ("targets:\n  - 只有文字\n", "第 1 个目标"),
        ("targets:\n  - reason: x\n", "须且只须写明"),
        ("targets:\n  - site: http://a.example/\n    url: http://a.example/\n", "须且只须写明"),
        ("targets:\n  - site: http://a.example/\n    colour: red\n", "不认识的项：colour"),
        ("targets:\n  - site: http://a.example/\n    depth: 很深\n", "depth 应是"),
        ("targets:\n  - site: http://a.example/\n    depth: true\n", "depth 应是"),
        ("targets:\n  - site: http://a.example/\n    budget: -1\n", "budget 应是"),
        ("targets:\n  - site: http://a.example/\n    source: weixin\n", "没有名为“weixin”的来源"),
        ("targets:\n  - site: ftp://a.example/\n", "第 1 个目标"),
        ("targets:\n  - site: 12\n", "site 应是文字"),
        ("targets: [\n", "读不懂目标文件"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, said):
    words = complaint(tmp_path, text)
    assert said in words.zh
    assert words.en


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Problem) as caught:
        read_targets(tmp_path / "none.yaml", SOURCES)
    assert "找不到目标文件" in caught.value.text.zh


def test_a_file_in_another_encoding_is_refused_with_the_remedy(tmp_path):
    path = tmp_path / "targets.yaml"
    path.write_bytes("targets:\n  - site: http://a.example/\n    reason: 举报\n".encode("gbk"))
    with pytest.raises(Problem) as caught:
        read_targets(path, SOURCES)
    assert "UTF-8" in caught.value.text.zh


def test_a_keyword_goes_to_every_source_one_can_search(tmp_path):
    targets = read(tmp_path, "targets:\n  - keyword: 月嫂证 包过\n")
    assert [(one.source, one.value, one.budget) for one in targets] == [
        ("engine", "月嫂证 包过", 100),
        ("forum", "月嫂证 包过", 100),
    ]


def test_a_keyword_goes_to_the_sources_it_names(tmp_path):
    [target] = read(tmp_path, "targets:\n  - {keyword: 月嫂证, source: [forum], budget: 7}\n")
    assert (target.kind, target.source, target.budget) == (TargetKind.KEYWORD, "forum", 7)


def test_the_same_keyword_twice_is_one_target(tmp_path):
    twice = "targets:\n  - {keyword: 月嫂证, source: forum}\n  - {keyword: 月嫂证, source: forum}\n"
    assert len(read(tmp_path, twice)) == 1


def test_an_account_needs_its_platform(tmp_path):
    said = complaint(tmp_path, "targets:\n  - account: abc\n")
    assert "forum" in said.zh
    [target] = read(tmp_path, "targets:\n  - {account: abc, source: forum}\n")
    assert (target.kind, target.value) == (TargetKind.ACCOUNT, "abc")


def test_a_source_that_has_no_accounts_says_so(tmp_path):
    said = complaint(tmp_path, "targets:\n  - {account: abc, source: engine}\n")
    assert "engine" in said.zh
    assert "account" in said.en


def test_a_url_is_read_by_the_source_of_its_host(tmp_path):
    text = "targets:\n  - url: http://luntan.test/t/1\n  - url: http://peixun.example/1\n"
    assert [one.source for one in read(tmp_path, text)] == ["forum", "institution"]


class Weibo(Engine):
    name = "weibo"
    zh = "微博"


@pytest.mark.parametrize("called", ["weibo", "微博", "Weibo", "微博（weibo）", " 微博 "])
def test_a_source_is_known_by_either_of_its_names(tmp_path, called):
    path = tmp_path / "targets.yaml"
    path.write_text(f"targets:\n  - keyword: 包过\n    source: ['{called}']\n", encoding="utf-8")
    (target,) = read_targets(path, {**SOURCES, "weibo": Weibo})
    assert target.source == "weibo"


def test_an_unknown_source_is_answered_with_both_names_of_those_there_are(tmp_path):
    path = tmp_path / "targets.yaml"
    path.write_text("targets:\n  - keyword: 包过\n    source: 微搏\n", encoding="utf-8")
    with pytest.raises(Problem) as caught:
        read_targets(path, {**SOURCES, "weibo": Weibo})
    assert "没有名为“微搏”的来源" in caught.value.text.zh
    assert "微博（weibo）" in caught.value.text.zh
    assert "微博" not in caught.value.text.en
