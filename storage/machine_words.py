"""What the machine says of a file, in words: the system's errors, JSON's, YAML's, an encoding's."""

from __future__ import annotations

import errno
import json

from storage.bilingual import Bilingual

SYSTEM = {
    errno.ENOENT: "找不到文件或者文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.EROFS: "磁盘只能读",
    errno.ENAMETOOLONG: "名称太长",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已满",
    errno.EFBIG: "文件超过允许的大小",
    errno.EBUSY: "正在被占用",
    errno.ELOOP: "链接绕成了圈",
    errno.EADDRINUSE: "已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
}
JSON = (
    ("Expecting value", "这里应有一个值"),
    ("Expecting property name", "这里应是加英文双引号的名称"),
    ("Expecting ':'", "这里应有英文冒号"),
    ("Expecting ','", "这里应有英文逗号，或括号没有配对"),
    ("Unterminated string", "从这里开始的引号没有配对"),
    ("Invalid control character", "引号里有换行或控制字符"),
    ("Invalid \\", "反斜杠用得不对"),
    ("Extra data", "后面还有多余的内容"),
    ("Illegal trailing comma", "多了一个逗号"),
    ("Exceeds the limit", "数字太长"),
)
YAML = (
    ("'\\t'", "用了制表符（Tab），请改用空格"),
    ("<block end>", "缩进与上面的行不齐，或引号、括号后面多了内容"),
    ("expected key", "缩进与上面的行不齐，或引号、括号后面多了内容"),
    ("'-' indicator", "列表的缩进与上面的行不齐"),
    ("mapping values", "缩进不对，或一行里多了一个冒号（有冒号的文字请加引号）"),
    ("expected ':'", "缺少冒号（英文冒号，后面空一格）"),
    ("end of stream", "引号没有配对"),
    ("escape character", "双引号里的反斜杠用得不对（可改用单引号）"),
    ("']'", "方括号没有配对，或缺少逗号"),
    ("node content", "括号没有配对，或少了内容"),
    ("'}'", "花括号没有配对，或缺少逗号"),
    ("cannot start any token", "用了制表符（Tab，请改用空格），或开头的符号有特殊含义（请加引号）"),
    ("alias", "以 * 开头的文字请加引号"),
    ("expected alphabetic", "以 * 或 & 开头的文字请加引号"),
    ("constructor", "以 ! 开头的文字请加引号"),
    ("expected a single document", "文件里只能有一份内容，多了一行“---”"),
)


def _said(table: tuple[tuple[str, str], ...], message: str, otherwise: str) -> str:
    return next((zh for sign, zh in table if sign in message), otherwise)


def os_words(error: OSError | ValueError) -> Bilingual:
    """找不到文件或者文件夹 / No such file or directory; a path with a NUL is a ValueError."""
    if not isinstance(error, OSError):
        return Bilingual("路径里有不能用的字符", str(error))
    why = error.strerror or str(error)
    return Bilingual(SYSTEM.get(error.errno or 0, f"系统报错：{why}"), why)


def json_words(error: Exception) -> Bilingual:
    """Of one line that is no JSON; counts characters from 1."""
    if isinstance(error, json.JSONDecodeError):
        at = error.pos + 1
        zh = _said(JSON, error.msg, "写法不对")
        return Bilingual(f"第 {at} 个字符处，{zh}", f"{error.msg}, at character {at}")
    if isinstance(error, RecursionError):
        return Bilingual("括号套得太深", "brackets are nested too deep")
    return Bilingual(_said(JSON, str(error), "写法不对"), str(error))


def not_utf8(error: UnicodeDecodeError) -> Bilingual:
    if b"\x00" in error.object[:8192]:
        return Bilingual("这不是文本文件（二进制内容）", "this is binary, not text")
    return Bilingual(
        "文件不是 UTF-8（可能是 GBK），请另存为 UTF-8",
        "the file is not UTF-8 (perhaps GBK); save it as UTF-8",
    )


def yaml_words(error: Exception) -> Bilingual:
    """Of a YAML file that cannot be read: the line where the parser knows it, and the slip."""
    if isinstance(error, UnicodeDecodeError):
        return not_utf8(error)
    if isinstance(error, OSError):
        return os_words(error)
    if isinstance(error, RecursionError):
        return Bilingual("括号套得太深", "brackets are nested too deep")
    mark, why = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    if mark is None:
        control = hasattr(error, "character")  # yaml.reader.ReaderError
        slip = "有一项的写法不对（日期须是真有的日子）" if isinstance(error, ValueError) else ""
        zh = "文件里有控制字符，或这不是文本文件" if control else slip or "不合 YAML 写法"
        return Bilingual(zh, " ".join(str(error).split()))
    zh = _said(YAML, f"{why}", "不合 YAML 写法")
    return Bilingual(f"第 {mark.line + 1} 行：{zh}", f"line {mark.line + 1}: {why}")
