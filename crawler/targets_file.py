"""The targets file: what an office wants watched, as YAML.

targets:
  - site: https://peixun.example/
    reason: 群众举报
    added_by: 王某
    depth: 3        # optional
    budget: 200     # optional, pages a sweep
    render: false   # optional, always through the browser
  - url: https://peixun.example/news/1.html
    source: institution   # optional: known from the host, any other site is an institution's
  - keyword: 月嫂证 包过
    source: [微博, bing]  # optional: everywhere where one can search; either name of a source
  - account: "1234567890"  # the account's own id on the platform
    source: weibo
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from crawler.canon import BadUrl, canonical
from crawler.readers import ANY_SITE, Readers
from crawler.source_names import Sources, both_names, listed, source_called
from storage.bilingual import Problem
from storage.machine_words import yaml_words
from storage.records import Target, TargetKind

FIELDS = {"reason", "added_by", "depth", "budget", "render", "source"}
# Of a search most of what is worth finding stands on the first pages.
BUDGETS = {TargetKind.KEYWORD: 100, TargetKind.ACCOUNT: 100}


def read_targets(path: Path, sources: Sources) -> list[Target]:
    """Targets in file order, a keyword once for each of its sources.

    Raises Problem naming the entry and what is wrong with it.
    """
    document = load(path)
    entries = document.get("targets") if isinstance(document, Mapping) else None
    return targets_from(entries, path, sources)


def targets_from(
    entries: object, path: Path, sources: Sources, more: Sequence[object] = ()
) -> list[Target]:
    """Targets of the file's list, and of further entries that were made from a plan."""
    if not isinstance(entries, list) or not (entries or more):
        raise Problem(
            f"目标文件 {path} 里没有 targets 列表；请参照 README 的示例填写至少一个目标。",
            f"{path} holds no `targets` list; name at least one target as the README shows.",
        )
    every = enumerate([*entries, *more], 1)
    found = [targets_of(entry, number, sources) for number, entry in every]
    return list(dict.fromkeys(target for each in found for target in each))


def load(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise Problem(
            f"找不到目标文件 {path}；请检查路径，或用 --sample 先运行示例。",
            f"no targets file at {path}; check the path, or try the sample with --sample.",
        ) from None
    # A date that is none is a ValueError, a nest of brackets without end a RecursionError.
    except (yaml.YAMLError, ValueError, RecursionError, OSError) as error:
        why = yaml_words(error)
        raise Problem(
            f"读不懂目标文件 {path}，{why.zh}。请改正后再运行。",
            f"cannot read {path}, {why.en}. Mend it and run again.",
        ) from error


def targets_of(entry: object, number: int, sources: Sources) -> list[Target]:
    if not isinstance(entry, Mapping):
        raise wrong(number, "每个目标应是一组“名称: 值”", "a target is a mapping")
    kinds = [kind for kind in TargetKind if kind in entry]
    if len(kinds) != 1:
        names = "、".join(TargetKind)
        raise wrong(
            number,
            f"须且只须写明 {names} 之一",
            f"exactly one of {', '.join(TargetKind)} is needed",
        )
    unknown = {str(key) for key in entry} - FIELDS - {kinds[0]}
    if unknown:
        keys = "、".join(sorted(unknown))
        raise wrong(number, f"不认识的项：{keys}", f"unknown keys: {keys}")
    target = Target(
        kind=kinds[0],
        value=value_of(entry, kinds[0], number),
        source="",
        reason=text_of(entry, "reason", number, "日常巡查"),
        added_by=text_of(entry, "added_by", number, "目标文件"),
        depth=number_of(entry, "depth", number, 4),
        budget=number_of(entry, "budget", number, BUDGETS.get(kinds[0], 500)),
        render=bool(entry.get("render", False)),
    )
    return [replace(target, source=name) for name in sources_of(entry, target, number, sources)]


def value_of(entry: Mapping[str, Any], kind: TargetKind, number: int) -> str:
    value = text_of(entry, kind, number, "")
    if kind in {TargetKind.SITE, TargetKind.URL}:
        try:
            canonical(value)
        except BadUrl as error:
            raise wrong(number, error.text.zh, error.text.en) from error
    elif not value:
        raise wrong(number, f"{kind} 不能为空", f"{kind} is empty")
    return value


def sources_of(
    entry: Mapping[str, Any], target: Target, number: int, sources: Sources
) -> list[str]:
    """Those named, or all that fit; each must have a way to start from such a target."""
    named = entry.get("source", [])
    asked = [named] if isinstance(named, str) else named
    if not isinstance(asked, list) or not all(isinstance(name, str) for name in asked):
        raise wrong(number, "source 应是来源名或其列表", "source must be a name or a list of names")
    names = [known_source(name, number, sources) for name in asked]
    for name in names:
        if not sources[name].seeds(replace(target, source=name)):
            raise wrong(
                number,
                f"来源“{both_names(name, sources)}”不能按 {target.kind} 巡查",
                f"{name!r} cannot be swept by {target.kind}",
            )
    return names or fitting(target, number, sources)


def known_source(asked: str, number: int, sources: Sources) -> str:
    found = source_called(asked, sources)
    if found is None:
        raise wrong(
            number,
            f"没有名为“{asked}”的来源；可用的来源：{listed(sources, sources)}",
            f"no source called {asked!r}; there are: {', '.join(sorted(sources))}",
        )
    return found


def fitting(target: Target, number: int, sources: Sources) -> list[str]:
    if target.kind is TargetKind.SITE:
        return [ANY_SITE]
    if target.kind is TargetKind.URL:
        return [Readers(sources).of(target.value) or ANY_SITE]
    able = [name for name in sorted(sources) if sources[name].seeds(replace(target, source=name))]
    if target.kind is TargetKind.ACCOUNT or not able:
        # One id names different people on different platforms.
        raise wrong(
            number,
            f"请用 source 写明来源（可用：{listed(able, sources) or '无'}）",
            f"say which source reads it ({', '.join(able) or 'none can'})",
        )
    return able


def text_of(entry: Mapping[str, Any], key: str, number: int, default: str) -> str:
    value = entry.get(key, default)
    if not isinstance(value, str):
        raise wrong(number, f"{key} 应是文字", f"{key} must be text")
    return value.strip()


def number_of(entry: Mapping[str, Any], key: str, number: int, default: int) -> int:
    value = entry.get(key, default)
    if not is_number(value):
        raise wrong(
            number, f"{key} 应是 0 到 1000000 的整数", f"{key} must be a whole number, 0..1000000"
        )
    return int(value)


def is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000


def whole_number(entry: Mapping[str, Any], key: str, place: str, default: int) -> int:
    """A number outside the list of targets; `place` says where, should it be none."""
    value = entry.get(key, default)
    if not is_number(value):
        raise Problem(
            f"目标文件的 {place}：{key} 应是 0 到 1000000 的整数。",
            f"{place} in the targets file: {key} must be a whole number, 0..1000000.",
        )
    return int(value)


def text_list(entry: Mapping[str, Any], key: str, default: Sequence[str]) -> tuple[str, ...]:
    value = entry.get(key, list(default))
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise Problem(
            f"目标文件的 plan：{key} 应是文字的列表。",
            f"`plan` in the targets file: {key} must be a list of words.",
        )
    return tuple(value)


def wrong(number: int, zh: str, en: str) -> Problem:
    return Problem(
        f"目标文件第 {number} 个目标：{zh.rstrip('。')}。",
        f"target number {number}: {en.rstrip('.')}.",
    )
