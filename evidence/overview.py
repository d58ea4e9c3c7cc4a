"""The page of a package that a person opens first: one HTML file without scripts or links out.

It repeats what findings.json, decision.json and the manifest say, for eyes; what counts in a
dispute are those files and their hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from evidence.eyes import LINE, clock, heading, rows, shown
from evidence.overview_decisions import decided
from evidence.overview_lacks import lacking, lacks_of_capture
from evidence.pieces import Lack, Piece
from storage.casefiles import CaseFile, CasePost
from storage.records import Capture, Finding, Post

FOLDER = "evidence/"
PICTURES = frozenset({"full_page", "first_screen", "screenshot"})
MOST_POSTS, MOST_FINDINGS, MOST_QUOTES = 50, 30, 10  # shown; findings.json has them all
HEAD = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; \
style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>
body{{font:16px/1.7 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:60em;margin:2em auto;\
padding:0 1em;color:#1f2328}}
h1{{font-size:1.6em}}h2{{font-size:1.25em;margin-top:2em;border-bottom:1px solid #bbb}}
h3{{font-size:1.05em}}small{{color:#57606a;font-weight:normal}}
table{{border-collapse:collapse;width:100%;margin:.6em 0}}
th,td{{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top;\
overflow-wrap:anywhere}}
th{{background:#f3f4f6;white-space:nowrap;width:9em}}.list th{{width:auto}}
.code{{white-space:nowrap}}mark{{background:#fff3b0}}code{{font-size:.8em}}
.open{{border:3px solid #b35900;background:#fff8e6;padding:.6em 1em;font-weight:bold}}
img{{max-width:100%;max-height:40em;border:1px solid #bbb}}figure{{margin:1em 0}}
</style></head><body>
"""
INTERNAL = (
    "<p class=open>内部材料：本页标题、引句、说明中的电话、微信等联系方式没有遮盖，不要外传；"
    "供传阅请用 …-masked.txt。<br><small>Internal: contacts are not masked on this page. Show "
    "around the …-masked.txt copies.</small></p>"
    "<p><small>看不见的、改变书写方向的符号在本页显示为 \ufffd，过长的文字只显示开头；"
    "原样见 findings.json 和各文件。 Signs that hide or turn writing round are shown as \ufffd "
    "and long texts are cut here; the files have them whole.</small></p>"
)


def overview(
    case: CaseFile,
    captures: Sequence[Capture],
    pieces: Sequence[Piece],
    lacks: Sequence[Lack] = (),
) -> str:
    """The whole page. Pictures are named relative to the folder `evidence/`."""
    title = f"证据概览 · 案件 {case.id}"
    parts = [
        HEAD.format(title=title),
        f"<h1>证据概览 <small>Evidence overview</small> · 案件 {case.id}</h1>",
        "<p>本页仅供阅览。机器的提示只是涉嫌，不是结论；以人的决定为准。材料是否被改动，"
        "以清单 manifest.json 及其签名、时间戳为准，核对办法见 readme.md。<br><small>For reading"
        " only. What the machine found is a suspicion; people decide. See readme.md to verify."
        "</small></p>",
        INTERNAL,
        decided(case),
        lacking(lacks),
        *posts_of(case, pieces),
        *(taken(capture, pieces, lacks) for capture in captures),
        files(pieces),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def posts_of(case: CaseFile, pieces: Sequence[Piece]) -> list[str]:
    told = [told_of(post, pieces) for post in case.posts[:MOST_POSTS]]
    more = len(case.posts) - MOST_POSTS
    if more > 0:
        told.append(f"<p>另有 {more} 条内容，见 findings.json。<small>{more} more.</small></p>")
    return told


def told_of(post: CasePost, pieces: Sequence[Piece]) -> str:
    facts = [
        ("网址 URL", post.post.url),
        ("标题 title", post.post.title),
        ("发布者 author", " ".join(filter(None, [post.post.author, post.post.author_id]))),
        ("发布时间 published", published(post.post)),
        ("首次发现 first seen", clock(post.first_seen)),
        ("最近所见 last seen", clock(post.last_seen)),
    ]
    found = "".join(one_finding(one) for one in post.findings[:MOST_FINDINGS])
    more = len(post.findings) - MOST_FINDINGS
    if more > 0:
        found += f"<tr><td colspan=4>另有 {more} 处涉嫌，见 findings.json。</td></tr>"
    table = (
        "<table class=list><tr><th>条款<br><small>clause</small></th><th>代码<br><small>code"
        "</small></th><th>原文引句<br><small>quotes</small></th><th>说明与依据<br><small>why, "
        f"legal basis</small></th></tr>{found}</table>"
    )
    return (
        heading("发布内容", f"Post {post.row}")
        + rows(facts)
        + table
        + pictures(pieces, f"post:{post.row}")
    )


def published(post: Post) -> str:
    """The time as it was read, and as it stood on the page, which may be "3天前"."""
    read = "" if post.published_at is None else clock(post.published_at)
    raw = f"（页面原文：{post.published_raw}）" if post.published_raw else ""
    return f"{read}{raw}"


def one_finding(one: Finding) -> str:
    every = list(dict.fromkeys(span.quote for span in one.evidence))
    quotes = [f"<mark>{shown(quote, LINE)}</mark>" for quote in every[:MOST_QUOTES]]
    if len(every) > MOST_QUOTES:
        quotes.append(f"另有 {len(every) - MOST_QUOTES} 处，见 findings.json")
    basis = "；".join(one.legal_basis)
    return (
        f"<tr><td>{shown(one.clause.value)}</td><td class=code>{shown(one.code)}</td>"
        f"<td>{'<br>'.join(quotes)}</td>"
        f"<td>{shown(one.why, 2 * LINE)}<br><small>{shown(basis, 2 * LINE)}</small></td></tr>"
    )


def taken(capture: Capture, pieces: Sequence[Piece], lacks: Sequence[Lack]) -> str:
    facts = [
        ("网址 URL", capture.url),
        ("最终网址 final URL", capture.final_url if capture.final_url != capture.url else ""),
        ("开始 started", clock(capture.started_at)),
        ("结束 ended", clock(capture.ended_at)),
        ("取证人 asked by", capture.asked_by),
        ("补取自 again of", capture.again_of),
        *lacks_of_capture(capture.id, lacks),
    ]
    return (
        heading("取证", f"Capture {capture.id}")
        + rows(facts, 2 * LINE)
        + pictures(pieces, f"capture:{capture.id}")
    )


def pictures(pieces: Sequence[Piece], of: str) -> str:
    """The pictures of a post or a capture, each once."""
    found = {one.entry.sha256: one for one in pieces if one.of == of and one.kind in PICTURES}
    return "".join(
        f'<figure><img src="{escape(name)}" alt="{escape(one.kind)}">'
        f"<figcaption><small>{escape(name)}</small></figcaption></figure>"
        for one in found.values()
        for name in [one.entry.path.removeprefix(FOLDER)]
    )


def files(pieces: Sequence[Piece]) -> str:
    listed = "".join(
        f"<tr><td>{shown(one.entry.path)}</td><td>{one.entry.size:,}</td><td>"
        f"<code>{one.entry.sha256}</code></td><td>{clock(one.taken_at)}</td></tr>"
        for one in pieces
    )
    return (
        heading("材料", "Files so far; the manifest lists all")
        + "<table class=list><tr><th>文件 file</th><th>字节 bytes</th><th>SHA-256</th>"
        f"<th>取得时间 taken</th></tr>{listed}</table>"
    )
