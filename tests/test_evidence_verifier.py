"""The verifier: every changed byte is found and named; a hostile file is told, not obeyed."""

from __future__ import annotations

import ast
import hashlib
import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from door.evidence_run import package_case
from evidence import layout
from evidence.layout import entry_of
from evidence.layout import layout as laid_out
from evidence.openssl_checks import PROVED, UNCHECKED
from evidence.report import Report
from evidence.signing import SigningKey
from evidence.standalone import standalone
from evidence.trial_authority import TrialAuthority
from evidence.verifier import examine
from storage.canonical import canonical
from storage.database import open_database, upgrade
from storage.snapshots import SnapshotStore
from tests.evidence_case import CASE, a_captured_case, proof
from tests.forging import alone, assembled, disproved, files_of, sealed, signed_anew

FLIPS = 120  # besides three in each part of the file


@dataclass(frozen=True)
class Made:
    path: Path
    data: bytes
    key: SigningKey
    roots: bytes
    authority: TrialAuthority


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A sealed package of a captured and decided case, stamped by two authorities."""
    home = tmp_path_factory.mktemp("home")
    engine = open_database("", home)
    upgrade(engine)
    a_captured_case(engine, SnapshotStore("", home))
    authority = TrialAuthority(home / "authority")
    with authority.served() as one, authority.served() as two:
        parts = proof(engine, home, authority, one, two)
        packed = package_case(parts, CASE, home / "out", "赵封存")
    engine.dispose()
    assert packed.sealing.state == "sealed"
    key, roots = parts.ring.current(), authority.roots.read_bytes()
    return Made(packed.path, packed.path.read_bytes(), key, roots, authority)


def regions(data: bytes) -> list[tuple[int, int, str]]:
    """First byte, end and name of what each byte of the file belongs to, by Python's zipfile."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        infos, directory = archive.infolist(), archive.start_dir
    found, place = [], directory
    for info in infos:
        end = info.header_offset + 30 + len(info.filename) + info.file_size
        found.append((info.header_offset, end, info.filename))
    for info in infos:
        found.append((place, place + 46 + len(info.filename), info.filename))
        place += 46 + len(info.filename)
    return [*found, (place, len(data), "zip")]


def examined(folder: Path, data: bytes, **changes: Any) -> Report:
    path = folder / "EV.wacz"
    path.write_bytes(data)
    return examine(path, **changes)


def test_a_sealed_package_is_proved_whole(made: Made) -> None:
    report = examine(made.path, made.key.id, made.roots)
    assert {check.result for check in report.checks} == {PROVED}
    assert report.code == 0
    with zipfile.ZipFile(made.path) as archive:
        assert {check.name for check in report.checks} >= set(archive.namelist())


def test_every_byte_belongs_to_something(made: Made) -> None:
    ends = 0
    for start, end, _ in regions(made.data):
        assert start == ends
        ends = end
    assert ends == len(made.data)


def flipped_places(made: Made) -> Iterator[tuple[int, str]]:
    """At least one place in each part of the file, the rest wherever chance puts them."""
    chance = random.Random(5)
    parts = regions(made.data)
    for start, end, name in parts:
        for place in {start, end - 1, chance.randrange(start, end)}:
            yield place, name
    for place in chance.sample(range(len(made.data)), FLIPS):
        yield place, next(name for start, end, name in parts if start <= place < end)


def test_each_flipped_bit_is_found_and_what_it_was_in_is_named(made: Made, tmp_path: Path) -> None:
    chance = random.Random(6)
    silent = []
    for place, name in flipped_places(made):
        data = bytearray(made.data)
        data[place] ^= 1 << chance.randrange(8)
        report = examined(tmp_path, bytes(data), roots=made.roots)
        if report.code != 1 or name not in disproved(report):
            silent.append((place, name, disproved(report)))
    assert silent == []


def test_a_flipped_byte_leaves_the_other_pieces_proved(made: Made, tmp_path: Path) -> None:
    name = "evidence/findings.json"
    _, end, _ = next(one for one in regions(made.data) if one[2] == name)
    data = bytearray(made.data)
    data[end - 2] ^= 4
    report = examined(tmp_path, bytes(data))
    assert disproved(report) == {name}


@pytest.mark.parametrize("more", [b"\0", b"PK\x05\x06" + bytes(18), b"x" * 5000])
def test_data_behind_the_end_is_found(made: Made, tmp_path: Path, more: bytes) -> None:
    assert disproved(examined(tmp_path, made.data + more)) == {"zip"}


def test_a_zip_comment_is_found(made: Made, tmp_path: Path) -> None:
    (tmp_path / "c.zip").write_bytes(made.data)
    with zipfile.ZipFile(tmp_path / "c.zip", "a") as archive:
        archive.comment = b"hello"
    assert "zip" in disproved(examine(tmp_path / "c.zip"))


@pytest.mark.parametrize("name", ["evidence/findings.json", "evidence/extra.txt"])
def test_an_entry_added_with_a_zip_tool_is_found(made: Made, tmp_path: Path, name: str) -> None:
    path = tmp_path / "added.zip"
    path.write_bytes(made.data)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns() if "find" in name else no_warning():
        archive.writestr(name, b"{}")
    assert examine(path).code == 1


def no_warning() -> Any:
    return zipfile.ZipFile(BytesIO(), "w")


def test_the_same_files_packed_by_another_tool_are_no_package_of_ours(
    made: Made, tmp_path: Path
) -> None:
    path = tmp_path / "again.zip"
    with zipfile.ZipFile(made.path) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert examine(path).code == 1


@pytest.mark.parametrize("seed", range(40))
def test_no_cut_and_no_junk_makes_it_crash_or_pass(
    made: Made, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    dice = random.Random(seed)
    cut, tail = dice.randrange(len(made.data)), dice.randbytes(dice.randrange(64))
    folder = tmp_path_factory.getbasetemp()
    assert examined(folder, made.data[:cut] + tail).code == 1


# What somebody with a key of his own can sign.


def forged(made: Made, extra: dict[str, bytes], key: SigningKey, /, **seal_changes: Any) -> bytes:
    """A package with these files besides, sealed with this key as the writer does it."""
    return sealed(files_of(made.path) | extra, key, **seal_changes)


@pytest.fixture(scope="module")
def stranger() -> SigningKey:
    return SigningKey(Ed25519PrivateKey.generate())


def test_the_helper_makes_what_the_writer_makes(made: Made) -> None:
    assert forged(made, {}, made.key) == made.data


def test_a_stranger_cannot_seal_our_manifest(
    made: Made, stranger: SigningKey, tmp_path: Path
) -> None:
    assert "evidence/manifest.json" in disproved(examined(tmp_path, forged(made, {}, stranger)))


def test_a_stranger_who_signs_everything_anew_is_another_key(
    made: Made, stranger: SigningKey, tmp_path: Path
) -> None:
    def edit(manifest: Any) -> None:
        manifest |= {"made_by": "别人", "authorities": []}

    files = signed_anew(files_of(made.path), stranger, made.authority, edit)
    data = sealed(files, stranger, timestamps=[], state="pending")
    alone = examined(tmp_path, data)
    assert alone.code == 3, alone  # it agrees with itself, and nobody stamped it
    assert any(stranger.id in remark[0] for remark in alone.remarks)
    assert examined(tmp_path, data, key=made.key.id).code == 1


def test_what_the_manifest_does_not_list_is_named(made: Made, tmp_path: Path) -> None:
    data = forged(made, {"evidence/extra.txt": b"x"}, made.key)
    assert disproved(examined(tmp_path, data)) == {"evidence/extra.txt"}


def test_what_differs_from_the_manifest_is_named(made: Made, tmp_path: Path) -> None:
    data = forged(made, {"evidence/post-1.txt": b"x"}, made.key)
    assert disproved(examined(tmp_path, data)) == {"evidence/post-1.txt"}


def test_a_timestamp_that_was_left_out_is_missed(made: Made, tmp_path: Path) -> None:
    report = examined(tmp_path, forged(made, {}, made.key, timestamps=[]))
    open_ones = [check.name for check in report.checks if check.result == UNCHECKED]
    assert report.code == 3
    assert len(open_ones) == 2
    assert all(name.startswith("timestamp http://127.0.0.1") for name in open_ones)


def test_a_timestamp_over_something_else_is_disproved(made: Made, tmp_path: Path) -> None:
    with zipfile.ZipFile(made.path) as archive:
        token = archive.read("evidence/tsr-1.tsr")
    good = forged(made, {"evidence/tsr-1.tsr": token}, made.key)
    assert examined(tmp_path, good, roots=made.roots).code == 0
    garbage = forged(made, {"evidence/tsr-1.tsr": b"garbage"}, made.key)
    bad = disproved(examined(tmp_path, garbage))
    assert len(bad) == 1
    assert bad.pop().startswith("timestamp ")


def test_a_stamp_by_a_root_that_was_not_named_is_neither_proved_nor_disproved(
    made: Made, tmp_path: Path
) -> None:
    other = TrialAuthority(tmp_path / "other").roots.read_bytes()
    report = examine(made.path, roots=other)
    assert report.code == 3
    assert {check.result for check in report.checks if "127.0.0.1" in check.name} == {UNCHECKED}


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x",
        "evidence/../../x",
        "/etc/passwd",
        "evidence/..",
        "evidence/a/b.txt",
        "evidence\\x",
        "other/x.txt",
        "evidence/\u202etxt.exe",
        "evidence/" + "a" * 200,
        "evidence/X.txt",
        "",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(made: Made, tmp_path: Path, name: str) -> None:
    report = examined(tmp_path, forged(made, {name: b"x"}, made.key))
    assert "evidence/seal.json" in disproved(report)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["EV.wacz"]


@pytest.mark.parametrize(
    "row",
    [
        {"path": "evidence/x", "size": 1 << 61, "sha256": "0" * 64, "crc32": 0},
        {"path": "evidence/x", "size": 1 << 70, "sha256": "0" * 64, "crc32": 0},
        {"path": "evidence/x", "size": -1, "sha256": "0" * 64, "crc32": 0},
        {"path": "evidence/x", "size": True, "sha256": "0" * 64, "crc32": 0},
        {"path": "evidence/x", "size": 1, "sha256": "zz", "crc32": 0},
        {"path": "evidence/x", "size": 1, "sha256": "0" * 64, "crc32": 1 << 32},
        {"path": 7, "size": 1, "sha256": "0" * 64, "crc32": 0},
        {"path": "evidence/x", "size": 1, "sha256": None, "crc32": 0},
        {"path": "evidence/x"},
        [],
        None,
    ],
)
def test_a_row_of_nonsense_in_a_signed_list_is_told(made: Made, tmp_path: Path, row: Any) -> None:
    with zipfile.ZipFile(made.path) as archive:
        seal = json.loads(archive.read("evidence/seal.json"))
    data = forged(made, {}, made.key, files=[*seal["files"], row])
    assert examined(tmp_path, data).code == 1


@pytest.mark.parametrize("seal", [b"", b"[]", b"{}", b"null", b'{"files":[]}', b"[" * 9999])
def test_a_seal_of_nonsense_is_told(made: Made, tmp_path: Path, seal: bytes) -> None:
    data = assembled(seal, made.key.sign(seal), {}, [], {})
    assert "evidence/seal.json" in disproved(examined(tmp_path, data))


def test_the_same_name_twice_in_a_signed_list_is_told(made: Made, tmp_path: Path) -> None:
    with zipfile.ZipFile(made.path) as archive:
        seal = json.loads(archive.read("evidence/seal.json"))
    data = forged(made, {}, made.key, files=[seal["files"][0], *seal["files"]])
    assert "evidence/seal.json" in disproved(examined(tmp_path, data))


@pytest.mark.parametrize("name", ["artefacts", "custody", "authorities", "captures", "key"])
@pytest.mark.parametrize("value", [None, 7, "x", [1], {"a": 1}])
def test_a_signed_manifest_of_nonsense_is_told(
    made: Made, tmp_path: Path, name: str, value: Any
) -> None:
    with zipfile.ZipFile(made.path) as archive:
        manifest = json.loads(archive.read("evidence/manifest.json"))
    changed = canonical(manifest | {name: value})
    files = {"evidence/manifest.json": changed, "evidence/manifest.sig": made.key.sign(changed)}
    digest = hashlib.sha256(changed).hexdigest()
    assert examined(tmp_path, forged(made, files, made.key, manifest=digest)).code != 0


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"PK\x03\x04" + b"\xff" * 500])
def test_what_is_no_package_is_told(tmp_path: Path, data: bytes) -> None:
    assert disproved(examined(tmp_path, data)) == {"evidence/seal.json"}


def test_a_zip_bomb_is_never_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "EV.wacz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("evidence/seal.json", bytes(50 << 20))
    assert disproved(examine(tmp_path / "EV.wacz")) == {"evidence/seal.json"}


def told(made: Made, name: str) -> Any:
    with zipfile.ZipFile(made.path) as archive:
        return json.loads(archive.read(name))


def junk(dice: random.Random, depth: int = 2) -> Any:
    """Any JSON, odd ones more often than a file would hold."""
    plain = (None, True, False, 0, -1, 2**70, "", "a", "\u202e", "0" * 64, [], {})
    if depth and dice.random() < 0.4:
        several = [junk(dice, depth - 1) for _ in range(dice.randrange(4))]
        names = ("seq", "hash", "files", "", "x")
        return several if dice.random() < 0.5 else dict(zip(names, several, strict=False))
    return dice.choice(plain)


def grafted(tree: Any, dice: random.Random) -> Any:
    """The tree with something else, or nothing, at one place."""
    if isinstance(tree, dict | list) and tree and dice.random() < 0.8:
        key = dice.choice(sorted(tree) if isinstance(tree, dict) else range(len(tree)))
        copy = tree.copy()
        if dice.random() < 0.6:
            copy[key] = grafted(tree[key], dice)
        else:
            del copy[key]
        return copy
    return junk(dice)


@pytest.mark.parametrize("seed", range(40))
def test_no_json_in_a_signed_seal_makes_it_crash(
    made: Made, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    seal = told(made, "evidence/seal.json")
    changed = grafted(seal, random.Random(seed))
    sealed = canonical(changed)
    whole = assembled(sealed, made.key.sign(sealed), {}, [], {})
    examined(tmp_path_factory.getbasetemp(), whole)
    if isinstance(changed, dict):
        changes = {key: changed.get(key) for key in seal if changed.get(key) != seal[key]}
        examined(tmp_path_factory.getbasetemp(), forged(made, {}, made.key, **changes))


@pytest.mark.parametrize("seed", range(40))
def test_no_json_in_a_signed_manifest_makes_it_crash_or_pass(
    made: Made, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    manifest = told(made, "evidence/manifest.json")
    changed = canonical(grafted(manifest, random.Random(seed)))
    files = {"evidence/manifest.json": changed, "evidence/manifest.sig": made.key.sign(changed)}
    digest = hashlib.sha256(changed).hexdigest()
    whole = forged(made, files, made.key, manifest=digest)
    report = examined(tmp_path_factory.getbasetemp(), whole)
    assert changed == canonical(manifest) or report.code != 0  # its stamps are over the true one


@pytest.mark.parametrize("seed", range(40))
def test_no_json_in_signed_custody_or_rolls_makes_it_crash(
    made: Made, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    dice = random.Random(seed)
    rows = [canonical(grafted({"seq": 1, "prev": "", "hash": "", "withheld": 1}, dice))]
    roll = canonical(grafted(told(made, "evidence/roll-1.json"), dice))
    files = {"evidence/custody.jsonl": b"\n".join(rows), "evidence/roll-1.json": roll}
    examined(tmp_path_factory.getbasetemp(), forged(made, files, made.key))


def test_sizes_that_add_up_beyond_what_a_zip_can_say_are_told(made: Made, tmp_path: Path) -> None:
    rows = [
        {"path": f"evidence/x{number:03}", "size": 1 << 61, "sha256": "0" * 64, "crc32": 0}
        for number in range(20)
    ]
    assert examined(tmp_path, forged(made, {}, made.key, files=rows)).code == 1


# The shape of the file.


def test_zip64_fields_are_read_by_other_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real ones begin at 4 GB; the limits are lowered for the test."""
    monkeypatch.setattr(layout, "LARGE", 200)
    monkeypatch.setattr(layout, "MANY", 3)
    contents = {f"evidence/{number}.bin": bytes([number]) * (90 * number) for number in range(6)}
    entries = [entry_of(name, data) for name, data in contents.items()]
    whole = b"".join(
        contents[entry.path] if entry and part == "data" else data
        for part, entry, data in laid_out(entries)
    )
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents


def test_zip_tools_read_a_package_without_complaint(made: Made) -> None:
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


# Alone, as a stranger runs it.


@pytest.fixture
def isolated(made: Made, tmp_path: Path) -> Path:
    folder = tmp_path / "alone"
    folder.mkdir()
    with zipfile.ZipFile(made.path) as archive:
        (folder / "verify.py").write_bytes(archive.read("evidence/verify.py"))
    shutil.copy(made.path, folder / "EV.wacz")
    return folder


def test_the_script_in_the_package_proves_the_package(isolated: Path, made: Made) -> None:
    done = alone(isolated, "EV.wacz", "--key", made.key.id)
    assert done.returncode == 0, done
    said = done.stdout.decode()
    assert "[证实] archive/" in said
    assert "全部证实" in said
    assert "没有任何法律效力" in said  # a test authority stamped it


def test_the_script_says_in_english_and_json_what_it_found(isolated: Path) -> None:
    english = alone(isolated, "EV.wacz", "--en")
    assert b"[proved]" in english.stdout
    told = json.loads(alone(isolated, "EV.wacz", "--json").stdout)
    assert (told["code"], told["sealed"]) == (0, True)


def test_the_script_fails_on_a_changed_package_and_names_the_artefact(isolated: Path) -> None:
    data = bytearray((isolated / "EV.wacz").read_bytes())
    place = data.index("月嫂证免考包过".encode())
    data[place] ^= 1
    (isolated / "EV.wacz").write_bytes(data)
    done = alone(isolated, "EV.wacz")
    assert done.returncode == 1
    assert b"evidence/" in next(
        line for line in done.stdout.splitlines() if line.startswith("[不符]".encode())
    )


def test_the_script_says_what_it_cannot_read(isolated: Path) -> None:
    done = alone(isolated, "missing.wacz")
    assert done.returncode == 1
    assert "cannot be read" in done.stderr.decode()


def test_without_openssl_the_script_proves_nothing(isolated: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "EV.wacz"],
        cwd=isolated,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3
    assert "[证实]" not in done.stdout.decode()


def test_the_script_imports_the_standard_library_alone_and_reads_as_python_3_9() -> None:
    source = standalone().decode()
    assert ast.parse(source, feature_version=(3, 9))
    modules = {
        line.split()[1].partition(".")[0]
        for line in source.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert modules <= set(sys.stdlib_module_names)
    assert "from evidence" not in source
