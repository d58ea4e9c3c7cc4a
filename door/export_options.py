"""What may be typed after `certsweep export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from door.platform_names import HELP as PLATFORM_HELP
from door.speech import t
from exports.registry import formats

Form = Annotated[
    str,
    typer.Argument(
        metavar=t("格式", "FORMAT"),
        help=t(
            f"{'、'.join(formats())} 之一；list 为列出已给出的全部编号",
            f"one of {', '.join(formats())}; list: every number that was given",
        ),
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar=t("文件夹", "FOLDER"),
        help=t(
            "清单放到哪个文件夹，没有则新建（生成时必填）",
            "folder of the list, made where missing (needed to make one)",
        ),
    ),
]
Platform = Annotated[
    str,
    typer.Option(
        metavar=t("平台", "PLATFORM"),
        help=PLATFORM_HELP,
    ),
]
Site = Annotated[
    str,
    typer.Option(
        metavar=t("域名", "HOST"),
        help=t("只要这一个网站，如 school.example", "only this site, as school.example"),
    ),
]
RequestNumber = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar=t("编号", "NUMBER"),
        help=t("只要这份处置请求所列的，见 takedown list", "what this takedown request lists"),
    ),
]
Since = Annotated[
    str,
    typer.Option(
        metavar=t("日期", "DAY"),
        help=t("只要此日起审核的，如 2026-03-01", "decided on this day or later, as 2026-03-01"),
    ),
]
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar=t("部门", "DEPARTMENT"),
        help=t(
            "转办函转给哪个部门，如 市场监管、人社；网站函发给 主办者（不写即是）还是 接入服务单位",
            "the department of a transfer letter; of a site's letter its owner (where nothing is "
            "said) or its host",
        ),
    ),
]
By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar=t("姓名", "NAME"),
        help=t("经办人，记入审计和保管链", "who does it, for audit and custody"),
    ),
]
Internal = Annotated[
    bool,
    typer.Option(
        "--internal",
        help=t(
            "内部清单：另有审核人、评分、规则提示和内部备注，不得发出",
            "for the office alone: reviewers, scores, hints and inner notes as well",
        ),
    ),
]
ShowContacts = Annotated[
    bool,
    typer.Option(
        "--show-contacts",
        help=t(
            "不遮盖电话、微信等联系方式；清单即成内部清单，函不可用",
            "do not mask phones, WeChat and the like; the list is internal then",
        ),
    ),
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json", help=t("输出的最后一行为一个 JSON 对象", "the last line is one JSON object")
    ),
]
