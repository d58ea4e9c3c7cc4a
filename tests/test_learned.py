"""The file of weights: the same bytes and judgement again, and nothing broken in use."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import learned
from classifiers.judge import LEARNED, load_judge
from classifiers.learned import (
    CODE_FEATURES,
    FORMAT,
    WEIGHTS,
    BadModel,
    Weights,
    code_of,
    load,
    save,
    weigh,
)
from classifiers.subject import Subject
from classifiers.text_features import FEATURES, Grams, grams

SHIPPED = load()
TEXTS = (
    "育婴师证办理，人不用来，照片发我，一周寄到。",
    "养老护理员考試苞過，私信了解。",
    "今年的焊工考试在九月，报名看官网公告。",
    "面包过期了，准考证放在桌上。",
)


def small(**changes: Any) -> Weights:
    """Weights of nothing: each test gives the few that it is about."""
    values: dict[str, Any] = {
        "grams": np.zeros(FEATURES, dtype=np.float32),
        "measures": {},
        "bias": 0.0,
        "slope": 1.0,
        "offset": 0.0,
        "threshold": 0.5,
        "backed_threshold": 0.4,
        "codes": ("B4-02", "C4-02"),
        "code_grams": np.zeros((2, CODE_FEATURES), dtype=np.float32),
        "code_bias": np.zeros(2, dtype=np.float32),
        "facts": {"rules": ["b4_02_guaranteed_pass"]},
        **changes,
    }
    return Weights(**values)


# --- there and back -----------------------------------------------------------------------------


def test_what_is_loaded_and_saved_again_is_the_same_file(tmp_path: Path) -> None:
    first, again = tmp_path / "first.npz", tmp_path / "again.npz"
    save(SHIPPED, first)
    save(load(first), again)
    assert first.read_bytes() == again.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.npz", "first.npz"]


def test_nothing_of_the_shipped_weights_is_lost_by_saving(tmp_path: Path) -> None:
    save(SHIPPED, tmp_path / "again.npz")
    assert members(tmp_path / "again.npz") == members(WEIGHTS)


def test_a_copy_judges_as_the_original(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    save(SHIPPED, path)
    judge = load_judge()
    copied = replace(load_judge(model=path), engine=judge.engine)
    for text in TEXTS:
        assert judge.judge(Subject(text=text)) == copied.judge(Subject(text=text))


def test_another_file_is_another_engine(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    save(replace(SHIPPED, bias=SHIPPED.bias + 1), path)
    engines = {load_judge(model=model).engine for model in (WEIGHTS, path, None)}
    assert len(engines) == 3


def test_saving_over_a_file_replaces_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"old")
    save(small(bias=2.5), path)
    assert load(path).bias == 2.5


# --- what is weighed ----------------------------------------------------------------------------


def test_the_parts_and_the_bias_add_up_to_the_total() -> None:
    text = grams("育婴师证书包过")
    weighed = weigh(SHIPPED, text, {"length": 1.0})
    parts = SHIPPED.bias + weighed.from_words + SHIPPED.measures["length"]
    assert weighed.total == pytest.approx(parts)


def test_measures_the_model_never_saw_weigh_nothing() -> None:
    text = grams("证书")
    known = weigh(SHIPPED, text, {})
    assert weigh(SHIPPED, text, {"rule an_office_wrote": 1.0}) == known


@given(st.floats(-1e30, 1e30), st.floats(-100, 100))
def test_a_probability_is_one_whatever_the_sum(bias: float, offset: float) -> None:
    weighed = weigh(small(bias=bias, offset=offset), grams("证"), {})
    assert 0.0 < weighed.probability < 1.0


def test_more_weight_never_makes_a_text_less_likely() -> None:
    text = grams("证")
    found = [weigh(small(bias=bias), text, {}).probability for bias in range(-9, 9)]
    assert found == sorted(found)


def test_a_passage_gets_the_code_its_words_point_to() -> None:
    table = np.zeros((2, CODE_FEATURES), dtype=np.float32)
    words: Grams = grams("包过")
    table[0, learned.narrow(words.features)] = 1.0
    weights = small(code_grams=table, code_bias=np.array([0.0, 0.1], dtype=np.float32))
    assert code_of(weights, words) == "B4-02"
    assert code_of(weights, grams("天气")) == "C4-02"


def test_the_shipped_weights_know_codes_of_all_four_clauses() -> None:
    assert {code[0] for code in SHIPPED.codes} >= set("ABCD")
    assert 0.5 <= SHIPPED.backed_threshold < SHIPPED.threshold < 1


def test_the_model_never_accuses_without_words() -> None:
    """Even one that finds everything guilty shows words that stand there, for a person."""
    judge = replace(load_judge(), weights=replace(SHIPPED, bias=60.0))
    judgement = judge.judge(Subject(text=TEXTS[2]))
    assert judgement.flagged
    for finding in judgement.findings:
        assert finding.rule != LEARNED or finding.proves == "human"
        for piece in finding.evidence:
            assert TEXTS[2][piece.start : piece.end] == piece.quote
            assert piece.quote.strip()
    blank = judge.judge(Subject(text="\u200b" * 20))
    assert not blank.flagged


def test_the_model_alone_flags_nothing_where_it_says_no() -> None:
    judge = replace(load_judge(), weights=replace(SHIPPED, bias=-60.0))
    assert not judge.judge(Subject(text=TEXTS[1])).flagged


# --- files that cannot be used ------------------------------------------------------------------


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(folder: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "model.npz"
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "good.npz"
    save(small(), path)
    return path


def array(values: Any, **how: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values, **how)
    return buffer.getvalue()


def refused(path: Path) -> BadModel:
    with pytest.raises(BadModel) as caught:
        load(path)
    said = caught.value.text
    assert path.name in said.zh
    assert said.zh.endswith("。")
    assert "Install again" in said.en
    return caught.value


def with_plain(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, bytes]], None]:
    def apply(parts: dict[str, bytes]) -> None:
        plain = json.loads(parts["model.json"])
        found = change(plain)
        parts["model.json"] = json.dumps(plain if found is None else found).encode()

    return apply


def with_array(name: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.update({f"{name}.npy": data})


HALF = np.float16
HUGE = (
    b"\x93NUMPY\x01\x00\x76\x00"
    b"{'descr': '<f2', 'fortran_order': False, 'shape': (99999999999999,), }"
).ljust(127) + b"\n"
DAMAGE: dict[str, Callable[[dict[str, bytes]], object]] = {
    "no facts": lambda parts: parts.pop("model.json"),
    "no array": lambda parts: parts.pop("grams.npy"),
    "facts are no JSON": lambda parts: parts.update({"model.json": b"{"}),
    "facts are nested without end": lambda parts: parts.update({"model.json": b"[" * 200_000}),
    "facts are bytes": lambda parts: parts.update({"model.json": b"\xff\xfe"}),
    "facts are a list": with_plain(lambda _: [1]),
    "facts are null": lambda parts: parts.update({"model.json": b"null"}),
    "an older format": with_plain(lambda plain: plain.update(format=FORMAT - 1)),
    "a newer format": with_plain(lambda plain: plain.update(format=FORMAT + 1)),
    "no format": with_plain(lambda plain: plain.pop("format") and None),
    "no threshold": with_plain(lambda plain: plain.pop("threshold") and None),
    "bias is NaN": with_plain(lambda plain: plain.update(bias=float("nan"))),
    "bias is infinite": with_plain(lambda plain: plain.update(bias=float("inf"))),
    "bias is a word": with_plain(lambda plain: plain.update(bias="1")),
    "bias has no end": lambda parts: parts.update(
        {"model.json": parts["model.json"].replace(b'"bias": 0.0', b'"bias": 1' + b"0" * 400)}
    ),
    "a measure is NaN": with_plain(lambda plain: plain.update(measures={"length": float("nan")})),
    "a measure is a list": with_plain(lambda plain: plain.update(measures={"length": [1]})),
    "measures are a list": with_plain(lambda plain: plain.update(measures=[1])),
    "no codes": with_plain(lambda plain: plain.update(codes=[])),
    "codes are a number": with_plain(lambda plain: plain.update(codes=5)),
    "codes of another policy": with_plain(lambda plain: plain.update(codes=["Z1-01", "B4-02"])),
    "no rules": with_plain(lambda plain: plain.update(facts={})),
    "rules are a number": with_plain(lambda plain: plain.update(facts={"rules": 5})),
    "an array is too short": with_array("grams", array(np.zeros(9, HALF))),
    "an array is too wide": with_array("code_grams", array(np.zeros((3, CODE_FEATURES), HALF))),
    "an array holds NaN": with_array("grams", array(np.full(FEATURES, np.nan, HALF))),
    "an array is infinite": with_array("code_bias", array(np.full(2, np.inf, HALF))),
    "an array is of words": with_array("code_bias", array(np.array(["a", "b"]))),
    "an array is complex": with_array("code_bias", array(np.zeros(2, np.complex64))),
    "an array is of objects": with_array("code_bias", array(np.array([{}, {}]), allow_pickle=True)),
    "an array is an archive": with_array("code_bias", b"PK\x05\x06" + b"\0" * 18),
    "an array is empty": with_array("code_bias", b""),
    "an array is cut": with_array("grams", array(np.zeros(FEATURES, HALF))[:5_000]),
    "an array lies about its size": with_array("grams", HUGE),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_is_refused_with_a_sentence(
    damage: Callable[[dict[str, bytes]], object], good: Path, tmp_path: Path
) -> None:
    parts = members(good)
    damage(parts)
    refused(packed(tmp_path, parts))


def test_the_undamaged_file_would_be_taken(good: Path, tmp_path: Path) -> None:
    load(packed(tmp_path, members(good)))
    load(packed(tmp_path, members(good), zipfile.ZIP_LZMA))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_packed_data_that_is_broken_is_refused(method: int, tmp_path: Path, good: Path) -> None:
    path = packed(tmp_path, members(good), method)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        start = file.getinfo("model.json").header_offset + 30 + len("model.json")
    data[start + 4 : start + 60] = b"\xff" * 56
    path.write_bytes(data)
    refused(path)


@pytest.mark.parametrize("kind", ["missing", "empty", "words", "folder", "npz of numpy"])
def test_what_is_no_file_of_weights_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    if kind == "empty":
        path.touch()
    elif kind == "words":
        path.write_text("weights", encoding="utf-8")
    elif kind == "folder":
        path.mkdir()
    elif kind == "npz of numpy":
        np.savez(path, grams=np.zeros(4))
    refused(path)


@pytest.mark.parametrize("share", [0.0001, 0.5, 0.99, 0.99999])
def test_a_truncated_file_is_refused(share: float, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    data = WEIGHTS.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    refused(path)


@given(at=st.integers(0, 10_000), to=st.binary(min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_changed_bytes_are_refused_or_harmless(good: Path, at: int, to: bytes) -> None:
    data = bytearray(good.read_bytes())
    at %= len(data)
    data[at : at + len(to)] = to
    path = good.with_name(f"{hashlib.sha256(data).hexdigest()[:12]}.npz")
    path.write_bytes(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a comment of the archive may say anything
            load(path)
    except BadModel:
        pass
    finally:
        path.unlink()


def test_an_array_that_would_fill_the_memory_is_refused_before_it_does(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learned, "_MOST_BYTES", 1_000)
    path = tmp_path / "model.npz"
    shutil.copy(good, path)
    assert "too large" in refused(path).text.en


def test_a_judge_with_broken_weights_does_not_begin(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"PK")
    with pytest.raises(BadModel):
        load_judge(model=path)
