"""A URL taken apart and spelled in one way: RFC 3986 §6.2, as forgiving as browsers (WHATWG).

Everything here is linear in the length of the URL and knows nothing about any site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from crawler import addresses
from storage.bilingual import Problem


class BadUrl(Problem):
    """What was given is no http or https URL; nothing was stored or fetched for it."""

    reason = "bad_url"

    def __init__(self, url: str) -> None:
        shown = repr(url[:200])
        super().__init__(
            f"{shown} 不是 http 或 https 网址，没有处理。请核对后重新填写。",
            f"{shown} is no http or https URL and was left out. Check it and give it again.",
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """A URL spelled canonically but with all its parameters; `path` begins with "/"."""

    scheme: str
    host: str  # lower case, punycode, IPv6 in brackets
    port: str  # "" for the scheme's own, else ":8080"
    path: str
    query: tuple[str, ...]  # "key=value" or "key", as ordered in the URL
    fragment: str  # "" unless it is an app's route ("!/…", "/…")

    def value(self, names: tuple[str, ...]) -> str:
        """The decoded value of the first of the parameters that has one, "" if none."""
        for name in names:
            for piece in self.query:
                key, _, value = piece.partition("=")
                if key == name and value:
                    return unquote(value, errors="replace")
        return ""

    def with_query(self, query: list[str]) -> str:
        """The URL with these parameters, sorted and without repeats, in place of its own."""
        tail = "?" + "&".join(sorted(set(query))) if query else ""
        route = "#" + self.fragment if self.fragment else ""
        return f"{self.scheme}://{self.host}{self.port}{self.path}{tail}{route}"


SHAPE = re.compile(
    r"(https?):[/\\]{2,}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?\Z", re.IGNORECASE | re.DOTALL
)
EDGES = "".join(map(chr, range(0x21)))  # C0 controls and the space
BREAKS = str.maketrans("", "", "\t\r\n")
SURROGATE = re.compile("[\ud800-\udfff]")
# An ampersand as HTML and as WeChat's inline scripts write it.
AMPERSAND = re.compile(r"(?:&|\\x26|\\u0026)(?:amp;|#38;)*")
PORT = re.compile(r"[0-9]{1,9}\Z")
OWN_PORT = {"http": 80, "https": 443}


def split(url: str) -> Parts:
    """Take a URL apart; raises BadUrl for what is no http(s) URL with a usable host."""
    text = SURROGATE.sub("\ufffd", url).strip(EDGES).translate(BREAKS)
    if "\\" in text or "&" in text:
        text = AMPERSAND.sub("&", text)
    shape = SHAPE.match(text)
    if shape is None:
        raise BadUrl(url)
    scheme, authority, path, query, fragment = shape.groups(default="")
    try:
        host, port = host_and_port(authority, OWN_PORT[scheme.lower()])
    except ValueError as error:
        raise BadUrl(url) from error
    return Parts(
        scheme=scheme.lower(),
        host=host,
        port=port,
        path=clean_path(path),
        query=pieces_of(query),
        fragment=app_route(fragment),
    )


def host_and_port(authority: str, own: int) -> tuple[str, str]:
    """Host and ":port" of an authority; a name and password in it are left out."""
    place = authority.rpartition("@")[2]
    host, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        host, port = place, ""
    if port and not PORT.match(port):
        raise ValueError("no port")
    number = int(port) if port else own
    if number > 65535:
        raise ValueError("no port")
    if "%" in host:
        host = unquote(host, errors="strict")
    known = addresses.canonical(host)
    name = f"[{known}]" if getattr(known, "version", 4) == 6 else str(known)
    return name, "" if number == own else f":{number}"


UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Whatever is neither unreserved nor one of the delimiters that may stand as they are.
UNSAFE = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")


def percent(text: str) -> str:
    """Percent-encoding in one spelling: upper case, nothing encoded that need not be."""
    return UNSAFE.sub(spelled, text)


def spelled(match: re.Match[str]) -> str:
    found = match.group()
    if len(found) == 3:
        char = chr(int(found[1:], 16))
        return char if char in UNRESERVED else found.upper()
    return "".join(f"%{byte:02X}" for byte in found.encode())


# Session ids that Java and ASP.NET write into the path.
PATH_SESSION = re.compile(
    r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;]*|(?<=/)\(S\([A-Za-z0-9]{20,32}\)\)/",
    re.IGNORECASE,
)


def clean_path(path: str) -> str:
    """Path with "/" for "\\", one spelling, no session id and no dot segments."""
    text = percent(path.replace("\\", "/"))
    if ";" in text or "(S(" in text or "(s(" in text:
        text = PATH_SESSION.sub("", text)
    return without_dots(text) or "/"


def without_dots(path: str) -> str:
    """RFC 3986 §5.2.4; empty segments are kept, they can mean something to a server."""
    if "/." not in path:
        return path
    kept: list[str] = []
    *heads, last = path.split("/")[1:]
    for segment in [*heads, last]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if last in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def pieces_of(query: str) -> tuple[str, ...]:
    """The parameters of a query in one spelling, empty ones left out."""
    if not query:
        return ()
    text = AMPERSAND.sub("&", percent(query))  # "&%61mp;" is "&amp;" only now
    return tuple(piece for piece in text.split("&") if piece.strip("="))


def app_route(fragment: str) -> str:
    """A fragment that chooses the page in a script application ("#!/…", "#/…"), else ""."""
    if not fragment.startswith(("!", "/")) or not fragment.strip("!/"):
        return ""
    return AMPERSAND.sub("&", percent(fragment))
