"""What the openssl command says of signatures and timestamps.

Standard library only: the second part of the `verify.py` in every package.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
from pathlib import Path

from evidence.token import SHA256, told_by

PROVED, DISPROVED, UNCHECKED = "proved", "disproved", "unchecked"
WORDS = {
    PROVED: ("证实", "proved"),
    DISPROVED: ("不符", "disproved"),
    UNCHECKED: ("无从核对", "nothing to check"),
}

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


def stamp_holds(answer: bytes, sha256: str, roots: bytes) -> Answer:
    """Whether the RFC 3161 answer is over this hash and leads to the roots at the time it names.

    openssl gets the signed token alone, and the time from it: beside the token an answer holds free
    text that nobody signed.
    """
    if not shutil.which("openssl"):
        return UNCHECKED, "没有 openssl，无法核对", "openssl is needed"
    try:
        told = told_by(answer)
    except ValueError:
        return DISPROVED, "不是时间戳", "it is no timestamp"
    if (told.algorithm, told.imprint.hex()) != (SHA256, sha256):
        return DISPROVED, "时间戳所盖的不是它的哈希", "it is a timestamp over another hash"
    with tempfile.TemporaryDirectory() as folder:
        token, trusted = written(Path(folder), told.token, roots)
        # An authority's certificate runs out; what it stamped before stays true.
        when = ("-CAfile", trusted, "-attime", str(told.seconds))
        good, said = openssl("ts", "-verify", "-digest", sha256, "-token_in", "-in", token, *when)
    if not (good and "Verification: OK" in said):
        return DISPROVED, "时间戳不符或根证书不可信", "it does not hold, or its root is unknown"
    moment = f"{told.moment:%Y-%m-%d %H:%M:%S} UTC"
    return PROVED, f"{moment} 已存在", f"it existed at {moment}"


def written(folder: Path, *contents: bytes) -> list[str]:
    """The contents in files of our own naming."""
    paths = [folder / str(number) for number in range(len(contents))]
    for number, content in enumerate(contents):
        paths[number].write_bytes(content)
    return [str(path) for path in paths]
