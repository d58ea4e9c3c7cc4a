"""The reviewer's line, as a person types it: cases, case, decide, export, db upgrade."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

import cli
from door import speech
from door.casework import PAGE
from door.settings import Settings, read_settings
from storage.cases import claim, get_case
from storage.database import open_database, schema_version, write
from storage.records import CaseStatus
from tests.makers import finding, flagged, judged, post, sight

Said = subprocess.CompletedProcess[str]
pytestmark = pytest.mark.timeout(120)


class Typist:
    """Types `certsweep …` in this process, as a person would on the database at `url`."""

    def __init__(self, patch: pytest.MonkeyPatch, screen: pytest.CaptureFixture[str]) -> None:
        self._patch = patch
        self._opened: list[Engine] = []
        self._screen = screen
        self.url, self.home = "", Path()

    def __call__(self, *words: str, lang: str = "zh") -> Said:
        named = {"HOME": str(self.home), "DATABASE_URL": self.url, "LANG": lang}
        settle(self._patch, read_settings({f"CERTSWEEP_{name}": v for name, v in named.items()}))
        put_everywhere(self._patch, "open_database", self.open)
        self._patch.setattr(sys, "argv", ["certsweep", *words])
        self._screen.readouterr()
        code = self.run()
        out, err = self._screen.readouterr()
        return subprocess.CompletedProcess(words, code, out, err)

    def run(self) -> int:
        """The exit code; connections that a process would close by ending are closed."""
        try:
            cli.main()
        except SystemExit as end:
            return int(end.code or 0)
        finally:
            while self._opened:
                self._opened.pop().dispose()
        return 0

    def open(self, url: str, home: Path) -> Engine:
        self._opened.append(open_database(url, home))
        return self._opened[-1]


def put_everywhere(patch: pytest.MonkeyPatch, name: str, value: object) -> None:
    """Under this name in every room's door that has imported it."""
    for module in list(sys.modules.values()):
        if module.__name__.partition(".")[0] in {"commands", "door"} and name in vars(module):
            patch.setattr(module, name, value)


def settle(patch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Hand these settings to every module that read the environment's when it was loaded."""
    for name in cli.command_names():
        importlib.import_module(f"commands.{name.replace('-', '_')}")
    put_everywhere(patch, "SETTINGS", settings)
    patch.setattr(speech.out, "_width", 200)


@pytest.fixture
def typist(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    one = Typist(monkeypatch, capsys)

    def sit_down(url: str, home: Path) -> Typist:
        one.url, one.home = url, home
        return one

    return sit_down


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database of two cases: 1 has the graver finding."""
    (tmp_path / "certsweep.db").write_bytes(sqlite_template.read_bytes())
    engine = open_database("", tmp_path)
    seed(engine)
    yield engine
    engine.dispose()


def seed(engine: Engine) -> None:
    sight(engine, flagged(post("http://school.example/a", title="月嫂证报名")))
    milder = judged(findings=(finding(severity=1, score=0.6),), score=0.6)
    other = post("http://other.example/b", title="焊工[bold]证\x1b[31m", text="焊工证，保你包过。")
    sight(engine, flagged(other, seed=2, judgement=milder))


@pytest.fixture
def typed(office: Engine, tmp_path: Path, typist) -> Typist:
    return typist(f"sqlite:///{tmp_path / 'certsweep.db'}", tmp_path)


def decided(typed: Typist, *more: str, lang: str = "zh") -> Said:
    return typed("decide", "1", "违规", "--reason", "B4-02", "--by", "李审核", *more, lang=lang)


def test_cases_that_wait_for_a_second_person_are_found(office: Engine, typed: Typist) -> None:
    typed("decide", "1", "违规", "--reason", "C3-02", "--by", "李审核")
    typed("decide", "2", "违规", "--reason", "B4-02", "--by", "李审核")
    (waiting,) = json.loads(typed("cases", "--second", "--json").stdout)
    assert (waiting["id"], waiting["awaits_second"]) == (1, True)
    assert "待复核" in typed("cases", "--second").stdout
    typed("decide", "1", "违规", "--reason", "C3-02", "--by", "赵复核", "--second")
    assert json.loads(typed("cases", "--second", "--json").stdout) == []


def refused(done: Said, *words: str) -> None:
    assert done.returncode == 1, done.stdout
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(("lang", "word"), [("zh", "待审"), ("en", "waiting")])
def test_the_queue_shows_every_case_with_its_status(typed, lang, word):
    done = typed("cases", lang=lang)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(word) == 2
    assert "月嫂证报名" in done.stdout
    assert "http://school.example/a" in done.stdout


def test_a_strangers_title_neither_colours_nor_drives_the_terminal(typed):
    done = typed("cases")
    assert "焊工[bold]证" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_queue_as_json_is_one_line_with_the_gravest_first(typed):
    done = typed("cases", "--json")
    (line,) = done.stdout.splitlines()
    first, second = json.loads(line)
    assert (first["id"], first["status"], first["urls"]) == (
        1,
        "waiting",
        ["http://school.example/a"],
    )
    assert first["priority"] >= second["priority"]
    assert set(first["codes"]) == {"B4-02"}
    assert second["title"].startswith("焊工[bold]证")


@pytest.mark.parametrize("word", ["待审", "waiting", " WAITING "])
def test_a_status_is_understood_in_both_languages(typed, word):
    assert len(json.loads(typed("cases", "--status", word, "--json").stdout)) == 2


def test_a_status_without_cases_says_so_and_is_no_error(typed):
    for lang, words in (("zh", "没有"), ("en", "o cases")):
        done = typed("cases", "--status", "已定", lang=lang)
        assert done.returncode == 0
        assert words in done.stderr
        assert done.stdout == ""
    assert typed("cases", "--status", "已定", "--json").stdout == "[]\n"


@pytest.mark.parametrize(("lang", "word"), [("zh", "不认识的状态"), ("en", "status 'later'")])
def test_an_unknown_status_is_refused_with_those_there_are(typed, lang, word):
    refused(typed("cases", "--status", "later", lang=lang), word, "waiting", "decided")


def test_what_does_not_fit_on_the_screen_is_counted(typed):
    for lang in ("zh", "en"):
        done = typed("cases", "--limit", "1", lang=lang)
        assert "月嫂证报名" in done.stdout
        assert "焊工" not in done.stdout
        assert "--limit" in done.stderr
        assert "1" in done.stderr


def test_cases_beyond_one_page_of_the_database_are_listed_too(office, typed, monkeypatch):
    with write(office) as connection:
        copy = (
            "INSERT INTO cases (status, priority, platform, title, opened_at, updated_at, "
            "version, reopened, claimed_by) "
            "SELECT 'waiting', 1, 'web', 'x', opened_at, updated_at, 0, 0, '' "
            "FROM cases WHERE id = 1"
        )
        for _ in range(PAGE):
            connection.execute(text(copy))
    listed = json.loads(typed("cases", "--json").stdout)
    assert len({row["id"] for row in listed}) == len(listed) == PAGE + 2


@pytest.mark.parametrize(("lang", "word"), [("zh", "涉嫌"), ("en", "suspected")])
def test_a_case_shows_its_page_its_quote_and_its_law(typed, lang, word):
    done = typed("case", "1", lang=lang)
    assert done.returncode == 0, done.stderr
    for shown in ("http://school.example/a", "【包过】", "B4-02", "第二十四条", word):
        assert shown in done.stdout


def test_a_case_as_json_is_everything_that_is_known(typed):
    (line,) = typed("case", "1", "--json").stdout.splitlines()
    case = json.loads(line)
    (shown,) = case["posts"]
    (claimed,) = shown["findings"]
    assert case["status"] == "waiting"
    assert shown["post"]["contacts"]["phones"] == ["13800000000"]
    assert claimed["evidence"][0]["quote"] == "包过"
    assert case["decisions"] == []


@pytest.mark.parametrize("command", [["case", "99"], ["case", "99", "--json"]])
@pytest.mark.parametrize(("lang", "word"), [("zh", "没有编号为 99 的案件"), ("en", "no case 99")])
def test_a_case_that_is_not_there_is_refused(typed, command, lang, word):
    refused(typed(*command, lang=lang), word)


@pytest.mark.parametrize(
    ("verdict", "reason", "lang", "word"),
    [
        ("违规", "B4-02", "zh", "违规"),
        ("violation", "B4-02", "en", "violation"),
        ("不违规", "NEWS", "zh", "不违规"),
        ("clean", "NEWS", "en", "clean"),
        ("转办", "POLICE", "zh", "转办"),
        ("transfer", "POLICE", "en", "transfer"),
        ("存疑", "EVIDENCE", "zh", "存疑"),
        ("doubt", "EVIDENCE", "en", "doubt"),
    ],
)
def test_a_verdict_is_taken_in_both_languages_and_said_back(
    office, typed, verdict, reason, lang, word
):
    done = typed("decide", "1", verdict, "--reason", reason, "--by", "李审核", lang=lang)
    assert done.returncode == 0, done.stderr
    assert word in done.stdout
    assert reason in done.stdout
    assert "李审核" in done.stdout
    case = get_case(office, 1)
    ((_, decision),) = case.decisions
    assert case.status is CaseStatus.DECIDED
    assert (decision.reason, decision.by) == (reason, "李审核")


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["1", "可疑", "--reason", "B4-02", "--by", "李审核"], "不认识的结论", "no verdict"),
        (["1", "违规", "--reason", "B9-99", "--by", "李审核"], "没有理由代码", "no reason for"),
        (["1", "违规", "--reason", "NEWS", "--by", "李审核"], "没有理由代码", "no reason for"),
        (["99", "违规", "--reason", "B4-02", "--by", "李审核"], "没有编号为 99", "no case 99"),
        (["1", "违规", "--reason", "B4-02", "--by", "  "], "没有写明经办人", "Nobody is named"),
    ],
    ids=["verdict", "reason", "another-verdict's-reason", "case", "nobody"],
)
def test_a_decision_that_cannot_be_meant_changes_nothing(office, typed, words, zh, en):
    refused(typed("decide", *words), zh)
    refused(typed("decide", *words, lang="en"), en)
    case = get_case(office, 1)
    assert (case.status, case.decisions) == (CaseStatus.WAITING, ())


def test_a_decision_without_a_name_or_a_reason_is_wrong_use(typed):
    for missing in (["--reason", "B4-02"], ["--by", "李审核"]):
        done = typed("decide", "1", "违规", *missing)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_deciding_twice_is_refused_until_it_is_meant_as_a_change(office, typed):
    assert decided(typed).returncode == 0
    refused(decided(typed), "已有决定", "没有写入", "--replace")
    refused(decided(typed, lang="en"), "decided already", "--replace")
    changed = typed(
        "decide",
        "1",
        "clean",
        "--reason",
        "NEWS",
        "--by",
        "王复核",
        "--note",
        "系转载",
        "--replace",
    )
    assert changed.returncode == 0, changed.stderr
    (number, first), (_, second) = get_case(office, 1).decisions
    assert (first.verdict.value, second.verdict.value) == ("violation", "clean")
    assert second.supersedes == number
    shown = typed("case", "1").stdout
    assert shown.index("李审核") < shown.index("王复核")
    assert "系转载" in shown


def test_a_kind_that_no_rule_found_on_the_pages_is_recorded_with_a_warning(office, typed):
    done = typed("decide", "1", "违规", "--reason", "B3-01", "--by", "李审核")
    assert done.returncode == 0
    assert "没有 B3-01 的用语" in done.stderr
    assert "没有" not in decided(typed, "--replace").stderr


def test_replacing_where_nothing_was_decided_is_a_first_decision(office, typed):
    assert decided(typed, "--replace").returncode == 0
    ((_, decision),) = get_case(office, 1).decisions
    assert decision.supersedes is None


def test_a_case_in_another_hand_is_left_alone(office, typed):
    claim(office, 1, "王复核")
    refused(decided(typed), "正由 王复核 处理")
    refused(decided(typed, lang="en"), "is with 王复核")
    assert "王复核" in typed("case", "1").stdout
    assert len(json.loads(typed("cases", "--status", "在审", "--json").stdout)) == 1


def exported(typed: Typist, folder: Path, lang: str = "zh", form: str = "csv") -> tuple[Said, Any]:
    done = typed("export", form, "--out", str(folder), "--json", lang=lang)
    assert done.returncode == 0, done.stderr
    return done, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(("lang", "word"), [("zh", "草稿"), ("en", "draft")])
def test_only_the_decided_case_goes_on_the_list(typed, tmp_path, lang, word):
    decided(typed)
    done, made = exported(typed, tmp_path / "out", lang)
    assert made["rows"] == 1
    assert word in done.stderr
    listed = Path(made["path"]).read_text(encoding="utf-8-sig")
    assert "http://school.example/a" in listed
    assert "other.example" not in listed
    assert "13800000000" not in listed


@pytest.mark.parametrize(("lang", "word"), [("zh", "没有"), ("en", "o decided case")])
def test_a_list_without_cases_says_so(typed, tmp_path, lang, word):
    done, made = exported(typed, tmp_path / "out", lang)
    assert made["rows"] == 0
    assert word in done.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_export_that_is_not_there_is_refused_with_those_that_are(typed, tmp_path, lang):
    refused(typed("export", "pdf", "--out", str(tmp_path), lang=lang), "pdf", "xlsx", "csv")


def stand_at(url: str, home: Path, revision: str) -> None:
    engine = open_database(url, home)
    with write(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    engine.dispose()


@pytest.mark.parametrize(("lang", "word"), [("zh", "已是最新"), ("en", "current")])
def test_upgrading_a_blank_database_and_again_ends_well(blank_url, tmp_path, typist, lang, word):
    typed = typist(blank_url, tmp_path)
    for _ in range(2):
        done = typed("db", "upgrade", lang=lang)
        assert done.returncode == 0, done.stderr
        assert word in done.stdout
    engine = open_database(blank_url, tmp_path)
    assert schema_version(engine)
    engine.dispose()


def test_a_newer_schema_is_refused_by_every_command_and_by_the_upgrade(
    database_url, tmp_path, typist
):
    typed = typist(database_url, tmp_path)
    stand_at(database_url, tmp_path, "9999")
    for words in (["cases"], ["db", "upgrade"]):
        refused(typed(*words), "比程序新", "没有改动")
        refused(typed(*words, lang="en"), "newer than this program")
    engine = open_database(database_url, tmp_path)
    assert schema_version(engine) == "9999"
    engine.dispose()


def test_an_older_schema_is_refused_by_a_command_until_it_is_upgraded(blank_url, tmp_path, typist):
    typed = typist(blank_url, tmp_path)
    engine = open_database(blank_url, tmp_path)
    with write(engine) as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    refused(typed("cases"), "比程序旧", "certsweep db upgrade")
    refused(typed("cases", lang="en"), "older than this program", "certsweep db upgrade")
    assert typed("db", "upgrade").returncode == 0
    assert typed("cases").returncode == 0
    engine.dispose()


def test_from_the_queue_to_the_list_on_both_databases(engine, database_url, tmp_path, typist):
    seed(engine)
    typed = typist(database_url, tmp_path)
    (first, *_) = json.loads(typed("cases", "--json").stdout)
    number = str(first["id"])
    done = typed("decide", number, "违规", "--reason", first["codes"][0], "--by", "李审核")
    assert done.returncode == 0, done.stderr
    assert json.loads(typed("case", number, "--json").stdout)["status"] == "decided"
    assert exported(typed, tmp_path / "out", form="xlsx")[1]["rows"] == 1
