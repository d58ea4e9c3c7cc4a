"""The web of one advertiser on the screen, as JSON, and as nodes and edges of a graph file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.table import Table

from console.names import platform_name
from door.printable import printable
from door.speech import out, say, t
from door.takedown_report import words
from exports.graphml import Edge, Node
from exports.masking import masked, masked_address, shown_value
from storage.kinship import WORDS, Tie
from storage.links import Web, WebPost
from storage.records import Contacts
from storage.takedown_states import STATE_WORDS, ItemState

SHOWN = 100
NO_CONTACTS = Contacts()


def safe(post: WebPost, text: str, *, show_contacts: bool) -> str:
    return text if show_contacts else masked(text, post.post.contacts)


def tie_words(tie: Tie, *, show_contacts: bool) -> str:
    if tie.kind == "text":
        return words(tie.why)
    value = shown_value(tie.kind, tie.value, show_contacts=show_contacts)
    return f"{words(tie.why)} {value}"


def contacts_of(web: Web) -> Counter[tuple[str, str]]:
    """Every key of the web that may link, with the number of posts that name it."""
    return Counter(key for keys in web.keys.values() for key in keys if key not in web.left_out)


# ---- screen -------------------------------------------------------------------------------------


def show_web(web: Web, *, show_contacts: bool) -> None:
    """How much it is, then each page with its address on a line of its own, then what links."""
    out.print(printable(summary(web)), markup=False)
    reasons = reasons_of(web, show_contacts=show_contacts)
    for step, several in groupby(web.posts[:SHOWN], key=lambda one: one.distance):
        out.print(step_words(step), markup=False)
        for one in several:
            for line in page_lines(one, reasons.get(one.row, ""), show_contacts=show_contacts):
                out.print(printable(line), markup=False)
    rest = len(web.posts) - SHOWN
    if rest > 0:
        say(f"另有 {rest} 页未显示，用 --json 或 --graphml。", f"{rest} more: --json or --graphml.")
    out.print(contacts_table(web, show_contacts=show_contacts))
    for (kind, value), why in sorted(web.left_out.items()):
        shown = shown_value(kind, value, show_contacts=show_contacts)
        said = f"{words(WORDS[kind])} {shown}: {words(why)}"
        out.print(printable(t(f"不作为关联：{said}", f"links nobody: {said}")), markup=False)
    if web.cut:
        say("关联网页太多，只列出最近的部分。", "There is more; the nearest are shown.")


def summary(web: Web) -> str:
    """Of the whole web, also of what is not shown; an account is one of its platform."""
    cases = {one.case_id for one in web.posts if one.case_id is not None}
    named = {
        (one.post.platform, one.post.author_id or one.post.author)
        for one in web.posts
        if one.post.author_id or one.post.author
    }
    cut = t("（只到最近的部分）", " (the nearest only)") if web.cut else ""
    return t(
        f"案件 {web.case_id} 的关联：案件 {len(cases)} 件，账号（主办者）{len(named)} 个，"
        f"网页 {len(web.posts)} 页{cut}。",
        f"Linked to case {web.case_id}: {len(cases)} cases, {len(named)} accounts or owners, "
        f"{len(web.posts)} pages{cut}.",
    )


def step_words(step: int) -> str:
    if step == 0:
        return t("本案：", "this case:")
    return t(f"第 {step} 层：", f"step {step}:")


def page_lines(one: WebPost, why: str, *, show_contacts: bool) -> Iterator[str]:
    """A line of facts, the address whole so that it can be copied, and what links it."""
    known = t(f"案件 {one.case_id}", f"case {one.case_id}")
    asked = words(STATE_WORDS[ItemState(one.takedown)]) if one.takedown else ""
    facts = (
        t("未立案", "no case") if one.case_id is None else known,
        words(platform_name(one.post.platform)),
        safe(one, one.post.author, show_contacts=show_contacts),
        t(f"处置：{asked}", f"takedown: {asked}") if asked else "",
    )
    yield "  " + "　".join(filter(None, facts))
    yield f"    {address(one, show_contacts=show_contacts)}"
    if why:
        yield t(f"    关联：{why}", f"    linked by: {why}")


def address(one: WebPost, *, show_contacts: bool) -> str:
    return one.post.url if show_contacts else masked_address(one.post.url, one.post.contacts)


def reasons_of(web: Web, *, show_contacts: bool) -> dict[int, str]:
    return {
        link.row: "；".join(tie_words(tie, show_contacts=show_contacts) for tie in link.ties)
        for link in web.links
    }


def contacts_table(web: Web, *, show_contacts: bool) -> Table:
    table = Table(title=t("联系方式和标识", "Contacts and marks"), title_justify="left")
    for zh, en in (("类别", "kind"), ("值", "value"), ("页数", "pages")):
        table.add_column(t(zh, en), overflow="fold")
    for (kind, value), count in contacts_of(web).most_common(SHOWN):
        shown = shown_value(kind, value, show_contacts=show_contacts)
        kind_words = words(WORDS[kind]).removeprefix("同一").removeprefix("the same ")
        table.add_row(kind_words, escape(printable(shown)), str(count))
    return table


# ---- JSON ---------------------------------------------------------------------------------------


def web_json(web: Web, *, show_contacts: bool) -> dict[str, Any]:
    return {
        "case": web.case_id,
        "cut": web.cut,
        "contacts_masked": not show_contacts,
        "pages": [page_json(one, show_contacts=show_contacts) for one in web.posts],
        "links": [
            {
                "page": link.row,
                "via": list(link.via),
                "by": [tie_json(tie, show_contacts=show_contacts) for tie in link.ties],
            }
            for link in web.links
        ],
        "contacts": [
            {
                "kind": kind,
                "value": shown_value(kind, value, show_contacts=show_contacts),
                "pages": count,
            }
            for (kind, value), count in contacts_of(web).most_common()
        ],
        "links_nobody": [
            {
                "kind": kind,
                "value": shown_value(kind, value, show_contacts=show_contacts),
                "why": words(why),
            }
            for (kind, value), why in sorted(web.left_out.items())
        ],
    }


def page_json(one: WebPost, *, show_contacts: bool) -> dict[str, Any]:
    return {
        "id": one.row,
        "case": one.case_id,
        "step": one.distance,
        "platform": one.post.platform,
        "url": address(one, show_contacts=show_contacts),
        "account": safe(one, one.post.author, show_contacts=show_contacts),
        "account_id": one.post.author_id,
        "title": safe(one, one.post.title, show_contacts=show_contacts),
        "takedown": one.takedown,
    }


def tie_json(tie: Tie, *, show_contacts: bool) -> dict[str, str]:
    value = shown_value(tie.kind, tie.value, show_contacts=show_contacts)
    return {"kind": tie.kind, "value": value, "why": words(tie.why)}


# ---- graph --------------------------------------------------------------------------------------


def graph_of(web: Web, *, show_contacts: bool) -> tuple[list[Node], list[Edge]]:
    """Pages and what they name; nodes are numbered, so that no id tells a contact either."""
    nodes = [page_node(one, show_contacts=show_contacts) for one in web.posts]
    numbers = {key: f"k{at}" for at, key in enumerate(sorted(contacts_of(web)))}
    nodes += [
        Node(
            id=numbers[key],
            facts={
                "type": key[0],
                "label": shown_value(*key, show_contacts=show_contacts),
            },
        )
        for key in numbers
    ]
    named = (
        Edge(source=f"p{row}", target=numbers[key], facts={"why": words(WORDS[key[0]])})
        for row, keys in web.keys.items()
        for key in keys
        if key in numbers
    )
    return nodes, [*named, *alike_edges(web)]


def page_node(one: WebPost, *, show_contacts: bool) -> Node:
    return Node(
        id=f"p{one.row}",
        facts={
            "type": "page",
            "label": safe(one, one.post.title or one.post.url, show_contacts=show_contacts),
            "url": address(one, show_contacts=show_contacts),
            "platform": one.post.platform,
            "account": safe(one, one.post.author, show_contacts=show_contacts),
            "case": "" if one.case_id is None else str(one.case_id),
            "step": str(one.distance),
            "takedown": one.takedown,
        },
    )


def alike_edges(web: Web) -> Iterable[Edge]:
    """Links by words or near pictures, which no shared node shows."""
    for link in web.links:
        for tie in link.ties:
            if tie.kind in {"text", "picture"}:
                facts = {"why": words(tie.why)}
                for other in tie.of:
                    yield Edge(source=f"p{link.row}", target=f"p{other}", facts=facts)
