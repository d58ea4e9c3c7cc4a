"""What goes into the package of one case, in this order: captures, posts, papers, index, and the
page that a person opens first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.cdx import CdxLine, indexed, lines_of
from evidence.decisions import IN_FORCE, NOBODY, PARTS, decision_paper, standing_of
from evidence.measuring import new_sm3
from evidence.mending import mend, miss_originals
from evidence.naming import MASKED, SUFFIXES, artefact_path
from evidence.overview import overview
from evidence.pieces import Basket
from evidence.plain_tree import clean
from evidence.readme import README
from evidence.standalone import standalone
from storage.canonical import canonical
from storage.casefiles import CaseFile, CasePost
from storage.custody import stamp_of
from storage.records import Capture, Contacts, Finding

Mask = Callable[[str, Contacts], str]  # equally long, contacts unreadable
MEDIA = {
    "png": "image/png",
    "html": "text/html",
    "json": "application/json",
    "bin": "application/octet-stream",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A case with its captures."""

    case: CaseFile
    captures: Sequence[Capture]


def gather(basket: Basket, gathered: Gathered, mask: Mask) -> None:
    """Take everything there is; what there is not becomes a lack."""
    case = gathered.case
    if new_sm3() is None:
        basket.lack("sm3", f"case:{case.id}", "no_sm3_here")
    if not gathered.captures:
        basket.lack("capture", f"case:{case.id}", "none")
    standing = standing_of(case)
    if standing != IN_FORCE:
        what = "decision" if standing == NOBODY else standing
        basket.lack(what, f"case:{case.id}", "none")
    if case.of_parts:
        basket.lack(PARTS, f"case:{case.id}", "none")
    contacts = merged(post.post.contacts for post in case.posts)
    for capture in gathered.captures:
        take_capture(basket, capture, contacts, mask)
    miss_originals(basket, gathered.captures)
    mend(basket, gathered.captures)
    for post in case.posts:
        take_post(basket, post, mask)
    take_papers(basket, case)
    take_index(basket, gathered.captures)
    take_overview(basket, gathered)


def merged(contacts: Iterable[Contacts]) -> Contacts:
    every = list(contacts)
    return Contacts(
        phones=tuple(dict.fromkeys(one for each in every for one in each.phones)),
        wechat=tuple(dict.fromkeys(one for each in every for one in each.wechat)),
        qq=tuple(dict.fromkeys(one for each in every for one in each.qq)),
    )


def take_capture(basket: Basket, capture: Capture, contacts: Contacts, mask: Mask) -> None:
    of = f"capture:{capture.id}"
    there = {artefact.kind for artefact in capture.artefacts}
    for part, outcome in sorted(capture.parts.items()):
        if outcome != "ok":
            basket.lack("limited" if part in there else "part", f"{of} {part}", outcome)
    for artefact in capture.artefacts:
        facts = {
            "kind": artefact.kind,
            "media_type": artefact.media_type,
            "taken_at": artefact.captured_at,
            "of": of,
        }
        piece = basket.keep(artefact.sha256, artefact_path(capture.id, artefact.kind), facts)
        if piece is not None and artefact.kind == "text":
            text = basket.store.get(artefact.sha256).decode("utf-8", "replace")
            take_masked(basket, piece.entry.path, mask(text, contacts), of, artefact.sha256)


def take_masked(basket: Basket, path: str, text: str, of: str, original: str) -> None:
    """A copy with contacts made unreadable, named as what it is: derived, for showing around."""
    basket.make(
        text.encode("utf-8", "replace"),
        path.removesuffix(".txt") + MASKED,
        {
            "kind": "masked_text",
            "media_type": "text/plain; charset=utf-8",
            "of": of,
            "derived_from": original,
        },
    )


def take_post(basket: Basket, post: CasePost, mask: Mask) -> None:
    """What the sweep kept of a flagged post: its words as they were judged, and its snapshots.

    The text stands sign for sign as it was judged: quotes in findings.json give places in it.
    """
    of, text = f"post:{post.row}", post.post.text
    piece = basket.make(
        text.encode("utf-8", "replace"),
        f"evidence/post-{post.row}.txt",
        {"kind": "post_text", "media_type": "text/plain; charset=utf-8", "of": of},
    )
    if piece is not None:
        masked = mask(text, post.post.contacts)
        take_masked(basket, piece.entry.path, masked, of, piece.entry.sha256)
    for snapshot in post.snapshots:
        kind = re.sub(r"[^a-z0-9]+", "-", snapshot.kind.lower())[:40]
        ending = SUFFIXES.get(snapshot.kind, "bin")
        facts = {
            "kind": snapshot.kind,
            "media_type": MEDIA[ending],
            "taken_at": snapshot.captured_at,
            "of": of,
        }
        path = f"evidence/post-{post.row}-{kind}-{snapshot.sha256[:12]}.{ending}"
        basket.keep(snapshot.sha256, path, facts)


def take_papers(basket: Basket, case: CaseFile) -> None:
    of = f"case:{case.id}"
    papers = {
        "decision": decision_paper(case),
        "findings": {"case": case.id, "posts": [post_paper(post) for post in case.posts]},
    }
    for kind, paper in papers.items():
        facts = {"kind": kind, "media_type": "application/json", "of": of}
        basket.make(canonical(clean(paper)), f"evidence/{kind}.json", facts)
    readme = {"kind": "readme", "media_type": "text/markdown; charset=utf-8", "of": of}
    basket.make(README.encode(), "evidence/readme.md", readme)
    verifier = {"kind": "verifier", "media_type": "text/x-python", "of": of}
    basket.make(standalone(), "evidence/verify.py", verifier)


def take_overview(basket: Basket, gathered: Gathered) -> None:
    """The page to open first, after everything that it shows or lists."""
    facts = {"kind": "overview", "media_type": "text/html", "of": f"case:{gathered.case.id}"}
    page = overview(gathered.case, gathered.captures, basket.pieces, basket.lacks)
    basket.make(page.encode("utf-8", "replace"), "evidence/overview.html", facts)


def post_paper(post: CasePost) -> dict[str, Any]:
    return {
        "post": post.row,
        "platform": post.post.platform,
        "url": post.post.url,
        "url_found": post.post.url_found,
        "title": post.post.title,
        "author": post.post.author,
        "author_id": post.post.author_id,
        "published": post.post.published_raw,
        "content_sha256": post.content_sha256,
        "engine": post.engine,
        "score": post.score,
        "first_seen": stamp_of(post.first_seen),
        "last_seen": stamp_of(post.last_seen),
        "findings": [finding_paper(one) for one in post.findings],
    }


def finding_paper(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "version": finding.version,
        "code": finding.code,
        "clause": finding.clause.value,
        "score": finding.score,
        "severity": finding.severity,
        "proves": finding.proves,
        "why": finding.why,
        "legal_basis": list(finding.legal_basis),
        "quotes": [
            {"field": one.field, "start": one.start, "end": one.end, "quote": one.quote}
            for one in finding.evidence
        ],
    }


def take_index(basket: Basket, captures: Sequence[Capture]) -> None:
    """What a player needs: which pages there are and where in the WARCs they lie."""
    lines: list[CdxLine] = []
    for piece in [one for one in basket.pieces if one.kind == "warc"]:
        with basket.store.opened(piece.entry.sha256) as file:
            try:
                lines += lines_of(file, piece.entry.path.removeprefix("archive/"))
            except ValueError:
                basket.lack("index", piece.of, "no_warc")
    data, heads = indexed(lines)
    index = {"kind": "index", "media_type": "application/gzip", "of": "archive"}
    basket.make(data, "indexes/index.cdx.gz", index)
    basket.make(heads, "indexes/index.idx", {**index, "media_type": "text/plain"})
    pages = {"kind": "pages", "media_type": "application/jsonl", "of": "archive"}
    basket.make(pages_of(captures, lines), "pages/pages.jsonl", pages)


def pages_of(captures: Sequence[Capture], lines: Sequence[CdxLine]) -> bytes:
    """One page a capture, at the moment its document came."""
    dates = {line.url: line.date for line in sorted(lines, reverse=True)}
    rows: list[dict[str, Any]] = [
        {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": False}
    ]
    for capture in captures:
        url = capture.final_url or capture.url
        if url in dates:
            rows.append({"id": capture.id, "url": url, "ts": dates[url], "title": url})
    return b"".join(canonical(clean(row)) + b"\n" for row in rows)
