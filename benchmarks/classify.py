"""`python -m benchmarks.classify`: the judge beside simpler ways to look at a text, in one run.

Ordinary and offending texts of 300, 3,000 and 30,000 characters, written for this. The others only
find words: no folding, no context, no speaker, no finding. Rounds are interleaved and the median of
processor time is shown, because a shared machine is never equally quiet. Compare the ratios, not
the milliseconds.
"""

from __future__ import annotations

import itertools
import logging
import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator

import jieba
from ahocorasick_rs import AhoCorasick
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from classifiers.judge import Judge, load_judge
from classifiers.subject import Subject

SIZES = (300, 3_000, 30_000)
ROUNDS = 9
LEAST = 0.02  # seconds of work in one round, so that the clock can tell
ORDINARY = [
    "市民在公园里散步，孩子们放起了风筝，卖糖画的老人支起了摊子。",
    "这家小店的面条劲道，汤头也清，中午去要排一会儿队。",
    "图书馆周末延长开放两小时，请读者自觉保持安静。",
    "周三有小雨，气温十二到十九度，出门记得带伞。",
    "师傅把旧椅子的榫头敲紧，又刷了一遍清漆，放在院子里晾着。",
    "学校将于下月举行运动会，欢迎家长前来观看。",
    "新修的步道沿着河岸走，两旁种了柳树和月季。",
]
# Ordinary pages that are about certificates all the same: these are judged to the end.
NEAR = [
    "本年度一级建造师考试报名将于下周开始，请考生携带身份证和学历证书到现场确认。",
    "学校开设电工、焊工培训班，学费一千二百元，结业考试由区人社局组织。",
    "招聘护士两名，要求持护士执业证书，三年以上工作经验，五险一金。",
    "成绩合格者由人力资源和社会保障部门颁发职业技能等级证书，可在官方网站查询。",
]
OFFENDING = [
    "焊工证包过，免考直出，三天拿证，加微信13800000000。",
    "国家认可，全国通用，终身有效，名额有限，抓紧报名。",
    "原劳动部老证可补录，官网可查，先出证后付款。",
    "零基础包你拿证，不看学历不限年龄，签协议不过全退。",
    "二建证书挂靠一年两万，长期收证，联系王经理13800000000。",
]

Worker = Callable[[str], object]


def text(sentences: list[str], size: int) -> str:
    source = random.Random(20261123)
    parts: list[str] = []
    length = 0
    while length < size:
        parts.append(source.choice(sentences))
        length += len(parts[-1])
    return "".join(parts)[:size]


def samples() -> dict[str, str]:
    """By a name that says kind and size; an offending page is mostly ordinary words."""
    made = {}
    for size in SIZES:
        advert = text(OFFENDING, size // 10)
        made[f"平常 ordinary {size}"] = text(ORDINARY, size)
        made[f"谈证书的平常页 ordinary, on topic {size}"] = text(NEAR, size // 3) + text(
            ORDINARY, size - size // 3
        )
        made[f"违规 offending {size}"] = advert + text(ORDINARY, size - len(advert))
        made[f"全是广告 all advert {size}"] = text(OFFENDING, size)
    return made


def words_of(judge: Judge) -> list[str]:
    """The plain words of all rules and concepts, longest first."""
    found: set[str] = set()
    for rule in judge.eye.rules:
        found.update(rule.words, rule.sure, rule.benign)
        found.update(itertools.chain.from_iterable(pattern.anchors for pattern in rule.patterns))
    for concept in judge.eye.concepts:
        found.update(concept.words, concept.benign)
    return sorted(found, key=lambda word: (-len(word), word))


def usual_pipeline() -> Pipeline:
    """What one would build first: jieba's words, TF-IDF, a linear model."""
    usual = make_pipeline(
        TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, ngram_range=(1, 2)),
        LogisticRegression(),
    )
    return usual.fit([*ORDINARY, *OFFENDING], [0] * len(ORDINARY) + [1] * len(OFFENDING))


def workers(judge: Judge, words: list[str]) -> dict[str, Worker]:
    automaton = AhoCorasick(words)
    usual = usual_pipeline()
    alternation = re.compile("|".join(map(re.escape, words)))
    return {
        "certsweep judge": lambda sample: judge.judge(Subject(text=sample)),
        "jieba.lcut": jieba.lcut,
        "jieba + TF-IDF": lambda sample: usual.predict_proba([sample]),
        "ahocorasick_rs": lambda sample: automaton.find_matches_as_indexes(
            sample, overlapping=True
        ),
        "re alternation": alternation.findall,
    }


def seconds(worker: Worker, sample: str, times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        worker(sample)
    return (time.process_time() - start) / times


def repeats(worker: Worker, sample: str) -> int:
    """How often a worker must run for one round to last long enough."""
    times = 1
    while times < 10_000 and seconds(worker, sample, times) * times < LEAST:
        times *= 4
    return times


def measure(sample: str, rivals: dict[str, Worker]) -> dict[str, float]:
    """Median seconds of each worker, rounds interleaved."""
    times = {name: repeats(worker, sample) for name, worker in rivals.items()}
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(ROUNDS):
        for name, worker in rivals.items():
            taken[name].append(seconds(worker, sample, times[name]))
    return {name: statistics.median(rounds) for name, rounds in taken.items()}


def lines(name: str, medians: dict[str, float]) -> Iterator[str]:
    ours = next(iter(medians.values()))
    yield f"{name} 字 characters"
    for worker, median in medians.items():
        per_second, ratio = 1 / median, median / ours
        yield f"  {worker:<18}{median * 1000:>10.3f} ms {per_second:>10,.0f} /s {ratio:>8.2f} ×"


def megabytes() -> float:
    """The most memory this process has held so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> None:
    before, start = megabytes(), time.process_time()
    judge = load_judge()
    loading = time.process_time() - start
    judge.judge(Subject(text="".join(OFFENDING)))
    held = megabytes() - before
    words = words_of(judge)
    rivals = workers(judge, words)
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    print(f"{len(judge.eye.rules)} 条规则 rules, {len(words):,} 词 words")
    print(f"装载 loading {loading:.2f} s, 内存 memory +{held:.0f} MB（首次判断后 after one text）")
    for name, sample in samples().items():
        print("\n".join(lines(name, measure(sample, rivals))))


if __name__ == "__main__":
    main()
