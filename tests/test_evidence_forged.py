"""What somebody who holds a key can forge is found, and both verifiers say the same of it.

Each forgery is examined by the house's code, by the `verify.py` that comes in packages, run as a
stranger runs it, and its timestamps by rfc3161-client besides, which shares nothing with openssl.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from door.evidence_run import package_case
from evidence.der import SEQUENCE, TEXT, tlv
from evidence.layout import CUSTODY, MANIFEST, ROOTS, SEAL
from evidence.openssl_checks import PROVED
from evidence.report import Report
from evidence.signing import SigningKey
from evidence.standalone import standalone
from evidence.timestamps import read_roots, token_holds
from evidence.token import told_by
from evidence.trial_authority import TrialAuthority
from evidence.verifier import examine
from storage.canonical import canonical
from storage.database import open_database, upgrade
from storage.snapshots import SnapshotStore
from tests.evidence_case import CASE, a_captured_case, proof
from tests.forging import (
    Files,
    alone,
    custody,
    disproved,
    files_of,
    hashed,
    lines_in,
    relisted,
    sealed,
    signed_anew,
    stamp,
)

LIE = "Time stamp: Mar  1 08:00:00 2022 GMT"
SHOT = "evidence/capture-{}-first-screen.png"


@dataclass(frozen=True)
class Office:
    """A sealed package of a captured and decided case, and who made it."""

    files: Files
    key: SigningKey
    authority: TrialAuthority
    capture: str  # id
    old: TrialAuthority  # its certificate has run out
    stranger: SigningKey
    other: TrialAuthority  # the stranger's own


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    home, now = tmp_path_factory.mktemp("home"), datetime.now(UTC)
    engine = open_database("", home)
    upgrade(engine)
    capture = a_captured_case(engine, SnapshotStore("", home))
    authority = TrialAuthority(home / "authority", (now - timedelta(2000), now + timedelta(300)))
    with authority.served() as url:
        packed = package_case(proof(engine, home, authority, url), CASE, home / "out", "赵封存")
    key = proof(engine, home).ring.current()
    engine.dispose()
    assert packed.sealing.state == "sealed"
    old = TrialAuthority(home / "old", (now - timedelta(800), now - timedelta(400)))
    stranger = SigningKey(Ed25519PrivateKey.generate())
    other = TrialAuthority(home / "other")
    return Office(files_of(packed.path), key, authority, capture.id, old, stranger, other)


def backdated(token: bytes) -> bytes:
    """The same token with another time in the text beside it."""
    told = told_by(token)
    words = tlv(SEQUENCE, tlv(TEXT, LIE.encode()))
    return tlv(SEQUENCE, tlv(SEQUENCE, b"\x02\x01\0" + words) + told.token)


def refreshed(office: Office, files: Files) -> Files:
    """Custody told anew of the tokens that lie in the files now."""
    lines, seen = lines_in(files), {}
    old = {digest(office.files[name]): digest(files[name]) for name in tokens(files)}
    for place, line in enumerate(lines):
        line["sha256"] = old.get(line["sha256"], line["sha256"])
        if place and line["seq"] == lines[place - 1]["seq"] + 1:
            line["prev"] = lines[place - 1]["hash"]
        lines[place] = seen[line["seq"]] = hashed(line)
    custody(files, lines)
    return files


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tokens(files: Files) -> list[str]:
    return [name for name in files if name.endswith(".tsr")]


# The forgeries: each gives the bytes of a package.


def honest(office: Office) -> bytes:
    return sealed(office.files, office.key)


def a_time_in_the_text(office: Office) -> bytes:
    files = dict(office.files)
    files |= {name: backdated(files[name]) for name in tokens(files)}
    return sealed(refreshed(office, files), office.key)


def a_time_in_the_text_of_an_authority_run_out(office: Office) -> bytes:
    files = signed_anew(office.files, office.key, office.old, lambda manifest: None)
    files |= {name: backdated(files[name]) for name in tokens(files)}
    return sealed(files | {ROOTS: office.old.roots.read_bytes()}, office.key)


def a_year_of_nought(office: Office) -> bytes:
    files = dict(office.files)
    for name in tokens(files):
        when = f"{told_by(files[name]).moment:%Y%m%d%H%M%S}Z".encode()
        assert files[name].count(when) == 1
        files[name] = files[name].replace(when, b"00000301080000Z")
    return sealed(refreshed(office, files), office.key)


def another_picture(office: Office) -> bytes:
    path = SHOT.format(office.capture)
    files = office.files | {path: b"\x89PNG another picture"}
    edited = signed_anew(files, office.key, office.authority, lambda m: relisted(m, files, path))
    return sealed(edited, office.key)


def left_out(office: Office, said: bool) -> bytes:
    gone = f"evidence/capture-{office.capture}-full-page.png"
    files = {name: data for name, data in office.files.items() if name != gone}

    def edit(manifest: Any) -> None:
        manifest["artefacts"] = [one for one in manifest["artefacts"] if one["path"] != gone]
        if said:
            of = f"capture:{office.capture} full_page"
            manifest["missing"] = [{"what": "file", "of": of, "why": "gone"}]

    return sealed(signed_anew(files, office.key, office.authority, edit), office.key)


def made_good(office: Office, what: str, by: str) -> bytes:
    def edit(manifest: Any) -> None:
        of = f"capture:{office.capture} full_page"
        row = {"what": what, "of": of, "why": "unfinished", "made_good_by": by}
        manifest["missing"] = [row]

    return sealed(signed_anew(office.files, office.key, office.authority, edit), office.key)


def a_lack_made_good_by_the_capture_itself(office: Office) -> bytes:
    return made_good(office, "limited", office.capture)


def a_lack_made_good_by_a_capture_that_is_not_there(office: Office) -> bytes:
    return made_good(office, "limited", "0" * 32)


def a_lost_file_made_good(office: Office) -> bytes:
    return made_good(office, "file", office.capture)


def a_picture_left_out_unsaid(office: Office) -> bytes:
    return left_out(office, said=False)


def a_picture_left_out_and_said(office: Office) -> bytes:
    return left_out(office, said=True)


def a_picture_of_no_capture(office: Office) -> bytes:
    path = "evidence/capture-0-first-screen.png"
    files = office.files | {path: b"\x89PNG more"}

    def edit(manifest: Any) -> None:
        row = next(one for one in manifest["artefacts"] if one["kind"] == "first_screen")
        manifest["artefacts"].append({**row, "path": path})
        relisted(manifest, files, path)

    return sealed(signed_anew(files, office.key, office.authority, edit), office.key)


def made_in_2019(office: Office) -> bytes:
    def edit(manifest: Any) -> None:
        manifest["made_at"] = "2019-01-01T00:00:00.000000Z"

    return sealed(signed_anew(office.files, office.key, office.authority, edit), office.key)


def a_number_that_is_text(office: Office) -> bytes:
    files = dict(office.files)
    manifest = json.loads(files[MANIFEST])
    manifest["custody"]["seq"] = "x"
    files[MANIFEST] = canonical(manifest)
    files["evidence/manifest.sig"] = office.key.sign(files[MANIFEST])
    return sealed(files, office.key, manifest=digest(files[MANIFEST]))


def lines_left_out(office: Office) -> bytes:
    files = dict(office.files)
    custody(files, [one for one in lines_in(files) if one["what"] not in {"captured", "signed"}])
    return sealed(files, office.key)


def another_first_line(office: Office) -> bytes:
    files = dict(office.files)
    first, _, *rest = lines_in(files)
    custody(files, [hashed({**first, "who": "王假造"}), *rest])
    return sealed(files, office.key)


def a_stamp_custody_does_not_know(office: Office) -> bytes:
    files = dict(office.files)
    files["evidence/tsr-1.tsr"] = stamp(office.authority, files[MANIFEST])
    return sealed(files, office.key)


def a_last_line_cut_short(office: Office) -> bytes:
    files = office.files | {CUSTODY: office.files[CUSTODY][:-1]}
    return sealed(files, office.key)


def a_roll_without_stamps(office: Office) -> bytes:
    seal = json.loads(office.files[SEAL])
    rolls = [{**one, "timestamps": []} for one in seal["rolls"]]
    files = {name: data for name, data in office.files.items() if name != "evidence/tsr-2.tsr"}
    return sealed(files, office.key, rolls=rolls)


def a_seal_that_calls_itself_failed(office: Office) -> bytes:
    return sealed(office.files, office.key, state="failed")


def all_of_it_a_strangers(office: Office) -> bytes:
    path = "evidence/decision.json"
    files = dict(office.files)
    files[path] = files[path].replace(b'"violation"', b'"clean"')
    files[ROOTS] = office.other.roots.read_bytes()
    roll = json.loads(files[SEAL])["rolls"][0]
    token = roll["timestamps"][0]["file"]
    files[token] = stamp(office.other, files[roll["file"]])
    files = refreshed(office, files)
    edited = signed_anew(files, office.stranger, office.other, lambda m: relisted(m, files, path))
    return sealed(edited, office.stranger)


Forgery = Callable[[Office], bytes]
FORGERIES: dict[Forgery, tuple[int, set[str] | None]] = {
    honest: (0, set()),
    a_time_in_the_text: (0, set()),
    a_time_in_the_text_of_an_authority_run_out: (1, None),
    a_year_of_nought: (1, None),
    another_picture: (1, {SHOT}),
    a_picture_left_out_unsaid: (1, {"evidence/capture-{}-full-page.png"}),
    a_picture_left_out_and_said: (4, set()),
    a_lack_made_good_by_the_capture_itself: (1, {MANIFEST}),
    a_lack_made_good_by_a_capture_that_is_not_there: (1, {MANIFEST}),
    a_lost_file_made_good: (1, {MANIFEST}),
    a_picture_of_no_capture: (1, {"evidence/capture-0-first-screen.png"}),
    made_in_2019: (0, set()),
    a_number_that_is_text: (1, None),
    lines_left_out: (1, {CUSTODY}),
    another_first_line: (1, {CUSTODY}),
    a_stamp_custody_does_not_know: (1, {CUSTODY}),
    a_last_line_cut_short: (1, {CUSTODY}),
    a_roll_without_stamps: (4, set()),
    a_seal_that_calls_itself_failed: (3, set()),
}


@pytest.mark.parametrize("forgery", [*FORGERIES, all_of_it_a_strangers])
@pytest.mark.parametrize("named", [True, False])
def test_both_verifiers_say_the_same(
    office: Office, forgery: Forgery, named: bool, tmp_path: Path
) -> None:
    path, roots = tmp_path / "EV.wacz", office.authority.roots
    path.write_bytes(forgery(office))
    (tmp_path / "verify.py").write_bytes(standalone())
    words = ("--key", office.key.id, "--roots", str(roots)) if named else ()
    done = alone(tmp_path, "EV.wacz", "--json", *words)
    told = json.loads(done.stdout)
    report = examine(path, office.key.id, roots.read_bytes()) if named else examine(path)
    assert (done.returncode, done.stderr) == (report.code, b"")
    checks = [(one.name, one.result, one.zh, one.en) for one in report.checks]
    assert [tuple(one.values()) for one in told["checks"]] == checks
    assert [tuple(one) for one in told["remarks"]] == report.remarks
    assert [tuple(one.values()) for one in told["missing"]] == report.missing
    assert [tuple(one.values()) for one in told["made_good"]] == report.made_good
    assert (told["whose"], told["key"]) == (report.whose, report.facts["key"])
    assert (told["sealed"], told["code"]) == (report.sealed, report.code)


@pytest.mark.parametrize("forgery", [*FORGERIES, all_of_it_a_strangers])
def test_the_two_readers_of_timestamps_say_the_same(
    office: Office, forgery: Forgery, tmp_path: Path
) -> None:
    path, roots = tmp_path / "EV.wacz", office.authority.roots
    path.write_bytes(forgery(office))
    report, files = examine(path, roots=roots.read_bytes()), files_of(path)
    proved = {one.name for one in report.checks if one.result == PROVED}
    seal = json.loads(files[SEAL])
    for row in seal["timestamps"]:
        holds = token_holds(files[row["file"]], seal["manifest"], read_roots(str(roots)))
        assert (f"timestamp {row['authority']}" in proved) == holds


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_found_and_named(office: Office, forgery: Forgery, tmp_path: Path) -> None:
    report = examined(office, forgery, tmp_path)
    code, names = FORGERIES[forgery]
    assert report.code == code, report.checks
    if names is not None:
        assert disproved(report) == {name.format(office.capture) for name in names}


def examined(office: Office, forgery: Forgery, folder: Path, **trusted: Any) -> Report:
    path = folder / "EV.wacz"
    path.write_bytes(forgery(office))
    trusted = trusted or {"key": office.key.id, "roots": office.authority.roots.read_bytes()}
    return examine(path, **trusted)


def test_the_time_is_the_signed_one_and_the_text_beside_it_is_remarked(
    office: Office, tmp_path: Path
) -> None:
    report = examined(office, a_time_in_the_text, tmp_path)
    stamps = [one.en for one in report.checks if one.en.startswith("it existed")]
    assert len(stamps) == 2
    assert all(f" {datetime.now(UTC).year}-" in one for one in stamps)
    assert any("text that nobody signed" in remark[1] for remark in report.remarks)


def test_what_a_package_says_of_its_own_age_is_held_against_its_stamp(
    office: Office, tmp_path: Path
) -> None:
    (said,) = [
        one[1] for one in examined(office, made_in_2019, tmp_path).remarks if "made at" in one[1]
    ]
    assert "2019-01-01 00:00:00 UTC" in said
    assert f"its timestamp {datetime.now(UTC).year}-" in said
    assert not any("made at" in one[1] for one in examined(office, honest, tmp_path).remarks)


def test_what_is_missing_is_said(office: Office, tmp_path: Path) -> None:
    report = examined(office, a_picture_left_out_and_said, tmp_path)
    assert report.missing == [("file", f"capture:{office.capture} full_page", "gone")]
    assert report.sealed


def test_a_roll_that_nobody_stamped_dates_nothing(office: Office, tmp_path: Path) -> None:
    remarks = examined(office, a_roll_without_stamps, tmp_path).remarks
    assert any("were not stamped" in remark[1] for remark in remarks)


def test_a_package_all_a_strangers_is_sealed_for_nobody_who_knows_his_keys(
    office: Office, tmp_path: Path
) -> None:
    known = {"known": {office.key.id}}
    report = examined(office, all_of_it_a_strangers, tmp_path, **known)
    assert (report.code, report.whose, report.sealed) == (5, "stranger", False)
    report = examined(office, honest, tmp_path, **known)
    assert (report.code, report.whose, report.sealed) == (0, "own", True)
    assert examined(office, all_of_it_a_strangers, tmp_path).code == 1
    assert examined(office, all_of_it_a_strangers, tmp_path, known=None).whose == "unnamed"
