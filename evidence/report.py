"""What a verification found, in the words of the verifier.

Standard library only: a part of the `verify.py` in every package.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from evidence.layout import canonical
from evidence.openssl_checks import DISPROVED, UNCHECKED


@dataclass(frozen=True)
class Check:
    name: str  # a path in the package, or what was checked
    result: str  # PROVED, DISPROVED or UNCHECKED
    zh: str
    en: str


class Wrong(Exception):
    """One thing that is not as it must be."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.check = Check(path, DISPROVED, zh, en)


@dataclass
class Report:
    checks: list[Check] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)  # Chinese, English
    facts: dict[str, Any] = field(default_factory=dict)  # "key", "seal", "manifest" as far as read
    # As the manifest says, and captures without a timestamp of their own.
    missing: list[tuple[str, str, str]] = field(default_factory=list)
    # What was missing from a capture and a later one has: and that capture.
    made_good: list[tuple[str, str, str, str]] = field(default_factory=list)
    # The key: "named", "other" than named, "own", "stranger"; "unnamed" where nobody was asked.
    whose: str = "unnamed"
    alien: bool = False  # it does not begin as a package does

    @property
    def code(self) -> int:
        """0: all is proved and sealed, 1: something is disproved, 3: something is open.

        Where nothing is disproved and nothing open, 5: a key that this office does not know, 4: the
        manifest itself says that something is missing.
        """
        results = {check.result for check in self.checks}
        if DISPROVED in results or not results:
            return 1
        if UNCHECKED in results:
            return 3
        return 5 if self.whose == "stranger" else 4 if self.missing else 0

    @property
    def sealed(self) -> bool:
        return self.code in {0, 4}

    def remark(self, remark: tuple[str, str]) -> None:
        """Chinese and English, said once."""
        if remark not in self.remarks:
            self.remarks.append(remark)


def parsed(path: str, data: bytes) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """The value of canonical JSON; raises Wrong for any other spelling of it."""
    try:
        value = json.loads(data.decode(), parse_float=refused, parse_constant=refused)
        same = canonical(value) == data
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise Wrong(path, "不是规范的 JSON", "not canonical JSON")
    return value


def refused(text: str) -> None:
    raise ValueError(text)


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
