"""Reading alone: posts a second of each source over the pages of its replica, on one core.

    python -m benchmarks.replica_pages [--seconds 0.5]

What a fetch and a browser cost is told by benchmarks.sources; this is the reader's own share.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from door.sample_run import searchable, searched
from door.sources import all_sources
from sampleweb import replicas
from sampleweb.replica_posts import posts_of
from storage.records import Answer, Page


def asked(url: str, **more: str) -> replicas.Answered:
    parts = urlsplit(url)
    return replicas.answer(parts.hostname or "", parts.path, dict(parse_qsl(parts.query)) | more)


def calls(text: str) -> list[tuple[str, str]]:
    """What the script of a shell would fetch: (URL, what it sends there)."""
    _, found, rest = text.partition("for (const [url, method, body] of ")
    if not found:
        return []
    return [(url, body or "") for url, _method, body in json.JSONDecoder().raw_decode(rest)[0]]


def page(url: str, fetched_at: datetime | None = None) -> Page:
    """The page as a browser would bring it: redirects followed, its script's answers beside it."""
    told, here = asked(url), url
    if told.location:
        parts = urlsplit(url)
        here = told.location
        if here.startswith("/"):
            here = f"{parts.scheme}://{parts.netloc}{here}"
        told = asked(here)
    origin = f"https://{urlsplit(here).netloc}"
    fetched = []
    for call, sent in calls(told.text):
        target = call if call.startswith("http") else origin + call
        answer = asked(target, referer=url)
        fetched.append(
            Answer(
                url=target,
                status=answer.status,
                content_type=answer.kind,
                body=answer.text.encode(),
                sent=sent,
            )
        )
    body = told.text.encode()
    return Page(
        url=url,
        final_url=here,
        status=told.status,
        headers=(("content-type", told.kind),),
        body=body,
        fetched_at=fetched_at or datetime.now(UTC),
        sha256=hashlib.sha256(body).hexdigest(),
        dom=told.text if calls(told.text) else "",
        answers=tuple(fetched),
    )


def pages_of(name: str) -> list[Page]:
    """The search of a source and every post of its platform."""
    seeds = all_sources()[name].seeds(searched(name)) if searchable(name) else ()
    token = "?xsec_token=ABsample%3D" if name == "xiaohongshu" else ""
    return [page(url) for url in (*seeds, *(post.url + token for post in posts_of(name)))]


def measure(name: str, seconds: float) -> tuple[int, float, float]:
    """Pages of the replica, pages a second, posts a second."""
    reader, pages = all_sources()[name](), pages_of(name)
    read = posts = 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for one in pages:
            posts += len(reader.read(one).posts)
        read += len(pages)
    spent = time.perf_counter() - began
    return len(pages), read / spent, posts / spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="for each source")
    options = parser.parse_args()
    print(f"{'source':14} {'pages':>5} {'pages/s':>9} {'posts/s':>9}")
    for name in sorted(set(all_sources()) - {"institution"}):
        pages, rate, posts = measure(name, options.seconds)
        print(f"{name:14} {pages:5} {rate:9.0f} {posts:9.0f}")


if __name__ == "__main__":
    main()
