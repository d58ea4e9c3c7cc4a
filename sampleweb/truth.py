"""`truth.jsonl`: what a careful reader would say of every page, generated from the front matter."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from sampleweb.site import Site, SitePage, load_sites, shown, visible_text
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


def truth_text(sites: Mapping[str, Site]) -> str:
    """The whole file: one JSON object a line, ordered by URL. Raises Problem for a wrong page."""
    lines = [
        json.dumps(_line(site, page), ensure_ascii=False)
        for site in sites.values()
        for _, page in sorted(site.pages.items())
        if page.truth
    ]
    return "".join(f"{line}\n" for line in lines)


def _line(site: Site, page: SitePage) -> dict[str, object]:
    _check(site, page)
    return {
        "url": f"http://{site.host}{page.path}",
        "site": site.host,
        "offending": page.offending,
        "codes": list(page.codes),
        "clauses": list(page.clauses),
        "quotes": list(page.quotes),
        "kind": page.kind,
        "why": page.why,
    }


def _check(site: Site, page: SitePage) -> None:
    kinds = OFFENDING_KINDS if page.offending else LAWFUL_KINDS
    if page.kind not in kinds:
        raise _wrong(page, f"kind {page.kind} 与 offending 不符", f"kind {page.kind} does not fit")
    if bool(page.codes) != page.offending or bool(page.quotes) != page.offending or not page.why:
        raise _wrong(
            page,
            "违规页须有 codes、quotes、why，其他页只有 why",
            "an offending page has codes, quotes and why, any other page why alone",
        )
    text = visible_text(shown(site, page))
    for quote in page.quotes:
        if quote not in text:
            raise _wrong(page, f"正文中没有“{quote}”", f"quote not on the page: {quote}")


def _wrong(page: SitePage, zh: str, en: str) -> Problem:
    return Problem(
        f"样例网页 {page.file}：{zh}；请改正。", f"Sample page {page.file}: {en}; correct it."
    )


def main() -> int:
    """Write truth.jsonl anew; 1 and the reason on standard error where a page is wrong."""
    try:
        text = truth_text(load_sites())
    except Problem as problem:
        sys.stderr.write(f"{problem.text.zh}\n{problem.text.en}\n")
        return 1
    TRUTH.write_text(text, "utf-8")
    sys.stdout.write(f"{TRUTH.name}: {text.count(chr(10))} 页 pages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
