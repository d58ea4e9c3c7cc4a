"""`certsweep jobs`: make what was ordered at the desk. The desk calls it; a person may."""

from __future__ import annotations

from door.casework import open_queue
from door.export_jobs import Shop, run_waiting
from door.settings import SETTINGS
from door.speech import out, t

HELP = t(
    "生成审核台上排队的导出（审核台自己会调用）。",
    "Make the exports that wait at the desk (the desk calls this by itself).",
)


def command() -> None:
    """Make everything that waits."""
    count = run_waiting(Shop(engine=open_queue(), settings=SETTINGS), "certsweep jobs")
    out.print(t(f"完成 {count} 个任务。", f"{count} jobs are finished."), markup=False)
