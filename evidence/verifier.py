"""Verifying an evidence package with the Python standard library and the openssl command alone.

证据包验证：只用 Python 标准库和 openssl 命令，不需要 certsweep。

With the parts that `evidence/standalone.py` names it is the `verify.py` of every package. Nothing
is believed before it is proved, and nothing is unpacked to a name that the package chose.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from evidence.layout import (
    BESIDES,
    CUSTODY,
    MANIFEST,
    MANIFEST_SIGNATURE,
    PUBLIC_KEY,
    ROOTS,
    SEAL,
    SEAL_SIGNATURE,
    TEST_MARK,
    Entry,
    canonical,
    entry_of,
    layout,
    local_header,
    whole,
)
from evidence.openssl_checks import (
    DISPROVED,
    PROVED,
    UNCHECKED,
    der_of,
    signature_holds,
    stamp_holds,
)

SMALL = 32 << 20  # bytes of the largest file that is read whole


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

    @property
    def code(self) -> int:
        """0: all is proved and sealed, 1: something is disproved, 3: something is open."""
        results = {check.result for check in self.checks}
        return 1 if DISPROVED in results or not results else 3 if UNCHECKED in results else 0


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


def front(file: IO[bytes], path: str) -> bytes:
    """One of the two first entries, its header proved by its own content."""
    start = file.read(30 + len(path))
    size = struct.unpack_from("<I", start, 18)[0] if len(start) == 30 + len(path) else 0
    data = file.read(size) if size <= SMALL else b""
    if start != local_header(entry_of(path, data)):
        raise Wrong(path, "缺失或被改动", "missing or changed")
    return data


def listed(seal: Any) -> list[Entry]:  # noqa: ANN401 (JSON)
    """The entries that a seal lists; raises Wrong unless all are well-formed, in order, once."""
    found: list[Entry] = []
    try:
        rows = [(row["path"], row["size"], row["sha256"], row["crc32"]) for row in seal["files"]]
        found = [Entry(*row) for row in rows]
        good = all(one.well_formed() for one in found) and isinstance(seal["head"], dict)
    except (KeyError, TypeError):
        good = False
    paths = [one.path for one in found] if good else []
    if not good or paths != sorted(set(paths)) or {SEAL, SEAL_SIGNATURE} & set(paths):
        raise Wrong(SEAL, "文件清单不合格式", "its list of files is malformed")
    return found


def compared(file: IO[bytes], entries: list[Entry]) -> Iterator[tuple[Entry, bytes, str]]:
    """Each entry as found, its bytes where they are small evidence, and what differs ("" nothing).

    Differences: "data", "header", "directory"; of the file's end, under the path "zip".
    """
    found: dict[str, Entry] = {}
    kept: dict[str, bytes] = {}
    wrong: dict[str, str] = {}
    for part, entry, wanted in layout(entries):
        path = entry.path if entry else "zip"
        if entry and part == "data":
            found[path], kept[path] = read_entry(file, entry)
            same = found[path].sha256 == entry.sha256
        else:
            same = file.read(len(wanted)) == wanted
        if not same:
            wrong.setdefault(path, part)
    for entry in entries:
        yield found[entry.path], kept[entry.path], wrong.get(entry.path, "")
    more = "end" if "zip" in wrong else "more" if file.read(1) else ""
    yield Entry("zip", 0, "", 0), b"", more


def read_entry(file: IO[bytes], entry: Entry) -> tuple[Entry, bytes]:
    """What stands where the entry should: hashes in one pass, the bytes of small evidence."""
    hashes = [hashlib.sha256(), *new_sm3()]
    kept: list[bytes] = []
    left, crc = entry.size, 0
    keeps = BESIDES.fullmatch(entry.path) is not None and entry.size <= SMALL
    while left and (block := file.read(min(left, 1 << 20))):
        left, crc = left - len(block), zlib.crc32(block, crc)
        for one in hashes:
            one.update(block)
        if keeps:
            kept.append(block)
    digests = [one.hexdigest() for one in hashes]
    found = Entry(entry.path, entry.size - left, digests[0], crc, digests[1] if digests[1:] else "")
    return found, b"".join(kept)


def new_sm3() -> list[Any]:
    try:
        return [hashlib.new("sm3")]
    except ValueError:
        return []


# What is proved, step by step.


class Examination:
    """One package: `run` fills the report."""

    def __init__(self, file: IO[bytes], key: str, roots: bytes) -> None:
        self.file, self.key, self.roots = file, key, roots
        self.report = Report()
        self.found: dict[str, Entry] = {}  # whose bytes are as the list says
        self.kept: dict[str, bytes] = {}

    def say(self, name: str, result: str, zh: str, en: str) -> None:
        self.report.checks.append(Check(name, result, zh, en))

    def run(self) -> None:
        seal_bytes, signature = front(self.file, SEAL), front(self.file, SEAL_SIGNATURE)
        seal = parsed(SEAL, seal_bytes)
        files = listed(seal)
        entries = whole(seal_bytes, signature, seal["head"], files)
        self.file.seek(0)
        wrong = self.read(entries)
        self.report.facts = {"seal": seal}
        signed = self.signed(seal, seal_bytes, signature)
        self.say(SEAL, *signed)
        self.tell(entries, wrong, signed[0])
        if signed[0] == PROVED and MANIFEST in self.found:
            self.go_deeper(seal)

    def read(self, entries: list[Entry]) -> dict[str, str]:
        wrong = {}
        for found, data, part in compared(self.file, entries):
            if part:
                wrong[found.path] = part
            if part not in {"data", "end", "more"}:
                self.found[found.path], self.kept[found.path] = found, data
        return wrong

    def signed(self, seal: Any, data: bytes, signature: bytes) -> tuple[str, str, str]:  # noqa: ANN401
        """Whether the list was signed with the key in the package, and whose that is."""
        pem = self.kept.get(PUBLIC_KEY, b"")
        fingerprint = hashlib.sha256(der_of(pem)).hexdigest()
        self.report.facts["key"] = fingerprint
        if not self.key:
            zh, en = (
                "请与出具机关公布的指纹核对公钥",
                "compare the key with the one its office names",
            )
            self.report.remarks.append((f"{zh}：{fingerprint}", f"{en}: {fingerprint}"))
        if PUBLIC_KEY not in self.found or fingerprint != seal.get("key"):
            return DISPROVED, "公钥与清单所记不符", "the public key is not the one it names"
        if self.key and fingerprint != self.key:
            return DISPROVED, f"不是指定的公钥（{fingerprint}）", f"another key: {fingerprint}"
        return signature_holds(data, signature, pem)

    def tell(self, entries: list[Entry], wrong: dict[str, str], signed: str) -> None:
        """One line an entry, the seal itself apart; what an unsigned list says proves nothing."""
        for path in [*(entry.path for entry in entries if entry.path != SEAL), "zip"]:
            if path in wrong:
                self.say(path, DISPROVED, *DIFFERENCES[wrong[path]])
            elif signed == PROVED:
                self.say(path, PROVED, "逐字节相符", "the same byte for byte")
            else:
                self.say(
                    path, UNCHECKED, "清单的签名未获证实", "the list's signature is not proved"
                )
        if SEAL in wrong:
            self.say(SEAL, DISPROVED, *DIFFERENCES[wrong[SEAL]])

    def go_deeper(self, seal: Any) -> None:  # noqa: ANN401
        try:
            manifest = self.manifest(seal)
            self.artefacts(manifest, seal)
            self.custody(manifest)
            self.timestamps(manifest, seal)
            self.rolls(manifest, seal)
        except Wrong as wrong:
            self.report.checks.append(wrong.check)
        except (KeyError, TypeError, AttributeError):
            self.say(MANIFEST, DISPROVED, "内容不合格式", "its content is malformed")

    def manifest(self, seal: Any) -> Any:  # noqa: ANN401
        data = self.kept[MANIFEST]
        manifest = self.report.facts["manifest"] = parsed(MANIFEST, data)
        if seal["manifest"] != hashlib.sha256(data).hexdigest() or manifest["key"] != seal["key"]:
            raise Wrong(MANIFEST, "不是封印所指的清单", "not the manifest that the seal names")
        signature, pem = self.kept.get(MANIFEST_SIGNATURE, b""), self.kept.get(PUBLIC_KEY, b"")
        self.say(MANIFEST_SIGNATURE, *signature_holds(data, signature, pem))
        return manifest

    def artefacts(self, manifest: Any, seal: Any) -> None:  # noqa: ANN401
        """Both hashes of every artefact, and that nothing lies in the package besides."""
        rows = {row["path"]: row for row in manifest["artefacts"]}
        there = {one["path"] for one in seal["files"]}
        for path, row in rows.items():
            found = self.found.get(path)
            if found is None and path in there:
                continue  # told already
            if found is None or (found.size, found.sha256) != (row["size"], row["sha256"]):
                self.say(path, DISPROVED, "与清单不符", "not as the manifest says")
            elif not (found.sm3 and row["sm3"]):
                self.say(path, UNCHECKED, "没有可核对的 SM3", "no SM3 to compare")
            elif found.sm3 != row["sm3"]:
                self.say(path, DISPROVED, "SM3 与清单不符", "SM3 is not as the manifest says")
        for path in sorted(there - rows.keys()):
            if not BESIDES.fullmatch(path):
                self.say(path, DISPROVED, "清单里没有", "not in the manifest")

    def custody(self, manifest: Any) -> None:  # noqa: ANN401
        """The chain holds, and what it says was captured is what the manifest says was captured."""
        captures = {
            f"capture:{one['id']}": sha256_of(canonical(one)) for one in manifest["captures"]
        }
        try:
            seq = broken_line(self.kept.get(CUSTODY, b""), manifest["custody"], captures)
        except (KeyError, TypeError, AttributeError):
            raise Wrong(CUSTODY, "内容不合格式", "its content is malformed") from None
        if seq is not None:
            raise Wrong(CUSTODY, f"保管链在第 {seq} 条断开", f"the chain breaks at line {seq}")

    def timestamps(self, manifest: Any, seal: Any) -> None:  # noqa: ANN401
        if not manifest["authorities"]:
            self.say("timestamp", UNCHECKED, "没有时间戳：未配置机构", "none: no authority was set")
        rows = {row["authority"]: row for row in seal["timestamps"]}
        for url in manifest["authorities"]:
            row, name = rows.get(url, {}), f"timestamp {url}"
            token = self.kept.get(row.get("file", ""), b"")
            if not token:
                why = row.get("reason") or "waiting"
                self.say(name, UNCHECKED, f"还没有时间戳：{why}", f"not yet stamped: {why}")
                continue
            self.say(name, *self.dated(token, seal["manifest"]))
            if TEST_MARK.encode() in token and TEST_REMARK not in self.report.remarks:
                self.report.remarks.append(TEST_REMARK)

    def dated(self, token: bytes, sha256: str) -> tuple[str, str, str]:
        """By the roots that were named; by those in the package where none were, and said so."""
        own = self.kept.get(ROOTS, b"")
        answer = stamp_holds(token, sha256, self.roots or own)
        if not self.roots and OWN_ROOTS not in self.report.remarks:
            self.report.remarks.append(OWN_ROOTS)
        if answer[0] == DISPROVED and self.roots and stamp_holds(token, sha256, own)[0] == PROVED:
            return (
                UNCHECKED,
                "成立，但其根证书不在您信任之列",
                "it holds, by a root you did not name",
            )
        return answer

    def rolls(self, manifest: Any, seal: Any) -> None:  # noqa: ANN401
        """What dates single captures: a stamp over a roll that bears the hash of their record."""
        hashes = {sha256_of(canonical(one)): one["id"] for one in manifest["captures"]}
        undated = set(hashes)
        for row in seal["rolls"]:
            roll = self.kept.get(row["file"], b"")
            borne = set(parsed(row["file"], roll)["captures"]) & hashes.keys()
            undated -= borne
            for stamp in row["timestamps"]:
                token = self.kept.get(stamp["file"], b"")
                answer = self.dated(token, sha256_of(roll))
                for one in sorted(borne):
                    self.say(f"capture {hashes[one]} {stamp['authority']}", *answer)
        if undated:
            zh, en = "次取证没有取证时的时间戳", "captures were not stamped when they were taken"
            self.report.remarks.append((f"{len(undated)} {zh}", f"{len(undated)} {en}"))


DIFFERENCES = {
    "data": ("内容被改动", "its content was changed"),
    "header": ("内容相符，zip 文件头被改动", "its zip header was changed, its content was not"),
    "directory": (
        "内容相符，zip 目录项被改动",
        "its zip directory was changed, its content was not",
    ),
    "end": ("zip 结尾被改动或缺失", "the end of the zip was changed or is missing"),
    "more": ("zip 之后还有数据", "there is more behind the end of the zip"),
}
OWN_ROOTS = (
    "时间戳按包内所附的根证书核对；请用 --roots 指定您自己信任的一份。",
    "Timestamps were held against roots from the package; name your own with --roots.",
)
TEST_REMARK = (
    "注意：时间戳来自测试机构，没有任何法律效力！",
    "Note: the timestamp is a TEST authority's and worth nothing in law!",
)


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def broken_line(data: bytes, anchor: Any, captures: dict[str, str]) -> int | None:  # noqa: ANN401
    """Number of the first line of custody that does not hold; None where all do.

    Lines of other cases are withheld, and their numbers missing. `anchor`: the line that the
    manifest names; `captures`: hashes that lines about them must give.
    """
    seq, prev, seen = 0, "", {}
    for row in data.decode("utf-8", "replace").splitlines():
        line = parsed(CUSTODY, row.encode())
        said, follows = line.pop("hash"), line["seq"] > seq
        if line["seq"] == seq + 1:
            follows = line["prev"] == prev
        fits = captures.get(line["subject"], line["sha256"]) == line["sha256"]
        if not (follows and fits and sha256_of(canonical(line)) == said):
            return max(int(line["seq"]), seq + 1)
        seq, prev = line["seq"], said
        seen[seq] = said
    return None if seen.get(anchor["seq"]) == anchor["hash"] else int(anchor["seq"])


def examine(path: Path, key: str = "", roots: bytes = b"") -> Report:
    """Check everything. `key`: the fingerprint it must be signed with; `roots`: PEM to trust.

    Raises OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        one = Examination(file, key, roots)
        try:
            one.run()
        except Wrong as wrong:
            one.report.checks.append(wrong.check)
        return one.report
