from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import os
import shutil
import socket
import stat
import warnings
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.browser_args import browser_args
from crawler.chromium import find_chromium
from crawler.guard import Guard
from crawler.guard_proxy import GuardProxy, ProxyLimits, host_in
from crawler.proxy_wire import BadMessage, Head, authority, body_length, request_parts
from crawler.resolve import Resolver
from crawler.tally import Tally, TooMuch
from tests.loopback import Answer, Canary, Site

CHROMIUM = find_chromium("")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def upstream(serve: Serve):
    """A server that does exactly what a test says; gives its port."""

    async def once(reader, writer):
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


async def through(proxy: GuardProxy, request: bytes) -> bytes:
    """What the proxy says to one request, until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 8)
    finally:
        writer.close()


def routed(port: int) -> Guard:
    return Guard(routes={"*.example": f"127.0.0.1:{port}"}, ports=[80, 443, port])


def get(url: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {url} HTTP/1.1", "Host: lie.test", *headers, "", ""]).encode()


def run(work: Awaitable[None]) -> None:
    async def bounded():
        await asyncio.wait_for(work, 20)

    asyncio.run(bounded())


def test_a_page_comes_through_under_the_host_of_its_url():
    async def work(site: Site):
        async with GuardProxy(routed(site.port)) as proxy:
            said = await through(proxy, get("http://a.example/x?q=1", "Proxy-Connection: keep"))
            assert said.startswith(b"HTTP/1.1 200")
            assert said.endswith(b"page of a")
            assert said.lower().count(b"connection: close") == 1

    with Site({"a.example/x?q=1": Answer(b"page of a")}) as site:
        run(work(site))
    assert site.asked == ["a.example/x?q=1"], "the Host header the client made up is not believed"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://127.0.0.1/", "address_loopback"),
        ("http://2130706433/", "address_loopback"),
        ("http://[::ffff:127.0.0.1]/", "address_loopback"),
        ("http://169.254.169.254/latest/", "address_metadata"),
        ("http://10.0.0.1/", "address_private"),
        ("http://home.test/", "address_private"),
        ("http://localhost/", "host_local"),
        ("http://a.example:22/", "port"),
        ("http://user@a.example/", "userinfo"),
    ],
)
def test_a_refused_host_is_answered_with_its_reason_and_never_connected_to(target, reason):
    async def names(_host):
        return ["10.0.0.1"]

    async def work(site: Site):
        guard = routed(site.port)
        async with GuardProxy(guard, Resolver(guard, lookup=names)) as proxy:
            said = await through(proxy, get(target))
            assert said.startswith(b"HTTP/1.1 403 Refused\r\nX-Certsweep-Refused: ")
            assert f": {reason}\r\n".encode() in said
            place = target.removeprefix("http://").partition("/")[0]
            place = place if ":" in place.rpartition("]")[2] else f"{place}:80"
            if "@" not in place:
                said = await through(proxy, f"CONNECT {place} HTTP/1.1\r\n\r\n".encode())
                assert f"Refused: {reason}\r\n".encode() in said
            assert {why for _, why in proxy.refusals} == {reason}

    with Site({}) as site:
        run(work(site))
    assert site.asked == []


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"GET https://a.example/ HTTP/1.1\r\n\r\n",
        b"GET file:///etc/passwd HTTP/1.1\r\n\r\n",
        b"GET http://a.example/ x HTTP/1.1\r\n\r\n",
        b"GET http://a.example/\r\n\r\n",
        b"CONNECT a.example HTTP/1.1\r\n\r\n",
        b"CONNECT a.example:80/x HTTP/1.1\r\n\r\n",
        b"POST http://a.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST http://a.example/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST http://a.example/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET http://a.example/ HTTP/1.1\r\nbroken\r\n\r\n",
        b"GET http://a.example/ HTTP/1.1\r\n folded: first\r\n\r\n",
        b"\r\n\r\n",
        b"X" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_cannot_be_read_for_certain_is_not_passed_on(request_bytes):
    async def work(site: Site):
        async with GuardProxy(routed(site.port)) as proxy:
            said = await through(proxy, request_bytes)
            assert said.startswith(b"HTTP/1.1 400")

    with Site({"a.example/": Answer()}) as site:
        run(work(site))
    assert site.asked == []


def test_a_second_request_on_one_connection_is_never_sent_on():
    async def work(site: Site):
        async with GuardProxy(routed(site.port)) as proxy:
            body = b"POST http://a.example/ HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
            said = await through(proxy, body + get("http://a.example/second"))
            assert said.count(b"HTTP/1.1 ") == 1
            assert said.endswith(b"<p>hello</p>body")

    with Site({"a.example/": Answer(), "a.example/second": Answer()}) as site:
        run(work(site))
    assert site.asked == ["a.example/"]


def test_a_tunnel_carries_bytes_both_ways_and_ends_with_its_sides():
    async def echo(reader, writer):
        while data := await reader.read(1000):
            writer.write(data[::-1])
            await writer.drain()

    async def work():
        async with upstream(echo) as port, GuardProxy(routed(port)) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n")
            assert await reader.readuntil(b"\r\n\r\n") == (
                b"HTTP/1.1 200 Connection established\r\n\r\n"
            )
            for word in (b"abc", b"12345"):
                writer.write(word)
                assert await reader.readexactly(len(word)) == word[::-1]
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()

    run(work())


def test_a_server_that_never_closes_does_not_keep_the_answer_back():
    async def lingering(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: 9\r\n\r\nok")
        await reader.read()

    async def work():
        async with upstream(lingering) as port, GuardProxy(routed(port)) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(get("http://a.example/"))
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 3)
            assert b"keep-alive" not in head.lower()
            assert await reader.readexactly(2) == b"ok"
            writer.close()

    run(work())


def test_interim_answers_are_left_out_and_only_we_can_speak_in_our_name():
    async def chatty(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 103 Early\r\nLink: </x>\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nx-certsweep-refused: port\r\nX-Certsweep-Failed: dns\r\n")
        writer.write(b"Content-Length: 2\r\n\r\nok")

    async def work():
        async with upstream(chatty) as port, GuardProxy(routed(port)) as proxy:
            said = await through(proxy, get("http://a.example/"))
            assert said.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"certsweep" not in said.lower()

    run(work())


@pytest.mark.parametrize(
    "said_by_server",
    [b"", b"hello\r\n\r\n", b"HTTP/1.1 101 Switching\r\n\r\n", b"HTTP/1.1 200\n\n"],
)
def test_an_answer_that_is_no_answer_is_told_as_such(said_by_server):
    async def rude(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said_by_server)

    async def work():
        async with upstream(rude) as port, GuardProxy(routed(port)) as proxy:
            said = await through(proxy, get("http://a.example/"))
            assert said.startswith(b"HTTP/1.1 502")
            assert b"X-Certsweep-Failed: bad_answer" in said

    run(work())


def test_an_endless_answer_is_cut_with_a_reset_so_that_it_does_not_look_whole():
    async def endless(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    async def work():
        limits = ProxyLimits(response_bytes=200_000)
        async with upstream(endless) as port, GuardProxy(routed(port), limits=limits) as proxy:
            with pytest.raises(ConnectionResetError):
                await through(proxy, get("http://a.example/"))

    run(work())


def test_silence_ends_a_connection_and_motion_keeps_it():
    async def slow(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(5):
            writer.write(b"x")
            await asyncio.sleep(0.1)
        await reader.read()

    async def work():
        limits = ProxyLimits(idle_seconds=0.3, head_seconds=0.3)
        async with upstream(slow) as port, GuardProxy(routed(port), limits=limits) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(get("http://a.example/"))
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(5) == b"xxxxx"
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.close()
            with pytest.raises(ConnectionResetError):
                await through(proxy, b"GET http://a.exam")

    run(work())


def test_more_connections_than_allowed_are_turned_away():
    async def work(site: Site):
        limits = ProxyLimits(connections=2)
        async with GuardProxy(routed(site.port), limits=limits) as proxy:
            held = [await asyncio.open_connection("127.0.0.1", proxy.port) for _ in range(2)]
            said = await through(proxy, get("http://a.example/"))
            assert b"X-Certsweep-Failed: busy" in said
            assert b" 503 " not in said, "that would be taken for the site asking for time"
            for _, writer in held:
                writer.close()

    with Site({}) as site:
        run(work(site))


@pytest.mark.parametrize("turns", range(8))
def test_a_connection_that_comes_while_the_proxy_closes_is_closed_too(turns):
    async def work():
        async with GuardProxy(Guard()) as proxy:
            callers = [socket.create_connection(("127.0.0.1", proxy.port)) for _ in range(3)]
            for _ in range(turns):
                await asyncio.sleep(0)
        for caller in callers:
            caller.close()

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        run(work())
        gc.collect()
    assert [str(one.message) for one in told] == []


def test_a_name_without_address_and_a_closed_door_are_told_apart():
    async def names(host):
        if host == "gone.test":
            raise OSError
        return ["8.8.8.8"]

    async def work(port: int):
        guard = routed(port)
        async with GuardProxy(guard, Resolver(guard, lookup=names)) as proxy:
            said = await through(proxy, get("http://gone.test/"))
            assert b"X-Certsweep-Failed: dns" in said
            for request in (get("http://a.example/"), b"CONNECT a.example:443 HTTP/1.1\r\n\r\n"):
                assert b"X-Certsweep-Failed: unreachable" in await through(proxy, request)

    with Canary() as closed:
        port = closed.port
    run(work(port))


@given(st.binary(max_size=60))
def test_any_request_line_is_read_or_refused(line):
    head = Head(line, ())
    try:
        method, target = request_parts(head)
        authority(target)
    except BadMessage:
        return
    assert method.isalpha()
    assert target.isascii()


@given(st.binary(max_size=20))
def test_a_body_length_is_a_number_or_refused(value):
    try:
        length = body_length(Head(b"", (b"Content-Length:" + value,)))
    except BadMessage:
        return
    assert length == int(value)


def test_the_sandbox_is_left_out_for_root_only():
    assert "--no-sandbox" in browser_args(1, root=True)
    assert "--no-sandbox" not in browser_args(1, root=False)
    assert browser_args(4242, root=False)[0] == "--proxy-server=http://127.0.0.1:4242"


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_browser_is_found_by_setting_then_by_name_then_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    cache = tmp_path / "cache"
    assert find_chromium("", cache) is None
    program(cache / "chromium_headless_shell-999" / "linux" / "headless_shell")
    newest = program(cache / "chromium_headless_shell-1200" / "linux" / "headless_shell")
    assert find_chromium("", cache) == str(newest)
    named = program(tmp_path / "bin" / "chromium")
    assert find_chromium("", cache) == str(named)
    chosen = program(tmp_path / "own" / "browser")
    assert find_chromium(str(chosen), cache) == str(chosen)
    assert find_chromium(str(tmp_path / "missing"), cache) is None, "no silent other choice"


def hostile_page(port: int) -> bytes:
    """Everything a page can try to reach a port of this machine and the addresses around it."""
    places = [
        f"http://127.0.0.1:{port}",
        f"http://localhost:{port}",
        f"http://[::1]:{port}",
        f"http://2130706433:{port}",
        f"http://inner.test:{port}",
        f"https://127.0.0.1:{port}",
        "http://169.254.169.254",
        "http://10.0.0.1",
    ]
    tags = "".join(
        f'<img src="{place}/i"><iframe src="{place}/f"></iframe><script src="{place}/s"></script>'
        f'<link rel="stylesheet" href="{place}/c"><link rel="preconnect" href="{place}">'
        f'<link rel="dns-prefetch" href="{place}"><link rel="prefetch" href="{place}/p">'
        f'<object data="{place}/o"></object><video src="{place}/v"></video>'
        for place in places
    )
    script = f"""
    const places = {places};
    const port = {port};
    async function all() {{
      const work = places.map(p => fetch(p + '/fetch', {{mode: 'no-cors'}}).catch(() => 0));
      for (const p of places) {{
        navigator.sendBeacon(p + '/beacon', 'x');
        try {{ new EventSource(p + '/events'); }} catch (e) {{}}
        work.push(new Promise(done => {{
          const socket = new WebSocket(p.replace('http', 'ws') + '/socket');
          socket.onclose = done; socket.onerror = done;
        }}));
      }}
      work.push(fetch('/to-loopback', {{mode: 'no-cors'}}).catch(() => 0));
      const urls = [`stun:127.0.0.1:${{port}}`, `turn:127.0.0.1:${{port}}?transport=udp`,
                    `turn:127.0.0.1:${{port}}?transport=tcp`];
      try {{
        const peer = new RTCPeerConnection({{
          iceServers: urls.map(u => ({{urls: u, username: 'u', credential: 'c'}}))}});
        peer.createDataChannel('x');
        await peer.setLocalDescription(await peer.createOffer());
      }} catch (e) {{}}
      try {{ await new WebTransport(`https://127.0.0.1:${{port}}/`).ready; }} catch (e) {{}}
      await Promise.all(work);
      const own = new WebSocket('ws://chat.example/socket');
      await new Promise(done => {{
        own.onmessage = e => {{ document.title = e.data; done(); }}; own.onerror = done;
      }});
      await new Promise(done => setTimeout(done, 500));
      document.body.dataset.done = 'yes';
    }}
    all();"""
    return f"<title>page</title><body>{tags}<script>{script}</script>".encode()


async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The least WebSocket server: says "heard" and leaves."""
    head = await reader.readuntil(b"\r\n\r\n")
    key = next(
        line.partition(b":")[2].strip()
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"sec-websocket-key")
    )
    token = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
    writer.write(b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + base64.b64encode(token))
    writer.write(b"\r\n\r\n\x81\x05heard")
    await writer.drain()
    await reader.read(100)


@asynccontextmanager
async def browser(guard: Guard, names=None):
    from playwright.async_api import async_playwright

    resolver = Resolver(guard, lookup=names) if names else None
    async with GuardProxy(guard, resolver) as proxy, async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=browser_args(proxy.port, root=os.geteuid() == 0)
        )
        try:
            yield proxy, await launched.new_page()
        finally:
            await launched.close()


@needs_chromium
def test_a_hostile_page_in_a_real_browser_reaches_nothing_but_its_own_web():
    async def names(_host):
        return ["127.0.0.1"]

    async def work(site: Site, canary: Canary, six: Canary):
        async with upstream(speak) as chat_port:
            guard = Guard(
                routes={
                    "page.example": f"127.0.0.1:{site.port}",
                    "chat.example": f"127.0.0.1:{chat_port}",
                },
                ports=[80, 443, canary.port],
            )
            async with browser(guard, names) as (proxy, page):
                await page.goto("http://page.example/", wait_until="commit")
                await page.wait_for_selector("body[data-done=yes]", timeout=15_000)
                assert await page.title() == "heard", "its own WebSocket goes through a tunnel"
                tried = {host for host, _ in proxy.refusals}
        joined = " ".join(tried)
        for host in ("127.0.0.1", "localhost", "::1", "inner.test", "169.254.169.254", "10.0.0.1"):
            assert host in joined, f"{host} was tried and refused, so the proxy is not bypassed"
        assert not canary.touched
        assert not six.touched

    with Canary() as canary, SixCanary(canary.port) as six:
        pages = {
            "page.example/": Answer(hostile_page(canary.port)),
            "page.example/to-loopback": Answer(
                b"", 302, {"Location": f"http://127.0.0.1:{canary.port}/"}
            ),
        }
        with Site(pages) as site:
            run(work(site, canary, six))
    assert "page.example/to-loopback" in site.asked


class SixCanary(Canary):
    """The same port on [::1]."""

    def __init__(self, port: int):
        self.tcp = socket.create_server(("::1", port), family=socket.AF_INET6)
        self.udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.udp.bind(("::1", port))
        self.tcp.settimeout(0)
        self.udp.settimeout(0)


@needs_chromium
def test_a_document_that_redirects_into_the_house_shows_the_refusal():
    async def work(site: Site, canary: Canary):
        guard = Guard(routes={"*.example": f"127.0.0.1:{site.port}"}, ports=[80, canary.port])
        async with browser(guard) as (_, page):
            answer = await page.goto("http://page.example/")
            assert answer.status == 403
            assert answer.headers["x-certsweep-refused"] == "address_loopback"
            assert "本机地址" in await page.inner_text("body")
        assert not canary.touched

    with Canary() as canary:
        target = f"http://127.0.0.1:{canary.port}/"
        with Site({"page.example/": Answer(b"", 302, {"Location": target})}) as site:
            run(work(site, canary))


@needs_chromium
def test_a_page_with_many_parts_arrives_whole():
    parts = {f"page.example/{n}.css": Answer(b"i{color:red}") for n in range(40)}
    links = "".join(f'<link rel="stylesheet" href="/{n}.css">' for n in range(40))

    async def work(site: Site):
        async with browser(routed(site.port)) as (proxy, page):
            await page.goto("http://page.example/")
            assert await page.evaluate("document.styleSheets.length") == 40
            assert not proxy.refusals

    with Site({"page.example/": Answer(links.encode())} | parts) as site:
        run(work(site))
    assert len(set(site.asked) & set(parts)) == 40
    assert shutil.which(CHROMIUM)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("http://[::1]/", "::1"),
        ("http://[::1]:8080/a", "::1"),
        ("http://a.test:8080/", "a.test"),
        ("http://name:word@a.test/", "a.test"),
        ("http://[::1", "::1"),
    ],
)
def test_a_refused_host_is_noted_under_its_own_name(target: str, host: str) -> None:
    assert host_in(target) == host


def test_a_tally_that_was_stopped_lets_nothing_more_through() -> None:
    tally = Tally()
    tally.count(1)
    tally.stop()
    assert tally.closed
    assert not tally.full
    with pytest.raises(TooMuch):
        tally.count(1)
