"""The one place that reads the environment; everything else is handed plain values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    home: Path  # CERTSWEEP_HOME: database, snapshots, exports, locks
    lang: str  # CERTSWEEP_LANG: "zh" (default) or "en"
    database_url: str  # CERTSWEEP_DATABASE_URL: "" for SQLite inside home
    snapshot_url: str  # CERTSWEEP_SNAPSHOTS: fsspec URL, "" for a folder inside home
    chromium: str  # CERTSWEEP_CHROMIUM: path of the browser, "" to look for one
    contact: str  # CERTSWEEP_CONTACT: where a site can complain, said in the user agent
    rules: str = (
        ""  # CERTSWEEP_RULES: the office's own rules, "" for `rules` in home if it is there
    )
    # The second reader: an OpenAI-compatible endpoint of the office's own; off while "".
    reader_url: str = ""  # CERTSWEEP_READER_URL: as http://127.0.0.1:8000/v1
    reader_model: str = ""  # CERTSWEEP_READER_MODEL
    reader_key: str = field(default="", repr=False)  # CERTSWEEP_READER_KEY
    reader_public: bool = False  # CERTSWEEP_READER_PUBLIC=1: it may stand outside the house
    secret: str = field(
        default="", repr=False
    )  # CERTSWEEP_SECRET: encrypts kept logins, "" for a key file
    office: str = ""  # CERTSWEEP_OFFICE: whose letters they are, by its full name
    tsa: tuple[str, ...] = ()  # CERTSWEEP_TSA: URLs of timestamp authorities, comma between
    tsa_roots: str = ""  # CERTSWEEP_TSA_ROOTS: PEM file of the roots their answers must lead to
    ntp: str = ""  # CERTSWEEP_NTP: time server that is asked how far our clock is off
    desk_url: str = ""  # CERTSWEEP_DESK_URL: as browsers see the desk, "" for http://127.0.0.1:PORT
    replay_url: str = ""  # CERTSWEEP_REPLAY_URL: where pages are replayed; another host or port
    display: bool = False  # DISPLAY or WAYLAND_DISPLAY: whether a window can be shown


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    env = os.environ if environ is None else environ
    return Settings(
        home=Path(env.get("CERTSWEEP_HOME") or "var").absolute(),
        lang="en" if env.get("CERTSWEEP_LANG", "").lower().startswith("en") else "zh",
        database_url=env.get("CERTSWEEP_DATABASE_URL", ""),
        snapshot_url=env.get("CERTSWEEP_SNAPSHOTS", ""),
        chromium=env.get("CERTSWEEP_CHROMIUM", ""),
        contact=env.get("CERTSWEEP_CONTACT", ""),
        rules=env.get("CERTSWEEP_RULES", ""),
        reader_url=env.get("CERTSWEEP_READER_URL", "").strip(),
        reader_model=env.get("CERTSWEEP_READER_MODEL", "").strip(),
        reader_key=env.get("CERTSWEEP_READER_KEY", ""),
        reader_public=env.get("CERTSWEEP_READER_PUBLIC", "") == "1",
        secret=env.get("CERTSWEEP_SECRET", ""),
        office=env.get("CERTSWEEP_OFFICE", "").strip(),
        tsa=tuple(
            dict.fromkeys(filter(None, map(str.strip, env.get("CERTSWEEP_TSA", "").split(","))))
        ),
        tsa_roots=env.get("CERTSWEEP_TSA_ROOTS", ""),
        ntp=env.get("CERTSWEEP_NTP", "").strip(),
        desk_url=env.get("CERTSWEEP_DESK_URL", "").strip().rstrip("/"),
        replay_url=env.get("CERTSWEEP_REPLAY_URL", "").strip().rstrip("/"),
        display=bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY")),
    )


SETTINGS = read_settings()
