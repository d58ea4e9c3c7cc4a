"""`certsweep doctor`: what is there is ticked, what is missing says how to mend it."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from commands import doctor
from door import checkup
from door.checkup import Mark
from door.settings import read_settings
from storage.bilingual import Bilingual
from storage.database import open_database, upgrade, write
from storage.locks import hold


@pytest.fixture
def settings(tmp_path):
    return read_settings({"CERTSWEEP_HOME": str(tmp_path / "home")})


def script(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_browser_of_this_machine_really_starts(settings):
    check = checkup.browser(settings)
    assert check.mark is Mark.GOOD, check.found.en
    assert "started once" in check.found.en


def test_a_browser_that_is_not_there_is_missing(settings):
    check = checkup.browser(replace(settings, chromium="/nowhere/chromium"))
    assert check.mark is Mark.MISSING
    assert "/nowhere/chromium" in check.found.zh
    assert check.remedy is not None
    assert "make setup" in check.remedy.zh


def test_a_browser_that_does_not_start_is_missing(settings, tmp_path):
    check = checkup.browser(replace(settings, chromium=script(tmp_path, "exit 3")))
    assert check.mark is Mark.MISSING
    assert "启动失败" in check.found.zh


def test_a_font_is_found_or_its_want_is_told(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(checkup.shutil, "which", lambda _name: script(tmp_path, "true"))
    assert checkup.chinese_font(settings).mark is Mark.MISSING
    monkeypatch.setattr(checkup.shutil, "which", lambda _name: script(tmp_path, "echo Song"))
    assert checkup.chinese_font(settings).mark is Mark.GOOD
    monkeypatch.setattr(checkup.shutil, "which", lambda _name: None)
    assert checkup.chinese_font(settings).mark is Mark.WARNING


def test_a_folder_that_cannot_be_written_is_missing(settings):
    nowhere = replace(settings, home=Path("/proc/certsweep"))
    assert checkup.data_folder(nowhere).mark is Mark.MISSING
    assert checkup.snapshot_store(nowhere).mark is Mark.MISSING


def test_a_look_leaves_no_trace(settings, tmp_path):
    for look in (checkup.data_folder, checkup.database, checkup.running_sweep):
        assert look(settings).mark is Mark.GOOD
    assert checkup.snapshot_store(settings).mark is Mark.GOOD
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_nearly_full_is_a_warning(settings, monkeypatch):
    assert checkup.disk_space(settings).mark is Mark.GOOD
    nearly = shutil._ntuple_diskusage(1 << 40, 1 << 40, (1 << 30) - 1)
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda _path: nearly)
    assert checkup.disk_space(settings).mark is Mark.WARNING


def test_a_current_database_is_ticked(settings):
    upgrade(open_database("", settings.home))
    assert "结构最新" in checkup.database(settings).found.zh


def test_a_file_that_is_no_database_is_missing(settings):
    settings.home.mkdir()
    (settings.home / "certsweep.db").write_text("certainly no database " * 100, encoding="utf-8")
    assert checkup.database(settings).mark is Mark.MISSING
    assert checkup.running_sweep(settings).mark is Mark.WARNING


def test_a_database_of_another_version_is_missing_and_says_what_to_do(settings):
    engine = open_database("", settings.home)
    upgrade(engine)
    with write(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from the future'")
    check = checkup.database(settings)
    assert check.mark is Mark.MISSING
    assert check.remedy is not None
    assert "更新程序" in check.remedy.zh


def test_an_address_that_nobody_understands_is_missing(settings):
    assert checkup.database(replace(settings, database_url="oracle://x")).mark is Mark.MISSING


def test_a_running_sweep_is_named(settings):
    engine = open_database("", settings.home)
    upgrade(engine)
    assert checkup.running_sweep(settings).mark is Mark.GOOD
    with hold(engine, settings.home, "sweep", "王工"):
        check = checkup.running_sweep(settings)
    assert check.mark is Mark.WARNING
    assert "王工" in check.found.zh


def test_a_snapshot_store_of_an_unknown_kind_is_missing(settings):
    assert checkup.snapshot_store(replace(settings, snapshot_url="what://x/y")).mark is Mark.MISSING


def test_a_snapshot_store_elsewhere_is_tried(settings, tmp_path):
    store = tmp_path / "store"
    check = checkup.snapshot_store(replace(settings, snapshot_url=f"file://{store}"))
    assert check.mark is Mark.GOOD
    assert list(store.iterdir()) == []


def test_a_clock_before_the_programs_own_files_is_wrong(settings, monkeypatch, tmp_path):
    assert checkup.clock(settings).mark is Mark.GOOD
    later = tmp_path / "checkup.py"
    later.touch()
    os.utime(later, (4_000_000_000, 4_000_000_000))
    monkeypatch.setattr(checkup, "__file__", str(later))
    assert checkup.clock(settings).mark is Mark.MISSING


def test_proxies_are_named_without_their_address(settings, monkeypatch):
    for name in checkup.PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert checkup.proxies(settings).mark is Mark.GOOD
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:secret@proxy.example:3128")
    check = checkup.proxies(settings)
    assert check.mark is Mark.WARNING
    assert "HTTPS_PROXY" in check.found.zh
    assert "secret" not in repr(check)


def test_a_missing_contact_is_a_warning(settings):
    assert checkup.contact(settings).mark is Mark.WARNING
    assert checkup.contact(replace(settings, contact="a@office.example")).mark is Mark.GOOD


@pytest.mark.parametrize(("mark", "code"), [(Mark.GOOD, 0), (Mark.WARNING, 0), (Mark.MISSING, 1)])
def test_the_command_fails_only_where_something_needed_is_missing(monkeypatch, mark, code):
    check = checkup.Check(
        mark=mark,
        name=Bilingual("[某物]", "[thing]"),
        found=Bilingual("[bold]如此", "[bold]so"),
        remedy=Bilingual("请装上。", "Put it in."),
    )
    monkeypatch.setattr(doctor, "checkup", lambda _settings: iter([check]))
    result = CliRunner().invoke(cli.build_app("doctor"), ["doctor"])
    assert result.exit_code == code
    assert mark.value in result.output
    assert "[bold]如此" in result.output
    assert "→ 请装上。" in result.output


def test_every_missing_thing_says_how_to_mend_it(settings):
    nowhere = replace(settings, home=Path("/proc/x"), chromium="/nowhere", database_url="no://")
    looks = (checkup.browser, checkup.data_folder, checkup.database, checkup.snapshot_store)
    for check in [look(nowhere) for look in looks]:
        assert check.mark is Mark.MISSING
        assert check.remedy is not None
