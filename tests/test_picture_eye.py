"""Strangers' pictures in a child of their own: what costs too much costs that picture alone."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PIL import Image

from crawler.picture_eye import PictureEye
from crawler.picture_hash import picture_hash
from crawler.qr_codes import MOST_SIDE, Unreadable, opened, qr_contents, read, shrunk
from sampleweb.pictures import qr_png

JOIN = "https://u.wechat.com/kSampleCode0001"
ROOT = Path(__file__).resolve().parents[1]


def corners(width: int, height: int) -> bytes:
    """A small file full of one-pixel corners of codes, each of which the decoder compares with all
    others."""
    tile = Image.new("L", (9, 9), 255)
    for side, shade in ((7, 0), (5, 255), (3, 0)):
        tile.paste(shade, (4 - side // 2, 4 - side // 2, 5 + side // 2, 5 + side // 2))
    row = Image.new("L", (width, 9), 255)
    for left in range(0, width, 9):
        row.paste(tile, (left, 0))
    whole = Image.new("L", (width, height), 255)
    for top in range(0, height, 9):
        whole.paste(row, (0, top))
    kept = io.BytesIO()
    whole.save(kept, "PNG", optimize=True)
    return kept.getvalue()


COSTLY = corners(1500, 12_000)  # more than half a minute for a fast processor


def gone(pid: int) -> bool:
    """Waits for its end; pytest's own limit is the only clock here."""
    while alive(pid):
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def eye():
    with PictureEye(seconds=1.5) as one:
        yield one


def test_a_child_sees_what_the_decoder_sees(eye):
    seen = eye.look(qr_png(JOIN))
    assert seen.codes == (JOIN,)
    assert seen.look == picture_hash(qr_png(JOIN))


@pytest.mark.parametrize(("data", "reason"), [(b"", "no_picture"), (b"<html>", "no_picture")])
def test_what_the_child_could_not_read_has_its_word(eye, data, reason):
    with pytest.raises(Unreadable, match=reason):
        eye.look(data)


def test_one_child_serves_all_pictures(eye):
    assert eye.pid is None
    eye.look(qr_png(JOIN))
    first = eye.pid
    eye.look(qr_png(JOIN))
    assert eye.pid == first


def test_a_picture_that_costs_too_much_is_given_up_and_the_next_one_is_seen(eye):
    assert len(COSTLY) < 100_000
    for _ in range(2):
        with pytest.raises(Unreadable, match="too_slow"):
            eye.look(COSTLY)
        assert eye.look(qr_png(JOIN)).codes == (JOIN,)


def test_the_loop_goes_on_while_a_picture_is_looked_at(eye):
    async def both() -> int:
        task = asyncio.ensure_future(eye.see(COSTLY))
        turns = 0
        while not task.done():
            turns += 1
            await asyncio.sleep(0.01)
        with pytest.raises(Unreadable, match="too_slow"):
            task.result()
        return turns

    assert asyncio.run(both()) > 5


def test_the_shorter_side_is_bounded_and_a_code_in_a_large_photo_is_still_read():
    photo = Image.new("L", (4000, 3000), 255)
    photo.paste(Image.open(io.BytesIO(qr_png(JOIN))).convert("L").resize((600, 600)), (900, 1100))
    assert min(shrunk(photo).size) == MOST_SIDE
    kept = io.BytesIO()
    photo.save(kept, "PNG")
    assert qr_contents(kept.getvalue()) == (JOIN,)
    assert shrunk(opened(COSTLY)).size == (1500, 12_000)  # as tall as a screenshot: as it is


def test_a_code_too_small_to_be_shrunk_is_read_all_the_same():
    photo = Image.new("L", (4800, 4000), 255)
    code = Image.open(io.BytesIO(qr_png(JOIN))).convert("L")
    photo.paste(code.resize((code.width // 3, code.height // 3), 0), (900, 1100))
    assert read(shrunk(photo)) == ()
    kept = io.BytesIO()
    photo.save(kept, "PNG")
    assert qr_contents(kept.getvalue()) == (JOIN,)


def test_a_killed_child_is_a_word_and_the_next_picture_gets_a_new_one(eye):
    eye.look(qr_png(JOIN))
    first = eye.pid
    psutil.Process(first).kill()
    psutil.Process(first).wait()
    assert eye.look(qr_png(JOIN)).codes == (JOIN,)
    assert eye.pid != first


def test_closing_leaves_no_child_even_in_the_middle_of_a_picture():
    async def closed_early() -> int:
        eye = PictureEye(seconds=60)
        await eye.see(qr_png(JOIN))
        pid = eye.pid
        task = asyncio.ensure_future(eye.see(COSTLY))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(eye.close)
        with pytest.raises(Unreadable, match="reader_died"):
            await task
        return pid

    assert gone(asyncio.run(closed_early()))


BUSY = """
import sys, threading
from crawler.picture_eye import PictureEye
from sampleweb.pictures import qr_png
from tests.test_picture_eye import COSTLY
eye = PictureEye(seconds=120)
eye.look(qr_png("x"))
print(eye.pid, flush=True)
eye.look(COSTLY)
"""


def test_a_parent_killed_in_the_middle_of_a_picture_leaves_no_child():
    words = [sys.executable, "-c", BUSY]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        child = psutil.Process(pid)
        begun = child.cpu_times().user
        while child.cpu_times().user < begun + 0.3:  # until it is at the costly picture
            time.sleep(0.02)
        parent.kill()
    assert gone(pid)


def test_the_child_is_told_no_secret(eye, monkeypatch):
    monkeypatch.setenv("CERTSWEEP_SECRET", "only for the parent")
    eye.look(qr_png(JOIN))
    told = Path(f"/proc/{eye.pid}/environ")
    if not told.exists():
        pytest.skip("no /proc here")
    assert b"CERTSWEEP" not in told.read_bytes()
