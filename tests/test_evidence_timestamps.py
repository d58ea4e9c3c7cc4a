"""RFC 3161: an answer counts only when everything about it is right; the queue forgets nothing."""

from __future__ import annotations

import hashlib
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as some
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from evidence.der import SEQUENCE, TEXT, children, tlv
from evidence.der_order import certificates, ordered
from evidence.openssl_checks import DISPROVED, PROVED, UNCHECKED, stamp_holds
from evidence.timestamp_wire import LARGEST, NoAnswer, post
from evidence.timestamps import FAILED, PENDING, Answer, ask, read_roots, token_holds
from evidence.token import bare, moment_of, told_by
from evidence.trial_authority import TrialAuthority
from storage.bilingual import Problem
from storage.database import read, write
from storage.stamps import LONGEST_WAIT, due, failed, granted, stamps_over, wait_after, want
from tests.makers import NOON, sha

DATA = b'{"manifest":1}'
SHA256 = hashlib.sha256(DATA).hexdigest()
Respond = Callable[[bytes], tuple[int, bytes]]


class Twisted(TrialAuthority):
    """An authority that answers as a test says."""

    respond_with: Respond | None = None

    def respond(self, query: bytes) -> tuple[int, bytes]:
        return self.respond_with(query) if self.respond_with else super().respond(query)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Twisted:
    return Twisted(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def authority(kept: Twisted) -> Iterator[Twisted]:
    kept.respond_with = None
    yield kept
    kept.respond_with = None


def asked(authority: TrialAuthority, data: bytes = DATA, now: datetime | None = None) -> Answer:
    with authority.served() as url:
        return ask(url, data, read_roots(str(authority.roots)), now or datetime.now(UTC))


def query(data: bytes, *, nonce: bool = True) -> bytes:
    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=nonce).build().as_bytes()


def test_a_good_answer_is_granted_and_openssl_agrees(authority: Twisted) -> None:
    answer = asked(authority)
    assert answer.reason == ""
    assert answer.stamped_at is not None
    assert abs(answer.stamped_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert token_holds(answer.token, SHA256, read_roots(str(authority.roots)))
    assert stamp_holds(answer.token, SHA256, authority.roots.read_bytes())[0] == PROVED
    assert stamp_holds(answer.token, sha("other"), authority.roots.read_bytes())[0] == DISPROVED
    assert not token_holds(answer.token, sha("other"), read_roots(str(authority.roots)))


@pytest.mark.parametrize(
    ("respond", "reason"),
    [
        (lambda _: (200, b"<html>login</html>"), "garbage"),
        (lambda _: (200, b""), "garbage"),
        (lambda _: (200, b"\x30\x82\xff\xff"), "garbage"),
        (lambda _: (200, b"x" * (LARGEST + 1)), "garbage"),
        (lambda _: (503, b"down for maintenance"), "http"),
        (lambda _: (302, b""), "http"),
    ],
)
def test_what_is_no_answer_is_named(authority: Twisted, respond: Respond, reason: str) -> None:
    authority.respond_with = respond
    answer = asked(authority)
    assert answer.reason == reason
    assert answer.token == b""


def test_a_refusal_is_named(authority: Twisted) -> None:
    authority.respond_with = lambda _: (200, authority.answer(b"no request at all"))
    assert asked(authority).reason == "refused"


def test_an_answer_to_another_request_has_the_wrong_nonce(authority: Twisted) -> None:
    authority.respond_with = lambda _: (200, authority.answer(query(DATA)))
    assert asked(authority).reason == "wrong_nonce"


def test_an_answer_without_a_nonce_is_no_answer_to_ours(authority: Twisted) -> None:
    authority.respond_with = lambda _: (200, authority.answer(query(DATA, nonce=False)))
    assert asked(authority).reason == "wrong_nonce"


def test_an_answer_over_another_hash_is_named(authority: Twisted) -> None:
    digest = hashlib.sha256(DATA).digest()

    def other(asked_for: bytes) -> tuple[int, bytes]:
        return 200, authority.answer(asked_for.replace(digest, hashlib.sha256(b"x").digest()))

    authority.respond_with = other
    assert asked(authority).reason == "other_hash"


def test_a_stranger_is_not_trusted(authority: Twisted, tmp_path: Path) -> None:
    stranger = TrialAuthority(tmp_path / "stranger")
    with stranger.served() as url:
        answer = ask(url, DATA, read_roots(str(authority.roots)), datetime.now(UTC))
    assert answer.reason == "untrusted"


def test_without_roots_nobody_is_trusted(authority: Twisted) -> None:
    with authority.served() as url:
        assert ask(url, DATA, [], datetime.now(UTC)).reason == "untrusted"


def test_a_changed_signature_is_not_trusted(authority: Twisted) -> None:
    def changed(asked_for: bytes) -> tuple[int, bytes]:
        body = bytearray(authority.answer(asked_for))
        body[-1] ^= 1  # the signature comes last
        return 200, bytes(body)

    authority.respond_with = changed
    assert asked(authority).reason == "untrusted"


@pytest.mark.parametrize("days", [(-9, -2), (2, 9)])
def test_a_certificate_out_of_its_time_is_named(tmp_path: Path, days: tuple[int, int]) -> None:
    now = datetime.now(UTC)
    first, last = (now + timedelta(days=day) for day in days)
    assert asked(TrialAuthority(tmp_path / "old", (first, last))).reason == "expired"


def test_a_clock_far_from_ours_is_named(authority: Twisted) -> None:
    assert asked(authority, now=datetime.now(UTC) - timedelta(hours=1)).reason == "clock"


def test_an_authority_that_is_down_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and never listening
        answer = ask(f"http://127.0.0.1:{taken.getsockname()[1]}/", DATA, [], NOON)
    assert answer.reason == "unreachable"


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://tsa.test/", "http://", "http://tsa.test:port/", "http://u:p@h/"]
)
def test_what_is_no_address_is_unreachable_and_not_tried(url: str) -> None:
    assert ask(url, DATA, [], NOON).reason == "unreachable"


def test_an_authority_that_never_answers_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NoAnswer) as told:
        post(f"http://127.0.0.1:{silent.getsockname()[1]}/", b"query", wait=0.2)
    assert told.value.reason == "timeout"


@contextmanager
def dripping(first: bytes, drop: bytes) -> Iterator[str]:
    """An authority that begins to answer and goes on, drop by drop, for ever."""
    over = Event()

    def drip(server: socket.socket) -> None:
        with suppress(OSError), server.accept()[0] as caller:
            caller.recv(4096)
            caller.sendall(first)
            while not over.wait(0.05):
                caller.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: a\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_an_authority_that_drips_whatever_it_likes_is_left_in_time(
    first: bytes, drop: bytes
) -> None:
    with dripping(first, drop) as url, pytest.raises(NoAnswer) as told:
        post(url, b"query", wait=1.0)
    assert told.value.reason in {"timeout", "unreachable"}  # a hundred headers are too many


# The text beside the token, which nobody signed.


LIE = "Time stamp: Mar  1 08:00:00 2022 GMT"


def with_status(answer: bytes, *texts: str) -> bytes:
    """The answer with these words in its status, as anybody on its way could put them there."""
    told = told_by(answer)
    words = tlv(SEQUENCE, b"".join(tlv(TEXT, text.encode()) for text in texts))
    return tlv(SEQUENCE, tlv(SEQUENCE, b"\x02\x01\0" + words) + told.token)


def test_the_time_of_a_stamp_is_the_signed_one_whatever_stands_beside_it(
    authority: Twisted,
) -> None:
    answer = authority.answer(query(DATA))
    result, _, said = stamp_holds(with_status(answer, LIE), SHA256, authority.roots.read_bytes())
    assert result == PROVED
    assert f"{told_by(answer).moment:%Y-%m-%d %H:%M:%S}" in said
    assert "2022" not in said


def test_a_stamp_of_today_by_an_authority_that_ran_out_is_not_proved_by_a_text(
    tmp_path: Path,
) -> None:
    now = datetime.now(UTC)
    old = TrialAuthority(tmp_path / "old", (now - timedelta(days=800), now - timedelta(days=400)))
    lie = f"Time stamp: {now - timedelta(days=500):%b %d %H:%M:%S %Y} GMT"
    answer = with_status(old.answer(query(DATA)), lie)
    assert stamp_holds(answer, SHA256, old.roots.read_bytes())[0] == DISPROVED
    assert not token_holds(answer, SHA256, read_roots(str(old.roots)))


@pytest.mark.parametrize("texts", [(LIE,), ("ok", "ok"), ("x" * 65,), ("a\nb",), ("2022",)])
def test_an_answer_with_odd_words_beside_the_token_is_not_kept(
    authority: Twisted, texts: tuple[str, ...]
) -> None:
    authority.respond_with = lambda asked_for: (
        200,
        with_status(authority.answer(asked_for), *texts),
    )
    assert asked(authority).reason == "garbage"


@pytest.mark.parametrize("text", ["Operation Okay", "操作成功。", ""])
def test_plain_words_beside_the_token_do_no_harm_and_are_not_kept(
    authority: Twisted, text: str
) -> None:
    authority.respond_with = lambda asked_for: (
        200,
        with_status(authority.answer(asked_for), text),
    )
    answer = asked(authority)
    assert answer.reason == ""
    assert told_by(answer.token).beside == b""
    assert bare(told_by(answer.token)) == answer.token
    assert token_holds(answer.token, SHA256, read_roots(str(authority.roots)))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"20220301080000",
        b"220301080000Z",
        b"20220301080000+0800",
        b"00000301080000Z",
        b"19600301080000Z",
        b"20221301080000Z",
        b"20220301080060Z",
        b"20220301080000.Z",
        b"20220301080000.10Z",
        b"20220301080000Z\n",
        "２０２２0301080000Z".encode(),
    ],
)
def test_what_is_no_time_of_der_is_none(text: bytes) -> None:
    with pytest.raises(ValueError):
        moment_of(text)


def test_a_fraction_of_a_second_is_read() -> None:
    expected = datetime(2022, 3, 1, 8, 0, 0, 125_000, tzinfo=UTC)
    assert moment_of(b"20220301080000.125Z") == expected


def test_an_authority_that_gives_fractions_is_believed_by_us_and_by_the_verifier(
    tmp_path: Path,
) -> None:
    fine = TrialAuthority(tmp_path / "fine")
    with (tmp_path / "fine" / "tsa.cnf").open("a") as config:
        config.write("clock_precision_digits = 3\n")
    answer = asked(fine)
    assert answer.reason == ""
    assert stamp_holds(answer.token, SHA256, fine.roots.read_bytes())[0] == PROVED


def test_every_reason_has_its_words() -> None:
    assert not set(PENDING) & set(FAILED)
    assert all(one.zh and one.en for one in (PENDING | FAILED).values())


def test_a_file_of_roots_without_a_certificate_is_said(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text("nothing")
    with pytest.raises(Problem, match="without any PEM"):
        read_roots(str(tmp_path / "roots.pem"))
    with pytest.raises(Problem):
        read_roots(str(tmp_path / "missing.pem"))


def test_a_stamp_outlives_the_certificate_that_made_it(authority: Twisted) -> None:
    """At the time it names the certificate was good; `openssl ts -verify` of today would refuse."""
    token, roots = asked(authority).token, authority.roots.read_bytes()
    later = str(int((datetime.now(UTC) + timedelta(days=800)).timestamp()))
    tsr, pem = authority.roots.with_name("x.tsr"), str(authority.roots)
    tsr.write_bytes(token)
    today = ["openssl", "ts", "-verify", "-digest", SHA256, "-in", str(tsr), "-CAfile", pem]
    refused = subprocess.run([*today, "-attime", later], capture_output=True, check=False)
    assert refused.returncode != 0
    assert stamp_holds(token, SHA256, roots)[0] == PROVED


def test_without_openssl_a_stamp_is_not_called_proved(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert stamp_holds(b"token", SHA256, b"roots")[0] == UNCHECKED


def test_certificates_in_any_order_are_read(authority: Twisted) -> None:
    """rfc3161-client alone refuses a set that is not sorted, as openssl often sends it."""
    token = asked(authority).token
    start, end = certificates(token)
    parts = [token[first:last] for _, first, _, last in children(token, start, end)]
    assert len(parts) == 2
    roots = read_roots(str(authority.roots))
    for order in (parts, parts[::-1]):
        sent = token[:start] + b"".join(order) + token[end:]
        assert ordered(sent) == ordered(token)
        assert token_holds(sent, SHA256, roots)


@pytest.fixture(scope="module")
def one_token(kept: Twisted) -> bytes:
    return kept.answer(query(DATA))


@given(some.binary(max_size=80), some.integers(0, 2000), some.integers(1, 255))
def test_putting_in_order_never_fails_and_never_changes_the_length(
    one_token: bytes, junk: bytes, place: int, change: int
) -> None:
    token = bytearray(one_token)
    token[place % len(token)] ^= change
    for data in (junk, bytes(token)):
        assert len(ordered(data)) == len(data)


# The queue.


def test_a_stamp_is_wanted_once_of_each_authority(engine: Engine) -> None:
    for _ in range(2):
        with write(engine) as connection:
            want(connection, SHA256, ["http://a.test/", "http://b.test/"], NOON)
    with read(engine) as connection:
        waiting = due(connection, NOON)
    assert [one.authority for one in waiting] == ["http://a.test/", "http://b.test/"]


def test_a_failed_try_waits_longer_each_time_and_is_never_dropped(engine: Engine) -> None:
    with write(engine) as connection:
        want(connection, SHA256, ["http://a.test/"], NOON)
    now, waits = NOON, []
    for _ in range(15):
        with write(engine) as connection:
            (stamp,) = due(connection, now)
            failed(connection, stamp, "unreachable", "连不上", now)
            assert due(connection, now) == []
            (stamp,) = due(connection, None)
        waits.append(stamp.due_at - now)
        now = stamp.due_at
    assert waits[:4] == [timedelta(minutes=1 << power) for power in range(4)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    assert (stamp.tries, stamp.reason, stamp.detail) == (15, "unreachable", "连不上")


@given(some.integers(1, 10_000))
def test_the_wait_stays_between_a_minute_and_six_hours(tries: int) -> None:
    assert timedelta(minutes=1) <= wait_after(tries) <= LONGEST_WAIT


def test_a_granted_stamp_leaves_the_queue_and_the_first_answer_stays(engine: Engine) -> None:
    with write(engine) as connection:
        want(connection, SHA256, ["http://a.test/"], NOON)
        (stamp,) = due(connection, NOON)
        assert granted(connection, stamp, b"first", NOON, NOON)
        assert not granted(connection, stamp, b"second", NOON, NOON)
        failed(connection, stamp, "timeout", "", NOON)  # a slower process
    with read(engine) as connection:
        assert due(connection, None) == []
        (kept,) = stamps_over(connection, [SHA256])
    assert (kept.state, kept.token, kept.reason, kept.stamped_at) == ("granted", b"first", "", NOON)


def test_the_database_refuses_a_granted_stamp_without_an_answer(engine: Engine) -> None:
    with write(engine) as connection:
        want(connection, SHA256, ["http://a.test/"], NOON)
    with pytest.raises(DatabaseError, match="ck_timestamps"), write(engine) as connection:
        connection.execute(text("UPDATE timestamps SET state = 'granted'"))


# Any bytes.


@given(some.binary(max_size=80), some.integers(0, 2000), some.integers(1, 255))
def test_no_answer_makes_the_reader_crash_and_what_it_reads_is_what_was_signed(
    one_token: bytes, junk: bytes, place: int, change: int
) -> None:
    changed = bytearray(one_token)
    changed[place % len(changed)] ^= change
    for data in (junk, bytes(changed), one_token[:place], one_token + junk):
        with suppress(ValueError):
            told = told_by(data)
            assert told.token in data
