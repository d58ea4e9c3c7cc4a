from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.guard import Guard
from crawler.guard_middleware import RESOLVER, GuardMiddleware
from crawler.guard_resolver import GuardResolver, guard_from, installed
from crawler.resolve import Resolver
from crawler.unfetched import GuardRefused
from storage.bilingual import Problem
from tests.loopback import Answer, Canary, Site
from tests.small_crawl import crawl


def reasons(outcomes: list[dict[str, Any]]) -> dict[str, str]:
    return {found["asked"]: found.get("reason", found.get("status")) for found in outcomes}


def routed_to(site: Site, *ports: int) -> dict[str, Any]:
    return {
        "GUARD_ROUTES": f"*.example=127.0.0.1:{site.port}",
        "GUARD_PORTS": [80, 443, *ports],
        "ROBOTSTXT_OBEY": False,
    }


def test_a_routed_host_reaches_the_sample_web_on_another_port_under_its_own_name():
    with Site({"school.example/": Answer(b"<p>course</p>")}) as site:
        outcomes, _ = crawl(["http://school.example/"], routed_to(site))
    assert outcomes[0]["status"] == 200
    assert "course" in outcomes[0]["text"]
    assert site.asked == ["school.example/"]


def test_every_spelling_of_a_local_address_is_refused_before_a_connection():
    with Site({}) as site, Canary() as canary:
        port = canary.port
        spelled = {
            f"http://127.0.0.1:{port}/": "address_loopback",
            f"http://2130706433:{port}/": "address_loopback",
            f"http://0x7f.1:{port}/": "address_loopback",
            f"http://0177.0.0.1:{port}/": "address_loopback",
            f"http://127.0.0.1.:{port}/": "address_loopback",
            f"http://[::1]:{port}/": "address_loopback",
            f"http://[::ffff:127.0.0.1]:{port}/": "address_loopback",
            f"http://0.0.0.0:{port}/": "address_unspecified",
            f"http://localhost:{port}/": "host_local",
            "http://169.254.169.254/": "address_metadata",
            "http://school.example:22/": "port",
            "http://user:word@school.example/": "userinfo",
            "file:///etc/passwd": "scheme",
            "ftp://school.example/": "scheme",
            "data:text/plain,hello": "scheme",
        }
        outcomes, stats = crawl(list(spelled), routed_to(site, port))
        assert reasons(outcomes) == spelled
        assert {found["error"] for found in outcomes} == {"GuardRefused"}
        assert not canary.touched
        assert site.asked == []
    assert sum(n for key, n in stats.items() if key.startswith("guard/refused/")) == len(spelled)


def test_a_redirect_into_the_house_is_refused_and_reaches_the_errback():
    with Canary() as canary:
        targets = {
            "/loopback": (f"http://127.0.0.1:{canary.port}/", "address_loopback"),
            "/metadata": ("http://169.254.169.254/latest/", "address_metadata"),
            "/file": ("file:///etc/passwd", "scheme"),
            "/ssh": ("http://school.example:22/", "port"),
            "/bracket": ("http://[::1/", "host"),
            "/name": (f"http://inner.test:{canary.port}/", "address_private"),
            "/script": ("javascript:alert(1)", "scheme"),
        }
        pages = {
            f"school.example{path}": Answer(b"", 302, {"Location": target})
            for path, (target, _) in targets.items()
        }
        urls = [f"http://school.example{path}" for path in targets]
        with Site(pages) as site:
            outcomes, _ = crawl(urls, routed_to(site, canary.port), {"inner.test": [["10.0.0.7"]]})
        assert not canary.touched
    found = reasons(outcomes)
    assert found == {f"http://school.example{path}": why for path, (_, why) in targets.items()}


def test_a_redirect_to_another_routed_host_is_followed():
    pages = {
        "old.example/": Answer(b"", 301, {"Location": "http://new.example/home"}),
        "new.example/home": Answer(b"<p>moved here</p>"),
    }
    with Site(pages) as site:
        outcomes, _ = crawl(["http://old.example/"], routed_to(site))
    assert outcomes[0]["url"] == "http://new.example/home"
    assert outcomes[0]["slot"] == "new.example", "the pace must be that of the new host"


def test_a_name_that_points_home_is_refused_whatever_else_it_points_to():
    with Site({}) as site, Canary() as canary:
        port = canary.port
        names = {
            "home.test": [["127.0.0.1"]],
            "both.test": [["8.8.8.8", "127.0.0.1"]],
            "six.test": [["::1"]],
        }
        urls = [f"http://{host}:{port}/" for host in names]
        outcomes, _ = crawl(urls, routed_to(site, port), names)
        assert set(reasons(outcomes).values()) == {"address_loopback"}
        assert not canary.touched


def test_a_name_that_turns_private_between_the_look_and_the_connection_is_refused():
    # ttl 0: each look asks the name service anew, as an attacker would wish.
    with Site({}) as site, Canary() as canary:
        names = {"turn.test": [["8.8.8.8"], ["8.8.8.8"], ["127.0.0.1"]]}
        settings = routed_to(site, canary.port) | {"GUARD_DNS_TTL": 0}
        outcomes, _ = crawl([f"http://turn.test:{canary.port}/"], settings, names)
        assert outcomes[0]["error"] == "GuardRefused"
        assert outcomes[0]["reason"] == "address_loopback"
        assert not canary.touched


def test_the_resolver_alone_holds_when_no_middleware_looks():
    with Site({}) as site, Canary() as canary:
        port = canary.port
        settings = routed_to(site, port) | {"DOWNLOADER_MIDDLEWARES": {}}
        names = {"home.test": [["127.0.0.1"]]}
        urls = [
            f"http://127.0.0.1:{port}/",
            f"http://[::1]:{port}/",
            f"http://2130706433:{port}/",
            f"http://home.test:{port}/",
            "http://school.example:22/",
        ]
        outcomes, _ = crawl(urls, settings, names)
        assert {found["error"] for found in outcomes} == {"CannotResolveHostError"}
        assert len(outcomes) == len(urls)
        assert not canary.touched
        assert site.asked == []


def test_a_name_without_an_address_is_a_name_failure_not_a_refusal():
    with Site({}) as site:
        outcomes, _ = crawl(["http://gone.test/"], routed_to(site))
    assert outcomes[0]["error"] == "CannotResolveHostError"


def test_a_request_that_brings_a_proxy_is_refused():
    async def ask() -> None:
        request = Request("http://school.example/", meta={"proxy": "http://127.0.0.1:1/"})
        await GuardMiddleware(FakeCrawler()).process_request(request)

    with pytest.raises(Exception, match="proxy") as caught:
        asyncio.run(ask())
    assert caught.value.reason == "proxy"


def browser_answer(url: str, **headers: str):
    request = Request(url, meta={"playwright": True})
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return GuardMiddleware(FakeCrawler()).process_response(request, Response(url, headers=given))


def test_what_the_browsers_proxy_said_of_a_document_becomes_the_pages_reason():
    with pytest.raises(GuardRefused) as caught:
        browser_answer("http://a.example/", X_Certsweep_Refused="address_private")
    assert caught.value.reason == "address_private"
    with pytest.raises(CannotResolveHostError):
        browser_answer("http://a.example/", X_Certsweep_Failed="dns")
    with pytest.raises(DownloadFailedError, match="unreachable"):
        browser_answer("http://a.example/", X_Certsweep_Failed="unreachable")


def test_a_server_cannot_hide_behind_the_proxys_words():
    over_tls = browser_answer("https://a.example/", X_Certsweep_Refused="address_private")
    assert over_tls.status == 200
    request = Request("http://a.example/")
    plain = Response("http://a.example/", headers={"X-Certsweep-Refused": "port"})
    assert GuardMiddleware(FakeCrawler()).process_response(request, plain) is plain


class FakeCrawler:
    stats = None
    settings = Settings()


def test_the_middleware_does_not_start_without_the_resolver(monkeypatch):
    with pytest.raises(Problem, match="TWISTED_DNS_RESOLVER"):
        GuardMiddleware.from_crawler(FakeCrawler())
    monkeypatch.setattr(GuardResolver, "current", None)
    with pytest.raises(Problem, match="not installed"):
        installed()
    assert RESOLVER == "crawler.guard_resolver.GuardResolver"


class Receiver:
    def __init__(self):
        self.seen: list[Any] = []
        self.done = asyncio.Event()

    def resolutionBegan(self, resolution):  # noqa: N802 - Twisted's name
        self.seen.append("began")

    def addressResolved(self, address):  # noqa: N802 - Twisted's name
        self.seen.append(address)

    def resolutionComplete(self):  # noqa: N802 - Twisted's name
        self.done.set()


def answers(host: str, found: list[str], types=None) -> list[Any]:
    async def run() -> list[Any]:
        async def lookup(_host):
            return found

        receiver = Receiver()
        guarding = GuardResolver(None, Resolver(Guard(), lookup=lookup))
        guarding.resolveHostName(receiver, host, 443, types)
        await asyncio.wait_for(receiver.done.wait(), 5)
        return receiver.seen[1:]

    return asyncio.run(run())


def test_twisted_is_given_addresses_of_the_kinds_it_asked_for():
    both = ["8.8.8.8", "2606:4700::1111"]
    assert answers("dual.test", both) == [
        IPv4Address("TCP", "8.8.8.8", 443),
        IPv6Address("TCP", "2606:4700::1111", 443),
    ]
    assert answers("dual.test", both, [IPv4Address]) == [IPv4Address("TCP", "8.8.8.8", 443)]


def test_a_resolution_that_twisted_cancels_ends_without_an_answer():
    async def run() -> list[Any]:
        async def never(_host):
            await asyncio.Event().wait()

        receiver = Receiver()
        guarding = GuardResolver(None, Resolver(Guard(), lookup=never))
        resolution = guarding.resolveHostName(receiver, "slow.test", 80)
        await asyncio.sleep(0)
        resolution.cancel()
        await asyncio.gather(resolution.work, return_exceptions=True)
        assert not receiver.done.is_set()
        return receiver.seen

    assert asyncio.run(run()) == ["began"]


def test_settings_become_a_guard():
    guard = guard_from(
        Settings({"GUARD_ROUTES": "*.example=127.0.0.1:8901", "GUARD_ALLOW": ["10.1.0.0/16"]})
    )
    assert guard.route("a.example", 80) == ("127.0.0.1", 8901)
    assert guard.vet_addresses("intern.test", ["10.1.2.3"]) == ["10.1.2.3"]
    assert guard.ports == {80, 443, 8080, 8443}
