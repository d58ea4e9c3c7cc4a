"""The WARC writer: whatever a server sent, the file is read back as it was written."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from evidence.exchanges import Exchange
from evidence.warc_records import Resource, WarcOrder, moment, pageinfo, place_of, write_warc
from tests.makers import NOON

ORDER = WarcOrder(
    capture="a" * 32,
    url="http://a.example/",
    agent="certsweep/0.1 (test)",
    at=NOON,
    reached={"a.example:80": ("192.0.2.7", 80), "b.example:443": ("2001:db8::1", 443)},
)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=8).map(tuple)


def exchange(**changes: object) -> Exchange:
    values: dict[str, object] = {
        "method": "GET",
        "url": "http://a.example/x?y=1",
        "kind": "document",
        "asked_at": NOON,
        "status": 200,
        "status_text": "OK",
        "protocol": "HTTP/1.1",
        "body": b"<p>x</p>",
        **changes,
    }
    return Exchange(**values)  # type: ignore[arg-type]


def read_back(data: bytes) -> list[tuple[object, bytes]]:
    records = ArchiveIterator(io.BytesIO(data), check_digests="raise")
    return [(record, record.content_stream().read()) for record in records]


@given(headers=HEADERS, asked=HEADERS, body=st.binary(max_size=300), said=VALUES)
def test_any_answer_is_read_back_as_it_was_written(
    headers: tuple[tuple[str, str], ...],
    asked: tuple[tuple[str, str], ...],
    body: bytes,
    said: str,
) -> None:
    one = exchange(headers=headers, request_headers=asked, body=body, status_text=said)
    info, response, request = read_back(write_warc(ORDER, [one], []))
    assert info[0].rec_type == "warcinfo"  # type: ignore[attr-defined]
    assert response[1] == body
    assert request[1] == b""
    head = response[0].http_headers  # type: ignore[attr-defined]
    assert head.get_statuscode() == "200"
    # No value became a header of its own.
    names = sorted(name.lower().removeprefix("x-certsweep-original-") for name, _ in head.headers)
    sent = [name.lower().removeprefix("x-certsweep-original-") for name, _ in headers]
    assert names in (sorted(sent), sorted([*sent, "content-length"]))


@given(st.lists(st.binary(max_size=200), max_size=6), st.binary(max_size=500))
def test_records_stand_in_the_order_they_came(bodies: list[bytes], picture: bytes) -> None:
    exchanges = [exchange(url=f"http://a.example/{n}", body=b) for n, b in enumerate(bodies)]
    kept = Resource(name="fullPage", media_type="image/png", data=picture, at=NOON)
    found = read_back(write_warc(ORDER, exchanges, [kept]))
    kinds = [record.rec_type for record, _ in found]  # type: ignore[attr-defined]
    assert kinds == ["warcinfo", *["response", "request"] * len(bodies), "resource"]
    assert [body for _, body in found[1:-1:2]] == bodies
    assert found[-1][1] == picture


def test_request_and_response_know_each_other_and_whence_they_came() -> None:
    one = exchange(
        url="https://b.example/",
        protocol="HTTP/2.0",
        tls={"protocol": "TLS 1.3", "issuer": "某某 CA"},
        request_headers=((":authority", "b.example"), ("accept", "*/*")),
        truncated="length",
    )
    _, (response, _), (request, _) = read_back(write_warc(ORDER, [one], []))
    told = response.rec_headers  # type: ignore[attr-defined]
    assert request.rec_headers.get_header("WARC-Concurrent-To") == told.get_header(  # type: ignore[attr-defined]
        "WARC-Record-ID"
    )
    assert told.get_header("WARC-IP-Address") == "2001:db8::1"
    spoken = [value for name, value in told.headers if name == "WARC-Protocol"]
    assert spoken == ["h2", "tls/1.3"]
    assert told.get_header("WARC-Truncated") == "length"
    asked = request.http_headers  # type: ignore[attr-defined]
    assert asked.headers == [("Host", "b.example"), ("accept", "*/*")]
    assert str(asked).startswith("GET / HTTP/1.1")


def test_what_was_never_answered_has_no_record_but_is_named() -> None:
    silent = exchange(status=0, failure="dns", url="http://gone.example/")
    info = pageinfo("http://a.example/", NOON, [silent])
    found = read_back(write_warc(ORDER, [silent], [info]))
    assert [record.rec_type for record, _ in found] == ["warcinfo", "resource"]  # type: ignore[attr-defined]
    assert b'"failure": "dns"' in found[1][1]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://A.example/x", "a.example:80"),
        ("https://a.example", "a.example:443"),
        ("http://a.example:8080/", "a.example:8080"),
        ("http://[2001:db8::1]/", "2001:db8::1:80"),
        ("http://[bad/", ""),
        ("http://a.example:99999/", ""),
    ],
)
def test_a_url_names_the_place_the_proxy_connected_to(url: str, place: str) -> None:
    assert place_of(url) == place


def test_a_moment_is_written_in_utc() -> None:
    there = datetime(2026, 11, 25, 20, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))
    assert moment(there) == "2026-11-25T12:00:00.000005Z"
    assert moment(there.astimezone(UTC)) == moment(there)
