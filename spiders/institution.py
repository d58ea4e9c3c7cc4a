"""A training institution's own site: home page, sitemap, links; one post a page.

Target kinds: `site` (walked within depth and budget) and `url` (one page).
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from crawler.canon import canonical
from crawler.charset import decode
from crawler.extract import extract
from crawler.extracted import Extracted
from crawler.fields import contacts, icp, organisation, published
from crawler.hollow import hollow_notice
from crawler.reading import Reading
from crawler.sitemap import is_sitemap, sitemap_links
from crawler.source_spider import SourceSpider
from crawler.states import page_state
from storage.records import Page, PageState, Post, Target, TargetKind

# Characters that make a page of a shell once a browser has filled it, however short.
FILLED = 10
HEAD = 4_000  # bytes that tell a picture from a page
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
READABLE = ("text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml")


class InstitutionSpider(SourceSpider):
    name = "institution"
    zh = "网站"
    many_sites = True

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        if target.kind is TargetKind.SITE:
            return (target.value, urljoin(target.value, "/sitemap.xml"))
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        if not readable(page):
            return Reading(state=PageState.AMBIGUOUS, reason="not_html")
        if not page.body.strip() and not page.dom and page.status == 200:
            return Reading(state=PageState.AMBIGUOUS, reason="empty")
        html = page.dom or decode(page.body, page.header("content-type"))[0]
        if is_sitemap(html):
            return Reading(state=PageState.ALIVE, links=sitemap_links(html))
        if urlsplit(page.final_url).path == "/sitemap.xml" and page.status in {404, 410}:
            return Reading(state=PageState.ALIVE, reason="no_sitemap")
        return read_html(page, html)


def readable(page: Page) -> bool:
    if b"\0" in page.body[:HEAD] and not page.body.startswith(UTF_16):
        return False  # no text in any encoding of the web but UTF-16
    kind = page.header("content-type").partition(";")[0].strip().lower()
    return not kind or kind in READABLE or b"<html" in page.body[:2000].lower()


def read_html(page: Page, html: str) -> Reading:
    seen = extract(html, page.final_url)
    state, reason = page_state(page.status, page.final_url, seen, html, asked=page.url)
    filled = reason == "shell" and bool(page.dom) and seen.visible >= FILLED
    if state is PageState.ALIVE or filled:
        state, reason = hollow_notice(page.final_url, seen, html)
    if state is PageState.ALIVE:
        return Reading(state=PageState.ALIVE, posts=(post_of(page, html, seen),), links=seen.links)
    return Reading(
        state=state,
        reason=reason,
        links=() if state is PageState.BLOCKED else seen.links,
        wants_browser=reason == "shell" and not page.dom,
    )


def post_of(page: Page, html: str, seen: Extracted) -> Post:
    url = canonical(page.final_url)
    moment, raw = published(html, seen.text, page.fetched_at)
    return Post(
        platform="web",
        post_id=url,
        url=url,
        url_found=page.url,
        title=seen.title,
        text=seen.text,
        author=organisation(seen, html),
        author_id=urlsplit(url).hostname or "",
        author_url=urljoin(url, "/"),
        published_at=moment,
        published_raw=raw,
        images=seen.images,
        contacts=contacts(seen.text),
        icp=icp(seen.text),
    )
