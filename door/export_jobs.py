"""Making what was ordered at the desk: one job after the other, by one runner at a time.

Everything is written into a folder that no page offers, and put in its place in one step before
the database is told. Whoever dies in between leaves a job `running`, which the next runner, holding
the lock, knows to be nobody's.
"""

from __future__ import annotations

import importlib
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

from sqlalchemy import Engine

from door.brief_run import register_brief, write_brief
from door.evidence_parts import proof_of
from door.evidence_run import package_case
from door.evidence_words import sealing_said
from door.export_choice import Asked, Choice, sites
from door.export_run import EVERYTHING, Exported, Watch, export_list, first_moment
from door.settings import Settings
from door.takedown_drafting import OPEN_WEB
from evidence.lacks import LACKS
from exports.registry import exporter
from exports.writing import made_folder
from storage.bilingual import Bilingual, Problem
from storage.database import explained
from storage.export_cancel import Cancelled, stopped
from storage.export_jobs import (
    CANCELLED,
    CAPTURE,
    EACH,
    Job,
    Made,
    come_so_far,
    fail,
    finish,
    interrupt_orphans,
    take_waiting,
)
from storage.exports import decided_counts
from storage.locks import hold

LOG = logging.getLogger("jobs")
LOCK = "exports"
PART = ".part-"  # of a folder's name: being written, and no page's business
EVIDENCE = "evidence"  # folder of packages; they are written again when timestamps come
EVERY = 0.5  # seconds between two words of progress
NOTHING_SAID = Bilingual("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What a runner works with."""

    engine: Engine
    settings: Settings

    @property
    def folder(self) -> Path:
        return exports_folder(self.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a maker hands over: finished files and what is to be said of them."""

    files: tuple[Made, ...]
    said: Bilingual = NOTHING_SAID
    anyway: bool = False  # it stands, even where somebody has cancelled the job meanwhile


class Progress:
    """Tells the database how far a job is, not more often than anybody looks.

    Raises Cancelled where somebody does not want the job any more.
    """

    def __init__(self, engine: Engine, job: int, total: int) -> None:
        self.engine, self.job, self.total = engine, job, total
        self.before = 0  # rows of files that are finished
        self.told = 0.0
        self.tell(0)

    def __call__(self, rows: int) -> None:
        now = time.monotonic()
        if now - self.told >= EVERY:
            self.told = now
            self.tell(rows)

    def finished(self, rows: int) -> None:
        self.before += rows
        come_so_far(self.engine, self.job, self.before, self.total)

    def tell(self, rows: int) -> None:
        if not come_so_far(self.engine, self.job, self.before + rows, self.total):
            raise Cancelled(CANCELLED.zh, CANCELLED.en)


def exports_folder(settings: Settings) -> Path:
    return settings.home / "exports"


def run_waiting(shop: Shop, holder: str) -> int:
    """Make everything that waits; how many jobs. Raises Problem where somebody else is at it."""
    with hold(shop.engine, shop.settings.home, LOCK, holder):
        sweep_up(shop.folder, interrupt_orphans(shop.engine))
        count = 0
        while (job := take_waiting(shop.engine)) is not None:
            run_job(shop, job)
            count += 1
        return count


def sweep_up(folder: Path, orphans: Sequence[int]) -> None:
    """Throw away what killed runners left; nobody has ever been offered it."""
    with explained():
        for left in (*folder.glob(f"{PART}*"), *(folder / str(one) for one in orphans)):
            shutil.rmtree(left, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Unforeseen:
    """Around a job: an error nobody foresaw fails it, with its traceback in the log.

    Else the runner would die of it, at this job, for ever.
    """

    shop: Shop
    job: Job

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, Problem):
            return False
        LOG.error("job %d (%s)", self.job.id, self.job.order.kind, exc_info=error)
        shutil.rmtree(self.shop.folder / str(self.job.id), ignore_errors=True)
        name = type(error).__name__
        said = Bilingual(
            f"程序出错（{name}），没有留下文件；再次生成多半也会出错。"
            f"请把任务编号 {self.job.id} 告诉管理员，详情在审核台的日志里。",
            f"The program failed ({name}) and left no file; asking again will most likely fail, "
            f"too. Tell the administrator the job's number, {self.job.id}: the desk's log has the "
            "details.",
        )
        fail(self.shop.engine, self.job.id, said)
        return True


def run_job(shop: Shop, job: Job) -> None:
    with Unforeseen(shop, job):
        make_job(shop, job)


def make_job(shop: Shop, job: Job) -> None:
    part, place = shop.folder / f"{PART}{job.id}", shop.folder / str(job.id)
    try:
        made_folder(part)
        product = MAKERS[job.order.kind](shop, job, part)
        put_in_place(part, place)
    except Cancelled:
        stopped(shop.engine, job.id)
    except Problem as problem:
        fail(shop.engine, job.id, problem.text)
    else:
        if not finish(shop.engine, job.id, product.files, product.said, anyway=product.anyway):
            shutil.rmtree(place, ignore_errors=True)
            stopped(shop.engine, job.id)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put_in_place(part: Path, place: Path) -> None:
    with explained():
        part.rename(place)


# ---- makers -------------------------------------------------------------------------------------


def make_lists(shop: Shop, job: Job, part: Path) -> Product:
    """One file, or one for each platform that has something decided."""
    order = job.order
    if order.request or order.site:
        return one_list(shop, job, part)
    chosen = exporter(order.form)
    counts = decided_counts(shop.engine, first_moment(order.since), chosen.verdicts)
    if order.platform != EACH:
        wanted = [order.platform]
        total = counts.get(order.platform, 0) if order.platform else sum(counts.values())
    else:
        wanted, total = list(counts), sum(counts.values())
    if not total:
        raise nothing_decided()
    progress, made = Progress(shop.engine, job.id, total), []
    for platform, site in addressees(shop, job, wanted):
        choice = asked(shop, job, platform, site)
        watch = Watch(rows=progress, ready=progress.tell, job=job.id)
        one = export_list(shop.engine, order.form, part, choice, watch)
        progress.finished(one.rows)
        made.append(one)
    return Product(files=tuple(file_of(job, one) for one in made), said=remarked(made))


def remarked(made: Sequence[Exported]) -> Bilingual:
    """What a signer must be told of the files, each remark once; of several with their numbers."""
    told: dict[Bilingual, list[str]] = {}
    for one in made:
        for remark in one.remarks:
            told.setdefault(remark, []).append(one.batch_no)
    several = len(made) > 1
    named = [("、".join(of) if several else "", remark) for remark, of in told.items()]
    return Bilingual(
        "\n".join(f"{of}：{remark.zh}" if of else remark.zh for of, remark in named),
        "\n".join(f"{of}: {remark.en}" if of else remark.en for of, remark in named),
    )


def one_list(shop: Shop, job: Job, part: Path) -> Product:
    """The file for one takedown request, or for one site."""
    progress = Progress(shop.engine, job.id, 0)
    watch = Watch(rows=progress, ready=progress.tell, job=job.id)
    choice = asked(shop, job, job.order.platform, job.order.site)
    made = export_list(shop.engine, job.order.form, part, choice, watch)
    progress.finished(made.rows)
    return Product(files=(file_of(job, made),), said=remarked([made]))


def addressees(shop: Shop, job: Job, platforms: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Platform and site: a letter to the open web is one for each owner of a site."""
    chosen = exporter(job.order.form)
    choice = Choice(since=first_moment(job.order.since))
    for platform in platforms:
        if platform == OPEN_WEB and chosen.addressed:
            for site in sites(shop.engine, chosen, choice):
                yield platform, site
        else:
            yield platform, ""


def nothing_decided() -> Problem:
    return Problem(
        "没有符合条件的已审核案件，没有生成文件，也没有占用编号。请先审核，或放宽条件。",
        "No decided case matches what was asked; no file was made and no number taken. Decide "
        "first, or ask for more.",
    )


def asked(shop: Shop, job: Job, platform: str, site: str) -> Asked:
    return Asked(
        platform="" if site else platform,
        site=site,
        request=job.order.request,
        since=job.order.since,
        masked=job.order.masked,
        lang=EVERYTHING.lang,
        to=job.order.to,
        office=shop.settings.office,
        by=job.asked_by,
    )


def file_of(job: Job, one: Exported) -> Made:
    return Made(
        number=one.batch_no,
        name=one.path.name,
        path=f"{job.id}/{one.path.name}",
        sha256=one.sha256,
        size=one.path.stat().st_size,
        rows=one.rows,
    )


def make_brief(shop: Shop, job: Job, part: Path) -> Product:
    order = job.order
    last = date.fromisoformat(order.day) if order.day else None
    progress = Progress(shop.engine, job.id, 2)
    paths = write_brief(shop.engine, part, last, order.days, shop.settings.office)
    progress.tell(0)
    registered = register_brief(shop.engine, paths, job.asked_by, job.id)
    files = tuple(
        Made(
            number=one.number,
            name=path.name,
            path=f"{job.id}/{path.name}",
            sha256=one.sha256,
            size=path.stat().st_size,
            rows=0,
        )
        for path, one in zip(paths, registered, strict=True)
    )
    progress.finished(len(files))
    return Product(files=files)


def make_evidence(shop: Shop, job: Job, _part: Path) -> Product:
    """The package goes where packages are written again when their timestamps come."""
    capturing = job.order.form == CAPTURE
    progress = Progress(shop.engine, job.id, 0 if capturing else 1)  # how many pages is not known
    captured = []
    if capturing:
        # Browser and sample web are loaded by this job alone; the desk itself never needs them.
        captured = [
            importlib.import_module("door.capture_job").capture_case(
                shop.engine, shop.settings, job.order.case_id, job.asked_by, progress
            )
        ]
    proof = proof_of(shop.settings, shop.engine)
    folder = shop.folder / EVIDENCE
    made_folder(folder)
    packed = package_case(proof, job.order.case_id, folder, job.asked_by, lambda: progress.tell(0))
    progress.finished(1)
    lacks = [Bilingual(*LACKS.get(one.what, (one.what, one.what))) for one in packed.lacks]
    state = sealing_said(packed.sealing)
    words = list(dict.fromkeys([*captured, state, *lacks, *packed.sealing.why]))
    return Product(
        files=(),
        anyway=True,
        said=Bilingual(
            "；".join([packed.package.name, *(one.zh for one in words)]),
            "; ".join([packed.package.name, *(one.en for one in words)]),
        ),
    )


MAKERS: Mapping[str, Callable[[Shop, Job, Path], Product]] = {
    "list": make_lists,
    "brief": make_brief,
    "evidence": make_evidence,
}
