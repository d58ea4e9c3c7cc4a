from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import UNICAST6, canonical, embedded, is_literal, refusal_of
from crawler.guard import WHY, Guard, Refused, parse_routes
from crawler.resolve import MOST_ADDRESSES, Resolver, Unresolved
from storage.bilingual import Problem

ROUTED = Guard(routes={"*.example": "127.0.0.1:8901", "one.test": "[::1]:8902"})


def reason(url: str, guard: Guard = ROUTED) -> str:
    try:
        guard.vet_url(url)
    except Refused as refused:
        return refused.reason
    return ""


@pytest.mark.parametrize(
    "url",
    [
        "http://school.test/",
        "https://school.test:8443/path?q=1#part",
        "HTTP://School.Test/",
        "http://学校.test/课程",
        "http://school.test./",
        "http://my_school.test/",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]/",
        "http://a.b.example:8080/",
        "http://school.test?next=http://127.0.0.1/",
        "http://school.test/@127.0.0.1/",
        "http://127.0.0.1.nip.test/",
    ],
)
def test_plain_web_urls_pass(url):
    assert reason(url) == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://school.test/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("gopher://school.test:80/", "scheme"),
        ("//school.test/", "scheme"),
        ("", "scheme"),
        ("http://", "host"),
        ("http:///path", "host"),
        ("http:/127.0.0.1/", "host"),
        ("http:\\\\127.0.0.1\\", "host"),
        ("http://school.test\\@127.0.0.1/", "userinfo"),
        ("http://user@school.test/", "userinfo"),
        ("http://@school.test/", "userinfo"),
        ("http://school.test\\.evil.test/", "host"),
        ("http://sch ool.test/", "host"),
        ("http://%31%32%37.0.0.1/", "host"),
        ("http://[fe80::1%25eth0]/", "host"),
        ("http://[::1", "host"),
        ("http://a..test/", "host"),
        ("http://1.2.3.4.5/", "host"),
        ("http://256.1.1.1/", "host"),
        ("http://school.0x/", "host"),
        ("http://08.1.1.1/", "host"),
        ("http://school.test:22/", "port"),
        ("http://school.test:0/", "port"),
        ("http://school.test:99999/", "port"),
        ("http://school.test:port/", "port"),
        ("http://a.example:6379/", "port"),
        ("http://localhost/", "host_local"),
        ("http://printer/", "host_local"),
        ("http://printer.local/", "host_local"),
        ("http://a.localhost./", "host_local"),
        ("http://db.internal/", "host_local"),
        ("http://school.test/\n", "url"),
        ("http://127.0.0.1\t/", "url"),
        ("http://school.test/" + "a" * 9000, "url"),
    ],
)
def test_everything_else_is_refused_with_its_reason(url, why):
    assert reason(url) == why


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0X7F.1",
        "017700000001",
        "0177.0.0.01",
        "127.0.0.1.",
        "１２７.０.０.１",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "127．0．0．1",
        "127.0.0.1\u00ad",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[0:0:0:0:0:0:0:1]",
        "[2001:0:7f00:1::]",
        "[2001:0:808:808::80ff:fffe]",
        "[2606:4700::5efe:7f00:1]",
    ],
)
def test_loopback_is_seen_in_every_spelling(host):
    assert reason(f"http://{host}/") == "address_loopback"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("10.1.2.3", "private"),
        ("172.31.0.1", "private"),
        ("192.168.1.1", "private"),
        ("fd12::1", "private"),
        ("fec0::1", "private"),
        ("64:ff9b:1::1", "private"),
        ("100.64.0.1", "shared"),
        ("100.127.255.255", "shared"),
        ("169.254.1.1", "link_local"),
        ("fe80::1", "link_local"),
        ("fe80::1%eth0", "link_local"),
        ("169.254.169.254", "metadata"),
        ("100.100.100.200", "metadata"),
        ("168.63.129.16", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("::ffff:169.254.169.254", "metadata"),
        ("64:ff9b::a9fe:a9fe", "metadata"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "unspecified"),
        ("::", "unspecified"),
        ("255.255.255.255", "reserved"),
        ("240.0.0.1", "reserved"),
        ("192.0.2.1", "reserved"),
        ("198.18.0.1", "reserved"),
        ("2001:db8::1", "reserved"),
        ("2001:20::1", "reserved"),
        ("::8.8.8.8", "reserved"),
        ("4000::1", "reserved"),
        ("5f00::1", "reserved"),
    ],
)
def test_special_addresses_are_refused_by_kind(address, why):
    with pytest.raises(Refused) as caught:
        Guard().vet_addresses("a.test", ["8.8.8.8", address])
    assert caught.value.reason == f"address_{why}"


def test_public_addresses_come_back_plain_in_order_and_once():
    found = ["2606:4700::1111", "::ffff:8.8.8.8", "8.8.8.8", "64:ff9b::808:808", "100.63.255.255"]
    assert Guard().vet_addresses("a.test", found) == [
        "2606:4700::1111",
        "8.8.8.8",
        "64:ff9b::808:808",
        "100.63.255.255",
    ]


def test_no_address_and_an_unreadable_one_are_refused():
    for found, why in (([], "no_address"), (["not an address"], "address")):
        with pytest.raises(Refused) as caught:
            Guard().vet_addresses("a.test", found)
        assert caught.value.reason == why


v4 = st.integers(0, 2**32 - 1).map(IPv4Address)
v6 = st.integers(0, 2**128 - 1).map(IPv6Address)


@given(v4)
def test_an_accepted_ipv4_address_is_global_unicast(address):
    if not refusal_of(address):
        assert address.is_global
        assert not address.is_multicast


@given(v6)
def test_an_accepted_ipv6_address_is_global_unicast_through_and_through(address):
    if not refusal_of(address):
        assert address in UNICAST6 or address.ipv4_mapped or str(address).startswith("64:ff9b::")
        assert not any(refusal_of(inner) for inner in embedded(address))


@given(v4)
def test_an_address_wrapped_in_another_is_judged_as_itself(address):
    number = int(address)
    wrapped = {
        "mapped": 0xFFFF << 32 | number,
        "nat64": 0x64_FF9B << 96 | number,
        "6to4": 0x2002 << 112 | number << 80,
        "teredo server": 0x2001_0000 << 96 | number << 64 | (~0x0808_0808 & 0xFFFFFFFF),
        "teredo client": 0x2001_0000 << 96 | 0x0808_0808 << 64 | (~number & 0xFFFFFFFF),
    }
    for kind, value in wrapped.items():
        assert refusal_of(IPv6Address(value)) == refusal_of(address), kind


def spellings(number: int) -> list[str]:
    a, b, c, d = number.to_bytes(4, "big")
    return [
        f"{a}.{b}.{c}.{d}",
        f"{a:#x}.{b:#o}".replace("0o", "0") + f".{c}.{d:#x}",
        str(number) if number > 255 else f"0.{number}",
        f"{number:#x}",
        f"0{number:o}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}.",
        "".join(chr(0xFEE0 + ord(mark)) for mark in f"{a}.{b}.{c}.{d}"),
    ]


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_address_is_read_as_that_address(number):
    for text in spellings(number):
        assert canonical(text) == IPv4Address(number), text


@given(st.text(max_size=60))
def test_a_host_is_read_or_refused_and_never_anything_else(text):
    try:
        read = canonical(text)
    except ValueError:
        return
    assert canonical(str(read)) == read, "reading twice changes nothing"
    assert is_literal(str(read)) == (not isinstance(read, str))


@given(st.text(max_size=80), st.sampled_from(["", "http://", "https://a.test", "http://127.0.0.1"]))
def test_any_url_is_vetted_or_refused_with_a_known_reason(text, before):
    assert reason(before + text) in {"", *WHY}


def test_a_route_is_for_its_hosts_only():
    assert ROUTED.route("a.example", 80) == ("127.0.0.1", 8901)
    assert ROUTED.route("A.B.Example.", 443) == ("127.0.0.1", 8901)
    assert ROUTED.route("one.test", 80) == ("::1", 8902)
    assert ROUTED.route("example", 80) is None
    assert ROUTED.route("two.one.test", 80) is None
    assert ROUTED.route("a.example.test", 80) is None
    assert ROUTED.route("127.0.0.1", 80) is None
    with pytest.raises(Refused):
        ROUTED.route("a.example", 22)


def test_a_more_exact_route_wins():
    guard = Guard(routes={"*.example": "127.0.0.1:1", "*.b.example": "127.0.0.1:2"})
    assert guard.route("a.b.example", 80) == ("127.0.0.1", 2)
    assert guard.route("b.example", 80) == ("127.0.0.1", 1)


def test_a_routed_host_opens_no_address():
    with pytest.raises(Refused):
        ROUTED.vet_addresses("a.example", ["127.0.0.1"])
    assert reason("http://127.0.0.1:8080/") == "address_loopback"


def test_an_opened_network_may_be_reached_but_never_a_metadata_address():
    guard = Guard(allow=["10.1.0.0/16", "169.254.0.0/16"])
    assert guard.vet_addresses("intern.test", ["10.1.0.9"]) == ["10.1.0.9"]
    assert reason("http://10.1.0.9/", guard) == ""
    assert reason("http://10.2.0.9/", guard) == "address_private"
    assert reason("http://169.254.169.254/", guard) == "address_metadata"


def test_routes_are_read_from_one_line():
    assert parse_routes("") == {}
    assert parse_routes(" *.example=127.0.0.1:8901 , one.test = [::1]:80,") == {
        "*.example": "127.0.0.1:8901",
        "one.test": "[::1]:80",
    }


@pytest.mark.parametrize(
    "line",
    [
        "*.example",
        "*=127.0.0.1:80",
        "*.=127.0.0.1:80",
        "127.0.0.1=127.0.0.1:80",
        "a.test=localhost:80",
        "a.test=127.0.0.1",
        "a.test=127.0.0.1:0",
        "a.test=127.0.0.1:70000",
    ],
)
def test_a_route_that_cannot_be_read_stops_the_start(line):
    with pytest.raises(Problem) as caught:
        Guard(routes=parse_routes(line))
    assert "没有开始访问" in caught.value.text.zh


def test_an_opened_network_that_cannot_be_read_stops_the_start():
    with pytest.raises(Problem):
        Guard(allow=["10.1.0.9/16"])


def test_a_refusal_speaks_both_languages_and_shows_hostile_text_harmlessly():
    refused = Refused("scheme", "javascript:\x1b[31m" + "x" * 5000)
    assert "只访问" in refused.text.zh
    assert "only http" in refused.text.en
    assert "\x1b" not in refused.text.zh + refused.text.en
    assert len(refused.text.zh) < 500


class Names:
    """A name service that counts how often it is asked."""

    def __init__(self, answers: dict[str, list[list[str]]]):
        self.answers = answers
        self.asked: list[str] = []

    async def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        await asyncio.sleep(0)
        if host not in self.answers:
            raise OSError("no such name")
        left = self.answers[host]
        return left.pop(0) if len(left) > 1 else left[0]


def test_a_name_is_asked_once_for_many_who_want_it_at_the_same_time():
    names = Names({"a.test": [["8.8.8.8"]]})
    resolver = Resolver(Guard(), lookup=names)

    async def run():
        return await asyncio.gather(*(resolver.resolve("A.test.", 443) for _ in range(20)))

    assert asyncio.run(run()) == [[("8.8.8.8", 443)]] * 20
    assert names.asked == ["a.test"]


def test_an_answer_is_vetted_each_time_and_forgotten_after_its_time():
    names = Names({"a.test": [["8.8.8.8"], ["10.0.0.1"]]})
    resolver = Resolver(Guard(), lookup=names, ttl=0)

    async def run():
        assert await resolver.resolve("a.test", 80) == [("8.8.8.8", 80)]
        with pytest.raises(Refused) as caught:
            await resolver.resolve("a.test", 80)
        assert caught.value.reason == "address_private"

    asyncio.run(run())


def test_an_answer_is_kept_for_its_time():
    names = Names({"a.test": [["8.8.8.8"], ["10.0.0.1"]]})
    resolver = Resolver(Guard(), lookup=names, ttl=60)

    async def run():
        return [await resolver.resolve("a.test", 80) for _ in range(3)]

    assert asyncio.run(run()) == [[("8.8.8.8", 80)]] * 3


def test_literals_and_routed_hosts_are_never_asked_for():
    names = Names({})
    resolver = Resolver(ROUTED, lookup=names)

    async def run():
        assert await resolver.resolve("a.example", 80) == [("127.0.0.1", 8901)]
        assert await resolver.resolve("0x08080808", 80) == [("8.8.8.8", 80)]
        assert await resolver.resolve("[2606:4700::1111]", 443) == [("2606:4700::1111", 443)]
        for host in ("127.1", "::1", "localhost", "a.local"):
            with pytest.raises(Refused):
                await resolver.resolve(host, 80)
        with pytest.raises(Refused):
            await resolver.resolve("8.8.8.8", 0)

    asyncio.run(run())
    assert names.asked == []


def test_a_name_service_that_fails_or_hangs_is_a_missing_name():
    async def hangs(_host):
        await asyncio.Event().wait()

    async def run():
        for lookup in (Names({}), Names({"a.test": [[]]}), hangs):
            with pytest.raises(Unresolved) as caught:
                await Resolver(Guard(), lookup=lookup, timeout=0.01).resolve("a.test", 80)
            assert caught.value.reason == "dns"

    asyncio.run(run())


def test_the_memory_of_names_is_bounded_and_so_are_the_addresses_of_one():
    many = [f"8.8.{n}.8" for n in range(50)]
    names = Names({f"n{n}.test": [many] for n in range(30)})
    resolver = Resolver(Guard(), lookup=names, size=10)

    async def run():
        for n in range(30):
            assert len(await resolver.resolve(f"n{n}.test", 80)) == MOST_ADDRESSES
        await resolver.resolve("n29.test", 80)
        assert len(names.asked) == 30
        await resolver.resolve("n0.test", 80)
        assert len(names.asked) == 31

    asyncio.run(run())


def test_one_caller_that_gives_up_does_not_take_the_answer_from_the_others():
    names = Names({"a.test": [["8.8.8.8"]]})
    resolver = Resolver(Guard(), lookup=names)

    async def run():
        first = asyncio.ensure_future(resolver.resolve("a.test", 80))
        second = asyncio.ensure_future(resolver.resolve("a.test", 80))
        await asyncio.sleep(0)
        first.cancel()
        assert await second == [("8.8.8.8", 80)]

    asyncio.run(run())
