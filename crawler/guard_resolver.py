"""The guard at connect time: what Twisted connects to is what was vetted a moment ago.

Scrapy installs it through `TWISTED_DNS_RESOLVER`. Twisted's HostnameEndpoint asks it for every
host, address literals included, and connects to the address AND port it answers with, which is how
a routed host reaches the sample web. Checking URLs alone would not do: a name may resolve publicly
when it is looked at and privately when it is connected to.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import ClassVar, Protocol

from scrapy.settings import BaseSettings
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
)
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.addresses import canonical
from crawler.guard import PORTS, Guard, Refused, parse_routes
from crawler.resolve import Resolver, Unresolved
from storage.bilingual import Problem

REMEMBERED = 1000  # refusals kept for the middleware that reports them


class HasSettings(Protocol):
    """A crawler or a crawler process."""

    settings: BaseSettings


def guard_from(settings: BaseSettings) -> Guard:
    """The guard that GUARD_ROUTES (text), GUARD_ALLOW and GUARD_PORTS (lists) describe."""
    ports = settings.getlist("GUARD_PORTS") or PORTS
    return Guard(
        routes=parse_routes(settings.get("GUARD_ROUTES") or ""),
        allow=settings.getlist("GUARD_ALLOW"),
        ports=[int(port) for port in ports],
    )


class Receiver(Protocol):
    """Twisted's IResolutionReceiver in words mypy knows."""

    def resolutionBegan(self, resolutionInProgress: object) -> None: ...  # noqa: N802, N803
    def addressResolved(self, address: object) -> None: ...  # noqa: N802
    def resolutionComplete(self) -> None: ...  # noqa: N802


@implementer(IHostResolution)
class Resolution:
    def __init__(self, name: str, work: asyncio.Task[None] | None = None) -> None:
        self.name = name
        self.work = work

    def cancel(self) -> None:
        if self.work is not None:
            self.work.cancel()


@implementer(IHostnameResolver)
class GuardResolver:
    """Answers with vetted addresses only; a refused host has none, and the reason is kept."""

    # One reactor a process, so one resolver; downloader middlewares find it here.
    current: ClassVar[GuardResolver | None] = None

    def __init__(self, reactor: ReactorBase, resolver: Resolver) -> None:
        self.reactor = reactor
        self.resolver = resolver
        self._refused: OrderedDict[str, Refused] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: HasSettings, reactor: ReactorBase) -> GuardResolver:
        settings = crawler.settings
        resolver = Resolver(
            guard_from(settings),
            ttl=settings.getfloat("GUARD_DNS_TTL", 60.0),
            timeout=settings.getfloat("GUARD_DNS_TIMEOUT", 10.0),
        )
        return cls(reactor, resolver)

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(self)  # type: ignore[arg-type] # zope tells mypy nothing
        GuardResolver.current = self

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Receiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: ARG002, N803
    ) -> Resolution:
        """Twisted's interface; a refusal looks like a name without addresses to Twisted."""
        resolution = Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        resolution.work = asyncio.ensure_future(
            self._answer(resolutionReceiver, hostName, portNumber, addressTypes)
        )
        return resolution

    async def _answer(
        self,
        receiver: Receiver,
        host: str,
        port: int,
        types: Sequence[type[IAddress]] | None,
    ) -> None:
        for address, real_port in await self._vetted(host, port):
            kind = IPv6Address if ":" in address else IPv4Address
            if types is None or kind in types:
                receiver.addressResolved(kind("TCP", address, real_port))
        receiver.resolutionComplete()

    async def _vetted(self, host: str, port: int) -> list[tuple[str, int]]:
        try:
            return await self.resolver.resolve(host, port)
        except Unresolved:
            return []
        except Refused as refused:
            self._refused[spelled(host)] = refused
            while len(self._refused) > REMEMBERED:
                self._refused.popitem(last=False)
            return []

    def refusal(self, host: str) -> Refused | None:
        """Why a connection to the host was refused last; told once."""
        return self._refused.pop(spelled(host), None)


def spelled(host: str) -> str:
    try:
        return str(canonical(host))
    except ValueError:
        return host.lower()


def installed() -> GuardResolver:
    """The resolver of this process; Problem if Scrapy runs without it."""
    if GuardResolver.current is None:
        raise unguarded()
    return GuardResolver.current


def unguarded() -> Problem:
    return Problem(
        "网络防护没有装上，没有访问任何网页。请检查 crawler/settings.py 的 TWISTED_DNS_RESOLVER。",
        "the network guard is not installed, nothing was fetched. "
        "Check TWISTED_DNS_RESOLVER in crawler/settings.py.",
    )
