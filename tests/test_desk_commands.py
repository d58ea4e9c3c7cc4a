"""`certsweep users`, `audit`, `serve`, and `decide` where the desk has accounts."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from door.desk_run import bound, check_origins, desk_of_settings
from door.settings import read_settings
from storage.bilingual import Problem
from storage.cases import get_case
from storage.database import write
from storage.login_tries import Origin
from storage.logins import log_in
from storage.records import CaseStatus
from storage.users import Role, all_users
from tests.desk_site import staff
from tests.makers import flagged, sight
from tests.test_case_commands import typist  # noqa: F401 (a fixture)

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def at_home(typist, engine: Engine, database_url: str, tmp_path: Path):  # noqa: F811
    return typist(database_url, tmp_path)


def test_an_account_is_made_listed_disabled_and_reset(at_home, engine: Engine) -> None:
    made = at_home(
        "users", "add", "wang", "--role", "审核员", "--role", "second", "--name", "王审核"
    )
    password = re.search(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", made.stdout)
    assert made.returncode == 0
    assert password
    at_home("users", "add", "chief", "--role", "admin")
    (user, _) = all_users(engine)
    assert user.roles == {Role.REVIEWER, Role.SECOND}
    assert "王审核" in at_home("users", "list").stdout
    assert log_in(engine, "wang", password[0], Origin(address="x"))
    assert at_home("users", "disable", "wang").returncode == 0
    with pytest.raises(Problem, match="disabled"):
        log_in(engine, "wang", password[0], Origin(address="x"))
    assert at_home("users", "reset", "wang").returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "wang", "--role", "皇帝"), "不认识的角色"),
        (("add", "a b/c", "--role", "admin"), "账号须为"),
        (("disable", "nobody"), "没有账号"),
        (("reset", "nobody"), "没有账号"),
    ],
)
def test_a_wrong_word_changes_nothing(at_home, engine: Engine, words, said) -> None:
    answer = at_home("users", *words)
    assert answer.returncode == 1
    assert said in answer.stderr
    assert all_users(engine) == []


def test_the_audit_is_verified_and_its_first_break_named(at_home, engine: Engine) -> None:
    at_home("users", "add", "one", "--role", "admin")
    at_home("users", "add", "two", "--role", "admin")
    whole = at_home("audit", "verify")
    assert "共 2 行" in whole.stdout
    head = re.search(r"[0-9a-f]{64}", whole.stdout)
    assert head
    assert at_home("audit", "verify", "--head", head[0]).returncode == 0
    cut = at_home("audit", "verify", "--head", "0" * 63 + "1")
    assert cut.returncode == 1
    assert "截掉" in cut.stderr
    with write(engine) as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor = 'x' WHERE id = 1"))
    broken = at_home("audit", "verify")
    assert broken.returncode == 1
    assert "第 1 行断裂" in broken.stderr


def test_where_the_desk_has_accounts_the_command_line_decides_only_as_one_of_them(
    at_home, engine: Engine
) -> None:
    sight(engine, flagged())
    staff(engine)
    forged = ("decide", "1", "违规", "--reason", "C3-06")
    for by, said in (("路人", "没有账号"), ("sun", "审核员"), ("admin", "审核员")):
        refused = at_home(*forged, "--by", by)
        assert refused.returncode == 1
        assert said in refused.stderr
    assert get_case(engine, 1).decisions == ()
    assert "另一人复核" in at_home(*forged, "--by", "li").stderr
    assert "C3-06" not in at_home("case", "1").stdout.split("快照")[-1]
    assert at_home(*forged, "--by", "li", "--second").returncode == 1
    assert at_home(*forged, "--by", "wang", "--second").returncode == 1
    agreed = at_home(*forged, "--by", "zhao", "--second")
    assert "复核一致" in agreed.stderr
    assert get_case(engine, 1).status is CaseStatus.APPROVED


# --- serving --------------------------------------------------------------------------------------


def settings(tmp_path: Path, **more: str):
    return read_settings({"CERTSWEEP_HOME": str(tmp_path), **more})


def test_plain_http_is_for_this_machine_only(engine: Engine, tmp_path: Path) -> None:
    desk = desk_of_settings(settings(tmp_path), engine, "127.0.0.1", 8300)
    assert (desk.origin, desk.secure) == ("http://127.0.0.1:8300", False)
    with pytest.raises(Problem, match="plain http"):
        desk_of_settings(settings(tmp_path), engine, "0.0.0.0", 8300)
    urls = {
        "CERTSWEEP_DESK_URL": "https://desk.example",
        "CERTSWEEP_REPLAY_URL": "https://replay.example",
    }
    assert desk_of_settings(settings(tmp_path, **urls), engine, "0.0.0.0", 8300).secure


@pytest.mark.parametrize(
    ("origin", "replay"),
    [
        ("https://desk.example", "https://desk.example"),
        ("https://desk.example/path", "https://replay.example"),
        ("http://desk.example", "https://replay.example"),
        ("desk.example", "https://replay.example"),
        ("https://desk.example", "https://a@replay.example"),
        ("https://desk.example; script-src *", "https://replay.example"),
    ],
)
def test_addresses_that_would_weaken_the_desk_are_refused(origin: str, replay: str) -> None:
    with pytest.raises(Problem, match=r"CERTSWEEP_REPLAY_URL|cannot be an address"):
        check_origins(origin, replay)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Problem, match="cannot be used"):
            bound("127.0.0.1", other.getsockname()[1])
