"""What the verifier found, for a person: the result first, then what is wrong, then what is proved.

The package's own verify.py tells the same in its order; names of files stand beside their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from door.capture_words import PART_WORDS
from door.evidence_words import lack_line, said_of
from door.speech import t
from evidence.lacks import healed_words
from evidence.openssl_checks import PROVED, WORDS
from evidence.pieces import Lack
from evidence.report import Check, Report
from evidence.timestamps import FAILED, PENDING
from evidence.verify_main import WHOSE, ending
from exports.takedown_rows import beijing
from storage.bilingual import Bilingual

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")
REASON = re.compile(r"(还没有时间戳：|not yet stamped: )(\w+)")
NAMES = (
    (r"zip", "整个文件", "the whole file"),
    (r"timestamp\b.*", "时间戳", "timestamp"),
    (r"capture .*", "取证时的时间戳", "timestamp of a capture"),
    (r"evidence/seal\.json", "封印", "the seal"),
    (r"evidence/seal\.sig", "封印的签名", "signature of the seal"),
    (r"evidence/manifest\.sig", "清单的签名", "signature of the manifest"),
    (r"evidence/manifest\.json", "清单", "the manifest"),
    (r"evidence/custody\.jsonl", "保管链", "chain of custody"),
    (r"evidence/decision\.json", "审核决定", "the decision"),
    (r"evidence/findings\.json", "涉嫌违规之处", "the findings"),
    (r"evidence/public-key\.pem", "公钥", "public key"),
    (r"evidence/tsr-\d+\.tsr", "时间戳文件", "timestamp file"),
    (r"evidence/.*roots.*\.pem", "时间戳根证书", "roots of timestamps"),
    (r"evidence/verify\.py", "验证程序", "the verifier"),
    (r"evidence/readme\.md", "说明", "readme"),
    (r"evidence/overview\.html", "概览", "overview"),
    (r"archive/.*", *(PART_WORDS["warc"].zh, PART_WORDS["warc"].en)),
    (r".*-dom\.html", *(PART_WORDS["dom"].zh, PART_WORDS["dom"].en)),
    (r".*-mhtml\.mhtml", *(PART_WORDS["mhtml"].zh, PART_WORDS["mhtml"].en)),
    (r".*-full-page\.png", *(PART_WORDS["full_page"].zh, PART_WORDS["full_page"].en)),
    (r".*-first-screen\.png", *(PART_WORDS["first_screen"].zh, PART_WORDS["first_screen"].en)),
    (r".*-screenshot-.*", "巡查截图", "the sweep's screenshot"),
    (r".*masked\.txt", "页面文字（遮盖联系方式）", "text, contacts masked"),
    (r".*\.txt", PART_WORDS["text"].zh, PART_WORDS["text"].en),
    (r".*-facts\.json", PART_WORDS["facts"].zh, PART_WORDS["facts"].en),
    (r".*-headers-.*", "响应头", "response headers"),
    (r".*-raw-.*", "页面原文", "the page as sent"),
    (r"(indexes|pages)/.*", "索引", "index"),
    (r"datapackage\.json", "目录", "directory"),
    (r"datapackage-digest\.json", "目录的校验值", "digest of the directory"),
    (r"evidence/roll-\d+\.json", "取证校验值名册", "list of captures' hashes"),
    (r".*-picture-.*", "页面图片", "picture of the page"),
    (r".*-answers-.*", "页面数据", "data that the page asked for"),
    (r".*-dom-.*", PART_WORDS["dom"].zh, PART_WORDS["dom"].en),
)
# What the word of a package hangs on stands first; everything else as it lies in the file.
FIRST = (
    re.compile(r"timestamp\b.*"),
    re.compile(r"capture .*"),
    re.compile(r"evidence/seal\.json"),
    re.compile(r"evidence/(?:seal|manifest)\.(?:sig|json)"),
    re.compile("zip"),
)


def report_lines(report: Report) -> Iterator[str]:
    """Chinese times are Beijing's. Of what is no package, only that it is none."""
    yield t(*ending(report))
    if report.alien:
        return
    if report.facts.get("key"):
        yield f"{t(*WHOSE[report.whose])} {report.facts['key']}"
    for what, of, why in report.missing:
        yield lack_line(Lack(what=what, of=of, why=why))
    for _, of, why, by in report.made_good:
        yield t(*healed_words(of, why, by))
    for zh, en in report.remarks:
        yield local(t(zh, en))
    proved = [one for one in report.checks if one.result == PROVED]
    others = [one for one in report.checks if one.result != PROVED]
    yield from map(line, others)
    yield t(f"证实 {len(proved)} 项：", f"{len(proved)} proved:")
    yield from map(line, sorted(proved, key=weight))


def line(check: Check) -> str:
    word = t(*WORDS[check.result])
    return f"[{word}] {named(check.name)}  {local(reasoned(t(check.zh, check.en)))}"


def weight(check: Check) -> int:
    """Where a check that is proved stands in the list."""
    found = (at for at, one in enumerate(FIRST) if one.fullmatch(check.name))
    return next(found, len(FIRST))


def named(name: str) -> str:
    """What people call a piece, and its name in the package."""
    for pattern, zh, en in NAMES:
        if re.fullmatch(pattern, name):
            rest = name.partition(" ")[2] if " " in name else name
            if name in {"zip", "timestamp"}:
                return t(zh, en)
            return t(f"{zh}（{rest}）", f"{name}  {en}")
    return name


def local(words: str) -> str:
    """Moments of the verifier on a Chinese clock."""
    if t("zh", "en") == "en":
        return words
    return MOMENT.sub(lambda found: f"北京时间 {in_beijing(found[1])}", words)


def in_beijing(moment: str) -> str:
    return beijing(datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC))


def reasoned(words: str) -> str:
    """The one word by which a package tells why there is no timestamp yet."""
    found = REASON.search(words)
    if found is None:
        return words
    known: dict[str, Bilingual] = {**PENDING, **FAILED, "waiting": PENDING[""]}
    told = known.get(found[2])
    return REASON.sub(f"{found[1]}{said_of(told)}", words) if told else words
