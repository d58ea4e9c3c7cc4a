"""`certsweep export`: the decided cases as a takedown list, one file a call."""

from __future__ import annotations

import json
from dataclasses import asdict

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
from door.printable import printable
from door.settings import SETTINGS
from door.speech import out, say, t
from storage.database import open_database, ready
from storage.handed_out import MACHINE

HELP = t(
    "把审核为违规的案件导出为处置清单（草稿）。",
    "Export the cases decided as violations as a takedown list (a draft).",
)


def command(
    form: Form,
    folder: Folder,
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
    """Write one list."""
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
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
    tell(export_list(engine, form, folder, asked), as_json)


def tell(made: Exported, as_json: bool) -> None:
    if made.rows:
        say("这是草稿，须经人工签发。", "This is a draft; a person signs it.")
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
