"""`certsweep rules`: which rules there are, what each of them says, and whether they work."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Table

from classifiers.judge import LEARNED
from classifiers.rulebook import Rule
from classifiers.subject import Subject
from classifiers.tables_file import searchable
from door.check_files import STDIN, check_readable, decode, looks_like_html, read_all
from door.check_record import record_of
from door.explain_model import WHAT
from door.manual import HouseCommand
from door.misuse import WrongUse
from door.model_page import model_json, model_page
from door.printable import printable
from door.rule_page import list_row, page, page_json
from door.rule_trial import all_tried, proof_json, proof_line, proofs, trial, trial_json, why_not
from door.rule_words import PROVES_SHORT, Shelf, shelf
from door.settings import SETTINGS
from door.speech import out, say, t
from storage.bilingual import Problem

HELP = t("查看和试用研判规则。", "See and try the rules of the judge.")
OURS = ZoneInfo("Asia/Shanghai")  # a law is in force by Chinese days
app = typer.Typer(no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help=t("以 JSON 输出", "as JSON"))]


def show_json(value: Any) -> None:  # noqa: ANN401 (whatever JSON holds)
    out.print(json.dumps(value, ensure_ascii=False), markup=False)


def show_lines(lines: Iterable[str]) -> None:
    for line in lines:
        out.print(printable(line), markup=False)


def named(rules: Shelf, name: str) -> Rule:
    """The rule of this name; a Problem names those a person may have meant."""
    known = {rule.name: rule for rule in rules.judge.eye.rules}
    if name in known:
        return known[name]
    if name == LEARNED:
        raise Problem(
            f"{WHAT[0]}。看它怎样判读一段文字，用 certsweep check --explain 文件。",
            f"{WHAT[1]}. To see it judge a text use certsweep check --explain FILE.",
        )
    of_code = [rule.name for rule in rules.judge.eye.rules if rule.code == name.upper()]
    near = of_code or get_close_matches(name, known, 5, 0.5)
    hint = t("是不是：", "Is it: ") + "、".join(near) if near else ""
    raise Problem(
        f"没有规则“{printable(name)}”。{hint or '见 certsweep rules list。'}",
        f"there is no rule {printable(name)!r}. {hint or 'See certsweep rules list.'}",
    )


@app.command(
    "list",
    cls=HouseCommand,
    help=t(
        "列出全部规则：随程序的和本单位的。", "All rules: those that come along and the office's."
    ),
)
def list_command(*, as_json: AsJson = False) -> None:
    rules = shelf(SETTINGS)
    rows = sorted(rules.judge.eye.rules, key=lambda rule: (rule.code, rule.name))
    if as_json:
        show_json([list_row(rules, rule) for rule in rows])
        return
    out.print(table_of(rules, rows))
    where = rules.office or t("没有", "none")
    say(
        f"共 {len(rows)} 条，其中本单位 {len(rules.offices)} 条（文件夹：{where}）。",
        f"{len(rows)} rules, {len(rules.offices)} of the office's own (folder: {where}).",
    )
    say(
        f"另有 {WHAT[0]}（certsweep rules show {LEARNED}）。",
        f"Besides them: {WHAT[1]} (certsweep rules show {LEARNED}).",
    )


def table_of(rules: Shelf, rows: Iterable[Rule]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in (t("编号", "code"), t("条款", "clause")):
        table.add_column(title, no_wrap=True)
    table.add_column(t("名称", "name"), overflow="fold")
    table.add_column(t("严重", "severity"), justify="right")
    table.add_column(t("证明", "proof"), no_wrap=True)
    table.add_column(t("词", "words"), justify="right")
    table.add_column(t("句式", "patterns"), justify="right")
    table.add_column(t("来源", "from"), no_wrap=True)
    for rule in rows:
        row = list_row(rules, rule)
        table.add_row(
            rule.code,
            rule.clause.value,
            escape(printable(f"{rule.name}\n{t(rule.zh, rule.en)}")),
            str(rule.severity),
            t(*PROVES_SHORT[rule.proves]),
            str(row["words"]),
            str(row["patterns"]),
            t(*rules.origin(rule)),
        )
    return table


@app.command(
    "show",
    cls=HouseCommand,
    help=t(
        "一条规则的全部内容：词、句式、语境、依据、例文。",
        "All of one rule: words, patterns, context, law, examples.",
    ),
)
def show_command(
    name: Annotated[
        str, typer.Argument(metavar=t("规则", "RULE"), help=t("规则名", "name of the rule"))
    ],
    *,
    as_json: AsJson = False,
) -> None:
    rules = shelf(SETTINGS)
    if name == LEARNED:
        show_json(model_json(rules.model)) if as_json else show_lines(model_page(rules.model))
        return
    rule = named(rules, name)
    today = datetime.now(tz=OURS).date()
    if as_json:
        show_json(page_json(rules, rule, today))
        return
    show_lines(page(rules, rule, today))


@app.command(
    "test",
    cls=HouseCommand,
    help=t(
        "用规则自带的例文检验规则；给出文本则逐步说明命中或不命中的原因。",
        "Try rules on their own examples; on a text, say step by step why one matches or not.",
    ),
)
def try_command(
    name: Annotated[
        str,
        typer.Argument(
            metavar=t("规则", "RULE"), help=t("规则名；不给则全部", "name of the rule; else all")
        ),
    ] = "",
    file: Annotated[
        str,
        typer.Argument(
            metavar=t("文件", "FILE"),
            help=t("要试的文本或网页；- 为标准输入", "text or page to try; - is standard input"),
        ),
    ] = "",
    *,
    text: Annotated[
        str | None,
        typer.Option(metavar=t("文字", "TEXT"), help=t("要试的文字", "text to try")),
    ] = None,
    account: Annotated[
        str, typer.Option(metavar=t("名称", "NAME"), help=t("账号名称", "name of the account"))
    ] = "",
    url: Annotated[str, typer.Option(metavar=t("网址", "URL"), help=t("网址", "URL"))] = "",
    as_json: AsJson = False,
) -> None:
    if file and text is not None:
        raise WrongUse("文件和 --text 只能给一个。", "give FILE or --text, not both.")
    given = {"account": account, "url": url}
    subject = subject_of(file, text, given)
    rules = shelf(SETTINGS)
    chosen = [named(rules, name)] if name else list(rules.judge.eye.rules)
    if subject is None:
        prove(rules, chosen, one=bool(name), as_json=as_json)
    elif as_json:
        tried = [trial_json(rules, rule, subject) for rule in chosen]
        show_json(tried[0] if name else [one for one in tried if one["claims"] or one["places"]])
    else:
        show_lines(trial(rules, chosen[0], subject) if name else all_tried(rules, subject))


def subject_of(file: str, text: str | None, given: dict[str, str]) -> Subject | None:
    """What a rule is tried on; None where its own examples are meant."""
    raw = {key: value for key, value in given.items() if value}
    if file:
        check_readable([file])
        body = decode(file, read_all(file))
        kind = "html" if looks_like_html(file, body) else "text"
        return record_of(file or STDIN, {kind: body} | raw).subject
    if text is None and not raw:
        return None
    return record_of(0, {"text": searchable(text or "")} | raw).subject


def prove(rules: Shelf, chosen: list[Rule], *, one: bool, as_json: bool) -> None:
    """Examples that do not hold are told with the reason; exit code 1 where there are any."""
    tried = list(proofs(rules, chosen))
    wrong = [proof for proof in tried if not proof.holds]
    if as_json:
        show_json([proof_json(proof) for proof in tried])
    for proof in () if as_json else tried if one else wrong:
        show_lines([proof_line(proof) if one else f"{proof.rule.name} {proof_line(proof)}"])
        show_lines(why_not(rules, proof) if not proof.holds else ())
    say(
        f"{len(chosen)} 条规则，{len(tried)} 个例文，{len(wrong)} 个不符。",
        f"{len(chosen)} rules, {len(tried)} examples, {len(wrong)} do not hold.",
    )
    if wrong:
        raise typer.Exit(1)
