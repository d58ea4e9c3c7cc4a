"""`certsweep evidence` as a person types it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

import cli
from door.evidence_words import lack_line, reason_words
from door.settings import read_settings
from evidence.pieces import Lack
from evidence.signing import SigningKey
from evidence.standalone import standalone
from exports.takedown_rows import CHINA
from storage.captures import captures_of_case
from storage.custody import Act, every_line, record
from storage.database import open_database, read, write
from storage.snapshots import SnapshotStore
from tests.evidence_case import Moody, a_captured_case
from tests.forging import alone, files_of, sealed, signed_anew
from tests.test_case_commands import put_everywhere, settle

ROOT = Path(__file__).resolve().parents[1]
Said = tuple[int, str, str]  # exit code, standard output, standard error
Type = Callable[..., Said]


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Moody:
    return Moody(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def typed(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Type:
    """Type `certsweep evidence …` in a home where case 1 was captured and decided."""
    a_captured_case(engine, SnapshotStore("", tmp_path))
    opened: list[Engine] = []

    def open_here(url: str, home: Path) -> Engine:
        opened.append(open_database(url, home))
        return opened[-1]

    def typed_one(*words: str, lang: str = "zh", **named: str) -> Said:
        home = {"CERTSWEEP_HOME": str(tmp_path), "CERTSWEEP_LANG": lang}
        settle(monkeypatch, read_settings(home | {f"CERTSWEEP_{k}": v for k, v in named.items()}))
        put_everywhere(monkeypatch, "open_database", open_here)
        monkeypatch.setattr(sys, "argv", ["certsweep", "evidence", *words])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            while opened:
                opened.pop().dispose()
        out, err = capsys.readouterr()
        return code, out, err

    return typed_one


def packed(typed: Type, folder: Path, **named: str) -> dict[str, Any]:
    words = ("package", "1", "--out", str(folder), "--by", "赵封存", "--json")
    code, out, _ = typed(*words, **named)
    assert code == 0
    made: dict[str, Any] = json.loads(out.splitlines()[-1])
    return made


def test_a_package_is_made_stamped_later_and_verified(
    typed: Type, tmp_path: Path, authority: Moody
) -> None:
    with authority.served() as url:
        authority.down = True
        named = {"TSA": url, "TSA_ROOTS": str(authority.roots)}
        made = packed(typed, tmp_path / "out", **named)
        assert (made["state"], made["test"]) == ("pending", False)
        code, out, _ = typed("verify", made["path"], **named)
        assert code == 3
        assert out.startswith("没有不符，但尚未封存")  # the result comes first
        assert f"[无从核对] 时间戳（{url}）  还没有时间戳：" in out
        assert "unreachable" not in out
        assert "本机关的" in out
        authority.down = False
        code, out, err = typed("stamp", "--all", **named)
        assert packed(typed, tmp_path / "out", **named)["test"]
    assert code == 0
    assert "已封存" in out
    assert "测试机构" in err
    code, out, _ = typed("verify", made["path"], **named)
    assert code == 0
    assert out.startswith("全部证实")
    assert "没有任何法律效力" in out
    assert "UTC" not in out
    assert f"北京时间 {datetime.now(CHINA):%Y-%m-%d}" in out
    assert "] zip" not in out


def test_a_changed_package_ends_with_1_and_names_what_changed(typed: Type, tmp_path: Path) -> None:
    path = Path(packed(typed, tmp_path / "out")["path"])
    data = bytearray(path.read_bytes())
    data[data.index(b'"verdict"') + 2] ^= 1
    path.write_bytes(data)
    code, out, _ = typed("verify", str(path), lang="en")
    assert code == 1
    assert "[disproved] evidence/decision.json" in out
    code, out, _ = typed("verify", str(path), "--json")
    assert code == 1
    assert json.loads(out)["sealed"] is False


def test_a_file_that_cannot_be_read_is_a_problem(typed: Type, tmp_path: Path) -> None:
    code, _, err = typed("verify", str(tmp_path / "missing.wacz"))
    assert code == 1
    assert "错误：" in err


def test_packing_a_case_that_is_not_there_is_a_problem(typed: Type, tmp_path: Path) -> None:
    code, _, err = typed("package", "7", "--out", str(tmp_path / "out"), "--by", "赵某")
    assert code == 1
    assert "没有编号为 7 的案件" in err
    assert not (tmp_path / "out").exists()


def test_packing_wants_a_name(typed: Type, tmp_path: Path) -> None:
    code, _, err = typed("package", "1", "--out", str(tmp_path / "out"), "--by", " ")
    assert code == 1
    assert "经办人" in err


def test_what_is_missing_is_said_in_both_languages(typed: Type, tmp_path: Path) -> None:
    words = ("package", "1", "--out", str(tmp_path / "out"), "--by", "赵某")
    assert "没有配置时间戳机构" in typed(*words)[1]
    assert "no timestamp authority is set" in typed(*words, lang="en")[1]


def test_whoever_verifies_with_a_name_stands_in_custody(
    typed: Type, tmp_path: Path, engine: Engine
) -> None:
    made = packed(typed, tmp_path / "out")
    typed("verify", made["path"])
    typed("verify", made["path"], "--by", "钱核验")
    with read(engine) as connection:
        lines = list(every_line(connection))
    assert [(line.who, line.what) for line in lines[-2:]] == [
        ("赵封存", "packaged"),
        ("钱核验", "examined"),  # nothing disproved, and not sealed
    ]
    assert lines[-1].subject == f"package:{Path(made['path']).name}"


def test_custody_keeps_nothing_of_a_file_that_was_disproved(
    typed: Type, tmp_path: Path, engine: Engine
) -> None:
    path = Path(packed(typed, tmp_path / "out")["path"])
    data = bytearray(path.read_bytes())
    data[data.index(b'"verdict"') + 2] ^= 1
    path.write_bytes(data)
    with read(engine) as connection:
        before = list(every_line(connection))
    code, _, err = typed("verify", str(path), "--by", "钱核验")
    assert code == 1
    assert "没有记入保管链" in err
    with read(engine) as connection:
        assert list(every_line(connection)) == before


def test_custody_knows_a_package_by_its_own_name_whatever_its_file_is_called(
    typed: Type, tmp_path: Path, engine: Engine, authority: Moody
) -> None:
    with authority.served() as url:
        authority.down = False
        named = {"TSA": url, "TSA_ROOTS": str(authority.roots)}
        path = Path(packed(typed, tmp_path / "out", **named)["path"])
    moved = path.rename(path.with_name("EV-forged.wacz"))
    assert typed("verify", str(moved), "--by", "钱核验", **named)[0] == 0
    with read(engine) as connection:
        last = list(every_line(connection))[-1]
    assert (last.what, last.subject) == ("verified", f"package:{path.name}")


def test_a_strangers_package_is_not_sealed_in_this_house(
    typed: Type, tmp_path: Path, authority: Moody
) -> None:
    with authority.served() as url:
        authority.down = False
        named = {"TSA": url, "TSA_ROOTS": str(authority.roots)}
        made = packed(typed, tmp_path / "out", **named)
    files = files_of(Path(made["path"]))
    stranger = SigningKey(Ed25519PrivateKey.generate())
    path = tmp_path / "EV-stranger.wacz"
    anew = signed_anew(files, stranger, authority, lambda manifest: None)
    path.write_bytes(sealed(anew, stranger))
    code, out, _ = typed("verify", str(path), **named)
    assert code == 5
    assert "公钥不是本机关的" in out
    assert "已封存" not in out
    code, out, _ = typed("verify", str(path), "--json", **named)
    told = json.loads(out)
    assert (code, told["sealed"], told["whose"]) == (5, False, "stranger")
    code, out, _ = typed("verify", str(path), "--key", stranger.id, lang="en", **named)
    assert code == 0
    assert "The key is the one you named." in out
    told = json.loads(typed("verify", made["path"], "--json", **named)[1])
    assert (told["sealed"], told["complete"], told["whose"]) == (True, True, "own")


def test_what_a_sealed_package_lacks_is_told_with_a_code_of_its_own(
    typed: Type, tmp_path: Path, authority: Moody, engine: Engine
) -> None:
    with read(engine) as connection:
        (capture,) = captures_of_case(connection, 1)
    sha256 = next(one.sha256 for one in capture.artefacts if one.kind == "full_page")
    (tmp_path / "snapshots" / sha256[:2] / sha256[2:4] / sha256).write_bytes(b"\x89PNG fuII")
    with authority.served() as url:
        authority.down = False
        named = {"TSA": url, "TSA_ROOTS": str(authority.roots)}
        made = packed(typed, tmp_path / "out", **named)
    assert made["state"] == "sealed"
    code, out, _ = typed("verify", made["path"], **named)
    assert code == 4
    assert f"缺：存储中的文件缺失或被改动，没有放入（取证 {capture.id[:12]}" in out
    assert "它不完整" in out
    told = json.loads(typed("verify", made["path"], "--json", **named)[1])
    assert (told["sealed"], told["complete"]) == (True, False)
    assert told["missing"] == [
        {"what": "file", "of": f"capture:{capture.id} full_page", "why": "changed"}
    ]


def test_the_verifier_can_be_had_without_a_package_and_its_hash_is_told(
    typed: Type, tmp_path: Path
) -> None:
    code, out, _ = typed("verifier", "--out", str(tmp_path / "verify.py"))
    script = (tmp_path / "verify.py").read_bytes()
    assert code == 0
    assert hashlib.sha256(script).hexdigest() in out
    with zipfile.ZipFile(packed(typed, tmp_path / "out")["path"]) as archive:
        assert archive.read("evidence/verify.py") == script


def test_a_script_in_a_package_that_is_not_ours_is_remarked(
    typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = packed(typed, tmp_path / "out")
    assert "verify.py 与本机版本的不同" not in typed("verify", made["path"])[1]
    put_everywhere(monkeypatch, "standalone", lambda: b"another")
    assert "verify.py 与本机版本的不同" in typed("verify", made["path"])[1]


@pytest.mark.parametrize("name", ["王\u2028某", "王\u0085某", "王\n某", "王\u3000某", " 王 某 "])
def test_no_break_in_a_name_reaches_the_chain(
    typed: Type, tmp_path: Path, engine: Engine, name: str
) -> None:
    """It is refused or becomes a blank; the next one is packed either way."""
    typed("package", "1", "--out", str(tmp_path / "out"), "--by", name)
    packed(typed, tmp_path / "out")
    with read(engine) as connection:
        assert {line.who for line in every_line(connection)} <= {"王取证", "王 某", "赵封存"}


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\u0085", "\x1e", "\x0c"])
def test_a_case_with_an_odd_name_in_its_chain_can_be_packed_again(
    typed: Type, tmp_path: Path, engine: Engine, sign: str
) -> None:
    now = datetime.now(UTC)
    act = Act(who=f"王{sign}某", what="gathered", subject="case:1", sha256="0" * 64, at=now)
    with write(engine) as connection:
        record(connection, act)
    made = packed(typed, tmp_path / "out")
    assert typed("verify", made["path"])[0] == 3


def test_custody_is_verified_and_a_break_is_named(
    typed: Type, tmp_path: Path, engine: Engine
) -> None:
    packed(typed, tmp_path / "out")
    code, out, _ = typed("custody", "verify")
    assert code == 0
    assert "条条相接" in out
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER custody_no_update")
        connection.exec_driver_sql("UPDATE custody SET who = '别人' WHERE seq = 2")
    code, out, _ = typed("custody", "verify")
    assert code == 1
    assert "第 2 条断开" in out


def test_keys_are_listed_and_rotated(typed: Type, tmp_path: Path, engine: Engine) -> None:
    assert "还没有密钥" in typed("keys", "list")[2]
    made = packed(typed, tmp_path / "out")
    assert f"{made['key']}  现用" in typed("keys", "list")[1]
    code, out, _ = typed("keys", "rotate", "--by", "孙某")
    assert code == 0
    assert made["key"] in out
    told = json.loads(typed("keys", "list", "--json")[1])
    assert made["key"] in told["known"]
    assert told["current"] != made["key"]
    with read(engine) as connection:
        assert list(every_line(connection))[-1].what == "rotated"
    assert typed("verify", made["path"])[0] == 3  # unstamped, and nothing disproved


def test_the_test_authority_says_what_it_is_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    words = [sys.executable, "-m", "cli", "evidence", "test-authority", "--folder", str(folder)]
    environ = os.environ | {"PYTHONUNBUFFERED": "1", "CERTSWEEP_LANG": "zh"}
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background job has Ctrl-C ignored, and so would have the child.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        assert first.startswith("export CERTSWEEP_TSA=http://127.0.0.1:")
        assert process.stdout.readline() == f"export CERTSWEEP_TSA_ROOTS={folder / 'root.pem'}\n"
        assert "没有任何法律效力" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    assert stat.S_IMODE((folder / "authority.key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "words",
    [("package",), ("verify",), ("stamp",), ("custody", "verify"), ("keys", "rotate")],
)
def test_every_manual_is_chinese_and_can_be_english(typed: Type, words: tuple[str, ...]) -> None:
    code, out, _ = typed(*words, "--help")
    assert code == 0
    assert out.startswith("用法：")


def test_what_a_package_lacks_is_told_in_words():
    lack = Lack(what="part", of="capture:dd0cf7c3ed2f07bcf334981907a9f97f dom", why="timeout")
    assert lack_line(lack) == (
        "缺：取证的一部分没有成功（取证 dd0cf7c3ed2f，渲染后网页，超时未取到）"
    )
    assert lack_line(Lack(what="decision", of="case:84", why="none")) == (
        "缺：还没有人作出决定（案件 84）"
    )


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("ConnectionRefusedError: [Errno 111] Connection refused", "连不上（对方拒绝连接）"),
        ("no http(s) address, or one with a password in it", "连不上（不是网址"),
        ("", "连不上"),
        ("机构维护中", "连不上（机构维护中）"),
    ],
)
def test_why_an_authority_gave_nothing_is_told_in_chinese(detail, told):
    assert reason_words("unreachable", detail).startswith(told)


def test_a_package_that_can_never_be_completed_is_named(
    typed: Type, tmp_path: Path, authority: Moody
) -> None:
    named = {"TSA": "http://127.0.0.1:9/", "TSA_ROOTS": str(authority.roots)}
    made = packed(typed, tmp_path / "out", **named)
    name = Path(made["path"]).name
    _, _, err = typed("keys", "rotate", "--by", "孙某", **named)
    assert name in err
    assert "不能再补全" in err
    err = typed("stamp", **named)[2]
    assert name in err
    packed(typed, tmp_path / "out", **named)
    assert name not in typed("stamp", **named)[2]  # the case has a newer one


def test_nothing_to_stamp_is_said_in_words(typed: Type, authority: Moody) -> None:
    code, _, err = typed("stamp")
    assert (code, "没有设置时间戳机构" in err) == (1, True), "a planned task must show that"
    assert typed("stamp", "--json")[0] == 1
    with authority.served() as url:
        named = {"TSA": url, "TSA_ROOTS": str(authority.roots)}
        typed("stamp", **named)
        code, _, err = typed("stamp", **named)
        assert (code, "没有到时间" in err) == (0, True)


def test_a_package_no_authority_was_asked_for_is_not_called_one_that_waits(
    typed: Type, tmp_path: Path
) -> None:
    code, out, _ = typed("package", "1", "--out", str(tmp_path / "out"), "--by", "赵封存")
    assert code == 0, "it is made, and signed"
    assert "以后补不成" in out
    assert "待补" not in out


def test_what_is_no_fingerprint_is_wrong_use_and_another_key_is_called_another(
    typed: Type, tmp_path: Path
) -> None:
    made = packed(typed, tmp_path / "out")
    code, _, err = typed("verify", made["path"], "--key", "abcd")
    assert code == 2
    assert "64 位" in err
    code, out, _ = typed("verify", made["path"], "--key", "0" * 64)
    assert code == 1
    assert "不是您指定的那一个" in out
    assert "不是本机关的" not in out


@pytest.mark.parametrize("data", [b"", b"# certsweep\n"])
def test_a_file_that_is_no_package_is_called_none(typed: Type, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(data)
    code, out, _ = typed("verify", str(path))
    assert code == 1
    assert out.startswith("这个文件不是证据包")
    assert "[" not in out
    (tmp_path / "verify.py").write_bytes(standalone())
    done = alone(tmp_path, "README.md")
    assert (done.returncode, done.stdout.decode().strip()) == (1, out.strip())


def test_a_port_that_somebody_has_is_said(typed: Type, authority: Moody) -> None:
    with authority.served() as url:
        port = url.rstrip("/").rpartition(":")[2]
        code, _, err = typed("test-authority", "--port", port)
    assert code == 1
    assert f"端口 {port} 用不了" in err
