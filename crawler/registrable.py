"""The name somebody registered, of a host: what belongs to one owner shares it."""

from __future__ import annotations

from ipaddress import ip_address

# Second levels under which names are registered, in China and where else advertisers go. The
# public suffix list has thousands more; of those a host counts as its own site's neighbour.
SECOND = frozenset({"ac", "co", "com", "edu", "gov", "mil", "net", "org"})


def registrable(host: str) -> str:
    """`mp.weixin.qq.com` -> `qq.com`, `a.b.com.cn` -> `b.com.cn`; an address is itself."""
    labels = host.lower().rstrip(".").split(".")
    if len(labels) < 3 or is_address(host):
        return ".".join(labels)
    short = labels[-2] in SECOND and len(labels[-1]) == 2
    return ".".join(labels[-3:] if short else labels[-2:])


def is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
