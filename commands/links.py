"""`certsweep links CASE`: the web of accounts and pages of one advertiser (关联网页)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from door.casework import CaseNumber, open_queue
from door.links_report import graph_of, show_web, web_json
from door.speech import out, say, t
from exports.graphml import write_graphml
from storage.links import web_of

HELP = t(
    "一件案件的关联网页：同一发布者的账号、网页、联系方式，及关联依据。",
    "The web of one case: accounts, pages and contacts of one advertiser, and what links them.",
)


def command(
    case_id: CaseNumber,
    as_json: Annotated[
        bool, typer.Option("--json", help=t("以一个 JSON 对象输出", "as one JSON object"))
    ] = False,
    graphml: Annotated[
        Path | None,
        typer.Option(
            metavar=t("文件", "FILE"),
            help=t("另存为图文件（GraphML）", "write a graph file (GraphML) as well"),
        ),
    ] = None,
    show_contacts: Annotated[
        bool,
        typer.Option("--show-contacts", help=t("不遮盖联系方式", "do not mask contacts")),
    ] = False,
) -> None:
    """Show what hangs together."""
    web = web_of(open_queue(), case_id)
    if graphml is not None:
        write_graphml(graphml, *graph_of(web, show_contacts=show_contacts))
        say(f"已写入 {graphml}。", f"Written to {graphml}.")
    if as_json:
        facts = web_json(web, show_contacts=show_contacts)
        out.print(json.dumps(facts, ensure_ascii=False), markup=False)
    else:
        show_web(web, show_contacts=show_contacts)
