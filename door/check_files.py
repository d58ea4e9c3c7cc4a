"""Files in and out of `certsweep check`: any Chinese text file, and output that is whole or not."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from storage.bilingual import Bilingual, Problem
from storage.machine_words import os_words

STDIN = "-"
PEEK = 8192  # bytes looked at to tell text from something else
MAGIC = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc",
)
UTF16 = (b"\xff\xfe", b"\xfe\xff")
DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
HTML = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*|<\?xml.{0,200}?\?>\s*){0,3}<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
Write = Callable[[bytes], None]


class NotText(Problem):
    """An input that cannot be read as text; the others go on."""


def check_readable(names: list[str]) -> None:
    """Raise a Problem for the first input that cannot be read, before anything is written."""
    for name in names:
        if name == STDIN:
            has_stdin()
            continue
        if Path(name).is_dir():
            raise Problem(
                f"{name} 是文件夹；请给出其中的文件。",
                f"{name} is a folder; name its files.",
            )
        with opened(name):
            pass


def has_stdin() -> None:
    """Raise a Problem where the process was started without standard input."""
    if sys.stdin is None:
        raise Problem("没有标准输入；请给出文件。", "there is no standard input; name a file.")


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """The input as bytes; `-` is standard input."""
    if name == STDIN:
        yield sys.stdin.buffer
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - closed by the caller's with, below
    except (OSError, ValueError) as error:
        why = os_words(error)
        raise Problem(
            f"读不了文件 {name}：{why.zh}；请检查路径。",
            f"cannot read {name}: {why.en}; check the path.",
        ) from error
    with stream:
        yield stream


def read_all(name: str) -> bytes:
    try:
        with opened(name) as stream:
            return stream.read()
    except OSError as error:
        raise unreadable(name, error) from error


def read_lines(name: str) -> Iterator[str]:
    """Lines of a UTF-8 file one by one; bytes that are not UTF-8 stay as surrogates."""
    try:
        with opened(name) as stream:
            for number, line in enumerate(stream):
                if number == 0:
                    refuse_binary(name, line[:PEEK], utf16_too=True)
                yield line.decode("utf-8-sig" if number == 0 else "utf-8", "surrogateescape")
    except OSError as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: OSError) -> NotText:
    why = os_words(error)
    return NotText(
        f"读 {name} 时出错：{why.zh}；已写出的结果有效，请检查后重试。",
        f"reading {name} failed: {why.en}; what was written holds, check and try again.",
    )


def decode(name: str, body: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 with a mark, a declared charset or GB18030, in that order."""
    refuse_binary(name, body[:PEEK], utf16_too=False)
    charsets = ["utf-16"] if body.startswith(UTF16) else ["utf-8-sig"]
    declared = DECLARED.search(body[:2048])
    if declared:
        charsets.append(declared.group(1).decode("ascii"))
    for charset in (*charsets, "gb18030"):
        with suppress(UnicodeError, LookupError):
            return body.decode(charset)
    raise NotText(
        f"{name} 的文字编码认不出来（既不是 UTF-8 也不是 GB18030）；请转换编码后重试。",
        f"{name} is neither UTF-8 nor GB18030; convert it and try again.",
    )


def refuse_binary(name: str, head: bytes, *, utf16_too: bool) -> None:
    utf16 = head.startswith(UTF16)
    if head.startswith(MAGIC) or (utf16 and utf16_too) or (b"\x00" in head and not utf16):
        zh, en = ("标准输入", "standard input") if name == STDIN else (name, name)
        raise NotText(
            f"{zh} 不是文本文件（二进制内容），没有判读；请另存为文字（.txt）或网页。",
            f"{en} is binary, not text; it was not judged: save it as text or as a web page.",
        )


def looks_like_html(name: str, text: str) -> bool:
    return Path(name).suffix.lower() in {".html", ".htm", ".xhtml"} or bool(HTML.match(text))


def looks_like_jsonl(text: str) -> bool:
    """Whether the first line that is not blank is a record as `--jsonl` reads it."""
    first = text.lstrip("\ufeff \t\r\n").partition("\n")[0]
    if not first.startswith("{"):
        return False
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and bool({"text", "html"} & record.keys())


@contextmanager
def output(path: Path | None) -> Iterator[Write]:
    """A place to write: standard output, or a file that replaces the old one when all is there."""
    if path is None:
        yield writer(sys.stdout.buffer, "标准输出", "standard output", flush=True)
        return
    if path.exists() and not path.is_file():  # a device or a pipe is written, never replaced
        with created(path, "wb", path) as stream:
            yield writer(stream, str(path), str(path), flush=True)
        return
    target = path.resolve()  # a link stays a link
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with created(draft, "xb", path) as stream:
            yield writer(stream, str(path), str(path))
            with no_room(str(path), str(path)):
                stream.flush()
                os.fsync(stream.fileno())
        with no_room(str(path), str(path)):
            draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def created(path: Path, mode: str, asked: Path) -> Iterator[BinaryIO]:
    """The file opened for writing; a Problem names the path that was asked for."""
    with no_room(str(asked), str(asked)):
        stream = path.open(mode)
    try:
        yield stream  # type: ignore[misc]  # opened in a binary mode
    finally:
        with suppress(OSError):  # what could not be written was reported by the writer
            stream.close()


def writer(stream: BinaryIO, zh: str, en: str, *, flush: bool = False) -> Write:
    """Writes bytes; a full disk is a Problem. A reader that went away ends us quietly."""

    def write(line: bytes) -> None:
        with no_room(zh, en):
            stream.write(line)
            if flush:
                stream.flush()

    return write


@contextmanager
def no_room(zh: str, en: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        raise unwritable(zh, en, error) from error


def unwritable(zh: str, en: str, error: OSError) -> Problem:
    """The remedy goes by what is wrong: a folder needs a file's name, a full disk room."""
    why = os_words(error)
    remedy = Bilingual("请检查路径和权限，或换个位置。", "Check the path and its permissions.")
    if error.errno == errno.EISDIR:
        remedy = Bilingual("请写明文件名。", "Name a file in it.")
    elif error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        remedy = Bilingual(
            "原有文件未改动；腾出空间或换个位置后重试。",
            "The old file is as it was; make room or choose another place and try again.",
        )
    return Problem(
        f"写不了 {zh}：{why.zh}。{remedy.zh}", f"cannot write {en}: {why.en}. {remedy.en}"
    )
