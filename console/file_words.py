"""Names of what is made for people to take away: lists, letters, briefs, packages."""

from __future__ import annotations

from storage.bilingual import Bilingual

FORM_WORDS = {
    "xlsx": Bilingual("处置清单（XLSX）", "takedown list (XLSX)"),
    "csv": Bilingual("处置清单（CSV）", "takedown list (CSV)"),
    "letter": Bilingual("协助处置函（DOCX）", "letter to a platform (DOCX)"),
    "transfer": Bilingual("转办函（DOCX）", "transfer letter (DOCX)"),
    "12377": Bilingual("12377 举报表（XLSX）", "12377 report (XLSX)"),
}
FOR_RECIPIENT = ("letter", "xlsx", "12377")  # what is made of one takedown request
KIND_WORDS = {
    "list": Bilingual("清单或函件", "list or letter"),
    "brief": Bilingual("巡查日报、简报", "daily brief"),
    "evidence": Bilingual("证据包", "evidence package"),
    "capture": Bilingual("取证并制作证据包", "capture and evidence package"),
}
