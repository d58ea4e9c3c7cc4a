"""Wrong use of the command line, said in the reader's language instead of Typer's English."""

from __future__ import annotations

import re
from typing import Any

from typer import TyperException

from door.printable import printable
from door.speech import t
from storage.bilingual import Bilingual, Problem

EXIT_CODE = 2  # wrong use, by the custom of shells
# By pydantic's name of what is wrong with a value; its facts fill the holes.
WANTED = {
    "int_parsing": Bilingual("应是整数", "it must be a whole number"),
    "greater_than_equal": Bilingual("不能小于 {ge}", "it must be at least {ge}"),
    "less_than_equal": Bilingual("不能大于 {le}", "it must be at most {le}"),
    "datetime_parsing": Bilingual(
        "应是时间，如 2026-03-01T08:00:00", "it must be a time such as 2026-03-01T08:00:00"
    ),
}
WANTED["datetime_from_date_parsing"] = WANTED["datetime_parsing"]
EXTRA = re.compile(r"unexpected extra argument\S* \((.*)\)")


class WrongUse(Problem):
    """A command was called in a way that cannot be meant; nothing was begun."""


def is_bare_call(error: TyperException) -> bool:
    """Whether only the name of a group of commands was typed; the message is then its manual."""
    return type(error).__name__ == "NoArgsIsHelpError"


def misused(error: TyperException) -> Bilingual:
    """What was wrong with the call. Known by the names of Typer's errors, which are not public.

    An error that Typer adds later is told in its own words.
    """
    said = KINDS.get(type(error).__name__)
    if said is not None:
        return said(error)
    extra = EXTRA.search(error.message)
    if extra is not None:
        return Bilingual(f"多出了用不上的参数：{extra[1]}。", f"too many arguments: {extra[1]}.")
    return Bilingual(error.message, error.message)


def missing(error: Any) -> Bilingual:  # noqa: ANN401 (a class Typer keeps to itself)
    name, help_ = spelled(error.param), error.param.help or ""
    return Bilingual(
        f"缺少 {name}" + (f"（{help_}）。" if help_ else "。"),
        f"{name} is missing" + (f" ({help_})." if help_ else "."),
    )


def unknown_option(error: Any) -> Bilingual:  # noqa: ANN401
    near = error.possibilities or ()
    return Bilingual(
        f"没有 {error.option_name} 这个选项。" + (f"是不是 {'、'.join(near)}？" if near else ""),
        f"there is no option {error.option_name}." + (f" Is it {', '.join(near)}?" if near else ""),
    )


def no_value(error: Any) -> Bilingual:  # noqa: ANN401
    name = error.option_name
    return Bilingual(f"{name} 后面缺少它的值。", f"{name} needs a value after it.")


def bad_value(error: Any) -> Bilingual:  # noqa: ANN401
    if error.param is None:
        return Bilingual(error.message, error.message)
    name, cause = spelled(error.param), error.__cause__
    if not hasattr(cause, "errors"):
        return Bilingual(f"{name}：{error.message}", f"{name}: {error.message}")
    facts: dict[str, Any] = cause.errors()[0]
    wanted = WANTED.get(facts["type"], Bilingual(facts["msg"], facts["msg"]))
    zh, en = (words.format(**facts.get("ctx", {})) for words in (wanted.zh, wanted.en))
    value = printable(str(facts["input"]))
    return Bilingual(f"{name} 的值“{value}”不对：{zh}。", f"{name}: {value!r} will not do: {en}.")


KINDS = {
    "MissingParameter": missing,
    "NoSuchOption": unknown_option,
    "BadOptionUsage": no_value,
    "BadParameter": bad_value,
}


def spelled(param: Any) -> str:  # noqa: ANN401 (an option or an argument of Typer's)
    """An option as it is typed, an argument as the manual names it."""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name)


def where_to_read(error: TyperException) -> str:
    """The command whose manual would have helped."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "certsweep"
    return t(f"用法见：{path} --help", f"See: {path} --help")
