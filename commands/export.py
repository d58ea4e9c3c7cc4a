"""`certsweep export`: the decided cases as a takedown list, one file a call."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import Engine

from door.export_choice import Asked
from door.export_options import (
    AsJson,
    By,
    Folder,
    Form,
    Internal,
    Platform,
    RequestNumber,
    ShowContacts,
    Since,
    Site,
    To,
)
from door.export_run import Exported, export_list
from door.misuse import WrongUse
from door.numbers_report import numbers_json, show_numbers
from door.printable import printable
from door.settings import SETTINGS
from door.speech import out, say, t
from storage.database import open_database, ready
from storage.handed_out import MACHINE
from storage.numbers_given import numbers_given

NUMBERS = "list"  # in place of a format: tell what was made
PAPERS = frozenset({"letter", "transfer", "12377"})  # in Chinese, whatever the screen's language
MOST = 1_000  # numbers on the screen, the newest
HELP = t(
    "把审核为违规的案件导出为处置清单（草稿）。",
    "Export the cases decided as violations as a takedown list (a draft).",
)


def command(
    form: Form,
    folder: Folder = None,
    platform: Platform = "",
    site: Site = "",
    request: RequestNumber = None,
    since: Since = "",
    to: To = "",
    by: By = MACHINE,
    internal: Internal = False,
    show_contacts: ShowContacts = False,
    as_json: AsJson = False,
) -> None:
    """Write one list, or tell the numbers that were given."""
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
    if form == NUMBERS:
        refuse_options(folder, platform, site, request, since, to, internal, show_contacts)
        tell_numbers(engine, as_json)
        return
    if folder is None:
        raise WrongUse(
            "缺少 --out（清单放到哪个文件夹，没有则新建）。",
            "--out is missing (folder of the list, made where missing).",
        )
    asked = Asked(
        platform=platform,
        site=site,
        request=request or 0,
        since=since,
        masked=not show_contacts,
        to=to,
        internal=internal,
        by=by,
    )
    tell(export_list(engine, form, folder, asked), as_json, chinese=form in PAPERS)


def refuse_options(*options: object) -> None:
    if any(options):
        raise WrongUse(
            "export list 列出全部编号，只能加 --json。",
            "export list tells every number; only --json goes with it.",
        )


def tell_numbers(engine: Engine, as_json: bool) -> None:
    given = numbers_given(engine, limit=MOST)
    if as_json:
        out.print(json.dumps(numbers_json(given), ensure_ascii=False), markup=False)
    else:
        show_numbers(given)


def tell(made: Exported, as_json: bool, *, chinese: bool) -> None:
    if made.rows:
        tongue = ", in Chinese as all papers are" if chinese else ""
        say("这是草稿，须经人工签发。", f"This is a draft{tongue}; a person signs it.")
    else:
        say(
            "没有符合条件的已审核案件，清单只有表头。",
            "No decided case matches what was asked; the list has its header only.",
        )
    for remark in made.remarks:
        out.print(printable(t(f"注意：{remark.zh}", f"Note: {remark.en}")), markup=False)
    if as_json:
        facts = asdict(made) | {"path": str(made.path)}
        facts["remarks"] = [t(one.zh, one.en) for one in made.remarks]
        out.print(json.dumps(facts, ensure_ascii=False), markup=False)
    else:
        out.print(str(made.path), markup=False)
        out.print(
            t(
                f"{made.cases} 件案件，{made.rows} 行",
                f"{made.cases} case(s), {made.rows} row(s)",
            ),
            markup=False,
        )
