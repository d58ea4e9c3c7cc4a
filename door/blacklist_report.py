"""The blacklist on the screen and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from rich.markup import escape
from rich.table import Table

from door.printable import printable
from door.speech import out, t
from door.takedown_report import line, words
from exports.masking import shown_value
from exports.takedown_rows import beijing
from storage.bilingual import Bilingual
from storage.blacklist import Entry
from storage.blacklist_pages import ACTS, STANDING
from storage.blacklist_pages import standing as state_on
from storage.blacklist_values import KINDS


def standing(entry: Entry, today: date) -> str:
    """What it is today, in words."""
    return words(STANDING[state_on(entry, today)])


def subject(entry: Entry, *, show_contacts: bool) -> str:
    return shown_value(entry.kind, entry.shown, show_contacts=show_contacts)


def entry_json(entry: Entry, today: date, *, show_contacts: bool) -> dict[str, Any]:
    return asdict(entry) | {
        "value": shown_value(entry.kind, entry.value, show_contacts=show_contacts),
        "shown": subject(entry, show_contacts=show_contacts),
        "counts_today": entry.counts_on(today),
    }


def entries_table(entries: Sequence[Entry], today: date, *, show_contacts: bool) -> Table:
    table = Table(title=t("黑名单", "Blacklist"), title_justify="left")
    for zh, en in (
        ("编号", "id"),
        ("类别", "kind"),
        ("主体", "subject"),
        ("现状", "state"),
        ("开始", "from"),
        ("结束", "to"),
        ("原因", "reason"),
    ):
        table.add_column(t(zh, en), overflow="fold")
    for one in entries:
        table.add_row(
            str(one.id),
            words(KINDS[one.kind]),
            escape(printable(subject(one, show_contacts=show_contacts))),
            standing(one, today),
            one.now.starts.isoformat(),
            one.now.ends.isoformat() if one.now.ends else t("长期", "open"),
            escape(printable(one.now.reason)),
        )
    return table


def show_entry(entry: Entry, today: date, *, show_contacts: bool) -> None:
    kind, name = words(KINDS[entry.kind]), subject(entry, show_contacts=show_contacts)
    line("黑名单", "entry", f"{entry.id}　{kind}　{name}　{standing(entry, today)}")
    for one in entry.versions:
        out.print("")
        act = words(ACTS.get(one.act, Bilingual(one.act, one.act)))
        line("版本", "version", f"{one.version}　{act}　{one.who}　{beijing(one.at)}")
        line("　原因", "  reason", one.reason)
        line("　法律依据", "  legal basis", one.legal_basis)
        ends = one.ends.isoformat() if one.ends else t("长期", "open")
        line("　期限", "  period", f"{one.starts} – {ends}")
        for zh, en, text in (("　说明", "  note", one.note), ("　来源", "  source", one.source)):
            if text:
                line(zh, en, text)
