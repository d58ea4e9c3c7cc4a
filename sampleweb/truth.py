"""`truth.jsonl`: what a careful reader would say of every page and of every post of a replica,
generated from the pages' front matter and from `replica_posts.yaml`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from sampleweb.replica_posts import ReplicaPost, replica_posts
from sampleweb.site import Site, load_sites, shown, visible_text
from storage.bilingual import Problem

TRUTH = Path(__file__).resolve().parent / "truth.jsonl"

OFFENDING_KINDS = frozenset({"plain", "disguised", "implied"})
LAWFUL_KINDS = frozenset(
    {
        "lawful",
        "notice",
        "news",
        "victim",
        "exam",
        "job",
        "disclaimer",
        "howto",
        "law",
        "other",
    }
)


class Told(Protocol):
    """A page of a site, or a post of a platform's replica."""

    @property
    def file(self) -> str: ...
    @property
    def offending(self) -> bool: ...
    @property
    def codes(self) -> tuple[str, ...]: ...
    @property
    def clauses(self) -> tuple[str, ...]: ...
    @property
    def quotes(self) -> tuple[str, ...]: ...
    @property
    def kind(self) -> str: ...
    @property
    def why(self) -> str: ...


def truth_text(sites: Mapping[str, Site], posts: Sequence[ReplicaPost] = ()) -> str:
    """The whole file: one JSON object a line, sites by URL, then posts as they are written.

    Raises Problem for a wrong page or post.
    """
    lines = [
        _line(f"http://{site.host}{page.path}", page, visible_text(shown(site, page)))
        for site in sites.values()
        for _, page in sorted(site.pages.items())
        if page.truth
    ]
    lines += [_line(post.permanent, post, f"{post.title}\n{post.text}") for post in posts]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


def _line(url: str, told: Told, text: str) -> dict[str, object]:
    _check(told, text)
    return {
        "url": url,
        "site": urlsplit(url).hostname,
        "offending": told.offending,
        "codes": list(told.codes),
        "clauses": list(told.clauses),
        "quotes": list(told.quotes),
        "kind": told.kind,
        "why": told.why,
    }


def _check(told: Told, text: str) -> None:
    kinds = OFFENDING_KINDS if told.offending else LAWFUL_KINDS
    if told.kind not in kinds:
        raise _wrong(told, f"kind {told.kind} 与 offending 不符", f"kind {told.kind} does not fit")
    if bool(told.codes) != told.offending or bool(told.quotes) != told.offending or not told.why:
        raise _wrong(
            told,
            "违规页须有 codes、quotes、why，其他页只有 why",
            "an offending page has codes, quotes and why, any other page why alone",
        )
    for quote in told.quotes:
        if quote not in text:
            raise _wrong(told, f"正文中没有“{quote}”", f"quote not on the page: {quote}")


def _wrong(told: Told, zh: str, en: str) -> Problem:
    return Problem(
        f"样例网页 {told.file}：{zh}；请改正。", f"Sample page {told.file}: {en}; correct it."
    )


def main() -> int:
    """Write truth.jsonl anew; 1 and the reason on standard error where a page is wrong."""
    try:
        text = truth_text(load_sites(), replica_posts())
    except Problem as problem:
        sys.stderr.write(f"{problem.text.zh}\n{problem.text.en}\n")
        return 1
    TRUTH.write_text(text, "utf-8")
    sys.stdout.write(f"{TRUTH.name}: {text.count(chr(10))} 页 pages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
