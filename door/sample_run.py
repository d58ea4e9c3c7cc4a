"""The sample: starts the sample web, sweeps it, records its written decisions, exports a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from crawler.canon import canonical
from door.casework import every_case
from door.export_run import export_list
from door.settings import Settings
from door.sources import all_sources
from door.sweep_parts import SweepOrder
from door.sweep_run import SweepResult, run_sweep
from door.truth_score import Expected, TruthReport, score
from sampleweb.decisions import REVIEWER, WrittenDecision, read_truth, written_decisions
from sampleweb.server import SampleWeb
from storage.cases import CaseRow, decide
from storage.found import clauses_by_url
from storage.records import CaseStatus, Decision, Target, TargetKind, Verdict, Visit

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
    engine: Engine, settings: Settings, on_visit: Callable[[Visit], None]
) -> SampleResult:
    """Raises Problem as a sweep does. An interrupted sample decides and exports nothing."""
    with SampleWeb() as web:
        web.set("slow", 1.0)
        order = SweepOrder(
            targets=[*(site_target(host) for host in sorted(web.sites)), *map(page_target, TRICKY)],
            name="sample",
            routes=web.routes,
            delay=0.0,
            per_host=8,
            retry_delays=(0.3, 1.0),
            timeout=25.0,  # a busy machine must not make a page of ours unreadable
            contact=settings.contact,
        )
        sweep = run_sweep(engine, settings, order, all_sources(), on_visit)
    decided, files = (0, ()) if sweep.ending.interrupted else finish_line(engine, settings)
    return SampleResult(
        sweep=sweep,
        truth=score(expected(), clauses_by_url(engine)),
        decided=decided,
        waiting=sum(1 for _ in every_case(engine, CaseStatus.WAITING)),
        files=files,
    )


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
            url=canonical(row["url"]),
            offending=row["offending"],
            clauses=frozenset(row["clauses"]),
        )
        for row in read_truth()
    ]


def finish_line(engine: Engine, settings: Settings) -> tuple[int, tuple[Path, ...]]:
    decided = record_decisions(engine)
    folder = settings.home / "exports"
    return decided, tuple(export_list(engine, name, folder).path for name in FORMATS)


def record_decisions(engine: Engine) -> int:
    """Decide the waiting cases the sample has written decisions for; how many they were."""
    written = {canonical(url): said for url, said in written_decisions().items()}
    decided = 0
    for case in list(every_case(engine, CaseStatus.WAITING)):
        said = decision_for(case, written)
        if said is not None:
            decide(engine, decision_record(case.id, said))
            decided += 1
    return decided


def decision_for(case: CaseRow, written: dict[str, WrittenDecision]) -> WrittenDecision | None:
    """One offending page makes the case a violation; a page nobody wrote about leaves it open."""
    said = [written.get(url) for url in case.urls]
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
