"""Names to addresses that the guard has vetted, with a short memory."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from crawler.addresses import is_literal
from crawler.guard import Guard
from storage.bilingual import Problem

# Every address of a name, as text. Raises OSError where the name has none.
Lookup = Callable[[str], Awaitable[Sequence[str]]]

MOST_ADDRESSES = 8  # tried for one host; all of them are vetted


class Unresolved(Problem):
    """The name has no address now: the site is down, or our own name service is."""

    reason = "dns"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"域名 {host!r} 现在查不到地址。页面没有读取，稍后会再试；长时间如此请检查域名服务。",
            f"the name {host!r} has no address now. The page was not read and will be tried again; "
            "if it lasts, check the name service.",
        )


async def system_lookup(host: str) -> Sequence[str]:
    """The operating system's resolver, in the running loop's threads."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Resolver:
    """One lookup a name at a time; answers are kept `ttl` seconds, at most `size` of them.

    Vetting is done at every call, never remembered. Failures are remembered for a tenth of `ttl`.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        lookup: Lookup = system_lookup,
        ttl: float = 60.0,
        size: int = 4096,
        timeout: float = 10.0,
    ) -> None:
        self.guard = guard
        self._lookup = lookup
        self._ttl = ttl
        self._size = size
        self._timeout = timeout
        self._known: OrderedDict[str, tuple[float, Sequence[str]]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Sequence[str]]] = {}

    async def resolve(self, host: str, port: int) -> list[tuple[str, int]]:
        """(address, port) pairs that may be connected to, in order of preference.

        Raises Refused (forbidden host, port or address) or Unresolved.
        """
        guard = self.guard
        routed = guard.route(host, port)
        if routed is not None:
            return [routed]
        name = guard.vet_host(host)
        guard.vet_port(port, f"{host}:{port}")
        if is_literal(name):
            return [(name, port)]
        addresses = await self._addresses(name)
        if not addresses:
            raise Unresolved(name)
        return [(text, port) for text in guard.vet_addresses(name, addresses)[:MOST_ADDRESSES]]

    async def _addresses(self, name: str) -> Sequence[str]:
        """What the name service says, () where it says nothing."""
        known = self._known.get(name)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        asking = self._asking.get(name)
        if asking is None:
            asking = asyncio.ensure_future(self._ask(name))
            self._asking[name] = asking
            asking.add_done_callback(lambda _: self._asking.pop(name, None))
        # Shielded: one caller that gives up must not take the answer from the others.
        return await asyncio.shield(asking)

    async def _ask(self, name: str) -> Sequence[str]:
        try:
            found = await asyncio.wait_for(self._lookup(name), self._timeout)
        except (OSError, TimeoutError, UnicodeError):
            found = ()
        keep = self._ttl if found else self._ttl / 10
        self._known[name] = (time.monotonic() + keep, tuple(found))
        self._known.move_to_end(name)
        while len(self._known) > self._size:
            self._known.popitem(last=False)
        return tuple(found)
