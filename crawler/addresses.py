"""Which network addresses a sweep may reach: pure functions over `ipaddress`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Where clouds hand out credentials: AWS, ECS tasks, Alibaba, Azure's host agent, Oracle, AWS on
# IPv6. 168.63.129.16 lies in ordinary public space, so no table of private ranges knows it.
METADATA: frozenset[Address] = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
    )
)

# IANA special-purpose registries (RFC 6890 and successors), first match names the reason.
SPECIAL: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(text), f"address_{reason}")
    for text, reason in (
        ("0.0.0.0/8", "unspecified"),
        ("127.0.0.0/8", "loopback"),
        ("10.0.0.0/8", "private"),
        ("172.16.0.0/12", "private"),
        ("192.168.0.0/16", "private"),
        ("100.64.0.0/10", "shared"),
        ("169.254.0.0/16", "link_local"),
        ("224.0.0.0/4", "multicast"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("198.18.0.0/15", "reserved"),
        ("198.51.100.0/24", "reserved"),
        ("203.0.113.0/24", "reserved"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("fc00::/7", "private"),
        ("fec0::/10", "private"),
        ("64:ff9b:1::/48", "private"),
        ("fe80::/10", "link_local"),
        ("ff00::/8", "multicast"),
        ("2001:db8::/32", "reserved"),
        ("3fff::/20", "reserved"),
    )
)
UNICAST6 = IPv6Network("2000::/3")  # all that IANA has given out as global unicast
PROTOCOLS6 = IPv6Network("2001::/23")  # IETF protocol assignments; Teredo lies inside
NAT64 = IPv6Network("64:ff9b::/96")
ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})
LOW32 = 0xFFFF_FFFF


def refusal_of(address: Address) -> str:
    """Machine reason why the address must not be reached, "" where it may."""
    if address in METADATA:
        return "address_metadata"
    inner = tuple(embedded(address)) if isinstance(address, IPv6Address) else ()
    for v4 in inner:
        if reason := refusal_of(v4):
            return reason
    for network, reason in SPECIAL:
        if address.version == network.version and address in network:
            return reason
    if isinstance(address, IPv6Address) and not inner and not is_global6(address):
        return "address_reserved"
    return ""


def is_global6(address: IPv6Address) -> bool:
    return address in UNICAST6 and address not in PROTOCOLS6


def embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    """IPv4 addresses a packet to this one may end up at (RFC 4291, 3056, 4380, 6052, 5214)."""
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in NAT64:
        yield IPv4Address(int(address) & LOW32)
    if (int(address) >> 32) & LOW32 in ISATAP:
        yield IPv4Address(int(address) & LOW32)


def plain(address: Address) -> Address:
    """An IPv4-mapped address as the IPv4 address it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


# What may stand in a name once it is ASCII. The underscore is not a hostname letter, yet hosts
# with one are alive on the web.
LONGEST_HOST = 1024  # before folding; the name itself has at most 253
NAME = re.compile(r"(?!.{254})(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\Z")


def canonical(host: str) -> str | Address:
    """A host as every parser must read it: an address in whatever spelling, or an ASCII name.

    Follows the WHATWG host parser for IPv4 (decimal, octal, hex, fewer than four parts), folds
    full-width letters, digits and dots, and drops one trailing dot. Raises ValueError for anything
    that two parsers could read differently.
    """
    if len(host) > LONGEST_HOST:
        raise ValueError("host too long")
    if host.startswith("[") or ":" in host:
        return plain(IPv6Address(without_brackets(host)))
    text = host if host.isascii() else host.encode("idna").decode("ascii")
    text = text.lower().removesuffix(".")
    if not NAME.match(text):
        raise ValueError(f"not a host: {host!r}")
    if ends_in_number(text):
        return IPv4Address(legacy_ipv4(text))
    return text


def without_brackets(host: str) -> str:
    inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not inner.isascii() or "%" in inner:
        raise ValueError(f"not an IPv6 address: {host!r}")
    return inner


def ends_in_number(text: str) -> bool:
    last = text.rpartition(".")[2]
    return last.isdigit() or re.match(r"0x[0-9a-f]*\Z", last) is not None


def is_literal(name: str) -> bool:
    """Whether a canonical host is an address rather than a name."""
    return ":" in name or ends_in_number(name)


def legacy_ipv4(text: str) -> int:
    """The address that `inet_aton` and browsers read; ValueError where it is none."""
    parts = [number_of(part) for part in text.split(".")]
    *heads, last = parts
    if len(parts) > 4 or any(head > 255 for head in heads) or last >= 256 ** (5 - len(parts)):
        raise ValueError(f"not an IPv4 address: {text!r}")
    return last + sum(head << (24 - 8 * place) for place, head in enumerate(heads))


def number_of(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    if not part.isdigit():
        raise ValueError(f"not a number: {part!r}")
    return int(part, 8) if len(part) > 1 and part.startswith("0") else int(part)
