"""What the machine says of a file is said in Chinese, with the line; in English as it said it."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from classifiers.sheets import BadSheet, read_sheet
from crawler.targets_file import load
from door.check_files import check_readable, output, unwritable
from door.check_record import BadRecord, parsed
from learning.corpus import BadCorpus, read_file
from storage.bilingual import Problem
from storage.machine_words import SYSTEM, json_words, os_words, yaml_words

SHEET = "targets:\n  - site: http://a.example/\n"


@pytest.mark.parametrize("number", SYSTEM)
def test_a_system_error_is_chinese_in_chinese_and_english_in_english(number: int) -> None:
    said = os_words(OSError(number, os.strerror(number)))
    assert not any(letter.isascii() and letter.isalpha() for letter in said.zh)
    assert said.en == os.strerror(number)


def test_a_file_that_is_not_there_is_told_in_chinese() -> None:
    with pytest.raises(Problem) as caught:
        check_readable(["nofile.txt"])
    assert "找不到文件" in caught.value.text.zh
    assert "No such file" not in caught.value.text.zh
    assert "No such file" in caught.value.text.en


def test_writing_to_a_folder_asks_for_a_files_name_and_not_for_room(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught, output(tmp_path):
        pass
    assert "这是文件夹" in caught.value.text.zh
    assert "空间" not in caught.value.text.zh
    assert "原有文件" not in caught.value.text.zh


def test_a_full_disk_asks_for_room() -> None:
    said = unwritable("甲.txt", "a.txt", OSError(errno.ENOSPC, "No space left on device")).text.zh
    assert "磁盘空间不足" in said
    assert "腾出空间" in said


@pytest.mark.parametrize(
    ("line", "zh"),
    [
        ("hello", "第 1 个字符处，这里应有一个值"),
        ('{"id": 1,}', "第 10 个字符处"),
        ('{"id": 1} x', "第 11 个字符处，后面还有多余的内容"),
        ('{"id": "1', "引号没有配对"),
        ("[" * 100_000, "括号套得太深"),
        ("9" * 5000, "数字太长"),
    ],
)
def test_what_is_no_json_is_said_in_chinese_with_its_place(line: str, zh: str) -> None:
    with pytest.raises(BadRecord) as caught:
        parsed(line)
    assert zh in caught.value.text.zh
    assert "line 1" not in caught.value.text.zh + caught.value.text.en


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        (SHEET + "     reason: 举报\n", "第 3 行：缩进"),
        ("targets:\n\t- site: x\n", "第 2 行：用了制表符"),
        ("targets:\n- site: a: b\n", "第 2 行：缩进不对，或一行里多了一个冒号"),
        ("targets: [1, 2\n", "方括号没有配对"),
        ("targets: {a: 1\n", "花括号没有配对"),
        ('targets: "abc\n', "引号没有配对"),
        ("targets: @abc\n", "符号有特殊含义（请加引号）"),
        ("targets: *abc\n", "以 * 开头的文字请加引号"),
        ("targets: !abc 1\n", "以 ! 开头的文字请加引号"),
        ("targets: \x01\n", "控制字符"),
        ("day: 2026-02-31\n", "日期"),
    ],
)
def test_a_yaml_slip_is_said_in_words_with_its_line(tmp_path: Path, text: str, zh: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    for read, fault in ((load, Problem), (read_sheet, BadSheet)):
        with pytest.raises(fault) as caught:
            read(path)
        assert zh in caught.value.text.zh
        assert "expected" not in caught.value.text.zh


@pytest.mark.parametrize(
    ("body", "zh"),
    [("targets: 举报".encode("gbk"), "请另存为 UTF-8"), (b"\xff\xd8\xff\x00\x10", "不是文本文件")],
)
def test_a_file_in_another_encoding_says_to_save_it_as_utf8(
    tmp_path: Path, body: bytes, zh: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(body)
    for read, fault in ((load, Problem), (read_sheet, BadSheet)):
        with pytest.raises(fault) as caught:
            read(path)
        assert zh in caught.value.text.zh
        assert "codec" not in caught.value.text.zh


@pytest.mark.parametrize(
    ("row", "zh"),
    [
        ({"id": 1, "text": "包过"}, "没有标注"),
        ({"id": 1, "label": 1}, "缺少 html"),
        ({"id": 1, "text": "包过", "label": 2}, "label 应为 0 或 1"),
        ({"id": 1, "text": "包过", "labels": [{"code": "Z9"}]}, "没有违规编号 Z9"),
        ({"id": 1, "text": 5, "label": 1}, "写法不对"),
    ],
)
def test_a_row_that_is_no_labelled_text_is_told_in_chinese(
    tmp_path: Path, row: dict[str, object], zh: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    with pytest.raises(BadCorpus) as caught:
        list(read_file(path))
    assert zh in caught.value.text.zh


def test_a_corpus_that_is_not_there_or_no_json_is_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(BadCorpus) as caught:
        list(read_file(tmp_path / "nofile.jsonl"))
    assert "找不到文件" in caught.value.text.zh
    assert "Errno" not in caught.value.text.zh
    path = tmp_path / "rows.jsonl"
    path.write_text("hello\n", encoding="utf-8")
    with pytest.raises(BadCorpus) as caught:
        list(read_file(path))
    assert "不是 JSON（第 1 个字符处" in caught.value.text.zh


@given(st.text(alphabet=st.sampled_from("a1 :-\n\t[]{}'\"*&!@#|>%`,?\\"), max_size=30))
def test_no_yaml_slip_is_left_without_words(text: str) -> None:
    try:
        yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        said = yaml_words(error)
        assert said.zh
        assert "<" not in said.zh


@given(st.text(max_size=30))
def test_no_json_slip_is_left_without_words(text: str) -> None:
    try:
        json.loads(text)
    except ValueError as error:
        said = json_words(error)
    else:
        return
    assert said.zh
