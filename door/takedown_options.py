"""What may be typed after `certsweep takedown …`, once for all its commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from door.platform_names import HELP as PLATFORM_HELP
from door.speech import t
from storage.workdays import MOST_DAYS

Number = Annotated[
    int,
    typer.Argument(
        metavar=t("请求", "REQUEST"),
        help=t("请求编号，见 takedown list", "number of the request, as in takedown list"),
    ),
]
Numbers = Annotated[
    list[int] | None,
    typer.Argument(
        metavar=t("请求…", "REQUEST…"),
        help=t(
            "整份请求的编号；几个编号一起写的，只撤回其中的草稿",
            "numbers of whole requests; of several at once drafts alone are withdrawn",
        ),
    ),
]
Items = Annotated[
    list[int] | None,
    typer.Option(
        "--item",
        metavar=t("条目", "ITEM"),
        help=t("只撤回这条，可重复", "this item; may be repeated"),
    ),
]
Why = Annotated[
    str,
    typer.Option(
        "--reason",
        "--why",
        metavar=t("原因", "WHY"),
        help=t("撤回的原因", "why it is withdrawn"),
    ),
]
Cases = Annotated[
    list[int] | None,
    typer.Option(
        metavar=t("案件", "CASE"),
        help=t("只列这些案件，可重复", "only these cases; may be repeated"),
    ),
]
PlatformName = Annotated[str, typer.Option(metavar=t("平台", "PLATFORM"), help=PLATFORM_HELP)]
Limit = Annotated[
    int, typer.Option(min=1, metavar=t("件数", "COUNT"), help=t("最多几份", "at most"))
]
ItemNumber = Annotated[
    int,
    typer.Argument(
        metavar=t("条目", "ITEM"),
        help=t("条目编号，见 takedown show", "number of the item, as in takedown show"),
    ),
]
AnswerWord = Annotated[
    str,
    typer.Argument(
        metavar=t("答复", "ANSWER"),
        help=t("已处置、未处置、部分处置、未答复", "yes, no, partial, none"),
    ),
]
By = Annotated[
    str, typer.Option(metavar=t("姓名", "NAME"), help=t("经办人", "who does or records it"))
]
At = Annotated[
    str,
    typer.Option(
        metavar=t("时间", "TIME"),
        help=t("何时（北京时间），默认现在", "when (Beijing time); now where not given"),
    ),
]
Note = Annotated[str, typer.Option(metavar=t("文字", "TEXT"), help=t("说明", "a note"))]
AsJson = Annotated[bool, typer.Option("--json", help=t("以一个 JSON 输出", "print one JSON value"))]
ListNumber = Annotated[
    str,
    typer.Option(
        "--list",
        metavar=t("批次号", "BATCH"),
        help=t("随附清单的批次号，见 export", "number of the list that went along"),
    ),
]
Receipt = Annotated[
    str, typer.Option(metavar=t("编号", "NUMBER"), help=t("回执编号", "receipt number"))
]
NoReceipt = Annotated[
    bool,
    typer.Option("--no-receipt", help=t("对方没有给回执编号", "the other side gave no number")),
]
Correct = Annotated[
    str,
    typer.Option(
        metavar=t("原因", "WHY"),
        help=t("更正已登记的回执编号，写明原因", "put a wrong receipt number right, and why"),
    ),
]
Letter = Annotated[
    str, typer.Option(metavar=t("文号", "NUMBER"), help=t("函的文号", "the letter's number"))
]
File = Annotated[
    Path | None,
    typer.Option(
        metavar=t("文件", "FILE"),
        help=t("发出的文件，只记它的 SHA-256", "the file sent; its SHA-256 is kept"),
    ),
]
How = Annotated[str, typer.Option(metavar=t("方式", "HOW"), help=t("发出方式", "how it was sent"))]
Days = Annotated[
    int,
    typer.Option(
        min=1,
        max=MOST_DAYS,
        metavar=t("天数", "DAYS"),
        help=t("几个工作日内答复", "working days given to answer"),
    ),
]
