"""The page of the learned model, beside those of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from classifiers.judge import _ENOUGH, LEARNED
from classifiers.learned import Weights
from door.explain_model import WHAT, heading
from door.speech import t


def model_json(model: Weights | None) -> dict[str, Any]:
    said = {"name": LEARNED, "zh": WHAT[0], "en": WHAT[1], "rule": False, "in_use": bool(model)}
    if model is None:
        return said
    return said | {
        "threshold": model.threshold,
        "backed_threshold": model.backed_threshold,
        "codes": list(model.codes),
        "measures": len(model.measures),
        "facts": dict(model.facts),
    }


def model_page(model: Weights | None) -> Iterator[str]:
    yield heading()
    yield t(*WHAT) + t("。", ".")
    if model is None:
        yield t("本机没有启用。", "Not in use here.")
        return
    line, backed = f"{model.threshold:.3f}", f"{model.backed_threshold:.3f}"
    yield t(
        f"概率 {line} 起提请人看；规则自身已为涉嫌时 {backed} 起。"
        f"没有规则得到 {_ENOUGH} 分时，才以其名义列出最可疑的词句。",
        f"Asks a person to look from a probability of {line} on, of {backed} where the rules alone "
        f"flag. Its own words are shown only where no rule reaches {_ENOUGH}.",
    )
    yield t(
        f"训练时共有 {len(model.facts.get('rules', ()))} 条规则；其中要查目录或看网址的规则、"
        "其后新增的规则和单位自有规则，都算“模型未学过的规则”，独自计分，不受其影响。",
        f"There were {len(model.facts.get('rules', ()))} rules when it was trained. Those that ask "
        "the directory or look at the host, later ones and the office's own count as never seen: "
        "they speak for themselves.",
    )
    yield t("能指出的违规编号：", "Codes that it can name: ") + "、".join(model.codes)
    yield t(
        "一条文字的概率怎样得来：certsweep check --explain 文件",
        "How it came to a text's probability: certsweep check --explain FILE",
    )
