"""What a sweep may connect to. Pure: no network, no clock.

A page we read is written by people who do not want to be found; a link on it may point into the
office's own network. Everything that is not plain web on a public address is refused, with a reason
that ends up beside the page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from urllib.parse import ParseResult, SplitResult, urlsplit

from crawler.addresses import METADATA, Address, Network, canonical, plain, refusal_of
from storage.bilingual import Bilingual, Problem

PORTS = frozenset({80, 443, 8080, 8443})
DEFAULT_PORT = {"http": 80, "https": 443}
LONGEST_URL = 8192

# Names that never belong to the public web (RFC 6761, 6762, 8375; .internal by ICANN 2024).
LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".onion")

WHY: Mapping[str, Bilingual] = MappingProxyType(
    {
        "url": Bilingual("网址里有控制字符，或过长", "control characters in the URL, or too long"),
        "scheme": Bilingual("只访问 http 和 https 网址", "only http and https are fetched"),
        "userinfo": Bilingual("网址里带有用户名或密码", "the URL carries a user name or password"),
        "host": Bilingual("主机名读不通", "the host name cannot be read"),
        "host_local": Bilingual("主机名只属于本地网络", "the host name belongs to a local network"),
        "port": Bilingual("端口不在允许之列", "the port is not among the allowed ones"),
        "proxy": Bilingual("请求自带代理，会绕过安全检查", "the request brings a proxy of its own"),
        "no_address": Bilingual("域名没有给出地址", "the name has no address"),
        "address": Bilingual("地址读不通", "the address cannot be read"),
        "address_metadata": Bilingual("云主机元数据地址", "a cloud metadata address"),
        "address_unspecified": Bilingual("未指定的地址", "an unspecified address"),
        "address_loopback": Bilingual("本机地址", "a loopback address"),
        "address_private": Bilingual("内网地址", "a private address"),
        "address_shared": Bilingual("运营商内部地址", "a carrier-internal address (100.64.0.0/10)"),
        "address_link_local": Bilingual("链路本地地址", "a link-local address"),
        "address_multicast": Bilingual("组播地址", "a multicast address"),
        "address_reserved": Bilingual("保留地址", "a reserved address"),
    }
)


class Refused(Problem):
    """The guard's no. `reason` is a key of WHY."""

    def __init__(self, reason: str, what: str) -> None:
        why = WHY[reason]
        shown = ascii(what[:200])
        super().__init__(
            f"出于安全没有访问 {shown}：{why.zh}。页面记为未读取；确需访问的，请管理员设置路由。",
            f"not fetched for safety: {shown}: {why.en}. The page is recorded as not read; "
            "if it must be read, an administrator can set a route for it.",
        )
        self.reason = reason


class Guard:
    """`routes` maps an exact host or "*.suffix" to "address:port"; `allow` are networks in CIDR
    that may be reached although they are not public (never a metadata address); `ports` are the
    ports a URL may name. Raises Problem for a setting that cannot be read.
    """

    def __init__(
        self,
        routes: Mapping[str, str] = MappingProxyType({}),
        allow: Collection[str] = (),
        ports: Collection[int] = PORTS,
    ) -> None:
        self._routes = {route_pattern(key): route_target(value) for key, value in routes.items()}
        self._allow = tuple(allowed_network(text) for text in allow)
        self.ports = frozenset(ports)

    def vet_url(self, url: str) -> None:
        """Raise Refused unless the URL may be asked for; names are not resolved here."""
        split = self._split(url)
        if split.scheme not in DEFAULT_PORT:
            raise Refused("scheme", url)
        if "@" in split.netloc:
            raise Refused("userinfo", split.hostname or "")
        self.vet_host(split.hostname or "")
        self.vet_port(port_of(split), url)

    def _split(self, url: str) -> SplitResult:
        if len(url) > LONGEST_URL or any(mark < " " or mark == "\x7f" for mark in url):
            raise Refused("url", url)
        try:
            return urlsplit(url)
        except ValueError:
            raise Refused("host", url) from None

    def vet_port(self, port: int, what: str = "") -> None:
        if port not in self.ports:
            raise Refused("port", what or str(port))

    def vet_host(self, host: str) -> str:
        """The host in its one spelling: a name, or an address already vetted."""
        read = read_host(host)
        if not isinstance(read, str):
            return self.vet_addresses(host, [str(read)])[0]
        if self._target(read) is None and ("." not in read or read.endswith(LOCAL_SUFFIXES)):
            raise Refused("host_local", host)
        return read

    def vet_addresses(self, host: str, addresses: Sequence[str]) -> list[str]:
        """The addresses in order without repeats; Refused if there is none or ANY is forbidden.

        One forbidden address among public ones is the mark of rebinding, so nothing is filtered.
        """
        if not addresses:
            raise Refused("no_address", host)
        return list(dict.fromkeys(self._vet_address(host, text) for text in addresses))

    def _vet_address(self, host: str, text: str) -> str:
        try:
            address = plain(ip_address(text.partition("%")[0]))
        except ValueError:
            raise Refused("address", host) from None
        reason = refusal_of(address)
        if reason and not self._opened(address):
            raise Refused(reason, f"{host} [{address}]" if host != text else host)
        return str(address)

    def _opened(self, address: Address) -> bool:
        return address not in METADATA and any(
            address.version == network.version and address in network for network in self._allow
        )

    def route(self, host: str, port: int) -> tuple[str, int] | None:
        """Where a routed host really is; None for every other host. Raises Refused("port")."""
        read = read_host(host)
        target = self._target(read) if isinstance(read, str) else None
        if target is not None:
            self.vet_port(port)
        return target

    def _target(self, name: str) -> tuple[str, int] | None:
        if name in self._routes:
            return self._routes[name]
        labels = name.split(".")
        for place in range(1, len(labels)):
            target = self._routes.get("*." + ".".join(labels[place:]))
            if target is not None:
                return target
        return None


def read_host(host: str) -> str | Address:
    try:
        return canonical(host)
    except ValueError:
        raise Refused("host", host) from None


def port_of(split: SplitResult | ParseResult) -> int:
    """The port a URL means; 0 where its scheme has none we know."""
    try:
        return split.port if split.port is not None else DEFAULT_PORT.get(split.scheme, 0)
    except ValueError:
        raise Refused("port", split.netloc) from None


def parse_routes(text: str) -> dict[str, str]:
    """`"*.example=127.0.0.1:8901,*.test=127.0.0.1:8902"` as routes; "" gives none."""
    routes: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        pattern, mark, target = entry.partition("=")
        if not mark:
            raise bad_setting(entry)
        routes[pattern.strip()] = target.strip()
    return routes


def route_pattern(text: str) -> str:
    """A pattern in its one spelling. Addresses and a bare "*" are no patterns: they would open
    more than one sample web."""
    star = "*." if text.startswith("*.") else ""
    try:
        name = canonical(text.removeprefix("*."))
    except ValueError:
        raise bad_setting(text) from None
    if not isinstance(name, str):
        raise bad_setting(text)
    return star + name


def route_target(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    try:
        address = str(ip_address(host.removeprefix("[").removesuffix("]")))
        number = int(port)
    except ValueError:
        raise bad_setting(text) from None
    if not 0 < number < 65536:
        raise bad_setting(text)
    return address, number


def allowed_network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise bad_setting(text) from None


def bad_setting(text: str) -> Problem:
    return Problem(
        f"访问规则读不懂：{text!r}。没有开始访问；请写成 *.example=127.0.0.1:8901 或 10.1.0.0/16。",
        f"cannot read the access rule {text!r}. Nothing was fetched; write it as "
        "*.example=127.0.0.1:8901 (a route) or 10.1.0.0/16 (a network).",
    )
