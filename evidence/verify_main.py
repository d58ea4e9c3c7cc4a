"""The verifier's report for a person, for a program, and its command line.

Standard library only: the last part of the `verify.py` in every package.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from evidence.openssl_checks import WORDS
from evidence.verifier import Report, examine

ENDINGS = {
    0: ("全部证实，证据包已封存。", "All is proved; the package is sealed."),
    1: ("有内容不符，不能采信！", "Something is disproved; do not rely on this file!"),
    3: ("没有不符，但尚未封存：见“无从核对”各项。", "Nothing is disproved, but it is not sealed."),
}


def lines(report: Report, english: bool) -> Iterator[str]:
    """The report as a person reads it."""
    one = 1 if english else 0
    for check in report.checks:
        yield f"[{WORDS[check.result][one]}] {check.name}  {(check.zh, check.en)[one]}"
    for remark in report.remarks:
        yield remark[one]
    yield ENDINGS[report.code][one]


def as_json(report: Report) -> str:
    facts = {"code": report.code, "sealed": report.code == 0, "key": report.facts.get("key", "")}
    told = {**facts, "remarks": report.remarks, "checks": [asdict(one) for one in report.checks]}
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
    try:
        roots = asked.roots.read_bytes() if asked.roots else b""
        report = examine(asked.file, asked.key, roots)
    except OSError as error:
        sys.stderr.write(f"读不了文件 / cannot be read: {error}\n")
        return 1
    told = [as_json(report)] if asked.json else lines(report, asked.en)
    for line in told:
        sys.stdout.buffer.write(shown(line).encode("utf-8", "replace") + b"\n")
    return report.code


if __name__ == "__main__":
    sys.exit(main())
