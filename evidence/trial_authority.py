"""A timestamp authority for tests and demonstrations, on this machine, worth nothing in law.

It makes a root and a certificate of its own, both named a TEST, and lets `openssl ts -reply` answer
on 127.0.0.1. Whoever verifies such a timestamp is told so.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from evidence.layout import TEST_MARK
from storage.bilingual import Problem
from storage.machine_words import os_words
from storage.sessions import write_private

WORTH = f"{TEST_MARK} 测试 NO LEGAL VALUE"
LARGEST = 64 << 10  # bytes of a request
SETTINGS = """\
[tsa]
default_tsa = trial
[trial]
serial = {folder}/serial
signer_cert = {folder}/authority.pem
certs = {folder}/root.pem
signer_key = {folder}/authority.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class TrialAuthority:
    """The certificates in one folder, kept there, and answers signed with them."""

    def __init__(self, folder: Path, lasts: tuple[datetime, datetime] | None = None) -> None:
        """`lasts`: from when until when the certificate is good; the next year where not given."""
        if not shutil.which("openssl"):
            raise Problem(
                "测试时间戳机构需要 openssl 命令，请先安装。",
                "The test authority needs the openssl command; install it first.",
            )
        self._folder = folder.absolute()
        self._lock = Lock()  # openssl counts serial numbers in a file
        if not self.roots.exists():
            now = datetime.now(UTC)
            make_certificates(folder, lasts or (now - timedelta(days=1), now + timedelta(days=365)))
            (folder / "serial").write_text("01\n")
            (folder / "tsa.cnf").write_text(SETTINGS.format(folder=self._folder))

    @property
    def roots(self) -> Path:
        """PEM file of the root to trust."""
        return self._folder / "root.pem"

    def answer(self, query: bytes) -> bytes:
        """The answer to a request in DER; a refusal in DER where it is none."""
        question, reply = self._folder / "query.tsq", self._folder / "reply.tsr"
        with self._lock:
            question.write_bytes(query)
            subprocess.run(
                [
                    *("openssl", "ts", "-reply", "-config", str(self._folder / "tsa.cnf")),
                    *("-queryfile", str(question), "-out", str(reply)),
                ],
                capture_output=True,
                check=True,
                timeout=60,
            )
            return reply.read_bytes()

    def respond(self, query: bytes) -> tuple[int, bytes]:
        """HTTP status and body; tests put their own in its place."""
        return 200, self.answer(query)

    @contextmanager
    def served(self, port: int = 0) -> Iterator[str]:
        """Answer on 127.0.0.1 while the block runs; gives the URL. Port 0: any that is free.

        Raises Problem for a port that cannot be had.
        """
        try:
            server = ThreadingHTTPServer(("127.0.0.1", port), handler_of(self))
        except OSError as error:
            raise Problem(
                f"端口 {port} 用不了（{os_words(error).zh}）。请用 --port 换一个，"
                "0 为任意空闲端口。",
                f"port {port} cannot be had ({error.strerror}), perhaps somebody has it. Name "
                "another with --port; 0 takes any that is free.",
            ) from error
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def handler_of(authority: TrialAuthority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name http.server calls
            length = int(self.headers.get("Content-Length") or 0)
            status, body = authority.respond(self.rfile.read(min(length, LARGEST)))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing: the terminal belongs to whoever asked."""

    return Handler


def make_certificates(folder: Path, lasts: tuple[datetime, datetime]) -> None:
    """A root of ten years and, under it, the authority's certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, name = named(f"{WORTH} root"), named(WORTH)
    start = min(lasts[0], datetime.now(UTC) - timedelta(days=1))
    root = (
        certificate(root_name, root_key.public_key(), (start, start + timedelta(days=3650)))
        .issuer_name(root_name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key, SHA256())
    )
    own = (
        certificate(name, key.public_key(), lasts)
        .issuer_name(root_name)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root_key, SHA256())
    )
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "authority.pem").write_bytes(own.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(folder / "authority.key", secret)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(
    name: x509.Name, key: ec.EllipticCurvePublicKey, lasts: tuple[datetime, datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(lasts[0])
        .not_valid_after(lasts[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
