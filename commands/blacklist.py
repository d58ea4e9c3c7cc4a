"""`certsweep blacklist`: who is on the blacklist (黑名单), since when, why, and until when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from door.blacklist_import import kind_of, listings_of
from door.blacklist_report import entries_table, entry_json, show_entry
from door.casework import open_queue
from door.manual import HouseCommand
from door.moments import day_of, now
from door.speech import out, say, t
from door.takedown_options import AsJson, By
from door.takedown_typed import print_json
from exports.takedown_rows import CHINA
from storage.blacklist import Listing, add_act, entries, get_entry, list_subjects

HELP = t(
    "黑名单：列入、申诉、移出，各版都保留。只提高待审优先度，不作为认定依据。",
    "The blacklist: add, appeal, remove, all versions kept. It raises priority, proves nothing.",
)
app = typer.Typer(no_args_is_help=True)
Number = Annotated[
    int,
    typer.Argument(
        metavar=t("编号", "NUMBER"),
        help=t("黑名单编号，见 blacklist list", "number of the entry, as in blacklist list"),
    ),
]
ShowContacts = Annotated[
    bool, typer.Option("--show-contacts", help=t("不遮盖联系方式", "do not mask contacts"))
]
Reason = Annotated[
    str, typer.Option(metavar=t("原因", "WHY"), help=t("为什么列入", "why it is listed"))
]
Basis = Annotated[
    str, typer.Option(metavar=t("依据", "LAW"), help=t("法律依据", "the legal basis"))
]
Start = Annotated[
    str,
    typer.Option(metavar=t("日期", "DAY"), help=t("从哪一天起，默认今天", "from which day; today")),
]
End = Annotated[
    str,
    typer.Option(
        metavar=t("日期", "DAY"), help=t("到哪一天止，默认无期限", "its last day; none by default")
    ),
]
Source = Annotated[
    str,
    typer.Option(
        metavar=t("来源", "SOURCE"), help=t("依据的案件或文件", "case or file it rests on")
    ),
]
What = Annotated[str, typer.Option(metavar=t("文字", "TEXT"), help=t("内容或原因", "what or why"))]


@app.command("add", cls=HouseCommand, help=t("列入一个主体。", "List a subject."))
def add_command(
    kind: Annotated[
        str,
        typer.Argument(
            metavar=t("类别", "KIND"),
            help=t(
                "名称、网站、账号、电话、微信、QQ、备案号、二维码",
                "name, host, account, phone, wechat, qq, icp, qr",
            ),
        ),
    ],
    value: Annotated[str, typer.Argument(metavar=t("主体", "VALUE"), help=t("是谁", "who"))],
    reason: Reason,
    basis: Basis,
    by: By,
    start: Start = "",
    end: End = "",
    source: Source = "",
    *,
    as_json: AsJson = False,
) -> None:
    present = now()
    today = present.astimezone(CHINA).date()
    listing = Listing(
        kind=kind_of(kind),
        value=value,
        reason=reason,
        legal_basis=basis,
        starts=day_of(start, "--start") or today,
        ends=day_of(end, "--end"),
        source=source,
    )
    engine = open_queue()
    (number,) = list_subjects(engine, [listing], by, present)
    if as_json:
        print_json(entry_json(get_entry(engine, number), today, show_contacts=True))
        return
    out.print(
        t(f"已列入黑名单，编号 {number}。", f"Listed as entry {number}."),
        markup=False,
    )


@app.command("list", cls=HouseCommand, help=t("列出在列的；--all 含已移出、已到期。", "Entries."))
def list_command(
    every: Annotated[
        bool,
        typer.Option("--all", help=t("也列出不在列的", "those that no longer count as well")),
    ] = False,
    show_contacts: ShowContacts = False,
    *,
    as_json: AsJson = False,
) -> None:
    today = now().astimezone(CHINA).date()
    found = entries(open_queue(), None if every else today)
    if as_json:
        print_json([entry_json(one, today, show_contacts=show_contacts) for one in found])
    elif found:
        out.print(entries_table(found, today, show_contacts=show_contacts))
    else:
        say("黑名单是空的。", "The blacklist is empty.")


@app.command("show", cls=HouseCommand, help=t("一条的全部版本。", "One entry with every version."))
def show_command(
    number: Number, show_contacts: ShowContacts = False, *, as_json: AsJson = False
) -> None:
    today = now().astimezone(CHINA).date()
    entry = get_entry(open_queue(), number)
    if as_json:
        print_json(entry_json(entry, today, show_contacts=show_contacts))
    else:
        show_entry(entry, today, show_contacts=show_contacts)


@app.command(
    "appeal",
    cls=HouseCommand,
    help=t(
        "登记申诉；--rejected 登记申诉不成立，维持列入。",
        "Record an appeal; --rejected that one was turned down and the entry stays.",
    ),
)
def appeal_command(
    number: Number,
    by: By,
    note: What,
    rejected: Annotated[
        bool,
        typer.Option(
            "--rejected",
            "--upheld",
            help=t("申诉不成立，维持列入", "the appeal was turned down, the entry stays"),
        ),
    ] = False,
) -> None:
    act = "upheld" if rejected else "appealed"
    version = add_act(open_queue(), number, act, by, note, now())
    out.print(
        t(
            f"已登记：黑名单第 {number} 条{'申诉不成立，维持列入' if rejected else '有申诉在办'}"
            f"（第 {version.version} 版）。",
            f"Recorded: entry {number}, "
            f"{'appeal turned down, it stays' if rejected else 'under appeal'} "
            f"(version {version.version}).",
        ),
        markup=False,
    )


@app.command("remove", cls=HouseCommand, help=t("移出一条，保留历史。", "Remove an entry; kept."))
def remove_command(number: Number, by: By, note: What) -> None:
    add_act(open_queue(), number, "removed", by, note, now())
    out.print(t(f"黑名单第 {number} 条已移出。", f"Entry {number} is removed."), markup=False)


@app.command(
    "import",
    cls=HouseCommand,
    help=t(
        "导入文件（.csv、.xlsx）：类别、主体、原因、法律依据，可有开始、结束、来源、备注。"
        "有一行不能用，就一行也不导入。",
        "Import a file (.csv, .xlsx): kind, value, reason, legal_basis; starts, ends, source, note "
        "if given. Where one row will not do, none is imported.",
    ),
)
def import_command(
    file: Annotated[
        Path, typer.Argument(metavar=t("文件", "FILE"), help=t("CSV 或 XLSX", "CSV or XLSX"))
    ],
    by: By,
) -> None:
    present = now()
    found = listings_of(file, present.astimezone(CHINA).date())
    numbers = list_subjects(open_queue(), found, by, present)
    out.print(t(f"已列入 {len(numbers)} 条。", f"{len(numbers)} entries listed."), markup=False)
