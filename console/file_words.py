"""Names of what is made for people to take away: lists, letters, briefs, packages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.names import platform_name
from storage.bilingual import Bilingual

FORM_WORDS = {
    "xlsx": Bilingual("处置清单（XLSX）", "takedown list (XLSX)"),
    "csv": Bilingual("处置清单（CSV）", "takedown list (CSV)"),
    "letter": Bilingual("协助处置函（DOCX）", "letter to a platform (DOCX)"),
    "transfer": Bilingual("转办函（DOCX）", "transfer letter (DOCX)"),
    "12377": Bilingual("12377 举报表（XLSX）", "12377 report (XLSX)"),
    "brief-docx": Bilingual("巡查日报、简报（DOCX）", "brief (DOCX)"),
    "brief-html": Bilingual("巡查日报、简报（HTML）", "brief (HTML)"),
}
FOR_RECIPIENT = ("letter", "xlsx", "12377")  # what is made of one takedown request
KIND_WORDS = {
    "list": Bilingual("清单或函件", "list or letter"),
    "brief": Bilingual("巡查日报、简报", "daily brief"),
    "evidence": Bilingual("证据包", "evidence package"),
    "capture": Bilingual("取证并制作证据包", "capture and evidence package"),
}
OFFICE_WORDS = {  # as exports/routing.py names departments
    "市场监管": Bilingual("市场监管", "market regulation"),
    "人力资源社会保障": Bilingual("人力资源社会保障", "human resources and social security"),
    "公安": Bilingual("公安", "police"),
    "网信": Bilingual("网信", "cyberspace affairs"),
    "通信管理": Bilingual("通信管理", "communications"),
    "机构编制": Bilingual("机构编制", "staffing of public bodies"),
    "民政": Bilingual("民政", "civil affairs"),
    "应急管理": Bilingual("应急管理", "emergency management"),
    "住房城乡建设": Bilingual("住房城乡建设", "housing and construction"),
    "教育": Bilingual("教育", "education"),
    "卫生健康": Bilingual("卫生健康", "health"),
}


def office_word(name: str) -> Bilingual:
    return OFFICE_WORDS.get(name, Bilingual(name, name))


def scope_of(filters: Mapping[str, Any]) -> Bilingual:
    """What a file is about, by what was asked for; nothing is everything."""
    platform = filters.get("platform", "")
    parts = [
        *([Bilingual("内部", "internal")] if filters.get("internal") else []),
        *(same(filters.get(name, "")) for name in ("to", "request", "site") if filters.get(name)),
        *([platform_name(platform)] if platform and not filters.get("site") else []),
    ]
    if not parts:
        return Bilingual("全部", "all")
    return Bilingual("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def same(words: object) -> Bilingual:
    return Bilingual(str(words), str(words))
