"""Sources as people name them: by the name in commands or by their Chinese name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crawler.source_spider import SourceSpider

Sources = Mapping[str, type[SourceSpider]]


def source_called(asked: str, sources: Sources) -> str | None:
    """The name in commands of what was asked for: weibo for 微博, Weibo, 微博（weibo）; or None."""
    wanted = asked.strip()
    for name, spider in sources.items():
        if wanted.lower() == name or wanted in {spider.zh or name, both_names(name, sources)}:
            return name
    return None


def both_names(name: str, sources: Sources) -> str:
    """微博（weibo）; the name in commands alone where there is no other."""
    spider = sources.get(name)
    return f"{spider.zh}（{name}）" if spider is not None and spider.zh else name


def listed(names: Iterable[str], sources: Sources) -> str:
    return "、".join(both_names(name, sources) for name in sorted(names))
