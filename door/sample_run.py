"""The sample: starts the sample web, sweeps it, records its written decisions, exports a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from crawler.canon import canonical, identity
from door.casework import every_case
from door.export_run import export_list
from door.settings import Settings
from door.sources import all_sources
from door.sweep_parts import SAMPLE, SweepOrder
from door.sweep_run import SweepResult, run_sweep
from door.truth_score import Expected, TruthReport, score
from sampleweb.decisions import REVIEWER, WrittenDecision, read_truth, written_decisions
from sampleweb.replica_posts import replica_posts, replica_traps, replica_walls
from sampleweb.server import SampleWeb
from storage.cases import CaseRow, decide
from storage.found import clauses_by_url
from storage.records import MANY_SITES, CaseStatus, Decision, Target, TargetKind, Verdict, Visit

WORDS = "月嫂证 包过"
FORMATS = ("takedown_list_xlsx", "takedown_list_csv")

# Pages that must end in a named state: inward redirects, a circle, nobody there.
TRICKY = (
    "http://odd.test/inward/loopback",
    "http://odd.test/inward/metadata",
    "http://odd.test/loop/a",
    "http://nowhere.invalid/",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleResult:
    sweep: SweepResult
    truth: TruthReport
    decided: int
    waiting: int
    files: tuple[Path, ...]


def sample_sweep(
    engine: Engine, settings: Settings, on_visit: Callable[[Visit], None], by: str = ""
) -> SampleResult:
    """Raises Problem as a sweep does. An interrupted sample decides and exports nothing."""
    with SampleWeb() as web:
        web.set("slow", 1.0)
        order = SweepOrder(
            targets=sample_targets(web),
            name=SAMPLE,
            routes=web.routes,
            delay=0.0,
            per_host=8,
            retry_delays=(0.3, 1.0),
            timeout=25.0,  # a busy machine must not make a page of ours unreadable
            contact=settings.contact,
            pins=(web.pin,),
            by=by,
            daily=timedelta(0),  # every run of the sample is a day of its own
        )
        sweep = run_sweep(engine, settings, order, all_sources(), on_visit)
    decided, files = (0, ()) if sweep.ending.interrupted else finish_line(engine, settings)
    return SampleResult(
        sweep=sweep,
        truth=score(expected(), found_in(engine)),
        decided=decided,
        waiting=sum(1 for _ in every_case(engine, CaseStatus.WAITING)),
        files=files,
    )


def sample_targets(web: SampleWeb) -> list[Target]:
    """The sites, what lies at odd addresses, and every platform: searched, and asked for posts
    that are gone."""
    replicas = [searched(name) for name in sorted(all_sources()) if searchable(name)]
    listings = [post for post in replica_posts() if post.platform == "classifieds"]
    single = [(post.url, post.platform) for post in listings]
    single += [(trap.url, trap.platform) for trap in replica_traps()]
    # A wall of a source of many sites stops nothing else of the sample.
    single += [(w.url, w.platform) for w in replica_walls() if w.platform in MANY_SITES]
    return [
        *(site_target(host) for host in sorted(web.sites)),
        *map(page_target, TRICKY),
        *replicas,
        *(replace(page_target(url), source=name, reason="样例平台") for url, name in single),
    ]


def searched(name: str) -> Target:
    return Target(
        kind=TargetKind.KEYWORD,
        value=WORDS,
        source=name,
        reason="样例平台",
        added_by="certsweep",
        depth=2,
        budget=20,
    )


def searchable(name: str) -> bool:
    return bool(all_sources()[name].seeds(searched(name)))


def site_target(host: str) -> Target:
    return Target(
        kind=TargetKind.SITE,
        value=f"http://{host}/",
        source="institution",
        reason="样例网",
        added_by="certsweep",
        depth=6,
        budget=200,
    )


def page_target(url: str) -> Target:
    return Target(
        kind=TargetKind.URL,
        value=url,
        source="institution",
        reason="样例网：不应读到的页面",
        added_by="certsweep",
    )


def expected() -> list[Expected]:
    return [
        Expected(
            url=place_of(row["url"]),
            offending=row["offending"],
            clauses=frozenset(row["clauses"]),
        )
        for row in read_truth()
    ]


def place_of(url: str) -> str:
    """What all forms of one post's URL have in common; the canonical URL on the open web."""
    known = identity(url)
    return ":".join(known) if known else canonical(url)


def found_in(engine: Engine) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for url, clauses in clauses_by_url(engine).items():
        place = place_of(url)
        found[place] = found.get(place, frozenset()) | clauses
    return found


def finish_line(engine: Engine, settings: Settings) -> tuple[int, tuple[Path, ...]]:
    decided = record_decisions(engine)
    folder = settings.home / "exports"
    return decided, tuple(export_list(engine, name, folder).path for name in FORMATS)


def record_decisions(engine: Engine) -> int:
    """Decide the waiting cases the sample has written decisions for; how many they were."""
    written = {place_of(url): said for url, said in written_decisions().items()}
    decided = 0
    for case in list(every_case(engine, CaseStatus.WAITING)):
        said = decision_for(case, written)
        if said is not None:
            decide(engine, decision_record(case.id, said))
            decided += 1
    return decided


def decision_for(case: CaseRow, written: dict[str, WrittenDecision]) -> WrittenDecision | None:
    """One offending page makes the case a violation; a page nobody wrote about leaves it open."""
    said = [written.get(place_of(url)) for url in case.urls]
    known = [each for each in said if each is not None]
    if len(known) != len(said):
        return None
    return next((each for each in known if each.offending), known[0] if known else None)


def decision_record(case_id: int, said: WrittenDecision) -> Decision:
    return Decision(
        case_id=case_id,
        verdict=Verdict.VIOLATION if said.offending else Verdict.CLEAN,
        reason=said.reason,
        by=REVIEWER,
        at=datetime.now(UTC),
        note=said.note,
    )
