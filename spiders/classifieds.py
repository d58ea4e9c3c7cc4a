"""Classifieds, B2B and yellow pages: 58同城, 赶集, 百姓, 黄页88 and the like, one reader for all.

A listing is read by its structured data, its labels (联系人：…) and its markup, in this order; a
list of listings gives links only. 58同城 writes digits in a font of its own: numbers that look odd
there are not to be trusted, and are kept as they stand.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from crawler.canon import canonical, join
from crawler.contact_words import contacts
from crawler.counts import Count, parse_count
from crawler.dates import Published, published
from crawler.embedded import linked_data
from crawler.fields import icp, organisation
from crawler.hollow import hollow_notice
from crawler.labelled import facts_of
from crawler.markers import State, fold, markers_of
from crawler.nodes import attribute, block_text, images_of, line, links_of, pick, pick_all
from crawler.own_text import has_questions
from crawler.posting import urls
from crawler.reading import Reading
from crawler.relative_dates import moment_of
from crawler.repeated_links import entries
from crawler.shapes import items, words
from crawler.sheet import Sheet
from crawler.source_spider import SourceSpider
from crawler.states import ALIVE, notice_of, sent_home
from crawler.verdicts import LAYOUT_CHANGED, begins_as_notice, state_of, unread
from storage.records import Page, PageState, Post

MARKERS = markers_of("classifieds")
CSS, WORDS = MARKERS.selectors, MARKERS.words
LABELS = {name: WORDS[name] for name in ("price", "person", "phone", "company", "date", "place")}
LONGEST_NOTICE = 10  # characters of a title that is a notice
MORE = 4  # characters beside a notice that leave a line one
NOTICES = frozenset("".join(sign.parts) for sign in (*MARKERS.signs, *MARKERS.titles))
UNCLEAR: State = (PageState.AMBIGUOUS, "unavailable")
LISTING_ID = re.compile(r"(\d{4,})[a-z]?(?:\.s?html?)?/?\Z")
WHITE = re.compile(r"\s+")
PROSE = 60  # characters of text that make a page a listing even without labels
STREET = re.compile(r"[路街弄号栋楼层室\d]")  # of an address, not of a region
REGION = re.compile(
    r"(?:[一-鿿]{2,6}?(?:省|自治区))?(?:[一-鿿]{2,8}?(?:市|自治州|盟))?"
    r"(?:[一-鿿]{1,6}?(?:(?<![小园校社院])区|县|旗))?"
)
AMOUNT = re.compile(r"(\d[\d,，]*(?:\.\d+)?\s*万?)")
SITE_NAME = re.compile(r"\s*[-_|–—]\s*[^-_|–—]{2,20}(?:网|同城|黄页|赶集|百姓)[^-_|–—]{0,8}\Z")


class ClassifiedsSpider(SourceSpider):
    name = "classifieds"
    zh = "分类信息网站"
    many_sites = True
    hosts = (
        ".58.com", ".ganji.com", ".baixing.com", ".1688.com", ".huangye88.com", ".11467.com",
        ".b2b168.com", ".hc360.com", ".makepolo.com", "b2b.baidu.com",
    )  # fmt: skip

    def read(self, page: Page) -> Reading:
        sheet = Sheet(page)
        listing = Listing(sheet)
        there = listing.sure or only_said(sheet, listing)
        told = state_of(MARKERS, sheet, found=there)
        if there and told[0] is PageState.ALIVE:
            told = told_beside(sheet) or told
        listed = () if listing.sure else listed_on(sheet)
        if told == LAYOUT_CHANGED and (listed or listing.likely):
            told = hollow_notice(sheet.url, sheet.seen, sheet.html)
        if told[0] is PageState.ALIVE:
            told = elsewhere(page.url, sheet.url) or told
        if told[0] is not PageState.ALIVE:
            return unread(told, sheet)
        if listed:
            return Reading(state=PageState.ALIVE, links=(*listed, *next_page(sheet)))
        links = links_of(pick(sheet.tree, CSS["body"]), sheet.url)
        return Reading(state=PageState.ALIVE, posts=(listing.post(),), links=links)


def elsewhere(asked: str, reached: str) -> State | None:
    """Where a site leads from a listing that is gone: to its front page, a list, another one."""
    if sent_home(asked, reached):
        return PageState.SWAPPED, "home_page"
    number = LISTING_ID.search(urlsplit(asked).path)
    there = urlsplit(reached)
    if number is None or number[1] in f"{there.path}?{there.query}":
        return None
    return PageState.SWAPPED, "other_post"


def told_beside(sheet: Sheet) -> State | None:
    """What the site itself says beside an offer's facts: in elements for notices, by a title that
    is nothing but a notice, or, though that leaves it unclear who says it, in a line of its own
    outside the description. The rest of the page is the advertiser's own."""
    nodes = " ".join(
        node.text() for selector in MARKERS.nodes for node in sheet.shown.css(selector)[:20]
    )
    title = re.split(r"\s*[-_|–—]\s*", sheet.seen.title)[0]
    titled = MARKERS.titled(title) if len(title) <= LONGEST_NOTICE else None
    if titled is not None and titled[0] is PageState.BLOCKED and fold(title) not in NOTICES:
        titled = None  # he sells what walls are made of
    return MARKERS.told(nodes) or titled or (UNCLEAR if gone_line(sheet) else None)


def only_said(sheet: Sheet, listing: Listing) -> bool:
    """Whether a page with much to say speaks of being gone, or of a wall, only in passing: no line
    of it is a notice, be it the advertiser's (旧套餐：该商品已下架，新班请加微信…) or the site's
    own small print (若该信息已过期，请联系客服), and its form's code is no wall."""
    if not listing.likely or notice_of(sheet.seen, sheet.html) != ALIVE:
        return False
    lines = [WHITE.sub("", one) for one in sheet.seen.text.split("\n")]
    form = has_questions(sheet.html)
    said = [one for one in lines if MARKERS.told(one) is not None]
    return bool(said) and not any(is_notice(one) and not (form and is_wall(one)) for one in said)


def is_wall(line: str) -> bool:
    told = MARKERS.told(line)
    return told is not None and told[0] is PageState.BLOCKED


def is_notice(line: str) -> bool:
    """Whether a line begins with a notice of the site's or a wall's, or says hardly more."""
    folded = fold(line)
    bare = any(one in folded and len(folded) - len(one) < MORE for one in NOTICES)
    return bare or begins_as_notice(MARKERS, line)


def gone_line(sheet: Sheet) -> bool:
    """Whether a line outside title and description says nothing but that the offer is gone."""
    own = {*WHITE.split(block_text(pick(sheet.tree, CSS["body"])))}
    own |= {*WHITE.split(line(sheet.tree, CSS["title"]))}
    lines = {WHITE.sub("", one) for one in sheet.seen.text.split("\n")}
    return any(begins_as_notice(MARKERS, one) or is_line(one) for one in lines - own)


def is_line(line: str) -> bool:
    return fold(line) in {fold(one) for one in WORDS["lines"]}


class Listing:
    """What the page tells of one offer."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.data = structured(sheet)
        self.facts = facts_of(sheet.seen.text, LABELS)
        self.title = line(sheet.tree, CSS["title"]) or words(self.data, "name", "title")
        self.title = self.title or SITE_NAME.sub("", sheet.seen.title)
        self.body = block_text(pick(sheet.tree, CSS["body"])) or words(self.data, "description")
        offered = bool(self.data) or len(self.facts.keys() - {"date", "place"}) >= 2
        # Two labels besides a date and a place, or data that says so: an offer beyond doubt.
        self.sure = bool(self.title) and offered
        self.likely = bool(self.title) and sheet.seen.visible >= PROSE

    def post(self) -> Post:
        sheet, page = self.sheet, self.sheet.page
        url = canonical(sheet.url)
        moment, raw = self.dated()
        text = self.text()
        return Post(
            platform="classifieds",
            post_id=url,
            url=url,
            url_found=page.url,
            title=self.title,
            text=text,
            author=self.seller(),
            published_at=moment,
            published_raw=raw,
            region=region_in(self.said("place")) or place_of(self.data),
            images=self.pictures(),
            contacts=contacts("\n".join([self.title, text, *self.dialled()])),
            icp=icp(sheet.seen.text),
            counts=self.price(),
        )

    def text(self) -> str:
        """The description, and the labelled facts beside it; the page's main text without one."""
        text = self.body or self.sheet.seen.main
        lines = self.sheet.seen.text.split("\n")
        beside = [one for one in lines if one not in text and facts_of(one, LABELS)]
        held = "\n".join([text, *beside])
        apart = (fact for fact in self.facts.values() if fact.value not in held)
        return "\n".join([held, *(f"{fact.label}：{fact.value}" for fact in apart)])

    def said(self, name: str) -> str:
        fact = self.facts.get(name)
        return fact.value if fact else ""

    def seller(self) -> str:
        data = words(self.data, "seller.name", "hiringOrganization.name", "provider.name",
                     "offers.seller.name", "brand.name")  # fmt: skip
        shown = self.said("company") or line(self.sheet.tree, CSS["company"]) or data
        person = self.said("person") or line(self.sheet.tree, CSS["person"])
        return shown or person or organisation(self.sheet.seen, self.sheet.html)

    def dated(self) -> Published:
        told = words(self.data, "datePublished", "datePosted", "uploadDate", "dateModified")
        shown = self.said("date") or line(self.sheet.tree, CSS["date"])
        for one in (told, shown):
            moment, raw = moment_of(one, self.sheet.page.fetched_at)
            if moment is not None:
                return moment, raw
        return published(self.sheet.html, self.sheet.seen.text, self.sheet.page.fetched_at)

    def price(self) -> dict[str, Count]:
        """{"price": (as shown, yuan)}; {} where none is shown. 面议 stays unparsed."""
        told = words(self.data, "offers.price", "offers.0.price", "offers.lowPrice", "price")
        found = attribute(self.sheet.tree, CSS["price"][:1], "content")
        shown = told or found or self.said("price") or line(self.sheet.tree, CSS["price"])
        amount = AMOUNT.search(shown)
        return {"price": (shown[:40], parse_count(amount[1]) if amount else None)} if shown else {}

    def pictures(self) -> tuple[str, ...]:
        inside = images_of(pick(self.sheet.tree, CSS["body"]), self.sheet.url)
        told = items(self.data, "image") or [words(self.data, "image", "image.url")]
        shared = attribute(self.sheet.tree, ["meta[property='og:image']"], "content")
        return tuple(dict.fromkeys((*urls(self.sheet.url, [*told, shared]), *inside)))

    def dialled(self) -> list[str]:
        """Numbers behind tel: links, which need not be written out."""
        links = self.sheet.tree.css("a[href^='tel:']")[:20]
        return [f"电话：{(link.attributes.get('href') or '')[4:]}" for link in links]


def structured(sheet: Sheet) -> dict[str, Any]:
    """The page's own data about one offer; {} where it has none, or has many as a list does."""
    kinds = set(WORDS["kinds"])
    found = [one for one in linked_data(sheet.html) if kinds & set(types_of(one))]
    return found[0] if len(found) == 1 and words(found[0], "name", "title") else {}


def types_of(data: dict[str, Any]) -> list[str]:
    kind = data.get("@type")
    return [str(one) for one in kind] if isinstance(kind, list) else [str(kind)]


def region_in(place: str) -> str:
    """The region that an address begins with, "" where it names a street alone."""
    if not STREET.search(place):
        return place
    found = REGION.match(place)
    return found[0] if found else ""


def place_of(data: dict[str, Any]) -> str:
    return words(data, "address.addressLocality", "jobLocation.address.addressLocality",
                 "areaServed.name", "areaServed")  # fmt: skip


def listed_on(sheet: Sheet) -> tuple[str, ...]:
    """Entries of a list, by its known markup, else by what many links have in common."""
    nodes = pick_all(sheet.tree, CSS["items"])
    hrefs = (attribute(node, CSS["item_link"], "href") for node in nodes)
    known = tuple(dict.fromkeys(url for href in hrefs if (url := join(sheet.url, href))))
    if len(known) > 2:
        return known
    links = [
        (url, link.text())
        for link in sheet.tree.css("a[href]")[:2000]
        if (url := join(sheet.url, link.attributes.get("href") or ""))
    ]
    return entries(links, sheet.url)


def next_page(sheet: Sheet) -> tuple[str, ...]:
    turns = [link for selector in CSS["next"] for link in sheet.tree.css(selector)]
    nexts = (link for link in turns if link.text().strip() in WORDS["next"])
    return urls(sheet.url, (link.attributes.get("href") for link in nexts))[:1]
