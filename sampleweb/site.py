"""The sites of the sample web: read from their folders, put together as HTML.

The format is told in `sampleweb/README.md`. Nothing here knows about HTTP.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml

from sampleweb import catalogue
from storage.bilingual import Problem

SITES = Path(__file__).resolve().parent / "sites"

_HOLE = re.compile(r"\{\{([a-z_]+)(?::([^}]*))?\}\}")
_CLAUSE = {"A": "一", "B": "二", "C": "三", "D": "四", "E": "四"}
_UNSEEN = frozenset({"script", "style", "title", "template", "noscript"})
_INLINE = frozenset(
    {"a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "img", "ins", "label"}
    | {"mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One file of `pages/`: what is served and what a careful reader would say of it."""

    file: str
    path: str
    title: str
    date: str = ""
    body: str = ""  # the fragment that goes into the layout's {{body}}
    layout: str = "layout.html"  # "none": the body is the whole document
    linked: bool = True  # stands in lists, pager and sitemap
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    charset_header: str | None = None  # None: as the site; "": no charset in Content-Type
    truth: bool = True  # has a line in truth.jsonl
    rendered_only: bool = False  # the plain bytes do not show the text: a script builds it
    offending: bool = False
    codes: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    kind: str = "plain"
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One folder of `sites/`: a host and all that it answers."""

    host: str
    name: str
    charset: str  # of the bytes, a Python codec name
    charset_header: str  # what Content-Type claims; "" for nothing
    robots: str | None  # None: /robots.txt is a 404
    sitemap: bool
    words: Mapping[str, str]  # every plain value of site.yaml, for the {{…}} of layout and pages
    nav: tuple[tuple[str, str], ...]
    nav_item: str
    list_item: str
    special: tuple[Mapping[str, Any], ...]
    layouts: Mapping[str, str]
    pages: Mapping[str, SitePage]  # by path

    def linked(self, prefix: str = "/") -> list[SitePage]:
        """Pages to be found in lists, newest first; the home page is never listed."""
        found = [
            page
            for page in self.pages.values()
            if page.linked and page.path != "/" and page.path.startswith(prefix)
        ]
        return sorted(found, key=lambda page: (page.date, page.path), reverse=True)


def load_sites(folder: Path = SITES) -> dict[str, Site]:
    """Every site by host. Raises Problem naming the file that cannot be read."""
    return {path.parent.name: load_site(path.parent) for path in sorted(folder.glob("*/site.yaml"))}


def load_site(folder: Path) -> Site:
    """One site from its folder; the folder's name is the host."""
    told: dict[str, Any] = _yaml(folder / "site.yaml", (folder / "site.yaml").read_text("utf-8"))
    charset = str(told.get("charset", "utf-8"))
    pages = [_page(file) for file in sorted((folder / "pages").glob("*.html"))]
    return Site(
        host=folder.name,
        name=str(told["name"]),
        charset=charset,
        charset_header=str(told.get("charset_header", charset)),
        robots=told.get(
            "robots", f"User-agent: *\nAllow: /\nSitemap: http://{folder.name}/sitemap.xml\n"
        ),
        sitemap=bool(told.get("sitemap", True)),
        words={key: str(value) for key, value in told.items() if isinstance(value, str | int)},
        nav=tuple((str(item["href"]), str(item["label"])) for item in told.get("nav", ())),
        nav_item=str(told.get("nav_item", '<li><a href="{href}">{label}</a></li>')),
        list_item=str(
            told.get("list_item", '<li><a href="{href}">{title}</a> <span>{date}</span></li>')
        ),
        special=tuple(told.get("special", ())),
        layouts={file.name: file.read_text("utf-8") for file in sorted(folder.glob("*.html"))},
        pages=_by_path(pages),
    )


def document(site: Site, page: SitePage) -> str:
    """The whole HTML of a page: its body set into the site's layout, every {{…}} filled."""
    if page.layout == "none":
        return _fill(page.body, site, page)
    layout = site.layouts.get(page.layout)
    if layout is None:
        raise _problem(page.file, f"没有版式 {page.layout}", f"no layout {page.layout}")
    return _fill(layout.replace("{{body}}", page.body), site, page)


def shown(site: Site, page: SitePage) -> str:
    """HTML of what a reader finally sees: for a `rendered_only` page what its script builds."""
    return fragment(site, page) if page.rendered_only else document(site, page)


def fragment(site: Site, page: SitePage) -> str:
    """The body alone, its {{…}} filled."""
    return _fill(page.body, site, page)


def visible_text(html: str) -> str:
    """What a reader sees: one line a block, inline tags joined, runs of blanks as one space.

    Zero-width characters stay. Elements hidden by CSS are not recognised; the sample web has none.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (re.sub(r"[ \t\r\n\xa0]+", " ", line).strip(" ") for line in reader.lines())
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 (the parser's own)
        self._unseen += tag in _UNSEEN
        if tag not in _INLINE:
            self._parts.append("\0")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        if tag not in _INLINE:
            self._parts.append("\0")

    def handle_data(self, data: str) -> None:
        if self._unseen <= 0:
            self._parts.append(data)

    def lines(self) -> list[str]:
        return "".join(self._parts).split("\0")


def _page(file: Path) -> SitePage:
    _, head, body = _split(file)
    told: dict[str, Any] = _yaml(file, head)
    codes = tuple(told.pop("codes", ()))
    day = told.pop("date", "")
    clauses = tuple(told.pop("clauses", ())) or clauses_of(codes)
    quotes = tuple(told.pop("quotes", ()))
    try:
        return SitePage(
            file=f"{file.parent.parent.name}/pages/{file.name}",
            body=body.strip("\n"),
            date=day.isoformat() if isinstance(day, dt.date) else str(day),
            codes=codes,
            clauses=clauses,
            quotes=quotes,
            **told,
        )
    except TypeError as error:
        raise _problem(file, f"文件头有误：{error}", f"bad front matter: {error}") from error


def _split(file: Path) -> tuple[str, str, str]:
    parts = file.read_text("utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise _problem(file, "缺少以 --- 包住的文件头", "no front matter between two lines of ---")
    return parts[0], parts[1], parts[2]


def clauses_of(codes: Sequence[str]) -> tuple[str, ...]:
    """The headings of part three that the codes stand under."""
    return tuple(sorted({_CLAUSE[code[0]] for code in codes}, key="一二三四".index))


def _by_path(pages: Sequence[SitePage]) -> dict[str, SitePage]:
    found: dict[str, SitePage] = {}
    for page in pages:
        if page.path in found:
            raise _problem(page.file, f"路径重复 {page.path}", f"path {page.path} used twice")
        found[page.path] = page
    return found


def _fill(template: str, site: Site, page: SitePage) -> str:
    def word(match: re.Match[str]) -> str:
        name, argument = match.group(1), match.group(2)
        if name == "nav":
            return "\n".join(site.nav_item.format(href=h, label=label) for h, label in site.nav)
        if name == "list":
            return _list(site, argument or "/", page)
        if name == "catalogue":
            return catalogue.part(argument or "")
        if name == "pager":
            return _pager(site, page)
        if name in {"title", "date", "path"}:
            return str(getattr(page, name))
        if name not in site.words:
            raise _problem(page.file, f"不认识的占位 {name}", f"unknown placeholder {name}")
        return site.words[name]

    return _HOLE.sub(word, template)


def _list(site: Site, prefix: str, page: SitePage) -> str:
    """Titles with links of the pages under a prefix, this page left out."""
    return "\n".join(
        site.list_item.format(href=one.path, title=one.title, date=one.date)
        for one in site.linked(prefix)
        if one.path != page.path
    )


def _pager(site: Site, page: SitePage) -> str:
    """Links to the neighbours, without their titles: a clean page stays clean."""
    paths = [one.path for one in site.linked()]
    if page.path not in paths:
        return ""
    at = paths.index(page.path)
    before = f'<a href="{paths[at - 1]}">上一篇</a>' if at else "<span>上一篇：没有了</span>"
    after = (
        f'<a href="{paths[at + 1]}">下一篇</a>'
        if at + 1 < len(paths)
        else "<span>下一篇：没有了</span>"
    )
    return f"{before} {after}"


def _yaml(file: Path, text: str) -> dict[str, Any]:
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _problem(file, f"YAML 有误：{error}", f"bad YAML: {error}") from error
    if not isinstance(told, dict):
        raise _problem(file, "内容应为键值", "keys and values expected")
    return told


def _problem(file: Path | str, zh: str, en: str) -> Problem:
    return Problem(
        f"样例网站文件 {file}：{zh}；请改正后重试。", f"Sample web file {file}: {en}; correct it."
    )
