"""From what was found to what is watched: hits, links and contacts become targets, within a budget.

A page on somebody's site that a search or a flagged post led to is looked at once. If it is about
certificates, its site becomes a target of this and every later sweep. Nothing here fetches: each
target is read through the same guard, robots.txt and pace as any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import Engine

from classifiers.hosts import official
from classifiers.site_topic import on_topic
from crawler.canon import BadUrl, canonical, is_short_link
from crawler.contact_words import contacts
from crawler.guard import Guard, Refused
from crawler.join_codes import CONTACT, TEXT
from crawler.outlinks import in_scope
from crawler.readers import ANY_SITE, Readers
from crawler.source_spider import SourceSpider
from storage.leads import Lead, known, refuse, take, taken_in
from storage.records import Contacts, Post, Sighting, Target, TargetKind, Visit

FOUND_BY = "certsweep"
# Of a site that nobody named: enough to see what it sells, not a walk of all it has.
SITE_DEPTH, SITE_BUDGET = 2, 50
CONTACT_DEPTH, CONTACT_BUDGET = 1, 10
APP_ONLY = "app_only"  # why nobody follows a code to join a chat
# Parameters that open a post without being part of its identity: 小红书, 微信.
TOKENS = frozenset({"xsec_token", "xsec_source", "sn", "chksm"})
# Shares of a sweep's budget of new targets, so that no kind crowds out the others.
SHARES = {"site": 0.5, "url": 1.0, "contact": 0.25}


@dataclass(slots=True, kw_only=True)
class Discovery:
    """`seed` puts a new target's first pages into the frontier; `targets` is the sweep's own map,
    which grows with every target that is found."""

    engine: Engine
    sweep_id: int
    most: int  # new targets of one sweep
    sources: Mapping[str, type[SourceSpider]]
    searched: frozenset[str]  # sources the sweep was told to search
    targets: dict[int, Target]
    guard: Guard
    seed: Callable[[int, Target], None]
    _taken: Counter[str] = field(default_factory=Counter)
    _asked: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._taken.update(taken_in(self.engine, self.sweep_id))
        self._readers = Readers(self.sources)

    _readers: Readers = field(init=False)

    def consider(self, visit: Visit) -> None:
        """Follow what this page leads to; cheap where it leads nowhere."""
        target = self.targets.get(visit.lease.target_id)
        if target is None or not visit.sightings:
            return
        if visit.read_by == ANY_SITE and target.kind is not TargetKind.SITE:
            self._look_at(visit)
        for sighting in visit.sightings:
            if sighting.judgement is not None and sighting.judgement.flagged:
                self._follow(visit, sighting.post)
                self._follow_codes(sighting)

    def _look_at(self, visit: Visit) -> None:
        """A page on somebody's site: is its whole site worth a walk?"""
        url = visit.page.final_url if visit.page is not None else visit.lease.url
        told = "\n".join(f"{one.post.title}\n{one.post.text}" for one in visit.sightings)
        if on_topic(told, host_of(url)):
            self._offer_site(url, f"搜索或涉嫌内容指向该站，页面与证书有关：{url}")

    def _follow(self, visit: Visit, post: Post) -> None:
        why = f"涉嫌内容 {post.url} 中的链接"
        for url in (*visit.leads, *([post.author_url] if post.author_url else [])):
            self._offer_page(url, post.url, why)
        self._offer_contacts(post.contacts, post.url, f"涉嫌内容 {post.url} 中的联系方式")

    def _follow_codes(self, sighting: Sighting) -> None:
        """A QR code leads on like a link or a number; one for an app alone is kept as a lead."""
        found_on = sighting.post.url
        why = f"涉嫌内容 {found_on} 的图片中的二维码"
        for code in sighting.codes:
            if not code.key and code.kind != TEXT:
                continue  # it tells nobody from anybody else
            if code.kind == CONTACT:
                lead = Lead(kind="contact", value=code.key, found_on=found_on, why=why)
                self._keep(lead, APP_ONLY)
            elif code.url:
                self._offer_page(code.url, found_on, why)
            elif code.kind == TEXT:
                self._offer_contacts(contacts(code.content), found_on, why)

    def _keep(self, lead: Lead, note: str) -> None:
        """A lead that nobody follows, and why."""
        if (lead.kind, lead.value) not in self._asked:
            self._asked.add((lead.kind, lead.value))
            refuse(self.engine, self.sweep_id, lead, note, datetime.now(UTC))

    def _offer_site(self, url: str, why: str) -> None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}/"
        if any(in_scope(one, origin) for one in self.targets.values()):
            return
        site = Target(
            kind=TargetKind.SITE,
            value=origin,
            source=ANY_SITE,
            reason=why,
            added_by=FOUND_BY,
            depth=SITE_DEPTH,
            budget=SITE_BUDGET,
        )
        self._offer(Lead(kind="site", value=origin, found_on=url, why=why), site)

    def _offer_page(self, url: str, found_on: str, why: str) -> None:
        try:
            canon = canonical(url)
            if is_short_link(url):
                canon = url  # only a look can tell where it leads
            self.guard.vet_url(url)
        except (BadUrl, Refused):
            return
        reader = self._readers.of(canon)
        if not reader and (official(host_of(canon)) or self._watched(canon)):
            return
        if reader:
            url = bare(url, canon)
        if self._readers.is_wall(url):
            return
        page = Target(
            kind=TargetKind.URL,
            value=url,
            source=reader or ANY_SITE,
            reason=why,
            added_by=FOUND_BY,
            depth=0,
            budget=1,
        )
        self._offer(Lead(kind="url", value=canon, found_on=found_on, why=why), page)

    def _watched(self, url: str) -> bool:
        return any(in_scope(target, url) for target in self.targets.values())

    def _offer_contacts(self, told: Contacts, found_on: str, why: str) -> None:
        """An advertiser's number leads to its other advertisements."""
        engines = [name for name in sorted(self.searched) if self.sources[name].searches_web]
        if not engines:
            return
        for number in (*told.phones, *told.wechat, *told.qq):
            search = Target(
                kind=TargetKind.KEYWORD,
                value=number,
                source=engines[0],
                reason=why,
                added_by=FOUND_BY,
                depth=CONTACT_DEPTH,
                budget=CONTACT_BUDGET,
            )
            self._offer(Lead(kind="contact", value=number, found_on=found_on, why=why), search)

    def _offer(self, lead: Lead, target: Target) -> None:
        key = (lead.kind, lead.value)
        if key in self._asked:
            return
        self._asked.add(key)
        if self._spent(lead.kind) or known(self.engine, lead.kind, lead.value):
            return
        now = datetime.now(UTC)
        try:
            if target.kind is not TargetKind.KEYWORD:
                self.guard.vet_url(target.value)
        except Refused as refused:
            refuse(self.engine, self.sweep_id, lead, refused.reason, now)
            return
        target_id = take(self.engine, self.sweep_id, lead, target, now)
        if target_id is None:
            return
        self._taken[lead.kind] += 1
        self.targets[target_id] = target
        self.seed(target_id, target)

    def _spent(self, kind: str) -> bool:
        """A lead beyond the budget is not kept: a later sweep may find it again and follow it."""
        everything = self._taken.total() >= self.most
        return everything or self._taken[kind] >= max(1, int(self.most * SHARES[kind]))


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def bare(url: str, canon: str) -> str:
    """A link to a platform with no parameter but those that its page needs: the rest is whatever
    the one who made the link wrote there."""
    parts = urlsplit(url)
    needed = TOKENS | {pair.partition("=")[0] for pair in urlsplit(canon).query.split("&")}
    kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] in needed]
    return parts._replace(query="&".join(kept), fragment="").geturl()
