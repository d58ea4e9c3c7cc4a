"""`certsweep check`: judge texts without crawling."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from door.check_files import (
    STDIN,
    NotText,
    Write,
    check_readable,
    decode,
    looks_like_html,
    looks_like_jsonl,
    output,
    read_all,
    read_lines,
)
from door.check_record import (
    Answer,
    BadRecord,
    TextJudge,
    answer,
    as_line,
    failure,
    read_record,
    record_of,
)
from door.check_report import report
from door.directory_load import directory_if_any
from door.explain_report import Explainer
from door.misuse import WrongUse
from door.office_judge import office_judge
from door.rule_words import Shelf
from door.settings import SETTINGS
from door.speech import err, say, t
from storage.bilingual import Problem

LONG = 1_000_000  # bytes of input from which a person wants to see progress
STRIDE = 64  # lines between two movements of the bar

HELP = t(
    "判读文本、网页或 JSONL，不采集、不入库。",
    "Judge texts, pages or JSONL; nothing is fetched or stored.",
)


def command(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar=t("文件…", "FILE…"),
            help=t("文本或网页文件；- 为标准输入", "text or HTML files; - is standard input"),
        ),
    ] = None,
    *,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl",
            help=t("输入和输出都是每行一条 JSON 记录", "one JSON record a line, in and out"),
        ),
    ] = False,
    out_file: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar=t("文件", "FILE"),
            help=t("结果写入此文件", "write the result to this file"),
        ),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help=t(
                "另列出规则、全部证据、发言者和得分由来",
                "add rules, all evidence, the stance and how the score came about",
            ),
        ),
    ] = False,
) -> None:
    """Judge what is in files, without crawling."""
    names = files or [STDIN]
    if not files and sys.stdin is not None and sys.stdin.isatty():
        raise WrongUse("请给出文件，或用 - 读标准输入。", "name a file, or - for standard input.")
    unread: Counter[str] = Counter()
    if jsonl:
        check_readable(names)
    else:
        names, unread = readable(names)
    judge = office_judge(SETTINGS, directory_if_any(SETTINGS))
    explainer = Explainer(Shelf(judge)) if explain else None
    with output(out_file) as write:
        seen = (check_lines if jsonl else check_texts)(names, judge, write, explainer)
    seen += unread
    summary(seen)
    if seen["bad"]:
        raise typer.Exit(1)


def readable(names: list[str]) -> tuple[list[str], Counter[str]]:
    """The inputs that can be opened; of the others each is told. Raises Problem where none can."""
    good: list[str] = []
    unread: Counter[str] = Counter()
    faults = []
    for name in names:
        try:
            check_readable([name])
            good.append(name)
        except Problem as problem:
            faults.append(problem)
    if not good:
        raise Problem(
            "\n".join(one.text.zh for one in faults), "\n".join(one.text.en for one in faults)
        )
    for fault in faults:
        tell(fault, unread)
    return good, unread


def check_lines(
    names: list[str], judge: TextJudge, write: Write, explain: Explainer | None = None
) -> Counter[str]:
    """Answer each line in order, holding one at a time."""
    seen: Counter[str] = Counter()
    for name in names:
        label = name if len(names) > 1 else ""
        try:
            for number, line in watched(name):
                if line.strip():
                    said = judged(line, number, judge, explain=explain, file=label)
                    write(as_line(said))
                    count(seen, said)
        except NotText as problem:
            tell(problem, seen)
    return seen


def judged(
    line: str, number: int, judge: TextJudge, *, explain: Explainer | None = None, file: str
) -> Answer:
    try:
        record = read_record(line)
    except BadRecord as bad:
        return failure(bad.id, bad.text, number, file)
    said = answer(record, judge.judge(record.subject), explain=explain is not None)
    return said | ({"explain": explain.json(record)} if explain else {})


def check_texts(
    names: list[str], judge: TextJudge, write: Write, explain: Explainer | None = None
) -> Counter[str]:
    """A report for each file; one that cannot be read leaves the others alone."""
    seen: Counter[str] = Counter()
    for name in names:
        try:
            text = decode(name, read_all(name))
        except NotText as problem:
            tell(problem, seen)
            continue
        if looks_like_jsonl(text):
            say(
                f"注意：{name} 像是每行一条 JSON 记录，这里当作一篇文章判读。是不是要加 --jsonl？",
                f"Note: {name} looks like one JSON record a line and is judged here as one text. "
                "Did you mean --jsonl?",
            )
        kind = "html" if looks_like_html(name, text) else "text"
        record = record_of(name, {kind: text})
        judgement = judge.judge(record.subject, keep_weak=True)
        label = t("标准输入", "standard input") if name == STDIN else name
        said = report(label, record, judgement, explain=explain is not None)
        if explain and (record.subject.text.strip() or record.subject.title.strip()):
            said = said.removesuffix("\n") + explain.text(record)
        write(said.encode("utf-8", "replace"))
        worded = bool(record.subject.text.strip() or record.subject.title.strip())
        seen.update(all=1, flagged=int(judgement.flagged), bad=int(not worded))
    return seen


def watched(name: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, under a bar on a terminal where the input is long."""
    total = Path(name).stat().st_size if name != STDIN else None
    hidden = not err.is_terminal or (total is not None and total < LONG)
    with Progress(console=err, transient=True, disable=hidden) as progress:
        task = progress.add_task(t("判读", "judging"), total=total)
        waiting = 0
        for number, line in enumerate(read_lines(name), 1):
            yield number, line
            waiting += len(line.encode("utf-8", "surrogatepass")) if not hidden else 0
            if number % STRIDE == 0:
                progress.advance(task, waiting)
                waiting = 0


def count(seen: Counter[str], said: Answer) -> None:
    seen.update(all=1, bad=int("error" in said), flagged=int(said.get("flagged", False)))


def tell(problem: Problem, seen: Counter[str]) -> None:
    say(f"错误：{problem.text.zh}", f"Error: {problem.text.en}")
    seen.update(all=1, bad=1)


def summary(seen: Counter[str]) -> None:
    say(
        f"判读 {seen['all']} 条：涉嫌 {seen['flagged']}，无法判读 {seen['bad']}。",
        f"{seen['all']} judged: {seen['flagged']} suspected, {seen['bad']} could not be judged.",
    )
