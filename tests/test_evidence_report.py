"""What `certsweep evidence verify` tells a person, and in which order."""

from __future__ import annotations

from door.evidence_report import named, report_lines
from evidence.openssl_checks import DISPROVED, PROVED
from evidence.report import Check, Report

SAME = ("逐字节相符", "the same byte for byte")
HOLDS = ("签名相符", "the signature holds")


def report(*more: Check) -> Report:
    """In the order in which the verifier looks."""
    checks = [
        Check("evidence/seal.json", PROVED, *HOLDS),
        Check("evidence/seal.sig", PROVED, *SAME),
        *(Check(f"evidence/post-{at}-raw-00.bin", PROVED, *SAME) for at in range(30)),
        Check("datapackage.json", PROVED, *SAME),
        Check("datapackage-digest.json", PROVED, *SAME),
        Check("zip", PROVED, *SAME),
        Check("evidence/manifest.sig", PROVED, *HOLDS),
        Check("timestamp https://tsa.example/", PROVED, "成立", "it holds"),
        Check("capture 0a1b https://tsa.example/", PROVED, "成立", "it holds"),
        *more,
    ]
    return Report(checks=checks, facts={"key": "ab"}, whose="own")


def test_timestamps_seal_and_signatures_stand_before_the_files() -> None:
    told = [line for line in report_lines(report()) if line.startswith("[证实]")]
    order = [line.split("  ")[0].removeprefix("[证实] ") for line in told[:6]]
    assert order == [
        "时间戳（https://tsa.example/）",
        "取证时的时间戳（0a1b https://tsa.example/）",
        "封印（evidence/seal.json）",
        "封印的签名（evidence/seal.sig）",
        "清单的签名（evidence/manifest.sig）",
        "整个文件",
    ]
    assert len(told) == len(report().checks), "the order leaves nothing out"


def test_what_is_wrong_stands_above_all_that_is_proved() -> None:
    wrong = Check("evidence/post-3-raw-00.bin", DISPROVED, "与清单不符", "not as it says")
    told = list(report_lines(report(wrong)))
    first = next(at for at, line in enumerate(told) if line.startswith("["))
    assert "不符" in told[first]


def test_no_two_pieces_are_called_the_same() -> None:
    names = [check.name for check in report().checks]
    assert len({named(name) for name in names}) == len(set(names))
    assert named("datapackage.json") == "目录（datapackage.json）"
    assert named("datapackage-digest.json") == "目录的校验值（datapackage-digest.json）"
    for piece in ("picture-0.bin", "answers-0.json", "dom-0.html"):
        assert "（" in named(f"evidence/post-4-{piece}"), "in words, not by its file alone"
