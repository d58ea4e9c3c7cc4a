"""What the parts of a rule are called, for the list, the page and the trial of rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from classifiers.gazetteers import FORMER_ORGAN, JOB_ENTRY, LAWFUL_NAME, LISTED, ORGAN, UNLISTED
from classifiers.judge import Judge
from classifiers.learned import Weights
from classifiers.rulebook import Condition, Rule
from door.office_judge import office_judge, rules_folder
from door.settings import Settings
from door.speech import t

OWN = ("随程序", "house")
OFFICE = ("单位", "office")
PROVES = {
    "text": ("文字本身即可证明", "the text itself proves it"),
    "directory": ("需核对目录或备案", "a directory or filing must be checked"),
    "human": ("需人工核实", "a person must verify it"),
}
PROVES_SHORT = {
    "text": ("文字", "text"),
    "directory": ("目录", "directory"),
    "human": ("人工", "human"),
}
WITHIN = {
    "sentence": ("同一句内", "in the same sentence"),
    "near": ("前后两句内", "within two sentences either way"),
    "text": ("全文内", "anywhere in the text"),
}
FIELDS = {
    "title": ("标题", "title"),
    "text": ("正文", "text"),
    "account": ("账号", "account"),
    "url": ("网址", "URL"),
}
HOSTS = {
    "official": ("官方网站", "official sites"),
    "lookalike": ("仿冒官方的网站", "sites that imitate official ones"),
    "other": ("其他网站", "other sites"),
}
DIRECTORY = {
    "filed": ("机构是否在目录中备案", "whether the body is filed"),
    "issuer": ("颁证机构是否在目录中", "whether the issuer is listed"),
    "scope": ("是否超出备案的职业、级别或人群", "whether the offer goes beyond the filing"),
}
# Concepts that come from tables of names and have no word file to name them.
NAMED = {
    JOB_ENTRY: ("准入类职业", "job that needs its certificate by law"),
    LISTED: ("目录内职业资格", "qualification of the national catalogue"),
    UNLISTED: ("目录外头衔", "title outside the catalogue"),
    LAWFUL_NAME: ("合法名称", "lawful name"),
    ORGAN: ("行政机关", "authority"),
    FORMER_ORGAN: ("已撤销的行政机关", "former authority"),
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """The rules in use and where each of them lies."""

    judge: Judge
    office: Path | None = None
    offices: frozenset[str] = frozenset()  # names of the office's own
    model: Weights | None = None  # of the learned model, where it is in use

    def origin(self, rule: Rule) -> tuple[str, str]:
        return OFFICE if rule.name in self.offices else OWN

    def concept(self, name: str) -> str:
        """What a group of words is called; a concept file gives the Chinese name alone."""
        if name in NAMED:
            return t(*NAMED[name])
        zh = next((one.zh for one in self.judge.eye.concepts if one.name == name), name)
        return t(zh, name.replace("_", " "))

    def concepts(self, names: Iterable[str]) -> str:
        return t("、", ", ").join(self.concept(name) for name in names)

    def condition(self, condition: Condition) -> str:
        """同一句内须有以下任一类词：证书、考试"""
        where = within(condition)
        apart = (
            t("（命中词本身不算）", " (the words found do not count)") if condition.apart else ""
        )
        names = self.concepts(condition.concepts)
        if condition.wanted:
            return t(f"{where}须有任一类词：{names}{apart}", f"{where} one of: {names}{apart}")
        return t(f"{where}不得有：{names}{apart}", f"{where} none of: {names}{apart}")


def shelf(settings: Settings) -> Shelf:
    """All rules, without trying the office's on their examples: this is where one looks why."""
    folder = rules_folder(settings)
    judge = office_judge(settings, proved=False)
    own = frozenset(path.stem for path in folder.glob("*.yaml")) if folder else frozenset()
    return Shelf(judge.alone(), folder, own, model=judge.weights)


def within(condition: Condition) -> str:
    if isinstance(condition.within, int):
        reach = condition.within
        return t(f"前后 {reach} 字内", f"within {reach} characters of it")
    return t(*WITHIN[condition.within])
