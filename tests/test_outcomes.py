"""Whatever reason a page can be recorded with, a person reads a sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from crawler import failures, source_watch, states, unfetched
from crawler.guard import WHY
from crawler.markers import FOLDER, markers_of
from door.outcomes import REASONS, STATES, reason_words, state_words
from door.source_outcomes import SOURCE_REASONS
from storage.records import PageState
from tests.source_tree import modules

# A picture's reason is kept beside its snapshot; it is none of a page.
ELSEWHERE = {"crawler.camera", "crawler.targets_file"}
GIVERS = {"Reading", "Outcome", "Visit"}


def words_in(node: ast.AST) -> Iterator[str]:
    """The string constants of an expression; http_{status} stands for http_500."""
    if isinstance(node, ast.JoinedStr):
        head = node.values[0]
        assert isinstance(head, ast.Constant)
        yield f"{head.value}500" if head.value == "http_" else f"{head.value}valueerror"
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str) and node.value:
            yield node.value
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from words_in(part)
    elif isinstance(node, ast.IfExp):
        yield from (*words_in(node.body), *words_in(node.orelse))


def said_in(tree: ast.AST) -> Iterator[str]:
    """Reasons handed to a noun, assigned to `reason`, or paired with a state."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GIVERS:
            for keyword in node.keywords:
                if keyword.arg == "reason":
                    yield from words_in(keyword.value)
        elif isinstance(node, ast.Assign) and names(node) == ["reason"]:
            yield from words_in(node.value)
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and is_state(node.elts[0]):
            yield from words_in(node.elts[1])


def names(node: ast.Assign) -> list[str]:
    return [one.id for one in node.targets if isinstance(one, ast.Name)]


def is_state(node: ast.AST) -> bool:
    return ast.unparse(node) == "BLOCKED" or ast.unparse(node).startswith("PageState.")


def written_reasons() -> set[str]:
    """Every machine word that stands in the source of the rooms that look at pages."""
    return {
        word
        for name, module in modules().items()
        if module.room in {"crawler", "spiders", "pipelines"} and name not in ELSEWHERE
        for word in said_in(module.tree)
    }


def tabled_reasons() -> set[str]:
    """Those that stand in tables."""
    refusals = [unfetched.Unfetched, *unfetched.Unfetched.__subclasses__()]
    return {
        *WHY,
        *(refusal.reason for refusal in refusals if isinstance(refusal.reason, str)),
        *(reason for _, reason, _ in failures.TABLE),
        *(reason for _, reason in states.STATUSES.values()),
        *(state[1] for _, state in states.NOTICES),
        *(word for word, _, _ in states.WALLS),
        *(reason for path in FOLDER.glob("*.yaml") for reason in markers_of(path.stem).reasons()),
        # How a source fares, beside what its pages say (storage/sources.py).
        *(source_watch.EXPIRED, source_watch.PAUSED, "canary_empty", "not_read"),
    }


def test_the_collection_finds_the_words_it_is_known_to_miss_when_broken():
    assert {
        "shell", "home_page", "no_text", "captcha", "not_html", "no_sitemap", "robots",
        "robots_unreachable", "redirect_loop", "unknown", "http_500", "reader_valueerror", "step",
    } <= written_reasons()  # fmt: skip
    assert {"dns", "too_large", "unavailable", "address_private"} <= tabled_reasons()


@pytest.mark.parametrize("reason", sorted(written_reasons() | tabled_reasons()))
def test_every_reason_has_a_sentence_in_both_languages(reason):
    words = reason_words(reason)
    assert "未归类" not in words.zh
    assert any("\u4e00" <= sign <= "\u9fff" for sign in words.zh)
    assert words.en.isascii()
    assert words.en != reason


def test_no_sentence_is_kept_for_a_reason_that_nobody_gives():
    assert set(REASONS) | set(SOURCE_REASONS) <= written_reasons() | tabled_reasons()
    assert not set(REASONS) & set(SOURCE_REASONS)


@pytest.mark.parametrize("status", [status.value for status in HTTPStatus if status >= 400])
def test_every_answer_of_a_server_is_told_with_its_number_or_its_meaning(status):
    words = reason_words(f"http_{status}")
    assert str(status) in words.zh
    assert str(status) in words.en


def test_a_safety_refusal_says_that_it_is_one():
    assert reason_words("address_metadata").zh == "出于安全没有访问：云主机元数据地址"


def test_an_unknown_reason_is_named_and_a_missing_one_is_owned_up_to():
    assert "weirderror" in reason_words("weirderror").zh
    assert "weirderror" in reason_words("weirderror").en
    assert reason_words("").zh == "原因未记录"


def test_every_state_has_its_words_and_a_new_one_is_shown_as_it_is():
    assert set(STATES) == {state.value for state in PageState}
    assert state_words("alive").zh == "正常"
    assert state_words("asleep").en == "asleep"
