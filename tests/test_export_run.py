"""From a decision to a registered list, on both databases."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select, update
from typer.testing import CliRunner

import cli
from commands import export
from door import casework, export_run
from door.export_choice import Asked, Choice
from door.export_run import export_list, first_moment
from door.export_tally import Tally
from door.settings import read_settings
from door.takedown_drafting import elsewhere, recipient_of
from exports.registry import exporter
from storage.bilingual import Problem
from storage.cases import decide, list_cases
from storage.database import read, write
from storage.models import cases, export_batches
from storage.platform_words import PLATFORMS
from storage.records import CaseStatus, Verdict
from storage.takedown_drafting import Wanted, draft_all
from tests.makers import decision, flagged, post, sight
from tests.takedown_samples import read_csv, read_xlsx

SPIDERS = Path(__file__).resolve().parents[1] / "spiders"


def batches(engine):
    with read(engine) as connection:
        return connection.execute(select(export_batches).order_by(export_batches.c.id)).all()


def decide_all(engine, verdict=Verdict.VIOLATION):
    for case in list_cases(engine, status=CaseStatus.WAITING):
        decide(engine, decision(case.id, verdict))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_case_decided_as_violation_is_on_the_list(engine, tmp_path, form):
    sight(engine, flagged(post("http://school.example/a")))
    decide_all(engine)
    made = export_list(engine, form, tmp_path / "out" / "new")
    assert made.path.name == f"处置清单_全部_{made.batch_no}.{form}"
    lines = read_csv(made.path) if form == "csv" else read_xlsx(made.path)["处置清单"][1:]
    assert made.rows == len(lines) - 1 == 1
    listed = dict(zip(lines[0], lines[1], strict=True))
    assert listed["网址（规范）"] == "http://school.example/a"
    assert "审核人" not in listed


def test_the_list_that_stays_in_the_house_names_the_reviewer(engine, tmp_path):
    sight(engine, flagged(post("http://school.example/a")))
    decide_all(engine)
    made = export_list(engine, "csv", tmp_path, Asked(internal=True))
    lines = read_csv(made.path)
    listed = dict(zip(lines[0], lines[1], strict=True))
    assert listed["批次编号"] == made.batch_no
    assert listed["审核人"] == "李审核"


def test_the_batch_is_registered_with_the_files_own_hash(engine, tmp_path):
    sight(engine, flagged())
    decide_all(engine)
    made = export_list(engine, "csv", tmp_path, Asked(platform="web", since="2026-01-01"))
    (batch,) = batches(engine)
    assert batch.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()
    assert (batch.rows, batch.file_name, batch.format) == (1, made.path.name, "csv")
    assert batch.filters == {"platform": "web", "since": "2026-01-01", "masked": True}


@pytest.mark.parametrize("verdict", [Verdict.CLEAN, Verdict.DOUBT, Verdict.TRANSFER])
def test_any_other_verdict_puts_nothing_on_the_list(engine, tmp_path, verdict):
    sight(engine, flagged())
    decide_all(engine, verdict)
    assert export_list(engine, "csv", tmp_path).rows == 0


def test_what_nobody_decided_is_not_on_the_list(engine, tmp_path):
    sight(engine, flagged())
    assert export_list(engine, "xlsx", tmp_path).rows == 0


def test_platform_and_day_choose(engine, tmp_path):
    sight(engine, flagged(post("http://school.example/a")))
    decide_all(engine)
    assert export_list(engine, "csv", tmp_path, Asked(platform="douyin")).rows == 0
    assert export_list(engine, "csv", tmp_path, Asked(since="2026-11-23")).rows == 1
    assert export_list(engine, "csv", tmp_path, Asked(since="2026-11-24")).rows == 0


def test_each_call_makes_a_file_and_a_number_of_its_own(engine, tmp_path):
    made = [export_list(engine, "csv", tmp_path) for _ in range(3)]
    assert len({one.batch_no for one in made}) == len({one.path for one in made}) == 3
    assert all(one.path.exists() for one in made)


def test_contacts_are_shown_only_where_that_was_asked_for(engine, tmp_path):
    seen = post(text="包过，请打13800000000", title="")
    sight(engine, flagged(seen))
    decide_all(engine)
    hidden = export_list(engine, "csv", tmp_path).path.read_text(encoding="utf-8-sig")
    shown = export_list(engine, "csv", tmp_path, Asked(masked=False)).path
    assert "13800000000" not in hidden
    assert "内部" in shown.name
    assert "13800000000" in shown.read_text(encoding="utf-8-sig")


def test_a_wrong_format_or_day_takes_no_number(engine, tmp_path):
    with pytest.raises(Problem):
        export_list(engine, "pdf", tmp_path)
    with pytest.raises(Problem):
        export_list(engine, "csv", tmp_path, Asked(since="3月1日"))
    assert batches(engine) == []


def test_a_day_begins_at_midnight_in_china():
    moment = first_moment("2026-03-01")
    assert moment is not None
    assert moment.isoformat() == "2026-03-01T00:00:00+08:00"
    assert first_moment("") is None


def test_the_command_says_path_and_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "SETTINGS", settings_in(tmp_path))
    app = cli.build_app("export")
    result = CliRunner().invoke(app, ["export", "csv", "--out", str(tmp_path / "out"), "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout.splitlines()[-1])
    assert said["rows"] == 0
    assert (tmp_path / "out" / f"处置清单_全部_{said['batch_no']}.csv").is_file()


def settings_in(folder):
    return read_settings({"CERTSWEEP_HOME": str(folder / "home")})


def test_an_unknown_platform_takes_no_number_and_says_which_there_are(engine, tmp_path):
    with pytest.raises(Problem, match="douyin"):
        export_list(engine, "csv", tmp_path / "lists", Asked(platform="doyin"))
    with read(engine) as connection:
        assert connection.execute(select(export_batches)).first() is None


def test_every_platform_a_source_reads_has_a_name_on_the_list():
    written = " ".join(path.read_text(encoding="utf-8") for path in SPIDERS.glob("*.py"))
    named = set(re.findall(r'platform="([a-z_0-9]+)"', written))
    assert len(named) >= 10
    assert named <= set(PLATFORMS)


@pytest.mark.parametrize(
    ("form", "asked"),
    [("letter", Asked()), ("transfer", Asked()), ("transfer", Asked(to="城管"))],
)
def test_a_letter_that_cannot_be_begun_takes_no_number(engine, tmp_path, form, asked):
    with pytest.raises(Problem, match="no file was made"):
        export_list(engine, form, tmp_path / "lists", asked)
    with read(engine) as connection:
        assert connection.execute(select(export_batches)).first() is None


def test_a_platform_may_be_named_as_people_name_it(engine, tmp_path):
    made = export_list(engine, "csv", tmp_path / "lists", Asked(platform="抖音"))
    assert "抖音" in made.path.name


def owners(engine):
    """Two sites with one decided page each."""
    sight(engine, flagged(post("http://www.school.example/a", title="甲家"), seed=1))
    sight(engine, flagged(post("http://other.example/b", title="乙家", text="乙" * 60), seed=2))
    decide_all(engine)


def said_in(path):
    paper = Document(path)
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def test_a_letter_to_the_owner_of_a_site_holds_nothing_of_another(engine, tmp_path):
    owners(engine)
    with pytest.raises(Problem) as told:
        export_list(engine, "letter", tmp_path, Asked(platform="web"))
    assert "school.example（1）" in told.value.text.zh
    assert "other.example（1）" in told.value.text.zh
    made = export_list(engine, "letter", tmp_path, Asked(site="https://WWW.school.example/a"))
    said = said_in(made.path)
    assert "甲家" in said
    assert "乙家" not in said
    assert "贵平台" not in said
    with pytest.raises(Problem, match=r"nobody\.example"):
        export_list(engine, "letter", tmp_path, Asked(site="nobody.example"))


def test_a_letter_may_hold_what_a_request_asks_for(engine, tmp_path):
    owners(engine)
    wanted = Wanted(by="王起草", at=datetime.now(UTC))
    requests = draft_all(engine, wanted, recipient_of).requests
    (number,) = [one.id for one in requests if one.recipient == "other.example"]
    made = export_list(engine, "letter", tmp_path, Asked(request=number))
    assert made.rows == 1
    assert "乙家" in said_in(made.path)
    assert "甲家" not in said_in(made.path)
    decide(engine, decision(2, Verdict.CLEAN, supersedes=2))
    listed = export_list(engine, "csv", tmp_path, Asked(request=number))
    assert listed.rows == 0
    assert any("1 条没有列入" in one.zh for one in listed.remarks)


@pytest.mark.parametrize("form", ["letter", "transfer", "xlsx"])
def test_an_export_that_fails_takes_no_number_and_leaves_nothing(
    engine, tmp_path, form, monkeypatch
):
    owners(engine)
    asked = Asked(
        platform="weibo" if form == "letter" else "",
        to="民政" if form == "transfer" else "",
    )
    if form == "xlsx":

        def full(*_arguments, **_named):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr("xlsxwriter.workbook.ZipFile", full)
    with pytest.raises(Problem):
        export_list(engine, form, tmp_path / "lists", asked)
    assert batches(engine) == []
    assert list((tmp_path / "lists").iterdir()) == []
    assert export_list(engine, "csv", tmp_path / "lists").batch_no.endswith("-001")


def test_two_lists_at_once_have_two_numbers_and_both_are_printed(engine, tmp_path, monkeypatch):
    owners(engine)
    asked_first = iter([True])
    numbered = export_run.next_number

    def overtaken(engine, at):
        number = numbered(engine, at)
        if next(asked_first, False):
            export_list(engine, "csv", tmp_path / "other")
        return number

    monkeypatch.setattr(export_run, "next_number", overtaken)
    made = export_list(engine, "csv", tmp_path, Asked(internal=True))
    assert made.batch_no.endswith("-002")
    assert made.batch_no in made.path.read_text(encoding="utf-8-sig")
    assert len(batches(engine)) == 2


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        ("letter", Asked(platform="weibo", to="市场监管")),
        ("letter", Asked(platform="weibo", masked=False)),
        ("letter", Asked(platform="weibo", internal=True)),
        ("csv", Asked(request=1, platform="weibo")),
        ("csv", Asked(site="school.example", platform="微博")),
        ("transfer", Asked(request=1, to="市场监管")),
    ],
)
def test_what_does_not_go_together_is_refused(engine, tmp_path, form, asked):
    with pytest.raises(Problem, match="no file was made"):
        export_list(engine, form, tmp_path, asked)
    assert batches(engine) == []


def test_a_signer_is_told_what_is_weak(engine, tmp_path):
    owners(engine)
    with write(engine) as connection:
        connection.execute(update(cases).where(cases.c.id == 2).values(awaits_second=True))
    made = export_list(engine, "letter", tmp_path, Asked(site="school.example"))
    said = " ".join(one.zh for one in made.remarks)
    assert "没有快照，请先取证；案件 1" in said
    assert "还没有证据包" in said
    assert "等待另一人复核" not in said, "that case is another site's"
    handed = export_list(engine, "transfer", tmp_path, Asked(to="市场监管"))
    assert handed.cases == handed.rows == 1
    whole = export_list(engine, "csv", tmp_path)
    assert any("不要整份发给其中一家" in one.zh for one in whole.remarks)
    assert any("1 件案件已作决定、等待另一人复核" in one.zh for one in whole.remarks)
    empty = export_list(engine, "csv", tmp_path, Asked(since="2030-01-01"))
    assert not any("不要整份" in one.zh for one in empty.remarks)


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("form", ["csv", "letter", "transfer"])
def test_the_number_of_waiting_cases_tells_no_verdict(engine, tmp_path, form, verdict):
    sight(engine, flagged(post("http://school.example/1")))
    decide(engine, decision(1, verdict))
    with write(engine) as connection:
        connection.execute(update(cases).values(awaits_second=True))
    choice, chosen = Choice(site="school.example"), exporter(form)
    (said,) = Tally().remarks(engine, chosen, choice)
    assert said.zh.startswith("另有 1 件案件已作决定、等待另一人复核（不论作何决定）")


def test_whoever_writes_to_a_search_engine_is_told_that_the_original_is_elsewhere():
    told = elsewhere(["weibo", "sogou_weixin", "sogou_weixin"])
    assert told is not None
    assert told.zh.startswith("搜狗微信搜索是搜索引擎")
    assert "原文在别处" in told.zh
    assert elsewhere(["weibo", "web"]) is None


def test_a_letter_to_a_search_engine_warns_its_signer(engine, tmp_path):
    sight(engine, flagged(post("http://s.example/link?1", platform="sogou_weixin")))
    decide(engine, decision(1))
    made = export_list(engine, "letter", tmp_path, Asked(platform="搜狗微信搜索"))
    assert any("原文在别处" in one.zh for one in made.remarks)


@pytest.mark.parametrize("command", [["draft", "--by", "王某"], ["list"]])
def test_takedowns_know_platforms_by_the_same_names(tmp_path, monkeypatch, command):
    monkeypatch.setattr(casework, "SETTINGS", settings_in(tmp_path))
    app = cli.build_app("takedown")
    wrong = CliRunner().invoke(app, ["takedown", *command, "--platform", "火星"])
    assert isinstance(wrong.exception, Problem)
    assert "微博（weibo）" in wrong.exception.text.zh
    right = CliRunner().invoke(app, ["takedown", "list", "--platform", "微博"])
    assert right.exit_code == 0
