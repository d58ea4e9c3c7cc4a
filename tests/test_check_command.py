from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.directory import Directory
from classifiers.judge import load_judge
from classifiers.subject import Subject
from commands.check import check_lines, check_texts
from commands.check import judged as judge_line
from door.check_files import decode, looks_like_html, looks_like_jsonl, output
from door.check_record import BadRecord, as_line, read_record
from door.explain_report import Explainer
from door.rule_words import Shelf
from storage.bilingual import Problem
from storage.records import Clause, Evidence, Finding, Judgement
from tests.filed_bodies import directory

ROOT = Path(__file__).parent.parent
AD = "月嫂证办理，三天拿证，签约包过，不过全退，加微信13800000000报名。"
CLEAN = "今天下午两点在二楼会议室开会，请带上笔记本。"


class WordJudge:
    """A stand-in that finds one word in every field."""

    def __init__(self, word: str) -> None:
        self.word = word

    def judge(self, subject: Subject, /, *, keep_weak: bool = False) -> Judgement:
        found = [
            Evidence(field=name, start=at, end=at + len(self.word), quote=self.word)
            for name in ("text", "title", "account")
            for at in places(getattr(subject, name), self.word)
        ]
        return Judgement(
            score=0.9 if found else 0.0,
            flagged=bool(found),
            findings=(self.finding(tuple(found)),) if found else (),
            stance="seller",
            engine="stand-in",
        )

    def finding(self, evidence: tuple[Evidence, ...]) -> Finding:
        return Finding(
            rule="word",
            version=1,
            code="B4-02",
            clause=Clause.TWO,
            score=0.9,
            severity=4,
            proves="text",
            why=f"含有“{self.word}”",
            evidence=evidence,
            legal_basis=("《某法》第一条",),
        )


def places(text: str, word: str) -> Iterable[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def run(
    *args: str, stdin: bytes = b"", lang: str = "zh", file_limit: int | None = None
) -> subprocess.CompletedProcess[bytes]:
    def limit() -> None:
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    return subprocess.run(
        [sys.executable, "-m", "cli", "check", *args],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "CERTSWEEP_LANG": lang},
        timeout=120,
        check=False,
        preexec_fn=limit,
    )


def lines(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.decode().splitlines()]


def records(*rows: object) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def judged(folder: Path, *rows: object) -> list[dict[str, Any]]:
    """The rows through the stand-in, without a process."""
    path = folder / "input.jsonl"
    path.write_bytes(records(*rows))
    answers: list[bytes] = []
    check_lines([str(path)], WordJudge("包过"), answers.append)
    return lines(b"".join(answers))


def every_place(row: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for finding in row["findings"]:
        yield finding
        yield from finding.get("more", ())


def test_an_advertisement_is_flagged_and_a_notice_is_not() -> None:
    done = run("-", "--jsonl", stdin=records({"id": "a", "text": AD}, {"id": 2, "text": CLEAN}))
    assert done.returncode == 0, done.stderr.decode()
    ad, clean = lines(done.stdout)
    assert (ad["id"], ad["flagged"]) == ("a", True)
    assert ad["findings"]
    for found in every_place(ad):
        assert AD[found["start"] : found["end"]] == found["quote"]
        assert found["field"] == "text"
    for finding in ad["findings"]:
        assert finding["clause"] in {"一", "二", "三", "四"}
        assert 0 < finding["score"] <= 1
        assert finding["why"]
        assert isinstance(finding["legal_basis"], list)
    assert clean == {"id": 2, "flagged": False, "score": clean["score"], "findings": []}


def test_a_quote_in_html_is_a_slice_of_the_html() -> None:
    html = f"<html><body><p>{AD.replace('包过', '<b>包</b>&#36807;')}</p></body></html>"
    done = run("-", "--jsonl", stdin=records({"id": 1, "html": html}))
    (row,) = lines(done.stdout)
    assert row["flagged"]
    for found in every_place(row):
        assert found["field"] == "html"
        assert html[found["start"] : found["end"]] == found["quote"]


def test_each_field_is_quoted_from_the_callers_own_text(tmp_path: Path) -> None:
    raw = {"id": 1, "text": "先签约包过再包过", "title": "包过", "account": "必包过"}
    (row,) = judged(tmp_path, raw)
    (finding,) = row["findings"]
    assert [place["field"] for place in every_place(row)] == ["text", "text", "title", "account"]
    assert "more" in finding
    for place in every_place(row):
        assert raw[place["field"]][place["start"] : place["end"]] == place["quote"]


@pytest.mark.parametrize("title", [None, "另一个标题"])
def test_the_title_of_a_page_is_judged_and_quoted_from_the_html(
    tmp_path: Path, title: str | None
) -> None:
    html = "<title>签约包&#36807;</title><p>正文"
    raw = {"id": 1, "html": html} | ({"title": title} if title else {})
    (row,) = judged(tmp_path, raw)
    ((place),) = every_place(row)
    assert place["field"] == "html"
    assert html[place["start"] : place["end"]] == place["quote"] == "包&#36807;"


def test_a_quote_over_tags_keeps_them(tmp_path: Path) -> None:
    (row,) = judged(tmp_path, {"id": 1, "html": "<p>签约包<i class='x'>过</i></p>"})
    assert row["findings"][0]["quote"] == "包<i class='x'>过"


BAD = [
    "nope",
    "[]",
    '"text"',
    "{}",
    '{"text": "x"}',
    '{"id": null, "text": "x"}',
    '{"id": 1.5, "text": "x"}',
    '{"id": true, "text": "x"}',
    '{"id": [1], "text": "x"}',
    '{"id": 1}',
    '{"id": 1, "text": null}',
    '{"id": 1, "text": 5}',
    '{"id": 1, "text": ["x"]}',
    '{"id": 1, "text": "x", "title": null}',
    '{"id": 1, "text": "x", "url": 3}',
    '{"id": 1, "text": "x", "html": "y"}',
    '{"id": 1, "text": "x", "published_at": "gestern"}',
    '{"id": 1, "text": "x", "published_at": 1700000000}',
    '{"id": 1, "text": "x", "published_at": "0001-01-01T00:00:00+14:00"}',
    "[" * 100_000,
    '{"id": ' + "9" * 5000 + ', "text": "x"}',
]


@pytest.mark.parametrize("line", BAD, ids=[line[:60] for line in BAD])
def test_a_bad_line_is_refused_in_both_languages(line: str) -> None:
    with pytest.raises(BadRecord) as caught:
        read_record(line)
    assert caught.value.text.zh
    assert caught.value.text.en.isascii() or "'" in caught.value.text.en


def test_bad_lines_are_answered_in_their_place_and_nothing_else_is_lost() -> None:
    body = (
        records({"id": "a", "text": AD})
        + b"\n   \nnope\n"
        + records({"id": 7, "text": None}, {"text": "x"}, {"id": "z", "text": AD})
    )
    done = run("-", "--jsonl", stdin=body)
    assert done.returncode == 1
    first, nope, null, no_id, last = lines(done.stdout)
    assert (first["id"], last["id"]) == ("a", "z")
    assert first["findings"] == last["findings"]
    assert (nope["id"], nope["line"]) == (None, 4)
    assert (null["id"], null["line"]) == (7, 5)
    assert (no_id["id"], no_id["line"]) == (None, 6)
    assert set(nope["error"]) == {"zh", "en"}


def test_a_byte_order_mark_and_carriage_returns_are_no_harm() -> None:
    body = b"\xef\xbb\xbf" + records({"id": 1, "text": AD}).replace(b"\n", b"\r\n")
    done = run("-", "--jsonl", stdin=body)
    assert done.returncode == 0
    assert lines(done.stdout)[0]["flagged"]


def test_the_last_line_needs_no_line_break() -> None:
    done = run("-", "--jsonl", stdin=records({"id": 1, "text": AD}).rstrip())
    assert [row["id"] for row in lines(done.stdout)] == [1]


def test_half_a_surrogate_pair_goes_through_and_keeps_its_place() -> None:
    body = b'{"id": "\\ud83d", "text": "\\ud83d' + AD.encode() + b'"}\n'
    done = run("-", "--jsonl", stdin=body)
    (row,) = lines(done.stdout)
    assert row["id"] == "\ud83d"
    found = row["findings"][0]
    assert ("\ud83d" + AD)[found["start"] : found["end"]] == found["quote"]


def test_bytes_that_are_not_utf8_do_not_stop_the_others() -> None:
    body = b'{"id": 1, "text": "\xff\xfe"}\n' + records({"id": 2, "text": AD})
    done = run("-", "--jsonl", stdin=body)
    assert [row["id"] for row in lines(done.stdout)] == [1, 2]


@given(
    st.dictionaries(
        st.sampled_from(["id", "text", "html", "title", "account", "published_at"]),
        st.none()
        | st.integers()
        | st.text(max_size=20)
        | st.lists(st.text(max_size=3), max_size=2),
    )
)
def test_any_record_is_answered_with_one_line_of_json(raw: dict[str, Any]) -> None:
    seen = judge_line(json.dumps(raw), 1, WordJudge("x"), file="")
    assert seen["id"] == raw.get("id") or "error" in seen
    assert json.loads(as_line(seen)) == seen


PIECES = [
    "包过",
    "<b>",
    "</b>",
    "<p>",
    "包",
    "过",
    "&#21253;",
    "&#36807;",
    "<!--x-->",
    "<br>",
    " ",
    "&amp;",
]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_every_html_finding_begins_and_ends_with_what_was_found(html: str) -> None:
    record = read_record(json.dumps({"id": 1, "html": html}))
    for evidence in (
        e for f in WordJudge("包过").judge(record.subject).findings for e in f.evidence
    ):
        origin = record.origins[evidence.field]
        start, end = origin.slice(evidence.start, evidence.end)
        assert html[start:end].startswith(("包", "&#21253;"))
        assert html[start:end].endswith(("过", "&#36807;"))


def test_lines_are_held_one_at_a_time(tmp_path: Path) -> None:
    source = tmp_path / "many.jsonl"
    source.write_bytes(records({"id": 1, "text": "包过"}) * 3)
    seen: list[bytes] = []

    class Watching(WordJudge):
        def judge(self, subject: Subject, /, *, keep_weak: bool = False) -> Judgement:
            assert len(seen) == self.calls
            self.calls += 1
            return super().judge(subject)

        calls = 0

    counted = check_lines([str(source)], Watching("包过"), seen.append)
    assert (len(seen), counted["all"], counted["flagged"]) == (3, 3, 3)


def test_a_text_file_gets_a_readable_report(tmp_path: Path) -> None:
    path = tmp_path / "ad.txt"
    path.write_text(f"第一行\n{AD}\n", encoding="utf-8")
    done = run(str(path))
    said = done.stdout.decode()
    assert done.returncode == 0
    assert "涉嫌违规" in said
    assert "第 2 行（正文）" in said
    assert "「" in said
    assert "依据：" in said


def test_a_clean_file_says_so_in_either_language(tmp_path: Path) -> None:
    path = tmp_path / "notice.txt"
    path.write_text(CLEAN, encoding="utf-8")
    assert "未发现涉嫌违规内容" in run(str(path)).stdout.decode()
    assert "nothing found" in run(str(path), lang="en").stdout.decode()


def test_a_gbk_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "gbk.txt"
    path.write_bytes(AD.encode("gbk"))
    assert "涉嫌违规" in run(str(path)).stdout.decode()


def test_a_page_is_reported_by_its_own_lines(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<html>\n<body>\n<p>{AD}</p>\n</body></html>", encoding="utf-8")
    said = run(str(path)).stdout.decode()
    assert "第 3 行（网页）" in said


def test_a_report_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "ad.txt"
    path.write_text("\x1b[2J签约包过\u202e", encoding="utf-8")
    wrote: list[bytes] = []
    check_texts([str(path)], WordJudge("签约包过"), wrote.append, Explainer(Shelf(load_judge())))
    said = b"".join(wrote).decode()
    assert "「签约包过」" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_an_empty_file_is_not_called_clean(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(b"")
    assert "未发现" not in run(str(path)).stdout.decode()


def test_a_binary_file_is_a_problem_and_the_others_are_judged(tmp_path: Path) -> None:
    picture, ad = tmp_path / "a.png", tmp_path / "b.txt"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    ad.write_text(AD, encoding="utf-8")
    done = run(str(picture), str(ad))
    assert done.returncode == 1
    assert "二进制" in done.stderr.decode()
    assert "涉嫌违规" in done.stdout.decode()


def test_a_file_that_is_not_there_is_a_plain_problem(tmp_path: Path) -> None:
    done = run(str(tmp_path / "none.txt"), lang="en")
    assert done.returncode == 1
    assert "cannot read" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_out_replaces_the_file_only_when_all_is_written(tmp_path: Path) -> None:
    out = tmp_path / "result.jsonl"
    out.write_text("old", encoding="utf-8")
    done = run("-", "--jsonl", "--out", str(out), stdin=records({"id": 1, "text": AD}))
    assert done.returncode == 0
    assert done.stdout == b""
    assert lines(out.read_bytes())[0]["id"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["result.jsonl"]


def test_a_full_disk_is_a_problem_and_the_old_file_stays(tmp_path: Path) -> None:
    out = tmp_path / "result.jsonl"
    out.write_text("old", encoding="utf-8")
    body = records(*({"id": n, "text": AD} for n in range(200)))
    done = run("-", "--jsonl", "--out", str(out), stdin=body, file_limit=4096)
    assert done.returncode == 1
    assert "写不了" in done.stderr.decode()
    assert out.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["result.jsonl"]


def test_a_device_is_written_and_not_replaced() -> None:
    with pytest.raises(Problem), output(Path("/dev/full")) as write:
        write(b"x" * 10)
    assert not Path("/dev/full").is_file()


def test_a_link_given_as_out_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with output(tmp_path / "link") as write:
        write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_folder_that_is_not_there_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    asked = tmp_path / "none" / "out.jsonl"
    with pytest.raises(Problem) as caught, output(asked):
        pass
    assert str(asked) in caught.value.text.zh


def test_a_failure_while_judging_leaves_no_draft(tmp_path: Path) -> None:
    def fail() -> None:
        with output(tmp_path / "out") as write:
            write(b"x")
            raise Problem("坏了", "broken")

    with pytest.raises(Problem):
        fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("包过".encode(), "包过"),
        (b"\xef\xbb\xbf" + "包过".encode(), "包过"),
        ("包过".encode("gb18030"), "包过"),
        ("包过".encode("utf-16"), "包过"),
        ('<meta charset="big5">證書'.encode("big5"), '<meta charset="big5">證書'),
        (b"", ""),
    ],
)
def test_common_encodings_are_told_apart(body: bytes, text: str) -> None:
    assert decode("x", body) == text


@pytest.mark.parametrize("body", [b"\x00\x01", b"%PDF-1.7", b"\xff\xff\xff\xff", b"PK\x03\x04"])
def test_what_is_no_text_is_a_problem(body: bytes) -> None:
    with pytest.raises(Problem):
        decode("x", body)


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    with suppress(Problem):
        assert isinstance(decode("x", body), str)


def test_html_is_known_by_its_ending_or_its_look() -> None:
    assert looks_like_html("a.HTM", "text")
    assert looks_like_html("-", "  <!-- saved --><!DOCTYPE html><p>")
    assert not looks_like_html("a.txt", "1 < 2 <html>")


def report_of(folder: Path, text: str, *, against: Directory | None) -> str:
    path = folder / "ad.txt"
    path.write_text(text, "utf-8")
    said: list[bytes] = []
    check_texts([str(path)], load_judge(directory=against, model=None), said.append)
    return b"".join(said).decode()


UNTOLD = "郑州市锦程职业培训学校电工四级认定报名，学费1200元，加微信13800000000。"


def test_a_clean_report_says_in_one_line_what_needs_a_directory_that_is_not_there(
    tmp_path: Path,
) -> None:
    said = report_of(tmp_path, UNTOLD, against=None)
    assert "未发现涉嫌违规内容" in said
    (line,) = [one for one in said.splitlines() if "须核对备案机构目录" in one]
    assert "E3-04" in line
    assert "未导入目录，无法核对" in line
    assert "certsweep directory import" in line


def test_a_clean_report_says_why_a_directory_could_not_tell(tmp_path: Path) -> None:
    text = UNTOLD.replace("郑州市锦程", "广东锦程").replace("电工四级认定", "颁发等级证书，")
    said = report_of(tmp_path, text, against=directory())
    assert "未发现涉嫌违规内容" in said
    assert "所在地区，无法核对" in said
    assert "directory import" not in said


def test_what_needs_no_directory_is_reported_without_a_word_of_it(tmp_path: Path) -> None:
    assert "目录" not in report_of(tmp_path, CLEAN, against=None)


def test_with_jsonl_a_clean_record_is_answered_as_before() -> None:
    said = judge_line(json.dumps({"id": 1, "text": UNTOLD}), 1, load_judge(model=None), file="")
    assert set(said) == {"id", "flagged", "score", "findings"}
    assert said["findings"] == []


def test_json_lines_without_jsonl_are_asked_about_and_judged_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = report_of(tmp_path, records({"id": 1, "text": AD}).decode(), against=None)
    assert "是不是要加 --jsonl？" in capsys.readouterr().err
    assert "结论：" in said
    assert "--jsonl" not in said


@pytest.mark.parametrize(
    "text", [AD, "", "{", '{"a": 1}\n', "[1]", '"text"', "{" * 100_000, '{"text": 1} 报名']
)
def test_what_is_no_record_is_not_taken_for_one(text: str) -> None:
    assert not looks_like_jsonl(text)


def test_a_record_is_known_after_blank_lines_and_a_mark() -> None:
    assert looks_like_jsonl('\ufeff\n\n{"id": 1, "html": ""}\nx')


def test_one_file_that_cannot_be_read_leaves_the_others_judged(tmp_path: Path) -> None:
    ad = tmp_path / "ad.txt"
    ad.write_text(AD, "utf-8")
    done = run(str(ad), str(tmp_path / "none.txt"), str(tmp_path))
    assert done.returncode == 1
    assert "结论：涉嫌违规" in done.stdout.decode()
    told = done.stderr.decode()
    assert "none.txt：找不到文件" in told
    assert "是文件夹" in told
    assert "判读 3 条：涉嫌 1，无法判读 2" in told


def test_where_no_file_can_be_read_each_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    done = run(str(tmp_path / "none.txt"), str(tmp_path), "--out", str(out))
    assert done.returncode == 1
    assert "none.txt" in done.stderr.decode()
    assert "是文件夹" in done.stderr.decode()
    assert not out.exists()
