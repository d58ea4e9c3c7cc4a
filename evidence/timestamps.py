"""RFC 3161: asking an authority for a timestamp, and believing only an answer that is proved.

The imprint is the SHA-256 of the manifest. An answer counts when it is granted, carries our nonce
and our hash, leads to one of the roots that the office trusts, and tells a time near our own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.verify import SHA256_OID

from evidence.der_order import ordered
from evidence.timestamp_wire import NoAnswer, post
from evidence.token import bare, is_odd, told_by
from storage.bilingual import Bilingual, Problem
from storage.database import explained

SKEW = timedelta(minutes=10)  # an authority's clock further off than this proves no time of ours
# Why there is no timestamp yet. What may pass by itself, and what the authority must mend.
PENDING = {
    "": Bilingual("尚未请求", "not asked yet"),
    "unreachable": Bilingual("连不上", "unreachable"),
    "timeout": Bilingual("超时", "timed out"),
    "http": Bilingual("拒绝服务", "an HTTP error"),
    "refused": Bilingual("拒绝签发", "refused to stamp"),
}
FAILED = {
    "garbage": Bilingual("答复不是时间戳", "its answer is no timestamp"),
    "wrong_nonce": Bilingual("答复的随机数不符", "a wrong nonce"),
    "other_hash": Bilingual("答复的哈希不符", "a stamp over another hash"),
    "untrusted": Bilingual("签名不成立或根证书不可信", "a broken signature or an unknown root"),
    "expired": Bilingual("机构证书已过期或尚未生效", "a certificate out of its time"),
    "clock": Bilingual("机构时间与本机相差过大", "a time too far from ours"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one try brought."""

    reason: str  # "" for a timestamp that is proved, else a key of PENDING or FAILED
    detail: str = ""  # in the authority's or the system's own words
    token: bytes = b""  # the answer in DER, its unsigned status cut down to the word "granted"
    stamped_at: datetime | None = None


def read_roots(path: str) -> list[Certificate]:
    """The certificates of a PEM file; Problem where there are none."""
    with explained():
        data = Path(path).read_bytes()
    try:
        return load_pem_x509_certificates(data)
    except ValueError:
        raise Problem(
            f"CERTSWEEP_TSA_ROOTS 指向的文件里没有 PEM 证书：{path}",
            f"CERTSWEEP_TSA_ROOTS names a file without any PEM certificate: {path}",
        ) from None


def ask(url: str, data: bytes, roots: Sequence[Certificate], now: datetime) -> Answer:
    """One timestamp over `data` from one authority, or why there is none."""
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        body = post(url, request.as_bytes())
    except NoAnswer as trouble:
        return Answer(reason=trouble.reason, detail=trouble.detail)
    return judged(body, request, hashlib.sha256(data).digest(), roots, now)


def judged(
    body: bytes,
    request: TimeStampRequest,
    digest: bytes,
    roots: Sequence[Certificate],
    now: datetime,
) -> Answer:
    """What an answer is worth; the first thing that is wrong with it.

    What is kept of it is the signed token: the text beside it may have been put there by anybody
    between the authority and us.
    """
    try:
        response = decode_timestamp_response(ordered(body))
        if response.status != 0:
            return Answer(reason="refused", detail=" ".join(response.status_string)[:200])
        told, moment = told_by(body), response.tst_info.gen_time
        if is_odd(told) or told.moment.replace(microsecond=0) != moment.replace(microsecond=0):
            return Answer(reason="garbage", detail=" ".join(response.status_string)[:200])
        reason = why_not(response, request, digest, roots)
    except ValueError as error:
        return Answer(reason="garbage", detail=str(error)[:200])
    if not reason and abs(moment - now) > SKEW:
        reason = "clock"
    if reason:
        return Answer(reason=reason, detail=f"{moment:%Y-%m-%d %H:%M:%S} UTC")
    return Answer(reason="", token=bare(told), stamped_at=moment.astimezone(UTC))


def why_not(
    response: TimeStampResponse,
    request: TimeStampRequest,
    digest: bytes,
    roots: Sequence[Certificate],
) -> str:
    info = response.tst_info
    if info.nonce != request.nonce:
        return "wrong_nonce"
    imprint = info.message_imprint
    if imprint.message != digest or imprint.hash_algorithm.dotted_string != SHA256_OID:
        return "other_hash"
    if stamp_holds(response, digest, roots):
        return ""
    carried = [load_der_x509_certificate(der) for der in response.signed_data.certificates]
    timely = [
        one.not_valid_before_utc <= info.gen_time <= one.not_valid_after_utc
        for one in (*carried, *roots)
    ]
    return "untrusted" if all(timely) else "expired"


def stamp_holds(response: TimeStampResponse, digest: bytes, roots: Sequence[Certificate]) -> bool:
    """Whether the answer is over this SHA-256 and leads to one of the roots."""
    builder = VerifierBuilder(roots=list(roots))
    try:
        return bool(roots) and builder.build().verify(response, digest)
    except (VerificationError, ValueError):
        return False


def token_holds(token: bytes, sha256: str, roots: Sequence[Certificate]) -> bool:
    """The same for an answer that was kept."""
    try:
        response = decode_timestamp_response(ordered(token))
    except ValueError:
        return False
    return stamp_holds(response, bytes.fromhex(sha256), roots)
