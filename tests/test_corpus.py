"""The corpus is what it says: sizes, authors, labels, nobody's number, nobody's site."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from classifiers.hosts import official
from classifiers.rulebook import FIELDS
from learning.corpus import (
    FOLDER,
    HONEST,
    OFFENDING,
    PARTS,
    BadCorpus,
    Labelled,
    fingerprint,
    read_file,
    read_part,
)
from storage.reasons import REASONS
from storage.records import Verdict

BY_PART = {part: read_part(part) for part in PARTS}
ALL = [row for rows in BY_PART.values() for row in rows]
FILES = sorted(FOLDER.rglob("*.jsonl"))
# Why no text can be labelled with these: what an inspector sees, or the same offence named before.
NOT_IN_TEXT = {
    "C5-02": "accounts show it",
    "E1-02": "as C2",
    "E1-03": "as C3 and C4",
    "E3-01": "the certificate's layout shows it",
    "E3-03": "the filing shows it",
    "E3-05": "the register shows it",
}


def said(row: Labelled) -> str:
    return "\n".join(getattr(row.subject, name) for name in FIELDS)


def size(row: Labelled) -> int:
    return len(row.subject.title) + len(row.subject.text)


def raw_lines() -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in FILES:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield path, json.loads(line)


# --- how much there is --------------------------------------------------------------------------


def test_there_are_as_many_texts_of_each_kind_as_the_project_set_itself() -> None:
    strata = Counter(row.stratum for row in ALL)
    assert len(ALL) >= 2_400
    assert sum(row.offending for row in ALL) >= 1_000
    assert strata["disguised"] >= 400
    assert strata["implied"] >= 300
    assert strata["hard"] >= 900
    assert strata["ordinary"] >= 500
    assert set(strata) == {*OFFENDING, *HONEST}


def test_every_code_that_a_text_can_show_is_labelled_somewhere() -> None:
    codes = {leaf.code for leaf in REASONS[Verdict.VIOLATION]} - set(NOT_IN_TEXT)
    labelled = {label.code for row in ALL for label in row.labels}
    assert codes - labelled == set()
    assert labelled - codes == set()


def test_texts_run_from_twenty_to_three_thousand_characters() -> None:
    sizes = sorted(size(row) for row in ALL)
    assert sizes[len(sizes) // 100] <= 30
    assert sizes[-1] <= 3_000
    assert sum(one >= 2_000 for one in sizes) >= 10


def test_no_text_stands_there_twice() -> None:
    seen = Counter(re.sub(r"\W", "", said(row)) for row in ALL)
    assert [text[:40] for text, times in seen.items() if times > 1] == []


def test_each_part_has_texts_of_every_kind() -> None:
    for part, rows in BY_PART.items():
        assert {row.stratum for row in rows} == {*OFFENDING, *HONEST}, part


# --- who wrote it -------------------------------------------------------------------------------


def test_ids_are_unique() -> None:
    assert [name for name, times in Counter(row.id for row in ALL).items() if times > 1] == []


def test_a_file_is_one_pen_named_by_its_writer_and_itself() -> None:
    for path, raw in raw_lines():
        writer = raw["id"].partition("-")[0]
        assert path.stem == f"{writer}_{raw['pen']}", raw["id"]


def test_no_pen_stands_in_two_parts() -> None:
    parts = defaultdict(set)
    for path in FILES:
        parts[path.stem].add(path.parent.name)
    assert {pen: found for pen, found in parts.items() if len(found) > 1} == {}


def test_who_wrote_the_test_part_wrote_nothing_else() -> None:
    writers = {part: {row.id.partition("-")[0] for row in rows} for part, rows in BY_PART.items()}
    assert writers["test"].isdisjoint(writers["train"] | writers["tune"])


# --- labels -------------------------------------------------------------------------------------


def test_every_label_is_the_slice_it_says() -> None:
    wrong = [
        (raw["id"], label["quote"])
        for _, raw in raw_lines()
        for label in raw["labels"]
        if raw[label["field"]][label["start"] : label["end"]] != label["quote"]
    ]
    assert wrong == []


def test_offending_texts_have_labels_and_honest_ones_none() -> None:
    for row in ALL:
        assert row.offending == bool(row.labels) == (row.stratum in OFFENDING), row.id


def test_a_quote_is_neither_empty_nor_a_whole_long_text() -> None:
    for row in ALL:
        for label in row.labels:
            quote = getattr(row.subject, label.field)[label.start : label.end]
            assert quote.strip(), row.id
            assert len(quote) <= 120, row.id


# --- nobody's number, nobody's site -------------------------------------------------------------

SPELLED = str.maketrans("〇零幺一二三四五六七八九壹贰叁肆伍陆柒捌玖", "001123456789123456789")
BETWEEN = r"[\s\-—–_.·*/]*"
MOBILE = re.compile(rf"(?<!\d)1{BETWEEN}[3-9](?:{BETWEEN}\d){{9}}(?!\d)")
LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[-—– ]?[2-9]\d{6,7}(?!\d)")
HOTLINE = re.compile(r"(?<!\d)[48]00[-—– ]?\d{3}[-—– ]?\d{4}(?!\d)")
ACCOUNT = re.compile(r"(?i)(?:qq|扣扣|企鹅|微信|wx|vx|薇|加v)[号群:：\s]{0,3}(\d{5,11})(?![\dx])")
HOST = re.compile(
    r"(?i)(?<![\w.@-])(?:[a-z0-9-]+\.)+"
    r"(?:com|cn|net|org|gov|edu|vip|top|cc|xyz|info|shop|site|online|club|wang|ltd|tv|co|io)"
    r"(?![\w-])(?!\.(?:example|test))"
)
INVENTED = (".example", ".test")


def numbers(text: str) -> Iterator[str]:
    """Telephone and account numbers that are not plainly nobody's (a run of zeros at the end)."""
    plain = unicodedata.normalize("NFKC", text).translate(SPELLED)
    for pattern in (MOBILE, LANDLINE, HOTLINE):
        found = (re.sub(r"\D", "", match.group()) for match in pattern.finditer(plain))
        yield from (number for number in found if not number.endswith("0000"))
    found = (match.group(1) for match in ACCOUNT.finditer(plain))
    yield from (number for number in found if not number.endswith("000"))


@pytest.mark.parametrize(
    "text",
    [
        "加微信13912345678",
        "电话 139-1234-5678",
        "幺三九幺二三四五六七八",
        "①③⑨①②③④⑤⑥⑦⑧",
        "座机0371-65551234",
        "QQ：28299551",
        "热线400-812-3456",
    ],
)
def test_a_number_that_could_be_somebodys_would_be_noticed(text: str) -> None:
    assert list(numbers(text))


def test_no_number_could_be_somebodys() -> None:
    assert [(row.id, found) for row in ALL for found in numbers(said(row))] == []


def test_a_sellers_host_is_one_that_cannot_exist() -> None:
    """Official sites may be named, as sellers do; others only under .example and .test."""
    wrong = []
    for row in ALL:
        if not row.offending:
            continue
        named = [match.group().lower() for match in HOST.finditer(said(row))]
        wrong += [(row.id, host) for host in named if not official(host)]
        host = urlsplit(row.subject.url).hostname or ""
        if row.subject.url and not host.endswith(INVENTED):
            wrong.append((row.id, row.subject.url))
    assert wrong == []


def test_an_address_is_one() -> None:
    urls = [(row.id, row.subject.url) for row in ALL if row.subject.url]
    assert [one for one in urls if not one[1].startswith(("http://", "https://"))] == []


# --- reading ------------------------------------------------------------------------------------

GOOD = {"id": "w0-1", "text": "焊工证包过", "labels": [{"code": "B4-02", "quote": "包过"}]}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "some.jsonl"
    told = (
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines
    )
    path.write_text("\n".join(told), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        "7",
        '"text"',
        "null",
        "[" * 100_000,
        {},
        {"id": "1", "text": "无标注"},
        {"id": "1", "labels": []},
        {"id": "1", "text": 5, "labels": []},
        {"id": "1", "text": "x", "label": "1"},
        {"id": "1", "text": "x", "label": 7},
        {"id": "1", "html": {"a": 1}, "labels": []},
        {"id": "1", "text": "x", "title": 3, "labels": []},
        {"id": "1", "text": "x", "labels": "B4-02"},
        {"id": "1", "text": "x", "published_at": "昨天", "labels": []},
        {"id": "1", "text": "x", "stratum": "plain", "labels": []},
        GOOD | {"stratum": "hard"},
        GOOD | {"labels": [{"code": "B4-02", "quote": "保过"}]},
        GOOD | {"labels": [{"code": "B4-02", "start": 3, "end": 5, "quote": "证包"}]},
        GOOD | {"labels": [{"code": "B4-02", "start": 3, "end": 99}]},
        GOOD | {"labels": [{"code": "B4-02", "start": 3, "end": 3}]},
        GOOD | {"labels": [{"code": "B4-02", "start": -2, "end": 5}]},
        GOOD | {"labels": [{"code": "B4-02", "start": "3", "end": 5}]},
        GOOD | {"labels": [{"code": "B4-02"}]},
        GOOD | {"labels": [{"code": "Q4-02", "quote": "包过"}]},
        GOOD | {"labels": [{"code": "", "quote": "包过"}]},
        GOOD | {"labels": [{"code": ["B"], "quote": "包过"}]},
        GOOD | {"labels": [{"code": "B4-02", "field": "url", "quote": "包过"}]},
        GOOD | {"labels": [{"code": "B4-02", "field": "__doc__", "quote": "e"}]},
        GOOD | {"labels": [7]},
    ],
    ids=lambda bad: str(bad)[:50],
)
def test_a_bad_line_is_refused_with_file_and_line(bad: object, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, "", bad)
    with pytest.raises(BadCorpus) as caught:
        list(read_file(path))
    assert "some.jsonl 第 3 行" in caught.value.text.zh
    assert "some.jsonl, line 3" in caught.value.text.en


@pytest.mark.parametrize("make", [None, b"\xff\xfe\x00", "folder"], ids=["none", "bytes", "folder"])
def test_a_file_that_cannot_be_read_is_told(make: bytes | str | None, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    if isinstance(make, bytes):
        path.write_bytes(make)
    elif make:
        path.mkdir()
    with pytest.raises(BadCorpus, match=r"cannot read some\.jsonl"):
        list(read_file(path))


def test_a_place_may_be_told_by_words_or_by_numbers(tmp_path: Path) -> None:
    by_numbers = GOOD | {"labels": [{"code": "B4-02", "start": 3, "end": 5}]}
    first, second = read_file(written(tmp_path, GOOD, by_numbers))
    assert first.labels == second.labels
    assert first.offending


@pytest.mark.parametrize("stop", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_signs_that_look_like_the_end_of_a_line_stay_in_the_text(stop: str, tmp_path: Path) -> None:
    text = f"焊工证{stop}包过"
    raw = json.dumps(GOOD | {"text": text}, ensure_ascii=False)
    raw = raw if stop in raw else json.dumps(GOOD | {"text": text})
    (row,) = read_file(written(tmp_path, raw))
    assert row.subject.text == text


def test_other_peoples_lines_need_only_text_and_label(tmp_path: Path) -> None:
    lines = [{"text": "包过", "label": 1, "obfuscated": True}, {"text": "好", "label": 0}]
    offending, honest = read_file(written(tmp_path, *lines))
    assert (offending.offending, offending.stratum, offending.labels) == (True, "disguised", ())
    assert (honest.offending, honest.stratum, honest.id) == (False, "ordinary", "some:2")


def test_a_page_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    page = "<title>报名</title><script>var 包过</script><p>焊工证<b>包过</b></p>"
    (row,) = read_file(written(tmp_path, {"html": page, "label": 1}))
    assert row.subject.title == "报名"
    assert row.subject.text.strip() == "焊工证包过"


def test_the_fingerprint_tells_every_change_and_every_move(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    path = written(tmp_path / "train", GOOD)
    first = fingerprint(tmp_path)
    path.write_bytes(path.read_bytes() + b"\n")
    second = fingerprint(tmp_path)
    (tmp_path / "train").rename(tmp_path / "test")
    assert len({first, second, fingerprint(tmp_path)}) == 3
