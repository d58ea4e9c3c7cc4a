"""What a manifest says of its captures and of what is missing, held against its own list of files.

The list of files and the records of captures are signed alike, but only the records were stamped
when the pages were taken: a file that its record does not name was not dated by that stamp.
Standard library only: a part of the `verify.py` in every package.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evidence.layout import MANIFEST
from evidence.made_good import untrue
from evidence.naming import MASKED, artefact_path
from evidence.openssl_checks import DISPROVED
from evidence.report import Check, Wrong

Lacks = list[tuple[str, str, str]]  # what is missing, of what, why
SAME = ("sha256", "size", "kind")  # what a record and the list both say of a file


def lacks_of(manifest: Any) -> Lacks:  # noqa: ANN401 (JSON)
    """Without what a later capture made good; raises TypeError where it is no text."""
    rows = [row for row in manifest["missing"] if "made_good_by" not in row]
    found = [(row["what"], row["of"], row["why"]) for row in rows]
    if not all(isinstance(word, str) for row in found for word in row):
        raise TypeError("no text")
    return found


def rows_of(manifest: Any) -> dict[str, Any]:  # noqa: ANN401
    """The list of files by path; raises Wrong where a path or a capture stands in it twice."""
    rows = {row["path"]: row for row in manifest["artefacts"]}
    captures = {one["id"] for one in manifest["captures"]}
    if len(rows) != len(manifest["artefacts"]) or len(captures) != len(manifest["captures"]):
        raise Wrong(MANIFEST, "有重复的条目", "it names something twice")
    return rows


def unlike_captures(
    manifest: Any,  # noqa: ANN401
    kept: Mapping[str, bytes],
) -> Iterator[Check]:
    """Every file that is not what the record of its capture says, or is left out unsaid; every
    claim that the facts of a capture deny. `kept`: the bytes of those by path."""
    rows = rows_of(manifest)
    lacking = {(row["what"], row["of"]) for row in manifest["missing"]}
    named: set[str] = set()
    for capture in manifest["captures"]:
        named |= {artefact_path(capture["id"], one["kind"]) for one in capture["artefacts"]}
        named |= copies(capture, rows)
        yield from unlike(capture, rows, lacking)
    for path, row in rows.items():
        claims = row["of"].startswith("capture:")
        if path not in named and (claims or path.startswith(("archive/", "evidence/capture-"))):
            yield Check(path, DISPROVED, "没有取证记录提到它", "no capture's record names it")
    yield from untrue(manifest, rows, kept)


def copies(capture: Any, rows: dict[str, Any]) -> set[str]:  # noqa: ANN401
    """Paths of masked copies of what this capture took."""
    originals = {
        one["sha256"]: artefact_path(capture["id"], one["kind"]) for one in masked(capture)
    }
    return {
        path
        for path, row in rows.items()
        if row["derived_from"] in originals
        and path == originals[row["derived_from"]][: -len(".txt")] + MASKED
    }


def masked(capture: Any) -> list[Any]:  # noqa: ANN401
    return [one for one in capture["artefacts"] if one["kind"] == "text"]


def unlike(
    capture: Any,  # noqa: ANN401
    rows: dict[str, Any],
    lacking: set[tuple[str, str]],
) -> Iterator[Check]:
    of = f"capture:{capture['id']}"
    for one in capture["artefacts"]:
        path = artefact_path(capture["id"], one["kind"])
        row = rows.get(path)
        if row is None:
            if ("file", f"{of} {one['kind']}") not in lacking:
                zh, en = (
                    "取证记录里有它，包里没有，也没有写明缺失",
                    "captured, left out, and unsaid",
                )
                yield Check(path, DISPROVED, zh, en)
        elif row["of"] != of or differs(row, one):
            yield Check(path, DISPROVED, "与取证记录不符", "not what the capture's record says")
    for part, outcome in capture["parts"].items():
        told = {(what, f"{of} {part}") for what in ("part", "limited")}
        if outcome != "ok" and not told & lacking:
            zh, en = f"没有写明缺失：{of} {part}", f"it does not say what is missing: {of} {part}"
            yield Check(MANIFEST, DISPROVED, zh, en)


def differs(row: Any, artefact: Any) -> bool:  # noqa: ANN401
    """SM3 counts where both have it: a page may be taken on a machine that has none."""
    names = (*SAME, "sm3") if row["sm3"] and artefact["sm3"] else SAME
    return any(row[name] != artefact[name] for name in names)
