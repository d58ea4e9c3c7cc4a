"""What the openssl command says of signatures and timestamps.

Standard library only: the second part of the `verify.py` in every package.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import tempfile
import time
from calendar import timegm
from pathlib import Path

PROVED, DISPROVED, UNCHECKED = "proved", "disproved", "unchecked"
WORDS = {
    PROVED: ("证实", "proved"),
    DISPROVED: ("不符", "disproved"),
    UNCHECKED: ("无从核对", "nothing to check"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TIME = re.compile(r"Time stamp: (\w{3}) +(\d+) (\d+):(\d+):(\d+)(?:\.\d+)? (\d{4}) GMT")


Answer = tuple[str, str, str]  # a result, why in Chinese, in English


def openssl(*arguments: str) -> tuple[bool, str]:
    """Whether it ended well, and all that it said; False and "" where there is no such command."""
    program = shutil.which("openssl")
    if program is None:
        return False, ""
    done = subprocess.run([program, *arguments], capture_output=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")


def der_of(pem: bytes) -> bytes:
    """The key's bytes; b"" unless the PEM is written in the one usual way."""
    try:
        der = base64.b64decode(b"".join(pem.split(b"\n")[1:-2]), validate=True)
    except ValueError:
        der = b""
    body = base64.encodebytes(der).replace(b"\n", b"")
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    usual = b"\n".join([b"-----BEGIN PUBLIC KEY-----", *lines, b"-----END PUBLIC KEY-----", b""])
    return der if usual == pem else b""


def moment_of(text: str) -> int:
    """Seconds since 1970 of the time that openssl prints; 0 where it prints none."""
    found = TIME.search(text)
    if found is None or found[1] not in MONTHS:
        return 0
    day, hour, minute, second, year = (int(part) for part in found.groups()[1:])
    return timegm((year, MONTHS.index(found[1]) + 1, day, hour, minute, second))


def utc(moment: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(moment))


def signature_holds(data: bytes, signature: bytes, pem: bytes) -> Answer:
    """Whether the Ed25519 signature over the data is this public key's."""
    with tempfile.TemporaryDirectory() as folder:
        paths = written(Path(folder), data, signature, pem)
        options = ("-in", paths[0], "-sigfile", paths[1], "-pubin", "-inkey", paths[2])
        good, told = openssl("pkeyutl", "-verify", "-rawin", *options)
    if good and "Verified Successfully" in told:
        return PROVED, "签名相符", "the signature holds"
    if "Verification Failure" in told or len(signature) != 64:
        return DISPROVED, "签名不符", "the signature does not hold"
    return UNCHECKED, "没有 openssl 3，无法核对签名", "openssl 3 is needed to check signatures"


def stamp_holds(token: bytes, sha256: str, roots: bytes) -> Answer:
    """Whether the RFC 3161 answer is over this hash and leads to the roots at the time it names."""
    if not shutil.which("openssl"):
        return UNCHECKED, "没有 openssl，无法核对", "openssl is needed"
    with tempfile.TemporaryDirectory() as folder:
        tsr, trusted = written(Path(folder), token, roots)
        moment = moment_of(openssl("ts", "-reply", "-in", tsr, "-text")[1])
        # An authority's certificate runs out; what it stamped before stays true.
        when = ("-CAfile", trusted, "-attime", str(moment))
        good, told = openssl("ts", "-verify", "-digest", sha256, "-in", tsr, *when)
    if not (good and "Verification: OK" in told):
        return DISPROVED, "时间戳不符或根证书不可信", "it does not hold, or its root is unknown"
    return PROVED, f"{utc(moment)} 已存在", f"it existed at {utc(moment)}"


def written(folder: Path, *contents: bytes) -> list[str]:
    """The contents in files of our own naming."""
    paths = [folder / str(number) for number in range(len(contents))]
    for number, content in enumerate(contents):
        paths[number].write_bytes(content)
    return [str(path) for path in paths]
