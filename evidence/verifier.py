"""Verifying an evidence package with the Python standard library and the openssl command alone.

证据包验证：只用 Python 标准库和 openssl 命令，不需要 certsweep。

With the parts that `evidence/standalone.py` names it is the `verify.py` of every package. Nothing
is believed before it is proved, and nothing is unpacked to a name that the package chose.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from evidence.chain import Acts, acts_in, broken_line
from evidence.claims import lacks_of, unlike_captures
from evidence.comparing import DIFFERENCES, compared, front, listed
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
    whole,
)
from evidence.made_good import healed_of
from evidence.openssl_checks import (
    DISPROVED,
    PROVED,
    UNCHECKED,
    Answer,
    der_of,
    signature_holds,
    stamp_holds,
)
from evidence.report import Check, Report, Wrong, parsed, sha256_of
from evidence.token import UTC, told_by

EARLY, LATE = timedelta(minutes=10), timedelta(hours=1)  # how far a stamp may lie off unremarked


@dataclass(frozen=True)
class Trusted:
    """What whoever verifies trusts."""

    key: str = ""  # fingerprint that the package must be signed with
    roots: bytes = b""  # PEM; b"" for those in the package
    known: Collection[str] | None = None  # an office's own keys; None where there is no office


class Examination:
    """One package: `run` fills the report."""

    def __init__(self, file: IO[bytes], trusted: Trusted) -> None:
        self.file, self.trusted = file, trusted
        self.report = Report()
        self.found: dict[str, Entry] = {}  # whose bytes are as the list says
        self.kept: dict[str, bytes] = {}
        self.acts: Acts = set()  # that lines of custody tell

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

    def signed(self, seal: Any, data: bytes, signature: bytes) -> Answer:  # noqa: ANN401
        """Whether the list was signed with the key in the package, and whose that is."""
        pem = self.kept.get(PUBLIC_KEY, b"")
        fingerprint = self.report.facts["key"] = sha256_of(der_of(pem))
        self.report.whose = self.owner(fingerprint)
        if self.report.whose in {"unnamed", "stranger"}:
            zh, en = (
                "请与出具机关公布的指纹核对公钥",
                "compare the key with the one its office names",
            )
            self.report.remark((f"{zh}：{fingerprint}", f"{en}: {fingerprint}"))
        if PUBLIC_KEY not in self.found or fingerprint != seal.get("key"):
            return DISPROVED, "公钥与清单所记不符", "the public key is not the one it names"
        if self.trusted.key and fingerprint != self.trusted.key:
            return DISPROVED, f"不是指定的公钥（{fingerprint}）", f"another key: {fingerprint}"
        return signature_holds(data, signature, pem)

    def owner(self, fingerprint: str) -> str:
        """A word of Report.whose."""
        if self.trusted.key:
            return "named" if fingerprint == self.trusted.key else "other"
        if self.trusted.known is None:
            return "unnamed"
        return "own" if fingerprint in self.trusted.known else "stranger"

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
        self.step(MANIFEST, lambda: self.hold_against(self.manifest(seal), seal))

    def hold_against(self, manifest: Any, seal: Any) -> None:  # noqa: ANN401
        self.step(MANIFEST, lambda: self.artefacts(manifest, seal))
        self.step(MANIFEST, lambda: self.captures(manifest))
        self.step(CUSTODY, lambda: self.custody(manifest, seal))
        self.step(MANIFEST, lambda: self.timestamps(manifest, seal))
        self.step(SEAL, lambda: self.rolls(manifest, seal))
        self.step(SEAL, lambda: self.state(seal))

    def step(self, path: str, work: Callable[[], object]) -> None:
        """One thing to look at; what it stumbles over is told of `path`."""
        try:
            work()
        except Wrong as wrong:
            self.report.checks.append(wrong.check)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            self.say(path, DISPROVED, "内容不合格式", "its content is malformed")

    def manifest(self, seal: Any) -> Any:  # noqa: ANN401
        data = self.kept[MANIFEST]
        manifest = self.report.facts["manifest"] = parsed(MANIFEST, data)
        if seal["manifest"] != sha256_of(data) or manifest["key"] != seal["key"]:
            raise Wrong(MANIFEST, "不是封印所指的清单", "not the manifest that the seal names")
        signature, pem = self.kept.get(MANIFEST_SIGNATURE, b""), self.kept.get(PUBLIC_KEY, b"")
        self.say(MANIFEST_SIGNATURE, *signature_holds(data, signature, pem))
        self.report.missing, self.report.made_good = lacks_of(manifest), healed_of(manifest)
        return manifest

    def captures(self, manifest: Any) -> None:  # noqa: ANN401
        self.report.checks.extend(unlike_captures(manifest, self.kept))

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

    def custody(self, manifest: Any, seal: Any) -> None:  # noqa: ANN401
        """The chain holds, and what it says was captured is what the manifest says was captured."""
        captures = {
            f"capture:{one['id']}": sha256_of(canonical(one)) for one in manifest["captures"]
        }
        data = self.kept.get(CUSTODY, b"")
        seq = broken_line(data, manifest["custody"], captures)
        if seq is not None:
            raise Wrong(CUSTODY, f"保管链在第 {seq} 条断开", f"the chain breaks at line {seq}")
        self.acts = acts_in(data, manifest, seal["manifest"])
        if "lines" not in manifest["custody"]:
            self.report.remark(UNNAMED_LINES)

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
            answer = self.dated(token, seal["manifest"])
            self.say(name, *answer)
            if answer[0] == PROVED:
                said = ("清单自称制作于", "the manifest says that it was made at")
                self.off(said, manifest["made_at"], token)
            if TEST_MARK.encode() in token:
                self.report.remark(TEST_REMARK)

    def dated(self, token: bytes, sha256: str) -> Answer:
        """By the roots that were named; by those in the package where none were, and said so."""
        own, named = self.kept.get(ROOTS, b""), self.trusted.roots
        answer = stamp_holds(token, sha256, named or own)
        if not named:
            self.report.remark(OWN_ROOTS)
        if answer[0] == DISPROVED and named and stamp_holds(token, sha256, own)[0] == PROVED:
            zh, en = "成立，但其根证书不在您信任之列", "it holds, by a root you did not name"
            return UNCHECKED, zh, en
        if answer[0] == PROVED and told_by(token).beside:
            self.report.remark(UNSIGNED_TEXT)
        if answer[0] == PROVED and self.acts:
            self.noted(token, sha256)
        return answer

    def noted(self, token: bytes, sha256: str) -> None:
        """Custody tells of each timestamp when it came."""
        if ("stamped", f"hash:{sha256}", sha256_of(token)) not in self.acts:
            zh, en = (
                f"缺少一条：stamped hash:{sha256}",
                f"a line is not there: stamped hash:{sha256}",
            )
            self.say(CUSTODY, DISPROVED, zh, en)

    def off(self, said: tuple[str, str], told: str, token: bytes) -> None:
        """Remark where the package's own word for a time is far from that of a timestamp."""
        own = datetime.strptime(told, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        moment = told_by(token).moment
        if not own - EARLY <= moment <= own + LATE:
            zh, en = (
                f"{said[0]} {own:%Y-%m-%d %H:%M:%S} UTC",
                f"{said[1]} {own:%Y-%m-%d %H:%M:%S} UTC",
            )
            stamp = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
            self.report.remark(
                (
                    f"{zh}，时间戳是 {stamp}：以时间戳为准。",
                    f"{en}, its timestamp {stamp}: go by it.",
                )
            )

    def rolls(self, manifest: Any, seal: Any) -> None:  # noqa: ANN401
        """What dates single captures: a stamp over a roll that bears the hash of their record."""
        captures = {sha256_of(canonical(one)): one for one in manifest["captures"]}
        undated = set(captures)
        for row in seal["rolls"]:
            roll = self.kept.get(row["file"], b"")
            borne = set(parsed(row["file"], roll)["captures"]) & captures.keys()
            for stamp in row["timestamps"]:
                token = self.kept.get(stamp["file"], b"")
                answer = self.dated(token, sha256_of(roll))
                undated -= borne if answer[0] == PROVED else set()
                for one in sorted(borne):
                    self.taken(captures[one], stamp["authority"], token, answer)
        if undated:
            zh, en = "次取证没有取证时的时间戳", "captures were not stamped when they were taken"
            self.report.remark((f"{len(undated)} {zh}", f"{len(undated)} {en}"))
        if manifest["authorities"]:  # where none is set, that is said of all of it
            ids = sorted(captures[one]["id"] for one in undated)
            self.report.missing += [("undated", f"capture:{one}", "none") for one in ids]

    def taken(self, capture: Any, url: str, token: bytes, answer: Answer) -> None:  # noqa: ANN401
        self.say(f"capture {capture['id']} {url}", *answer)
        if answer[0] == PROVED:
            said = (
                f"取证 {capture['id']} 自称结束于",
                f"capture {capture['id']} says that it ended at",
            )
            self.off(said, capture["ended_at"], token)

    def state(self, seal: Any) -> None:  # noqa: ANN401
        """A seal that calls itself unsealed is not called sealed by us."""
        if seal["state"] != "sealed" and self.report.sealed:
            zh, en = "它自己说没有封存", "it says itself that it is not sealed"
            self.say(SEAL, UNCHECKED, zh, en)


ZIP = b"PK\x03\x04"  # what every package begins with
OWN_ROOTS = (
    "时间戳按包内所附的根证书核对；请用 --roots 指定您自己信任的一份。",
    "Timestamps were held against roots from the package; name your own with --roots.",
)
TEST_REMARK = (
    "注意：时间戳来自测试机构，没有任何法律效力！",
    "Note: the timestamp is a TEST authority's and worth nothing in law!",
)
UNSIGNED_TEXT = (
    "有的时间戳答复带有未签名的文字；它不作数，时间只取自签名内容。",
    "Some answer holds text that nobody signed; it counts for nothing, the time is the signed one.",
)
UNNAMED_LINES = (
    "清单没有列出保管链各条（旧版制作）：清单之前各条只由封印确定。",
    "The manifest names no lines of custody (an older one): only the seal binds those before it.",
)


def examine(
    path: Path, key: str = "", roots: bytes = b"", known: Collection[str] | None = None
) -> Report:
    """Check everything. `key`: the fingerprint it must be signed with; `roots`: PEM to trust.

    `known`: the keys of the office that asks; None where nobody's are known. Raises OSError where
    the file cannot be read.
    """
    with path.open("rb") as file:
        one = Examination(file, Trusted(key, roots, known))
        one.report.alien = file.read(len(ZIP)) != ZIP
        file.seek(0)
        one.step(SEAL, one.run)
        return one.report
