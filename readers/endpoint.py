"""Where the second reader may stand: on this machine or in the office's own network.

Posts of strangers, masked or not, are not sent to anybody outside unless the office says so in as
many words, and then over TLS only. Cloud metadata addresses are never spoken to.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from crawler.addresses import Address, canonical, plain, refusal_of
from storage.bilingual import Problem

LONGEST = 2_000
OWN = frozenset({"address_loopback", "address_private"})
PATH = "/chat/completions"


class Forbidden(Problem):
    """The endpoint is not one we may speak to; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    secure: bool  # https
    host: str  # canonical: a name, or an address without brackets
    port: int
    path: str
    public: bool  # the office allows one outside its own network


def read_endpoint(url: str, *, public: bool) -> Endpoint:
    """An OpenAI-compatible base URL as http://127.0.0.1:8000/v1; raises Problem for another."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = canonical(parts.hostname or "")
    except ValueError as error:
        raise unreadable() from error
    odd = any(not " " < sign < "\x7f" for sign in url) or len(url) > LONGEST
    if odd or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        raise unreadable()
    if parts.query or parts.fragment:
        raise unreadable()
    base = parts.path.rstrip("/")
    return Endpoint(
        secure=parts.scheme == "https",
        host=str(host),
        port=port,
        path=base if base.endswith(PATH) else base + PATH,
        public=public,
    )


def unreadable() -> Problem:
    return Problem(
        "CERTSWEEP_READER_URL 看不懂，没有发送任何内容。请写成 http://127.0.0.1:8000/v1 的样子；"
        "口令放在 CERTSWEEP_READER_KEY 里，不写进网址。",
        "CERTSWEEP_READER_URL is not understood; nothing was sent. Write it as "
        "http://127.0.0.1:8000/v1; a key belongs in CERTSWEEP_READER_KEY, never in the URL.",
    )


def addresses_of(endpoint: Endpoint) -> list[str]:
    """Where to connect, vetted; raises Forbidden if ANY address may not be spoken to, OSError."""
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    texts = list(dict.fromkeys(str(row[4][0]) for row in found))
    for text in texts:
        vet(endpoint, plain(ip_address(text.partition("%")[0])))
    return texts


def vet(endpoint: Endpoint, address: Address) -> None:
    reason = refusal_of(address)
    if reason in OWN:
        return
    if reason:
        raise Forbidden(
            f"第二读者的地址 {endpoint.host} 是特殊地址，没有发送任何内容。请改用本机或内网地址。",
            f"The second reader at {endpoint.host} has a special address; nothing was sent. Use "
            "one on this machine or in your own network.",
        )
    if not endpoint.public:
        raise Forbidden(
            f"第二读者的地址 {endpoint.host} 不在本单位网络内，没有发送任何内容。"
            "确需使用外部服务的，请负责人设置 CERTSWEEP_READER_PUBLIC=1（只限 https）。",
            f"The second reader at {endpoint.host} stands outside your own network; nothing was "
            "sent. If that is meant, the person in charge sets CERTSWEEP_READER_PUBLIC=1 (https "
            "only).",
        )
    if not endpoint.secure:
        raise Forbidden(
            f"外部第二读者 {endpoint.host} 必须用 https，没有发送任何内容。",
            f"A second reader outside, {endpoint.host}, must be reached by https; nothing was "
            "sent.",
        )
