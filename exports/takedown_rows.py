"""What a row of the takedown list (处置清单) is, and what is said about the list as a whole.

The columns follow the reporting templates of platforms and of 12377. Who keeps the file sees all of
them; what leaves the house has those of OUTWARD: nobody's name, score, hint or inner note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from storage.bilingual import Bilingual
from storage.platform_words import platform_name

ODD: Final = re.compile(r"[^\w-]")  # nothing of these may stand in a file name
CHINA: Final = ZoneInfo("Asia/Shanghai")

COLUMNS: Final[dict[str, Bilingual]] = {
    "case_no": Bilingual("案件编号", "Case no."),
    "batch_no": Bilingual("批次编号", "Batch no."),
    "platform": Bilingual("平台", "Platform"),
    "platform_operator": Bilingual("平台运营者", "Platform operator"),
    "region_of_operator": Bilingual("运营者所在地", "Region of operator"),
    "content_type": Bilingual("内容类型", "Content type"),
    "url": Bilingual("网址（规范）", "URL (canonical)"),
    "url_found": Bilingual("网址（发现时）", "URL (as found)"),
    "account_name": Bilingual("账号（主办者）名称", "Account name"),
    "account_id": Bilingual("账号ID", "Account ID"),
    "account_url": Bilingual("账号主页", "Account URL"),
    "avatar_hash": Bilingual("头像校验值", "Avatar hash"),
    "title": Bilingual("标题", "Title"),
    "excerpt_raw": Bilingual("内容摘录（≤200字）", "Excerpt (≤ 200 characters)"),
    "hit_terms": Bilingual("页面用语", "Words of the page"),
    "violation_codes": Bilingual("违规类型代码", "Violation codes"),
    "violation_name": Bilingual("涉嫌违规类型", "Suspected violations"),
    "hints": Bilingual("规则提示的其他类型（未认定）", "Other kinds rules suggest (not decided)"),
    "legal_basis": Bilingual("法律依据", "Legal basis"),
    "first_seen": Bilingual("首次发现（北京时间）", "First seen (Beijing time)"),
    "last_seen": Bilingual("最近看到（北京时间）", "Last seen (Beijing time)"),
    "evidence_id": Bilingual("证据包编号", "Evidence package"),
    "screenshot_file": Bilingual("截图文件", "Screenshot file"),
    "sha256": Bilingual("截图校验值（SHA-256）", "Screenshot SHA-256"),
    "discovered_by": Bilingual("发现方式", "Discovered by"),
    "reviewer": Bilingual("审核人", "Reviewer"),
    "review_time": Bilingual("审核时间（北京时间）", "Review time (Beijing time)"),
    "confidence": Bilingual("机器评分（0–1）", "Machine score (0–1)"),
    "requested_action": Bilingual("建议处置措施", "Requested action"),
    "deadline": Bilingual("办理期限", "Deadline"),
    "copy_to": Bilingual("抄送部门", "Copy to"),
    "sent_time": Bilingual("发出时间", "Sent at"),
    "receipt_no": Bilingual("回执编号", "Receipt no."),
    "platform_reply": Bilingual("平台答复", "Platform's reply"),
    "verified_removed_time": Bilingual("核实删除时间", "Removal verified at"),
    "recurrence_of": Bilingual("再次出现", "Recurrence"),
    "pii_masked": Bilingual("联系方式已遮盖", "Contacts masked"),
    "remarks": Bilingual("备注", "Remarks"),
    "notes": Bilingual("内部备注", "Inner notes"),
}
OUTWARD: Final = (
    *("case_no", "platform", "url", "account_name", "account_id", "title", "hit_terms"),
    *("excerpt_raw", "violation_name", "legal_basis", "first_seen", "evidence_id", "sha256"),
    *("requested_action", "deadline", "platform_reply", "remarks"),
)
NO_PACKAGE: Final = "—"  # in place of a package's number, in a letter
OUTDATED: Final = "是在决定生效之前制作的"  # of a package that does not tell of the decision
UNSEALED: Final = "没有封存"  # of a package that nobody outside can check
YES, NO = Bilingual("是", "yes"), Bilingual("否", "no")

ALL: Final = Bilingual("全部", "all")
LIST: Final = Bilingual("处置清单", "Takedown list")
DRAFT: Final = Bilingual("草稿", "draft")
INNER: Final = Bilingual("内部", "internal")
NOTHING: Final = Bilingual("没有符合条件的已审核案件。", "No decided case matches what was asked.")
CAVEATS: Final = (
    Bilingual(
        "本清单为草稿，须经人工签发；文号、期限、签章由发函单位填写。",
        "This list is a draft: a person signs it. Number, deadline and seal are the sender's.",
    ),
    Bilingual(
        "所列内容均为“涉嫌”，由程序按规则发现、经审核人逐案判定，不是对任何单位或个人的定性。",
        "Everything listed is suspected only: found by rules, decided case by case by a reviewer; "
        "no verdict on any organisation or person.",
    ),
    Bilingual(
        "“建议处置措施”为建议，可由签发人修改。",
        "The requested action is a proposal that the signer may change.",
    ),
    Bilingual(
        "“证据包编号”是证据包文件的名称；“截图校验值”是页面截图（没有截图的为页面原文，见备注）的"
        " SHA-256，可用任何工具复核。",
        "The evidence package is named as its file is; the SHA-256 is that of the screenshot (of "
        "the page where there is none, see Remarks), which any tool can check.",
    ),
    Bilingual(
        "以 ' 开头或整格为文字格式的内容，是为防止表格软件把网上的文字当作公式执行。",
        "A leading ' or a text-only cell keeps a spreadsheet from running web text as a formula.",
    ),
)
INNER_CAVEATS: Final = (
    Bilingual(
        "本表含审核人、机器评分和内部备注，仅供内部使用，不得发给平台或者其他单位。",
        "Names of reviewers, scores and inner notes: for the office alone, not to be sent.",
    ),
    Bilingual(
        "“机器评分”只是排序依据；“抄送部门”为建议。“涉嫌违规类型”由审核人认定，规则提示的另列。",
        "The score only orders, copy-to is a proposal. The violation is the reviewer's; what rules "
        "alone suggest stands beside it.",
    ),
    Bilingual(
        "“截图文件”是快照存储下的路径，PNG 格式，无扩展名；文件名即其 SHA-256。",
        "Screenshot file is a path below the snapshot store: a PNG without an ending, named by its "
        "SHA-256.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakedownRow:
    """One URL of one decided case, every cell as text in the order of COLUMNS; "" is unknown."""

    case_no: str
    batch_no: str
    platform: str
    platform_operator: str = ""
    region_of_operator: str = ""
    content_type: str
    url: str
    url_found: str
    account_name: str = ""
    account_id: str = ""
    account_url: str = ""
    avatar_hash: str = ""
    title: str = ""
    excerpt_raw: str = ""
    hit_terms: str = ""
    violation_codes: str = ""
    violation_name: str = ""
    hints: str = ""
    legal_basis: str = ""
    first_seen: str = ""
    last_seen: str = ""
    evidence_id: str = ""
    screenshot_file: str = ""
    sha256: str = ""
    discovered_by: str = ""
    reviewer: str = ""
    review_time: str = ""
    confidence: str = ""
    requested_action: str = ""
    deadline: str = ""
    copy_to: str = ""
    sent_time: str = ""
    receipt_no: str = ""
    platform_reply: str = ""
    verified_removed_time: str = ""
    recurrence_of: str = ""
    pii_masked: str = ""
    remarks: str = ""
    notes: str = ""
    # No columns: for letters and reports, whose receiver must find the page ("": as `url`), and
    # which count the articles of several rows together.
    address: str = ""
    earlier: str = ""  # one sentence: exports/earlier_takedown.py
    articles: tuple[str, ...] = ()

    @property
    def whole_url(self) -> str:
        return self.address or self.url

    def cells(self, columns: Iterable[str] = COLUMNS) -> tuple[str, ...]:
        return tuple(getattr(self, name) for name in columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHead:
    """What is said about a list as a whole."""

    batch_no: str
    made_at: datetime
    platform: str = ""  # "" for all
    since: str = ""  # the day as asked, "" for all
    lang: str = "zh"
    masked: bool = True
    to: str = ""  # the department a letter goes to, "" for a list
    office: str = ""  # whose letter it is, "" where nobody said
    duties: tuple[str, ...] = ()  # the platform's own, as citable on the day it was made
    titles: Mapping[str, str] = field(default_factory=dict)  # of notices, by document number
    site: str = ""  # the one site it is about, as registered; "" for all
    request_no: str = ""  # the takedown request it goes with
    internal: bool = False  # every column, for the office alone

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(COLUMNS) if self.internal else OUTWARD

    def header(self) -> tuple[str, ...]:
        return tuple(COLUMNS[name].said(self.lang) for name in self.columns)

    def scope(self) -> str:
        if self.site:
            return self.site
        return platform_name(self.platform) if self.platform else ALL.said(self.lang)

    def title(self) -> str:
        """What stands above a list."""
        kind = INNER.said(self.lang) if self.internal else DRAFT.said(self.lang)
        name = f"{LIST.said(self.lang)}（{kind}）　{self.scope()}　{self.batch_no}"
        return f"{self.office}　{name}" if self.office else name

    def file_name(self, suffix: str, title: str = "处置清单") -> str:
        """`处置清单_抖音_CS-20261123-001.xlsx`; a platform's odd signs become _."""
        scope = replace(self, lang="zh").scope()
        if self.to:
            scope = f"{self.to}_{scope}" if self.site else self.to
        title += "_内部" if self.internal else ""
        return f"{title}_{ODD.sub('_', scope)}_{self.batch_no}{suffix}"

    def empty_note(self) -> str:
        return NOTHING.said(self.lang)

    def notes(self, rows: int) -> tuple[tuple[str, str], ...]:
        """How the list was made, as pairs of a heading and a sentence."""
        facts = [(name.said(self.lang), said) for name, said in self._facts(rows) if said]
        caveats = (*(INNER_CAVEATS if self.internal else ()), *CAVEATS)
        return (*facts, *(("", line.said(self.lang)) for line in caveats))

    def _facts(self, rows: int) -> tuple[tuple[Bilingual, str], ...]:
        everything = ALL.said(self.lang)
        return (
            (Bilingual("批次编号", "Batch no."), self.batch_no),
            (Bilingual("生成时间（北京时间）", "Made at (Beijing time)"), beijing(self.made_at)),
            (Bilingual("平台", "Platform"), self.scope()),
            (Bilingual("审核时间起", "Decided since"), self.since or everything),
            (Bilingual("行数", "Rows"), str(rows)),
            (Bilingual("处置请求", "Takedown request"), self.request_no),
            (COLUMNS["pii_masked"], (YES if self.masked else NO).said(self.lang)),
            (Bilingual("说明", "Note"), "" if rows else self.empty_note()),
        )


def beijing(moment: datetime | None) -> str:
    """The moment on a Chinese clock, to the second; "" where it is not known."""
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
