"""The path that each piece of a capture has in a package.

Standard library only: a part of the `verify.py` in every package.
"""

from __future__ import annotations

import re

SUFFIXES = {
    "warc": "warc.gz",
    "dom": "html",
    "mhtml": "mhtml",
    "full_page": "png",
    "first_screen": "png",
    "screenshot": "png",
    "text": "txt",
    "facts": "json",
    "headers": "json",
    "answers": "json",
}
MASKED = "-masked.txt"  # in place of .txt
FACTS = re.compile(r"evidence/capture-[a-z0-9-]{0,40}-facts\.json")


def artefact_path(capture: str, kind: str) -> str:
    """Two names deep, whatever the capture calls its parts."""
    name = re.sub(r"[^a-z0-9]+", "-", kind.lower())[:40]
    code = re.sub(r"[^a-z0-9]+", "-", capture.lower())[:40]
    if kind == "warc":
        return f"archive/{code}.warc.gz"
    return f"evidence/capture-{code}-{name}.{SUFFIXES.get(kind, 'bin')}"
