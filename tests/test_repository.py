"""What is true of every file that is kept: no machine, no package index, no broken text."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-setup.lock")
NOT_OURS = {
    ".git",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".scrapy",
    ".venv",
    "__pycache__",
    "build",
    "var",
}
BINARY = {
    ".npz",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
    ".ico",
    ".xlsx",
    ".gz",
    ".bin",
    ".woff2",
    ".pdf",
}
# Pages saved in another encoding on purpose: what a reader of 2004's web must cope with.
OTHER_ENCODINGS = re.compile(r"gbk|gb2312|gb18030|big5", re.IGNORECASE)

# Where somebody's checkout or home lay; assembled, so that this file does not name one itself.
MACHINE = re.compile("|".join([r"/" + r"home/[a-z]\w+/", r"/" + r"Users/\w+/", r"/" + r"root/\w"]))
WORKPLACE = re.compile(r"/" + r"work/(?:main|shared|\.library)|/" + r"tmp/boot")
REGISTRY = re.compile(
    "|".join(
        host.replace(".", r"\.") + r"\b"
        for host in (
            "py" + "pi.org",
            "python" + "hosted.org",
            "npm" + "js.org",
            "deb.debian" + ".org",
        )
    )
)
REQUIREMENT = re.compile(r"^[a-z0-9][a-z0-9._-]*==[^\s;]+(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


@cache
def kept() -> tuple[Path, ...]:
    """Every file git keeps or would keep; in a tree without git, every file that is ours."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode("utf-8").split("\0") if name]
        return tuple(path for path in (ROOT / name for name in names) if path.is_file())
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return tuple(path for path in found if not is_foreign(path))


def is_foreign(path: Path) -> bool:
    parts = set(path.relative_to(ROOT).parts)
    return bool(parts & NOT_OURS) or any(part.endswith(".egg-info") for part in parts)


def texts() -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): path.read_bytes().decode("utf-8", errors="replace")
        for path in kept()
        if path.suffix not in BINARY
    }


def hits(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}: {found.group()}"
        for name, text in texts().items()
        for found in [pattern.search(text)]
        if found
    ]


def test_there_is_something_to_look_at():
    names = {str(path.relative_to(ROOT)) for path in kept()}
    assert {"setup.sh", "Makefile", ".ci/run", "pyproject.toml", *LOCKS} <= names
    assert not any(is_foreign(path) for path in kept())


def test_every_text_is_utf_8():
    broken = []
    for path in kept():
        name = str(path.relative_to(ROOT))
        if path.suffix in BINARY or OTHER_ENCODINGS.search(name):
            continue
        try:
            path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            broken.append(f"{name}: {error}")
    assert broken == []


@pytest.mark.parametrize("suffix", [".py", ".sh", ".toml", ".md", ".yaml", ".lock"])
def test_our_own_lines_end_as_unix_lines_do(suffix):
    broken = [str(path) for path in kept() if path.suffix == suffix and b"\r" in path.read_bytes()]
    assert broken == []


def test_no_file_names_a_place_on_somebodys_machine():
    assert hits(MACHINE) == []
    assert hits(WORKPLACE) == []


def test_no_file_names_a_package_index():
    assert hits(REGISTRY) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_nothing_else(lock):
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    strange = [line for line in lines if not REQUIREMENT.match(line) and not HASH.match(line)]
    assert strange == []
    assert "://" not in "\n".join(lines)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock):
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    following = zip(lines, [*lines[1:], ""], strict=True)
    bare = [line for line, after in following if REQUIREMENT.match(line) and not HASH.match(after)]
    assert bare == []


def test_every_package_the_project_names_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=; ]", one)[0].lower() for one in wanted}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, re.MULTILINE))
    assert names - locked == set()


@pytest.mark.parametrize("script", ["setup.sh", ".ci/run"])
def test_a_script_can_be_run_and_has_no_slip_in_its_grammar(script):
    path = ROOT / script
    assert path.stat().st_mode & 0o100
    shell = "sh" if script.endswith(".sh") else "bash"
    checked = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_make_without_a_target_explains_itself():
    said = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in ("setup", "sweep", "test", "lint", "check", "console"):
        assert re.search(rf"^  {target} ", said, re.MULTILINE)


def test_make_console_starts_the_desk_and_says_where_it_is(tmp_path):
    """Ended as Ctrl-C ends it; the port is this test's own, the data a folder of its own."""
    recipe = subprocess.run(
        ["make", "-n", "console"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        # Not those of the make that runs the tests: it would say which folder it enters.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
    ).stdout.splitlines()[-1]
    assert recipe.split()[-2:] == [".venv/bin/certsweep", "serve"]
    for _ in range(5):  # another program may take the port before the desk does
        port = two_free_ports()
        desk = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve", "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "CERTSWEEP_HOME": str(tmp_path / str(port))},
        )
        try:
            answer = wait_for(f"http://127.0.0.1:{port}/login", desk)
        finally:
            desk.send_signal(signal.SIGINT)
            said, told = desk.communicate(timeout=60)
        if answer:
            break
    assert f"http://127.0.0.1:{port}" in told
    assert "登录审核台" in answer
    assert re.search(r"admin，一次性密码：[a-z2-9-]{19}", said)


def two_free_ports():
    """The first of two neighbours."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                next_one.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def wait_for(url, desk):
    """The page, as soon as somebody listens; nothing where the program has ended."""
    until = time.monotonic() + 60
    while desk.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return answer.read().decode("utf-8")
        except urllib.error.URLError:
            assert time.monotonic() < until
            time.sleep(0.1)
    return ""
