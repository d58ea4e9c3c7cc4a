"""函: asking one platform or site to look into what a person decided to be suspected violations.

A draft: number, deadline, seal and sending are a person's. It asks, gives what was seen and the
verified articles of law, and leaves the platform room to answer that it sees things otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from exports.law_words import merged, named_again
from exports.letter_parts import (
    CASE,
    FOUND,
    HASH,
    NOTICE,
    NUMBER,
    PACKAGE,
    RESULT,
    SUSPECTED,
    Column,
    account_column,
    accounts,
    annex,
    annex_name,
    annexes,
    blank,
    by_kind,
    cited,
    closing,
    kind_column,
    laws,
    opening,
    said,
    some,
    span,
    url_column,
    where_told,
    words_column,
)
from exports.takedown_rows import ListHead, TakedownRow
from storage.bilingual import Problem
from storage.platform_words import SEARCHING
from storage.whole_files import whole_file

FORMAT = "letter"
SUFFIX = ".docx"
TITLE = "协助处置函"
ADDRESSED = True
LIST = "涉嫌违规信息清单"
# Who a letter about a site goes to: whoever runs it, or whoever connects it to the net.
OWNER: Final = "主办者"
HOST: Final = "接入服务单位"
RECEIVERS: Final = {
    OWNER: OWNER,
    HOST: HOST,
    "接入单位": HOST,
    "owner": OWNER,
    "host": HOST,
}
COLUMNS: Final[tuple[Column, ...]] = (
    *(NUMBER, CASE, url_column(39.0), account_column(21.0), words_column(42.0)),
    *(kind_column("涉嫌违规类型", 24.0), FOUND),
    ("建议措施", 15.0, lambda _, row: row.requested_action),
    *(PACKAGE, HASH),
    (RESULT, 14.0, lambda _at, _row: ""),
)


def write(rows: Iterable[TakedownRow], path: Path, head: ListHead) -> int:
    """One letter to one platform or site, its list as the annex; Problem where that cannot be."""
    refuse(head)
    listed = some(rows)
    paper = blank(TITLE, head)
    opening(paper, "关于协助处置涉嫌“山寨证书”违规信息的函", receiver(head), head)
    said(paper, body(listed, head))
    closing(paper, head, annexes(listed, LIST))
    annex(paper, listed, head, LIST, COLUMNS)
    with whole_file(path) as draft:
        paper.save(str(draft))
    return len(listed)


def refuse(head: ListHead) -> None:
    """Raise Problem where the letter cannot be begun."""
    if head.to and (head.to not in RECEIVERS or not head.site):
        raise Problem(
            f"“{head.to}”不是网站函的收件方，没有生成文件。发给一个网站的，可写：{OWNER}、{HOST}"
            "（命令行：--to）。",
            f"“{head.to}” is no receiver of a site's letter; no file was made. For a letter about "
            "one site: owner or host (command line: --to).",
        )
    if not head.platform:
        raise Problem(
            "函要发给一个平台或者网站，没有生成文件。请选定平台或者网站，或者到处置请求页上"
            "按请求生成（命令行：--platform、--site、--request）。",
            "A letter goes to one platform or site; no file was made. Choose one, or make it on a "
            "request's page (command line: --platform, --site, --request).",
        )
    if head.platform == "web" and not head.site:
        raise Problem(
            "各网站的主办者不同，一家一函，没有生成文件。请填写网站，或者到处置请求页上"
            "按请求生成（命令行：--site、--request）。",
            "Each site has an owner of its own: a letter goes to one of them; no file was made. "
            "Name the site, or make it on a request's page (command line: --site, --request).",
        )
    if not head.masked:
        raise Problem(
            "发出去的函一律遮盖联系方式，没有生成文件。请不要选“不遮盖联系方式”"
            "（命令行：--show-contacts）。",
            "A letter always masks contacts; no file was made. Do not tick showing them "
            "(command line: --show-contacts).",
        )


def receiver(head: ListHead) -> str:
    """Who runs a platform is for a person to look up: a name must be that of the licence."""
    if head.site:
        return f"（{head.site} 网站{RECEIVERS.get(head.to, OWNER)}全称）："
    return f"{head.scope()}运营单位："


def place(head: ListHead) -> str:
    """Where it was found, as its receiver would say."""
    if not head.site:
        return "贵平台的搜索结果中" if head.platform in SEARCHING else "贵平台"
    return f"贵单位{'接入' if RECEIVERS.get(head.to) == HOST else '主办'}的网站（{head.site}）"


def body(rows: Sequence[TakedownRow], head: ListHead) -> list[str]:
    name = annex_name(rows)
    who = "" if head.site or len(rows) == 1 else f"，涉及账号（主办者）{accounts(rows)} 个"
    return [
        f"为落实{NOTICE}要求，我单位对网络上涉及职业技能培训、评价和发证的宣传信息开展巡查。"
        f"经人工逐案审核，在{place(head)}发现涉嫌违规信息 {len(rows)} 条，现函请协助处置。",
        "一、发现的情况",
        f"上述信息于{span(rows)}发现{who}。{by_kind(rows, '涉嫌违规类型')}{where_told(rows)}",
        "二、依据",
        *grounds(rows, head),
        "三、请协助的事项",
        f"（一）对{name}所列信息逐条核实，属实的，请参照“建议措施”栏依法依规"
        f"{'' if head.site else '、依平台规则'}处置，并保存有关记录。",
        f"（二）请在收到本函之日起　　个工作日内，将处置结果填入{name}“处置结果”栏后反馈我单位。",
        "（三）如认为某条内容不属违规，或者账号主体已提出异议，"
        "请一并说明理由并附材料，我单位将复核。",
        SUSPECTED,
    ]


def grounds(rows: Sequence[TakedownRow], head: ListHead) -> list[str]:
    """What the content is held against, then what asks the receiver to act; no penalties."""
    law = cited(rows, head)
    duties = "，".join(named_again(merged(head.duties, head.titles), laws(rows)))
    told = [f"依据{law}的有关规定，上述信息涉嫌违规。"] if law else []
    if duties:
        you = "贵单位" if head.site else "贵平台"
        told.append(f"依据{duties}的有关规定，请{you}对上述信息依法核实处置。")
    return ["".join(told) or "（请经办人补充法律依据）"]
