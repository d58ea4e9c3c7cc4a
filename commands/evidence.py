"""`certsweep evidence`: packages of evidence, their verification, timestamps, custody and keys."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from door.casework import CaseNumber, open_queue
from door.evidence_completing import Completed, complete
from door.evidence_custody import check_chain
from door.evidence_parts import Proof, proof_of
from door.evidence_report import report_lines
from door.evidence_run import Packed, package_case
from door.evidence_stamps import roll_captures, work_off
from door.evidence_verify import Asked, note_verified, verified
from door.evidence_words import (
    apart_words,
    break_words,
    lack_line,
    reason_words,
    said_of,
    sealing_words,
    worth_nothing,
)
from door.manual import HouseCommand, HouseGroup
from door.printable import printable
from door.settings import SETTINGS
from door.speech import out, say, t
from evidence.custody import rotations_told
from evidence.lacks import healed_words
from evidence.standalone import standalone
from evidence.trial_authority import TrialAuthority
from evidence.verify_main import as_json as report_json
from storage.database import read, write
from storage.packages import Package, left_behind, unsealed
from storage.persons import named_person
from storage.whole_files import whole

HELP = t(
    "证据包：制作、验证、时间戳、保管链、签名密钥。",
    "Evidence packages: make, verify, timestamps, custody, signing keys.",
)
app = typer.Typer(no_args_is_help=True)
custody_app = typer.Typer(no_args_is_help=True)
keys_app = typer.Typer(no_args_is_help=True)
app.add_typer(
    custody_app, name="custody", cls=HouseGroup, help=t("保管链。", "The chain of custody.")
)
app.add_typer(keys_app, name="keys", cls=HouseGroup, help=t("签名密钥。", "The signing keys."))
MOST_NAMED = 10  # packages or cases, in one sentence
AsJson = Annotated[
    bool,
    typer.Option(
        "--json", help=t("输出的最后一行为一个 JSON 对象", "the last line is one JSON object")
    ),
]
By = Annotated[str, typer.Option(metavar=t("姓名", "NAME"), help=t("经办人", "who does it"))]


def open_proof() -> Proof:
    return proof_of(SETTINGS, open_queue())


@app.command(
    "package",
    cls=HouseCommand,
    help=t("制作一件案件的证据包（WACZ）。", "Make the evidence package (WACZ) of a case."),
)
def package_command(
    case_id: CaseNumber,
    folder: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar=t("文件夹", "FOLDER"),
            help=t("放到哪个文件夹，没有则新建", "where to put it; made where missing"),
        ),
    ],
    by: By,
    *,
    as_json: AsJson = False,
) -> None:
    made = package_case(open_proof(), case_id, folder, named_person(by))
    for lack in made.lacks:
        out.print(printable(lack_line(lack)), markup=False)
    for lack in made.made_good:
        out.print(printable(t(*healed_words(lack.of, lack.why, lack.made_good_by))), markup=False)
    for why in made.sealing.why:
        out.print(printable(said_of(why)), markup=False)
    tell_worth(made)
    if as_json:
        out.print(json.dumps(packed_json(made), ensure_ascii=False), markup=False)
        return
    out.print(str(made.path), markup=False)
    out.print(sealing_words(made.sealing), markup=False)
    if made.sealing.state != "sealed" and made.sealing.standings:
        say(
            "时间戳已排队；请稍后运行 certsweep evidence stamp 补上。",
            "Its timestamps are queued; run certsweep evidence stamp later.",
        )


def tell_worth(made: Packed) -> None:
    told = worth_nothing(made.sealing)
    if told:
        say(told, told)


def packed_json(made: Packed) -> dict[str, object]:
    return {
        "path": str(made.path),
        "state": made.sealing.state,
        "manifest": made.package.manifest_sha256,
        "key": made.package.key_id,
        "test": bool(worth_nothing(made.sealing)),  # stamped by a test authority
        "why": [said_of(why) for why in made.sealing.why],
        "missing": [lack.row() for lack in made.lacks],
        "made_good": [lack.row() for lack in made.made_good],
    }


@app.command(
    "verify",
    cls=HouseCommand,
    help=t(
        "验证一个证据包。退出码：0 全部证实，1 有不符，3 尚未封存，4 已封存但不完整，5 公钥不明。",
        "Verify a package. Exit code: 0 all proved, 1 something disproved, 3 not sealed, 4 sealed "
        "but not complete, 5 a key that is not this office's.",
    ),
)
def verify_command(
    file: Annotated[Path, typer.Argument(metavar=t("文件", "FILE"), help="EV-….wacz")],
    key: Annotated[
        str,
        typer.Option(
            metavar=t("指纹", "FINGERPRINT"),
            help=t(
                "必须由这个公钥签名；默认须为本机关用过的公钥之一",
                "it must be signed with this key; else with one of this office's",
            ),
        ),
    ] = "",
    roots: Annotated[
        Path | None,
        typer.Option(
            metavar=t("文件", "FILE"),
            help=t(
                "信任的时间戳根证书（PEM），默认用 CERTSWEEP_TSA_ROOTS，再用包内的",
                "roots to trust (PEM); else CERTSWEEP_TSA_ROOTS, else those in the package",
            ),
        ),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar=t("姓名", "NAME"),
            help=t("写明时记入保管链", "where given, custody keeps that it was verified"),
        ),
    ] = "",
    *,
    as_json: AsJson = False,
) -> None:
    person = named_person(by) if by.strip() else ""
    report, sha256 = verified(SETTINGS, Asked(file=file, key=key, roots=roots))
    if person and not note_verified(open_queue(), report, sha256, person):
        say(
            "没有记入保管链：它不是本机关登记的证据包，或没有通过验证。",
            "Custody keeps nothing of it: it is no package of this office, or it does not hold.",
        )
    if as_json:
        out.print(report_json(report), markup=False)
    else:
        for line in report_lines(report):
            out.print(printable(line), markup=False)
    raise typer.Exit(report.code)


@app.command(
    "verifier",
    cls=HouseCommand,
    help=t(
        "写出验证脚本 verify.py 及其 SHA-256：请公布它，收件人不必运行包里自带的。",
        "Write the script verify.py and tell its SHA-256: publish it, so that nobody needs to run "
        "the one in a package.",
    ),
)
def verifier_command(
    path: Annotated[
        Path,
        typer.Option(
            "--out", metavar=t("文件", "FILE"), help=t("写到哪个文件", "the file to write")
        ),
    ],
) -> None:
    script = standalone()
    with whole(path) as file:
        file.write(script)
    out.print(f"{hashlib.sha256(script).hexdigest()}  {path}", markup=False)


@app.command(
    "stamp",
    cls=HouseCommand,
    help=t(
        "为新的取证请求时间戳，补上排队的，并补全等着它的证据包。宜每几分钟运行一次。",
        "Ask for timestamps of new captures and queued ones, and complete the packages that wait "
        "for them. Run it every few minutes.",
    ),
)
def stamp_command(
    *,
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help=t("还没到重试时间的也试", "also those whose next try is not due")
        ),
    ] = False,
    as_json: AsJson = False,
) -> int:
    proof = open_proof()
    roll_captures(proof)
    tried = work_off(proof, everything=everything)
    for one in tried:
        told = t("已得到", "granted")
        if one.answer.reason:
            told = reason_words(one.answer.reason, one.answer.detail)
        out.print(printable(f"{one.stamp.authority}  {told}"), markup=False)
    done = complete(proof, [one.stamp.sha256 for one in tried if not one.answer.reason])
    for each in done:
        out.print(printable(completed_line(each)), markup=False)
        if each.packed:
            tell_worth(each.packed)
    granted = sum(not one.answer.reason for one in tried)
    with read(proof.engine) as connection:
        left = left_behind(connection, proof.ring.current_id())
    code = 0 if proof.authorities else 1  # of a planned task that does nothing night by night
    if as_json:
        written = [each.package.name for each in done if each.packed]
        names = [package.name for package in left]
        facts = {"tried": len(tried), "granted": granted, "written": written, "left": names}
        out.print(json.dumps(facts, ensure_ascii=False), markup=False)
        return code
    out.print(t(f"试了 {len(tried)} 个，得到 {granted} 个。", f"{granted} of {len(tried)}."))
    tell_left(left)
    if not proof.authorities:
        say(
            "没有设置时间戳机构（CERTSWEEP_TSA），新的取证没有打时间戳。",
            "No timestamp authority is set (CERTSWEEP_TSA): new captures are not stamped.",
        )
    elif not tried:
        say("没有到时间该打的时间戳。", "No timestamp is due.")
    return code


def completed_line(each: Completed) -> str:
    if each.packed is not None:
        return f"{each.packed.path}  {sealing_words(each.packed.sealing)}"
    if each.problem is not None:
        return said_of(each.problem.text)
    return t(
        f"{each.package.name} 现不在原处；放回 {each.package.folder} 后下次运行会补全它，"
        f"或重新运行 certsweep evidence package {each.package.case_id}。",
        f"{each.package.name} is not where it was; the next run completes it once it is back in "
        f"{each.package.folder}, or run certsweep evidence package {each.package.case_id} again.",
    )


@custody_app.command(
    "verify",
    cls=HouseCommand,
    help=t(
        "从头核对保管链，并与登记表、密钥旁的签名记录、所给的证据包对照。退出码：1 断开或不一致。",
        "Check the whole chain, also against the register, the signed notes beside the keys, and "
        "packages given. Exit code: 1 if it is broken or they differ.",
    ),
)
def custody_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar=t("[证据包…]", "[PACKAGE…]"),
            help=t("交出去的证据包，可不给", "packages that were handed out, if you have them"),
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    state = check_chain(open_proof(), files or ())
    for name in state.unproved:
        say(f"{name}：清单缺失或签名不成立，没有用来核对。", f"{name}: no signed manifest left.")
    if as_json:
        out.print(json.dumps(asdict(state), ensure_ascii=False), markup=False)
        raise typer.Exit(0 if state.holds else 1)
    for one in state.apart:
        out.print(printable(apart_words(one)), markup=False)
    if state.broken is not None:
        out.print(break_words(state.broken), markup=False)
    elif state.holds:
        out.print(
            t(
                f"{state.lines} 条，条条相接，与 {state.anchors} 份已签名的清单相符。",
                f"{state.lines} lines hold, and agree with {state.anchors} signed manifests.",
            ),
            markup=False,
        )
    raise typer.Exit(0 if state.holds else 1)


@keys_app.command(
    "list",
    cls=HouseCommand,
    help=t("列出用过的公钥指纹。", "List the fingerprints of every key there was."),
)
def keys_command(*, as_json: AsJson = False) -> None:
    ring = open_proof().ring
    known, current = sorted(ring.public_keys()), ring.current_id()
    if as_json:
        out.print(json.dumps({"current": current, "known": known}), markup=False)
        return
    if not known:
        say("还没有密钥；首次制作证据包时生成。", "No key yet; the first package makes one.")
    for one in known:
        out.print(one + (t("  现用", "  in use") if one == current else ""), markup=False)


@keys_app.command(
    "rotate",
    cls=HouseCommand,
    help=t(
        "换一把新的签名密钥；旧公钥照样能验证旧包。",
        "Put a new signing key in place; old packages go on verifying.",
    ),
)
def rotate_command(by: By) -> None:
    proof, now = open_proof(), datetime.now(UTC)
    rotation = proof.ring.rotate(named_person(by), now)
    with write(proof.engine) as connection:
        rotations_told(connection, proof.ring, now)
        waiting = unsealed(connection, rotation.old)
    out.print(f"{rotation.old} → {rotation.new}", markup=False)
    tell_left(waiting)


def tell_left(packages: Sequence[Package]) -> None:
    """Packages that wait for a timestamp and whose key is gone: nobody can write them again."""
    if not packages:
        return
    names = "、".join(package.name for package in packages[:MOST_NAMED])
    cases = sorted({package.case_id for package in packages})
    again = " ".join(map(str, cases[:MOST_NAMED]))
    say(
        f"{len(packages)} 个证据包还没有封存，签它们的密钥已更换，不能再补全：{names}。"
        f"请为这些案件重新制作（certsweep evidence package）：{again}。",
        f"{len(packages)} packages are not sealed and can never be completed, for their key was "
        f"replaced: {names}. Make them again (certsweep evidence package): {again}.",
    )


@app.command(
    "test-authority",
    cls=HouseCommand,
    help=t(
        "在本机运行一个测试用时间戳机构（无法律效力），按 Ctrl-C 结束。",
        "Run a TEST timestamp authority on this machine (worth nothing in law) until Ctrl-C.",
    ),
)
def authority_command(
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar=t("文件夹", "FOLDER"),
            help=t(
                "证书放在哪里，默认用临时文件夹", "where its certificates lie; else a temporary"
            ),
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            metavar=t("端口", "PORT"), help=t("端口，0 为任意", "port; 0 for any"), min=0, max=65535
        ),
    ] = 0,
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        authority = TrialAuthority(folder or Path(temporary))
        with authority.served(port) as url:
            say("测试用时间戳机构：没有任何法律效力！", "A TEST authority: worth nothing in law!")
            out.print(f"export CERTSWEEP_TSA={url}", markup=False)
            out.print(f"export CERTSWEEP_TSA_ROOTS={authority.roots}", markup=False)
            while True:
                time.sleep(3600)
