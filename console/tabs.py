"""Pages that share a place in the bar at the top: the rows of tabs below it."""

from __future__ import annotations

from storage.bilingual import Bilingual

Tabs = tuple[tuple[str, Bilingual], ...]
LISTS: Tabs = (
    ("/directory", Bilingual("备案目录", "Filed bodies")),
    ("/blacklist", Bilingual("黑名单", "Blacklist")),
    ("/channels", Bilingual("官方查询渠道", "Official channels")),
    ("/rules", Bilingual("研判规则", "Rules")),
)
HANDLING: Tabs = (
    ("/takedowns", Bilingual("处置请求", "Takedown requests")),
    ("/exports", Bilingual("清单与函件", "Lists and letters")),
    ("/packages", Bilingual("证据包", "Evidence packages")),
)
WORK: Tabs = (
    ("/sweeps", Bilingual("巡查", "Sweeps")),
    ("/sources", Bilingual("来源", "Sources")),
)


def paths_of(tabs: Tabs) -> tuple[str, ...]:
    return tuple(path for path, _ in tabs)
