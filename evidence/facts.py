"""The circumstances of a capture as canonical JSON: how, from where, by what and when it came."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import platform
import ssl
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from cryptography import x509
from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from crawler.tally import Place, Tally
from crawler.user_agent import PRODUCT, VERSION
from evidence.clock import Clock
from evidence.exchanges import Exchange, Recorder
from evidence.warc_records import place_of
from storage.canonical import canonical
from storage.columns import storable_tree
from storage.custody import stamp_of
from storage.records import Artefact

MOST_CERTIFICATES = 10
CERTIFICATE_SECONDS = 5.0
MOST_TOLD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What all captures of one run have in common."""

    clock: Clock
    agent: str  # User-Agent header
    browser: str  # name and version


@dataclass(slots=True, kw_only=True)
class Behaviour:
    """What the page did, and what was done to it."""

    outcome: str = "browser"  # how opening it ended: "ok", or in one word why not
    state: str = ""  # a PageState, as the words of the page tell it; "" where there were none
    state_reason: str = ""
    loading: str = "not_begun"  # "complete", or "unfinished" where it was taken while still coming
    title: str = ""
    width: int = 0  # px
    height: int = 0
    scrolled: int = 0  # px, so that pictures load that wait to be seen
    unrolled: int = 0  # px the window was made tall, where the page scrolls within itself
    pictures_waiting: bool = False
    layers_closed: Sequence[str] = ()  # words of the buttons pressed
    layer_led_away: bool = False  # a button led elsewhere: the page was opened again without it
    made_by_script: str = ""  # URL of a document shown that no server sent: "blob:…"
    closed_trees: bool = False  # it has shadow trees that no script can read
    script_ended: bool = False  # a script that never ended was ended
    certificate_error: str = ""  # why the browser would not have opened it
    certificates: Sequence[bytes] = ()  # DER, the server's first
    dialogs: Sequence[str] = ()
    popups: Sequence[str] = ()
    limits: list[str] = field(default_factory=list)  # bounds that were reached, one word each


def tools(machine: Machine) -> dict[str, str]:
    return {
        PRODUCT: VERSION,
        "browser": machine.browser,
        "user_agent": machine.agent,
        "playwright": version("playwright"),
        "warcio": version("warcio"),
        "python": sys.version.split()[0],
        "openssl": ssl.OPENSSL_VERSION,
        "system": platform.platform(),
    }


def clock_facts(clock: Clock) -> dict[str, Any]:
    told = asdict(clock)
    told["asked_at"] = stamp_of(clock.asked_at) if clock.asked_at else None
    return {"source_of_time": "system", "ntp": told}


def network_facts(tally: Tally, recorder: Recorder) -> dict[str, Any]:
    return {
        "resolved": {
            host: [address for address, _ in places] for host, places in tally.resolved.items()
        },
        "reached": {place: joined(*where) for place, where in tally.reached.items()},
        "failures": tally.failures,
        "not_answered": [
            [one.url[:2000], one.failure] for one in recorder.exchanges if not one.status
        ][:MOST_TOLD],
        "bytes": tally.bytes,
        "connections": tally.connections,
        "requests": len(recorder.exchanges) + recorder.left_out,
        "requests_left_out": recorder.left_out,
        "web_sockets": recorder.sockets,
    }


def joined(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def navigation(exchange: Exchange, places: Mapping[str, Place]) -> dict[str, Any]:
    """One step on the way to the page."""
    reached = places.get(place_of(exchange.url))
    return {
        "url": exchange.url,
        "method": exchange.method,
        "at": stamp_of(exchange.asked_at),
        "status": exchange.status,
        "status_text": exchange.status_text,
        "headers": [list(pair) for pair in exchange.headers],
        "protocol": exchange.protocol,
        "tls": {key: whole(value) for key, value in exchange.tls.items()},
        "server": joined(*reached) if reached else "",
        "failure": exchange.failure,
    }


def whole(value: object) -> object:
    """Canonical JSON has no fractions; the browser gives seconds as such."""
    return int(value) if isinstance(value, float) else value


def page_facts(behaviour: Behaviour) -> dict[str, Any]:
    told = asdict(behaviour)
    told["certificates"] = [certificate_facts(der) for der in behaviour.certificates]
    return told


def certificate_facts(der: bytes) -> dict[str, Any]:
    """A certificate whole, with what a person wants to read of it where it can be read."""
    told: dict[str, Any] = {
        "sha256": hashlib.sha256(der).hexdigest(),
        "der_base64": base64.b64encode(der).decode(),
    }
    try:
        read = x509.load_der_x509_certificate(der)
        names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        told["names"] = names.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        told["names"] = []
    except ValueError:
        return told
    return told | {
        "subject": read.subject.rfc4514_string(),
        "issuer": read.issuer.rfc4514_string(),
        "serial": f"{read.serial_number:x}",
        "not_before": stamp_of(read.not_valid_before_utc),
        "not_after": stamp_of(read.not_valid_after_utc),
    }


async def certificates_of(session: CDPSession, url: str) -> tuple[bytes, ...]:
    """The chain the server of the URL showed, DER; () where it showed none or it is not known."""
    if not url.startswith("https://"):
        return ()
    origin = "/".join(url.split("/", 3)[:3])
    try:
        asked = session.send("Network.getCertificate", {"origin": origin})
        told = await asyncio.wait_for(asked, CERTIFICATE_SECONDS)
    except (PlaywrightError, TimeoutError):
        return ()
    return tuple(base64.b64decode(one) for one in told["tableNames"][:MOST_CERTIFICATES])


def artefact_facts(artefacts: Sequence[Artefact]) -> dict[str, Any]:
    return {
        one.kind: {
            "sha256": one.sha256,
            "sm3": one.sm3,
            "size": one.size,
            "captured_at": stamp_of(one.captured_at),
        }
        for one in artefacts
    }


def facts_file(facts: Mapping[str, object]) -> bytes:
    """Canonical JSON; what strangers wrote is made storable first."""
    return canonical(storable_tree(dict(facts)))
