"""What a sweep needs of this machine, each looked at for real, and how to mend what is missing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import fsspec
from sqlalchemy import inspect

import door
from crawler.chromium import find_chromium
from door import browser_probe
from door.office_judge import office_judge, rules_folder
from door.second_reading import reader_of
from door.settings import Settings
from readers.endpoint import addresses_of
from storage.bilingual import Bilingual, Problem
from storage.database import check_schema, open_database, parse_url, read
from storage.locks import hold
from storage.machine_words import os_words

ROOT = Path(door.__file__).parents[1]
OLDEST = (3, 11)
GIB = 1 << 30
ENOUGH = GIB  # bytes free; a night of evidence takes some hundred MB
PROBE = ("sweep", "certsweep doctor")  # the lock, and who holds it for a moment
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class Mark(StrEnum):
    GOOD = "✓"
    WARNING = "!"  # works, but a person should know
    MISSING = "✗"  # a sweep would fail


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    mark: Mark
    name: Bilingual
    found: Bilingual
    remedy: Bilingual | None = None


def good(name: Bilingual, zh: str, en: str) -> Check:
    return Check(mark=Mark.GOOD, name=name, found=Bilingual(zh, en))


def checkup(settings: Settings) -> Iterator[Check]:
    """Every check in turn; none changes anything but a temporary file it takes away again."""
    looks: tuple[Callable[[Settings], Check], ...] = (
        python_version,
        browser,
        chinese_font,
        data_folder,
        disk_space,
        database,
        running_sweep,
        snapshot_store,
        office_rules,
        second_reader,
        clock,
        proxies,
        contact,
    )
    return (look(settings) for look in looks)


def python_version(_settings: Settings) -> Check:
    name = Bilingual("Python", "Python")
    found = ".".join(str(part) for part in sys.version_info[:3])
    if tuple(sys.version_info) >= OLDEST:
        return good(name, found, found)
    return Check(
        mark=Mark.MISSING,
        name=name,
        found=Bilingual(found, found),
        remedy=Bilingual("需要 3.11 或更新版本。", "3.11 or newer is needed."),
    )


def browser(settings: Settings) -> Check:
    name = Bilingual("浏览器", "Browser")
    path = find_chromium(settings.chromium)
    if path is None:
        return Check(
            mark=Mark.MISSING,
            name=name,
            found=Bilingual(settings.chromium or "没有找到", settings.chromium or "none found"),
            remedy=Bilingual(
                "运行 make setup，或把 CERTSWEEP_CHROMIUM 设为浏览器的路径。",
                "Run make setup, or set CERTSWEEP_CHROMIUM to a browser's path.",
            ),
        )
    version, trouble = start_browser(path)
    if version:
        return good(name, f"{path}（{version}，已试启动）", f"{path} ({version}, started once)")
    return Check(
        mark=Mark.MISSING,
        name=name,
        found=Bilingual(f"{path} 启动失败：{trouble}", f"{path} does not start: {trouble}"),
        remedy=Bilingual(
            "运行 make setup 补齐系统库；仍不行则重装浏览器。",
            "Run make setup for missing system libraries; else install the browser again.",
        ),
    )


def start_browser(path: str) -> tuple[str, str]:
    """Its version and "", or "" and the first line of what went wrong."""
    command = [sys.executable, "-m", browser_probe.__name__, path]
    limit = browser_probe.SECONDS * 3
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return "", f"> {limit} s"
    version = done.stdout.strip()
    if done.returncode == 0 and version:
        return version, ""
    told = [line.strip() for line in done.stderr.splitlines() if "rror" in line]
    # Of a traceback the first line that names an error says most; what follows is clean-up.
    first = (told or [f"exit {done.returncode}"])[0]
    return "", first.removeprefix("playwright._impl._errors.")[:200]


def chinese_font(_settings: Settings) -> Check:
    name = Bilingual("中文字体", "Chinese font")
    program = shutil.which("fc-list")
    if program is None:
        return Check(
            mark=Mark.WARNING,
            name=name,
            found=Bilingual("没有 fc-list，无法得知", "no fc-list: not known"),
            remedy=Bilingual("安装 fontconfig。", "Install fontconfig."),
        )
    listed = subprocess.run(
        [program, ":lang=zh", "family"], capture_output=True, text=True, check=False, timeout=60
    ).stdout.splitlines()
    if listed:
        first = min(listed).split(",")[0]
        return good(name, f"{first} 等 {len(listed)} 种", f"{first} and others, {len(listed)}")
    return Check(
        mark=Mark.MISSING,
        name=name,
        found=Bilingual("没有，截图里会是方框", "none: screenshots would show boxes"),
        remedy=Bilingual(
            "运行 make setup，或 apt-get install fonts-noto-cjk。",
            "Run make setup, or apt-get install fonts-noto-cjk.",
        ),
    )


def nearest(folder: Path) -> Path:
    """The folder, or the closest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def data_folder(settings: Settings) -> Check:
    name, home = Bilingual("数据文件夹", "Data folder"), settings.home
    try:
        with TemporaryFile(dir=nearest(home)) as probe:
            probe.write(b"certsweep")
            probe.flush()
    except OSError as error:
        return Check(
            mark=Mark.MISSING,
            name=name,
            found=Bilingual(f"{home} 写不了：{os_words(error).zh}", f"{home}: {error.strerror}"),
            remedy=Bilingual(
                "检查权限和磁盘，或把 CERTSWEEP_HOME 设为可写的文件夹。",
                "Check permissions and disk, or set CERTSWEEP_HOME to a folder you may write to.",
            ),
        )
    if home.is_dir():
        return good(name, f"{home} 可写", f"{home} is writable")
    return good(name, f"{home} 首次运行时建立", f"{home} is made at the first run")


def disk_space(settings: Settings) -> Check:
    name = Bilingual("磁盘空间", "Disk space")
    free = shutil.disk_usage(nearest(settings.home)).free
    zh, en = f"剩余 {free / GIB:.1f} GiB", f"{free / GIB:.1f} GiB free"
    if free >= ENOUGH:
        return good(name, zh, en)
    return Check(
        mark=Mark.WARNING,
        name=name,
        found=Bilingual(zh, en),
        remedy=Bilingual("请腾出至少 1 GiB。", "Free at least 1 GiB."),
    )


def database(settings: Settings) -> Check:
    name = Bilingual("数据库", "Database")
    try:
        place = parse_url(settings.database_url, settings.home)
        if place.drivername == "sqlite" and not Path(place.database or "").exists():
            return good(name, "首次运行时建立（SQLite）", "made at the first run (SQLite)")
        engine = open_database(settings.database_url, settings.home)
        with read(engine) as connection:
            empty = not {"alembic_version", "posts"} & set(inspect(connection).get_table_names())
        if empty:
            return good(
                name, "可连接，首次运行时建表", "reachable; tables are made at the first run"
            )
        check_schema(engine)
    except Problem as problem:
        return Check(
            mark=Mark.MISSING,
            name=name,
            found=Bilingual("不可用", "not usable"),
            remedy=problem.text,
        )
    kind = place.get_backend_name()
    return good(name, f"可连接，结构最新（{kind}）", f"reachable, schema current ({kind})")


def running_sweep(settings: Settings) -> Check:
    """Takes the sweep's lock for a moment, where there is a database at all."""
    name = Bilingual("巡查", "Sweep")
    idle = good(name, "没有正在运行的", "none is running")
    if database(settings).mark is Mark.MISSING:
        return Check(
            mark=Mark.WARNING, name=name, found=Bilingual("数据库不可用，无法得知", "not known")
        )
    try:
        place = parse_url(settings.database_url, settings.home)
        if place.drivername == "sqlite" and not (settings.home / "locks" / "sweep.lock").exists():
            return idle
        with hold(open_database(settings.database_url, settings.home), settings.home, *PROBE):
            return idle
    except Problem as problem:
        return Check(mark=Mark.WARNING, name=name, found=problem.text)


def office_rules(settings: Settings) -> Check:
    """The office's own rules, tried on their own examples as a sweep tries them."""
    name = Bilingual("单位规则", "Office rules")
    try:
        folder = rules_folder(settings)
        if folder is None:
            return good(name, "没有，只用随附规则", "none, the rules that come along alone")
        office_judge(settings)
    except Problem as problem:
        return Check(
            mark=Mark.MISSING,
            name=name,
            found=Bilingual("用不了，巡查不会开始", "not usable, no sweep would begin"),
            remedy=problem.text,
        )
    count = len(list(folder.glob("*.yaml")))
    return good(name, f"{folder} 中 {count} 条，已试", f"{count} in {folder}, tried")


def second_reader(settings: Settings) -> Check:
    """Whether its address may be spoken to and answers the telephone; no post is sent."""
    name = Bilingual("第二读者", "Second reader")
    try:
        reader = reader_of(settings)
        if reader is None:
            return good(name, "没有设置（默认关闭）", "none set (off)")
        place = (addresses_of(reader.endpoint)[0], reader.endpoint.port)
        socket.create_connection(place, 3.0).close()
    except Problem as problem:
        found = Bilingual("用不了", "not usable")
        return Check(mark=Mark.MISSING, name=name, found=found, remedy=problem.text)
    except OSError as error:
        why = str(error)[:200]
        return Check(
            mark=Mark.WARNING,
            name=name,
            found=Bilingual(f"连不上：{why}", f"cannot be reached: {why}"),
            remedy=Bilingual(
                "巡查照常；请检查 CERTSWEEP_READER_URL 和模型服务。",
                "Sweeps go on without it; check CERTSWEEP_READER_URL and the model's server.",
            ),
        )
    where = f"{reader.endpoint.host}:{reader.endpoint.port}"
    return good(name, f"{where}，模型 {reader.model}", f"{where}, model {reader.model}")


def snapshot_store(settings: Settings) -> Check:
    name = Bilingual("快照存储", "Snapshot store")
    place = settings.snapshot_url or str(nearest(settings.home / "snapshots"))
    try:
        files, root = fsspec.core.url_to_fs(place)
        probe = f"{str(root).rstrip('/')}/.part-doctor-{os.getpid()}"
        files.makedirs(root, exist_ok=True)
        files.pipe_file(probe, b"certsweep")
        files.rm_file(probe)
    except (OSError, ValueError, ImportError) as error:
        why = str(error)[:200]
        return Check(
            mark=Mark.MISSING,
            name=name,
            found=Bilingual(f"写不了：{why}", f"not writable: {why}"),
            remedy=Bilingual(
                "检查 CERTSWEEP_SNAPSHOTS、权限和磁盘。",
                "Check CERTSWEEP_SNAPSHOTS, permissions and disk.",
            ),
        )
    return good(name, "可写", "writable")


def clock(_settings: Settings) -> Check:
    name, now = Bilingual("时钟", "Clock"), datetime.now(UTC)
    try:
        shanghai = now.astimezone(ZoneInfo("Asia/Shanghai"))
    except ZoneInfoNotFoundError:
        return Check(
            mark=Mark.MISSING,
            name=name,
            found=Bilingual("没有时区数据 Asia/Shanghai", "no time zone data for Asia/Shanghai"),
            remedy=Bilingual("运行 make setup（tzdata）。", "Run make setup (tzdata)."),
        )
    shown = f"{shanghai:%Y-%m-%d %H:%M:%S} +08:00"
    # A clock before the program's own files is wrong, and evidence would bear a wrong time.
    made = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if now >= made - timedelta(days=1):
        return good(name, shown, shown)
    return Check(
        mark=Mark.MISSING,
        name=name,
        found=Bilingual(f"{shown}，早于程序文件", f"{shown}, before the program's own files"),
        remedy=Bilingual("请校准系统时间（NTP）。", "Set the system clock (NTP)."),
    )


def proxies(_settings: Settings) -> Check:
    """Names only: a proxy's address may hold a password."""
    name = Bilingual("代理变量", "Proxy variables")
    there = [key for key in os.environ if key.lower() in PROXIES]
    if not there:
        return good(name, "没有设置", "none set")
    listed = "、".join(sorted(there))
    return Check(
        mark=Mark.WARNING,
        name=name,
        found=Bilingual(listed, listed),
        remedy=Bilingual(
            "巡查直接连接网站，不经这些代理；只能经代理上网的机器采集不到网页。",
            "A sweep connects to sites directly, not through these; a machine that reaches the "
            "web by proxy only would fetch nothing.",
        ),
    )


def contact(settings: Settings) -> Check:
    name = Bilingual("联系方式", "Contact")
    if settings.contact:
        return good(name, settings.contact, settings.contact)
    return Check(
        mark=Mark.WARNING,
        name=name,
        found=Bilingual("没有设置", "none set"),
        remedy=Bilingual(
            "把 CERTSWEEP_CONTACT 设为单位的网址或邮箱，网站可据此联系。",
            "Set CERTSWEEP_CONTACT to the office's page or mail address, so that sites can ask.",
        ),
    )
