"""Every rule file carries its own examples; a wrong file is refused with line and reason."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from classifiers.concepts import disguised, load_concepts, load_disguises
from classifiers.judge import FLAGGED, load_judge
from classifiers.laws import lawbook
from classifiers.rulebook import FOLDER, Example, Rule, load_rules, read_rule
from classifiers.sheets import BadSheet
from classifiers.subject import Subject

JUDGE = load_judge(model=None)
CONCEPTS = load_concepts()
HITS = [(rule, example) for rule in JUDGE.eye.rules for example in rule.hits]
MISSES = [(rule, example) for rule in JUDGE.eye.rules for example in rule.misses]

GOOD = """\
code: B4-99
clause: 二
name: {zh: 试验, en: A trial}
version: 1
severity: 2
proves: text
score: 0.6
words: [包上岸]
why: {zh: "宣传{words}。", en: Promises it.}
hits:
- {text: "考证包上岸，加微信。", quote: 包上岸}
misses:
- {text: "祝考生上岸。", reason: 祝福}
"""


def label(pair: tuple[Rule, Example]) -> str:
    return pair[0].name


def judged(example: Example) -> list[tuple[str, str, str]]:
    subject = Subject(**dict(example.parts))
    return [
        (finding.rule, finding.code, piece.quote)
        for finding in JUDGE.judge(subject, keep_weak=True).findings
        for piece in finding.evidence
    ]


@pytest.mark.parametrize("pair", HITS, ids=label)
def test_every_hit_of_a_rule_is_found_with_its_quote_and_code(pair: tuple[Rule, Example]) -> None:
    rule, example = pair
    assert (rule.name, rule.code, example.quote) in judged(example)


@pytest.mark.parametrize("pair", HITS, ids=label)
def test_every_hit_flags_its_text_unless_the_rule_is_a_lead_or_asks_the_directory(
    pair: tuple[Rule, Example],
) -> None:
    rule, example = pair
    flagged = JUDGE.judge(Subject(**dict(example.parts))).flagged
    assert flagged or rule.score < FLAGGED or rule.directory


@pytest.mark.parametrize("pair", MISSES, ids=label)
def test_every_miss_of_a_rule_stays_clean(pair: tuple[Rule, Example]) -> None:
    _, example = pair
    judgement = JUDGE.judge(Subject(**dict(example.parts)))
    assert not judgement.flagged
    assert judgement.findings == ()


def test_the_rules_cover_what_text_can_show_of_the_policy() -> None:
    wanted = """
        A1-01 A1-02 A1-03 A1-04 A1-05 A1-06 A1-07 A1-08 A1-99 A2-01 A2-03 A2-04 A2-06 A3-01
        B1-01 B2-01 B2-02 B2-03 B2-04 B2-05 B2-06 B3-01 B3-02 B3-03 B3-04 B4-01 B4-02 B4-99
        C1-02 C2-01 C2-02 C3-01 C3-03 C3-04 C3-05 C3-06 C3-07 C4-01 C4-02 C4-03 C4-04 C5-01 C5-99
        D1-01 D1-02 D2-01 D9-99 E1-01 E2-01 E2-02 E2-03 E2-04 E4-01
    """
    assert {rule.code for rule in JUDGE.eye.rules} >= set(wanted.split())


def test_rule_names_are_their_file_names_and_unique() -> None:
    names = [rule.name for rule in JUDGE.eye.rules]
    assert names == sorted(set(names))
    assert set(names) == {path.stem for path in FOLDER.glob("*.yaml")}


def test_every_law_a_rule_names_stands_in_the_table() -> None:
    book = lawbook()
    named = {(law, article) for rule in JUDGE.eye.rules for law, article in rule.legal_basis}
    unknown = [
        (law, article)
        for law, article in named
        if law not in book.laws or (article and article not in book.laws[law].articles)
    ]
    assert unknown == []


def test_every_explanation_names_the_words() -> None:
    assert [rule.name for rule in JUDGE.eye.rules if "{words}" not in rule.why_zh] == []


def test_rules_need_the_concepts_that_the_judge_itself_asks_for() -> None:
    asked = set()
    for source in ("stance.py", "matching.py"):
        text = (FOLDER.parent / source).read_text(encoding="utf-8")
        asked |= set(re.findall(r'"([a-z_]+)": \(\d', text))
        asked |= set(re.findall(r'has\("([a-z_]+)"', text))
    assert asked
    assert asked <= set(CONCEPTS)


def test_a_disguise_is_never_the_plain_word() -> None:
    for plain, forms in load_disguises().items():
        assert forms, plain
        assert plain not in forms


def test_longer_words_are_disguised_too() -> None:
    forms = disguised("签约包过班", {"包过": ("苞过", "bao过")})
    assert forms == {"签约苞过班", "签约bao过班"}


def written(folder: Path, text: str, name: str = "b4_99_trial.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_an_office_can_add_a_rule_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    judge = load_judge(tmp_path)
    finding = judge.judge(Subject(text="考证包上岸，加微信。")).findings[0]
    assert finding.rule == "b4_99_trial"
    assert judge.engine != JUDGE.engine


def test_an_offices_rule_may_not_take_the_name_of_one_of_ours(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("B4-99", "B4-02"), "b4_02_guaranteed_pass.yaml")
    with pytest.raises(BadSheet, match="exists already"):
        load_rules(CONCEPTS, tmp_path)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("code: B4-99", "code: B4-02", "line 1, code: b4_99_trial is not named after B4-02"),
        ("clause: 二", "clause: 三", "line 2, clause: B4-99 belongs under 二"),
        ("version: 1", "version: one", "line 4, version: must be a number"),
        ("severity: 2", "severity: 9", "line 5, severity: must lie between 1 and 5"),
        ("proves: text", "proves: maybe", "line 6, proves: must be text, directory or human"),
        ("score: 0.6", "score: true", "line 7, score: must be a number"),
        ("words: [包上岸]", "words: 包上岸", "line 8, words: must be a list"),
        ("words: [包上岸]", "words: [12]", "line 8, words: 12 is not text"),
        ("words: [包上岸]", "words: [包上岸, 包上岸]", "stands there twice"),
        ("words: [包上岸]", "words: []", "neither words nor patterns"),
        ("words: [包上岸]", "words: [$nothing]", "no concept \\$nothing"),
        ("words: [包上岸]", "wrods: [包上岸]", "line 8, wrods: unknown key"),
        ("quote: 包上岸", "quote: 包过", "line 11, quote: '包过' is not in its text"),
        ("reason: 祝福", "quote: 祝", "line 13, quote: unknown key"),
        (
            "words: [包上岸]",
            "patterns:\n- {anchors: [上岸], regex: '包.*上岸'}",
            "line 9, regex: 包.\\*上岸 repeats without end",
        ),
        (
            "words: [包上岸]",
            "patterns:\n- {anchors: [上岸], regex: '包(上岸'}",
            "does not compile",
        ),
        ("words: [包上岸]", "patterns:\n- {regex: 上岸}", "a pattern needs anchor words"),
        (
            "words: [包上岸]",
            "words: [包上岸]\ncontext:\n- {any: [no_such]}",
            "line 10, any: no concept no_such",
        ),
        (
            "words: [包上岸]",
            "words: [包上岸]\ncontext:\n- {any: [exam], within: page}",
            "line 10, within: sentence, near, text or a number",
        ),
        ("score: 0.6", "score: 0.6\nfields: [body]", "line 8, fields: body is not allowed"),
    ],
)
def test_a_faulty_rule_is_refused_with_file_line_and_reason(
    was: str, becomes: str, told: str, tmp_path: Path
) -> None:
    assert was in GOOD
    path = written(tmp_path, GOOD.replace(was, becomes))
    with pytest.raises(BadSheet, match=told) as error:
        read_rule(path, CONCEPTS)
    assert "b4_99_trial.yaml" in error.value.text.zh
    assert "行" in error.value.text.zh


@pytest.mark.parametrize("part", ["hits", "misses"])
def test_a_rule_without_examples_is_refused(part: str, tmp_path: Path) -> None:
    lines = GOOD.splitlines()
    at = lines.index(f"{part}:")
    path = written(tmp_path, "\n".join(lines[:at] + lines[at + 2 :]))
    with pytest.raises(BadSheet, match=f"{part}: no example"):
        read_rule(path, CONCEPTS)


@pytest.mark.parametrize(
    ("text", "told"),
    [("a: [", "unreadable"), ("- a\n- b\n", "must be a mapping"), ("", "must be a mapping")],
)
def test_a_file_that_is_no_mapping_is_refused(text: str, told: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadSheet, match=told):
        read_rule(path, CONCEPTS)


def test_a_rule_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b4_99_trial.yaml"
    path.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(BadSheet, match="unreadable"):
        read_rule(path, CONCEPTS)


def test_citations_of_a_finding_follow_the_day_of_the_post() -> None:
    text = "育婴师签约包过，名额有限，欢迎咨询。"
    day = datetime(2024, 5, 1, tzinfo=UTC)
    finding = JUDGE.judge(Subject(text=text, published_at=day)).findings[0]
    assert any("广告法" in words and "二十四" in words for words in finding.legal_basis)
    early = datetime(2019, 5, 1, tzinfo=UTC)
    finding = JUDGE.judge(Subject(text=text, published_at=early)).findings[0]
    assert not any("2021" in words for words in finding.legal_basis)
