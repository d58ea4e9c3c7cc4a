"""The verifier's report for a person, for a program, and its command line.

Standard library only: the last part of the `verify.py` in every package.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from evidence.lacks import healed_words, lack_words
from evidence.openssl_checks import WORDS
from evidence.report import Report
from evidence.verifier import examine

ENDINGS = {
    0: ("全部证实，证据包已封存。", "All is proved; the package is sealed."),
    1: ("有内容不符，不能采信！", "Something is disproved; do not rely on this file!"),
    3: ("没有不符，但尚未封存：见“无从核对”各项。", "Nothing is disproved, but it is not sealed."),
    4: (
        "包内各件全部证实，证据包已封存；但它不完整，缺少的见“缺”各项。",
        "All that is in it is proved and sealed, but it is not complete: see what is missing.",
    ),
    5: (
        "各件与包内公钥相符，但没有人替这个公钥作保：不能当作封存的证据。",
        "It agrees with the key in it, but nobody vouches for that key: not sealed evidence.",
    ),
}
NO_PACKAGE = (
    "这个文件不是证据包，或者开头已被改动：不能采信。证据包是 EV-….wacz。",
    "This file is no evidence package, or its beginning was changed: do not rely on it. A package "
    "is an EV-….wacz.",
)
FINGERPRINT = re.compile("[0-9a-f]{64}")
NO_FINGERPRINT = (
    "--key 要的是公钥指纹：64 位十六进制，由出具机关公布（certsweep evidence keys list）。",
    "--key takes the fingerprint of a key: 64 hex digits, as its office publishes it (certsweep "
    "evidence keys list).",
)
WHOSE = {
    "named": ("公钥就是您指定的。", "The key is the one you named."),
    "other": (
        "公钥不是您指定的那一个。请核对指纹，或确认这个包由谁出具。",
        "The key is not the one you named. Compare the fingerprints, and who issued this package.",
    ),
    "own": ("公钥是本机关的。", "The key is this office's own."),
    "stranger": (
        "公钥不是本机关的，也不是您指定的：谁都能造出这样的包。请用 --key 给出出具机关公布的指纹。",
        "The key is not this office's, nor one you named: anybody can make such a package. Give "
        "--key the fingerprint that its office publishes.",
    ),
    "unnamed": (
        "没有指定公钥，公钥是谁的没有核对：谁都能造出与自己相符的包。请用 --key。",
        "No key was named, so whose it is was not checked: anybody can make a package that agrees "
        "with itself. Give --key.",
    ),
}


def lines(report: Report, english: bool) -> Iterator[str]:
    """The report as a person reads it; of what is no package, only that it is none."""
    one = 1 if english else 0
    if report.alien:
        yield ending(report)[one]
        return
    for check in report.checks:
        yield f"[{WORDS[check.result][one]}] {check.name}  {(check.zh, check.en)[one]}"
    for lack in report.missing:
        yield lack_words(*lack)[one]
    for _, of, why, by in report.made_good:
        yield healed_words(of, why, by)[one]
    for remark in report.remarks:
        yield remark[one]
    if report.facts.get("key"):
        yield f"{WHOSE[report.whose][one]} {report.facts['key']}"
    yield ending(report)[one]


def ending(report: Report) -> tuple[str, str]:
    """Chinese, English: what the whole of it comes to."""
    return NO_PACKAGE if report.alien else ENDINGS[report.code]


def as_json(report: Report) -> str:
    told = {
        "code": report.code,
        "sealed": report.sealed,
        "complete": report.sealed and not report.missing,
        "key": report.facts.get("key", ""),
        "whose": report.whose,
        "missing": [{"what": what, "of": of, "why": why} for what, of, why in report.missing],
        "made_good": [
            {"what": what, "of": of, "why": why, "by": by} for what, of, why, by in report.made_good
        ],
        "remarks": report.remarks,
        "checks": [asdict(one) for one in report.checks],
    }
    return json.dumps(told, ensure_ascii=False)


def shown(text: str) -> str:
    """A stranger's words, unable to drive a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def main() -> int:
    parser = argparse.ArgumentParser(description="证据包验证 / verify an evidence package")
    parser.add_argument("file", type=Path, help="EV-….wacz")
    parser.add_argument("--key", default="", help="机关公布的公钥指纹 / the office's fingerprint")
    parser.add_argument("--roots", type=Path, help="时间戳根证书（PEM）/ roots to trust, PEM")
    parser.add_argument("--json", action="store_true", help="一个 JSON 对象 / one JSON object")
    parser.add_argument("--en", action="store_true", help="English")
    asked = parser.parse_args()
    key = asked.key.strip().lower()
    if key and not FINGERPRINT.fullmatch(key):
        sys.stderr.write(" / ".join(NO_FINGERPRINT) + "\n")
        return 2
    try:
        roots = asked.roots.read_bytes() if asked.roots else b""
        report = examine(asked.file, key, roots)
    except OSError as error:
        sys.stderr.write(f"读不了文件 / cannot be read: {error}\n")
        return 1
    told = [as_json(report)] if asked.json else lines(report, asked.en)
    for line in told:
        sys.stdout.buffer.write(shown(line).encode("utf-8", "replace") + b"\n")
    return report.code


if __name__ == "__main__":
    sys.exit(main())
