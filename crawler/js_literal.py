"""A reader of JavaScript literals: objects and lists as pages write them, and nothing else.

Values that only running the script could tell (`a + b`, `f(x)`, `cond ? 1 : 2`) are None, but for
the wrappers that pages put around plain values: JsDecode('…'), `'0' * 1`, `'x' || ''`, !0, void 0.
"""

from __future__ import annotations

import re
from typing import Any

DEEPEST = 120
# A comment that is never closed goes to the end: were that no match, every /* would look for it.
COMMENT = r"/\*.*?(?:\*/|\Z)"
SPACE = re.compile(rf"(?:\s|//[^\n]*|{COMMENT})*+", re.DOTALL)
NAME = re.compile(r"[A-Za-z_$][\w$]*")
NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
STRING = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|`((?:[^`\\]|\\.)*)`", re.DOTALL)
WORDS = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None}
# Functions that only give back what they are given, in another spelling.
WRAPPERS = frozenset({"JsDecode", "decodeURIComponent", "String", "Number", "htmlDecode"})
ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r?\n)|(.))", re.DOTALL
)
PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
WHOLE = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]{1,16}|[1-9]\d{0,30}|0)")
TIMES_ONE = re.compile(r"\*\s*1")
HTML_METHOD = re.compile(r"\.html\(\w{0,5}\)")  # 微信: 'a&amp;b'.html(false)
OPERATORS = frozenset("+-*/?.&|<>=%([")
REST = re.compile(rf"""[,;{{}}\[\]()"'`\n]|//[^\n]*|{COMMENT}""", re.DOTALL)


class Unreadable(ValueError):
    """Not a literal; never leaves this file."""


def read_literal(text: str, start: int) -> Any:  # noqa: ANN401
    """The value that begins at `start`; None for what is none, nests too deep or is cut off."""
    try:
        return Reader(text, start).value(0)
    except Unreadable:
        return None


def unescaped(body: str) -> str:
    """The inside of a JavaScript string with its escapes read; half of a pair becomes U+FFFD."""
    if "\\" not in body:
        return body
    text = ESCAPE.sub(unescape, body)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unescape(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return "" if found[4] else PLAIN.get(found[5], found[5])


class Reader:
    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.at = start

    def peek(self) -> str:
        """The next character that is neither space nor comment; "" at the end."""
        found = SPACE.match(self.text, self.at)
        if found:
            self.at = found.end()
        return self.text[self.at : self.at + 1]

    def value(self, depth: int) -> Any:  # noqa: ANN401
        """One value with whatever operators follow it, up to the comma or bracket behind it."""
        if depth > DEEPEST:
            raise Unreadable
        while self.peek() not in {"{", "["}:
            found = self.plain(depth)
            if found or not self.otherwise():
                return self.operated(found)
        return self.container(self.peek(), depth)

    def plain(self, depth: int) -> Any:  # noqa: ANN401
        """A string, a number or a word, without what follows it."""
        if self.peek() in {"'", '"', "`"}:
            return self.string()
        number = NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            return number_of(number.group())
        return self.word(depth)

    def otherwise(self) -> bool:
        """Whether `||` follows; then it is read."""
        self.peek()
        there = self.text.startswith("||", self.at)
        self.at += 2 if there else 0
        return there

    def container(self, sign: str, depth: int) -> Any:  # noqa: ANN401
        self.at += 1
        return self.fields(depth) if sign == "{" else self.items(depth)

    def fields(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while (sign := self.peek()) != "}":
            if sign == ",":
                self.at += 1
                continue
            key = self.key()
            if self.peek() == ":":
                self.at += 1
                found[key] = self.value(depth + 1)
            else:
                self.skip()  # a method, a spread or a shorthand
        self.at += 1
        return found

    def items(self, depth: int) -> list[Any]:
        found: list[Any] = []
        while (sign := self.peek()) != "]":
            if sign == ",":
                self.at += 1
            else:
                before = self.at
                found.append(self.value(depth + 1))
                if self.at == before:
                    raise Unreadable
        self.at += 1
        return found

    def key(self) -> str:
        if self.peek() in {"'", '"'}:
            return self.string()
        found = NAME.match(self.text, self.at) or NUMBER.match(self.text, self.at)
        if found is None:
            raise Unreadable
        self.at = found.end()
        return found.group()

    def string(self) -> str:
        found = STRING.match(self.text, self.at)
        if found is None:
            raise Unreadable
        self.at = found.end()
        return unescaped(found[1] or found[2] or found[3] or "")

    def word(self, depth: int) -> Any:  # noqa: ANN401
        """A name: a known word, a wrapper around a value, or something only a script could tell."""
        for spelling, meaning in (("!0", True), ("!1", False), ("void 0", None)):
            if self.text.startswith(spelling, self.at):
                self.at += len(spelling)
                return meaning
        found = NAME.match(self.text, self.at)
        if found is None:
            if not self.peek():
                raise Unreadable
            self.skip()
            return None
        self.at = found.end()
        if found.group() in WORDS:
            return WORDS[found.group()]
        if found.group() in WRAPPERS and self.peek() == "(":
            self.at += 1
            inner = self.value(depth + 1)
            if self.peek() == ")":
                self.at += 1
                return inner
        self.skip()
        return None

    def operated(self, value: Any) -> Any:  # noqa: ANN401
        """The value where nothing or only `* 1` and `|| …` follow; None where it is computed."""
        sign = self.peek()
        if sign in {"", ",", "}", "]", ")", ";"}:
            return value
        rest_from = self.at
        self.skip()
        rest = self.text[rest_from : self.at].strip()
        if TIMES_ONE.fullmatch(rest):
            return number_of(value) if isinstance(value, str) else value
        if isinstance(value, str) and HTML_METHOD.fullmatch(rest):
            return value
        if rest.startswith("||"):
            return value
        return None if rest[:1] in OPERATORS else value

    def skip(self) -> None:
        """On to the comma or bracket that ends this value."""
        depth = 0
        while found := REST.search(self.text, self.at):
            sign = found.group()
            if depth == 0 and sign in {",", "}", "]", ")", ";"}:
                self.at = found.start()
                return
            self.at = found.end()
            if sign in {"'", '"', "`"}:
                self.at = found.start()
                self.string()
            elif sign in {"{", "[", "("}:
                depth += 1
            elif sign in {"}", "]", ")"}:
                depth -= 1
        self.at = len(self.text)


def number_of(text: str) -> int | float | None:
    """A JavaScript number; None for what is none, 0 for an empty string, as `'' * 1` is."""
    bare = text.strip()
    if not bare:
        return 0
    try:
        return int(bare, 0) if WHOLE.fullmatch(bare) else float(bare)
    except ValueError:
        return None
