"""The lines of custody in a package: whole, in order, and those that the manifest speaks of.

Lines of other cases are withheld, and their numbers missing. A line beside such a gap is bound to
nothing in the chain itself; the signed and stamped manifest names it by its hash. Standard library
only: a part of the `verify.py` in every package.
"""

from __future__ import annotations

from typing import Any

from evidence.layout import CUSTODY, canonical
from evidence.report import Wrong, parsed, sha256_of

Acts = set[tuple[str, str, str]]  # what was done, to what, the hash


def lines_in(data: bytes) -> list[Any]:
    """Every line; raises Wrong where one is no canonical JSON, or the last is cut short.

    Lines end at line feeds alone: a name may hold other signs that some take for a line's end.
    """
    *rows, rest = data.split(b"\n")
    if rest:
        raise Wrong(CUSTODY, "最后一条不完整", "its last line is cut short")
    return [parsed(CUSTODY, row) for row in rows]


def broken_line(data: bytes, anchor: Any, captures: dict[str, str]) -> int | None:  # noqa: ANN401
    """Number of the first line of custody that does not hold; None where all do.

    `anchor`: the line that the manifest names, and with "lines" those before it; `captures`: hashes
    that lines about them must give. Raises KeyError, TypeError or AttributeError for nonsense.
    """
    seq, prev, seen = 0, "", {}
    for line in lines_in(data):
        said, number = line.pop("hash"), counted(line["seq"])
        follows = number > seq and (number > seq + 1 or line["prev"] == prev)
        fits = captures.get(line["subject"], line["sha256"]) == line["sha256"]
        if not (follows and fits and sha256_of(canonical(line)) == said):
            return max(number, seq + 1)
        seq, prev = number, said
        seen[seq] = said
    if seen.get(counted(anchor["seq"])) != anchor["hash"]:
        return int(anchor["seq"])
    return unnamed(seen, anchor)


def unnamed(seen: dict[int, str], anchor: Any) -> int | None:  # noqa: ANN401
    """The first line before the anchor that the manifest does not name, or names and is not here.

    Manifests of before November 2026 name none.
    """
    if "lines" not in anchor:
        return None
    named = {counted(number): said for number, said in anchor["lines"]}
    before = {number: said for number, said in seen.items() if number < anchor["seq"]}
    every = before.keys() | named.keys()
    return min((one for one in every if before.get(one) != named.get(one)), default=None)


def counted(number: Any) -> int:  # noqa: ANN401
    if type(number) is not int:
        raise TypeError("no number of a line")
    return number


def acts_in(data: bytes, manifest: Any, sha256: str) -> Acts:  # noqa: ANN401
    """What the lines say was done; raises Wrong where an act is not told that must be.

    Every capture was taken or hashed, the files were gathered in the line that the manifest names,
    and the next line says that the manifest was signed: they were written in one transaction.
    """
    lines = {
        line["seq"]: (line["what"], line["subject"], line["sha256"]) for line in lines_in(data)
    }
    number = manifest["custody"]["seq"]
    gathered = ("gathered", f"case:{manifest['case']}", sha256_of(canonical(manifest["artefacts"])))
    if lines.get(number) != gathered:
        raise untold("gathered", gathered[1])
    if lines.get(number + 1) != ("signed", f"manifest:{sha256}", sha256):
        raise untold("signed", "manifest.json")
    acts = set(lines.values())
    for one in manifest["captures"]:
        subject, record = f"capture:{one['id']}", sha256_of(canonical(one))
        if not acts & {(what, subject, record) for what in ("captured", "hashed")}:
            raise untold("captured", subject)
    return acts


def untold(what: str, subject: str) -> Wrong:
    return Wrong(CUSTODY, f"缺少一条：{what} {subject}", f"a line is not there: {what} {subject}")
