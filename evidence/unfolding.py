"""Bringing a page to where it shows everything: loaded, scrolled through, its layers closed.

Nothing is agreed to: of the buttons on a layer only those are pressed that reject or close it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, ViewportSize
from playwright.async_api import TimeoutError as PlaywrightTimeout

from evidence.bounds import Bounds
from evidence.isolated import World
from evidence.patience import Patience

LoadState = Literal["domcontentloaded", "load", "networkidle"]
VIEWPORT = ViewportSize(width=1280, height=900)
STEP = 800  # px a scroll step, somewhat less than a screen
STEP_MS = 60  # enough for an observer of what comes into view
PICTURES_MS = 3_000  # for pictures that scrolling has called

# Rejecting comes before closing; agreeing is in neither.
REJECT = (
    "拒绝",
    "全部拒绝",
    "拒绝全部",
    "不同意",
    "不接受",
    "仅必要",
    "仅使用必要cookie",
    "仅接受必要",
    "暂不",
    "以后再说",
    "下次再说",
    "取消",
    "reject",
    "reject all",
    "decline",
    "deny",
    "necessary only",
    "only necessary",
    "no thanks",
    "not now",
)
CLOSE = (
    "关闭",
    "关闭窗口",
    "关闭广告",
    "跳过",
    "×",
    "✕",
    "✖",
    "╳",
    "x",
    "close",
    "dismiss",
    "skip",
    "hide",
)

# The part of a page that scrolls instead of the page, where there is one.
INNER = """const inner = (() => {
  const root = document.documentElement;
  if (!root || root.scrollHeight > innerHeight * 1.1) return null;
  const box = innerWidth * innerHeight / 2;
  return [...document.querySelectorAll('*')].slice(0, 20000).find(one =>
    one.scrollHeight > one.clientHeight * 1.2 && one.clientHeight * one.clientWidth > box
    && /auto|scroll|overlay/.test(getComputedStyle(one).overflowY)) || null;
})();"""

SCROLL = """(async () => {
  %(inner)s
  const end = performance.now() + %(ms)d;
  const pause = ms => new Promise(done => setTimeout(done, ms));
  let y = 0;
  while (performance.now() < end) {
    const root = inner || document.documentElement;
    const height = root ? root.scrollHeight : 0;
    if (y >= Math.min(height, %(tallest)d)) break;
    (inner || window).scrollTo(0, y);
    y += %(step)d;
    await pause(%(step_ms)d);
  }
  const late = Math.min(performance.now() + %(pictures_ms)d, end);
  const waits = () => [...document.images].some(one => !one.complete && one.src);
  while (waits() && performance.now() < late) await pause(50);
  (inner || window).scrollTo(0, 0);
  await pause(%(step_ms)d);
  return {reached: y, waiting: waits()};
})()"""

WAITING = "[...document.images].some(one => !one.complete && one.src)"

# How tall the window must be so that nothing is hidden: by a part of the page that scrolls within
# it, or by a bar at the foot of the window, which would lie across the middle of a full picture.
UNROLL = """(() => {
  %(inner)s
  if (inner) return inner.scrollHeight + innerHeight - inner.clientHeight;
  const bar = document.elementsFromPoint(innerWidth / 2, innerHeight - 3).some(one => {
    for (let up = one; up && up !== document.body; up = up.parentElement)
      if (getComputedStyle(up).position === 'fixed'
        && up.getBoundingClientRect().top > innerHeight / 2) return true;
    return false;
  });
  const root = document.documentElement;
  return bar && root.scrollHeight > innerHeight ? root.scrollHeight : 0;
})()"""

# A layer lies over the page: fixed or above everything, and large or in front of its middle. Its
# button must say nothing but the word, must not be a link elsewhere, and must not send a form.
PRESS = """(() => {
  const words = %(words)s;
  globalThis.pressed ??= new WeakSet();
  const label = one => (one.innerText || one.value || one.getAttribute('aria-label')
    || one.title || '').trim().toLowerCase().replace(/\\s+/g, ' ');
  const layer = one => {
    for (let up = one; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.position !== 'fixed' && !(style.position === 'absolute' && +style.zIndex >= 100))
        continue;
      const box = up.getBoundingClientRect();
      if (box.width * box.height >= innerWidth * innerHeight / 20) return true;
    }
    return false;
  };
  const leads = one => {
    const link = one.closest('a[href]');
    if (link && !/^(#|javascript:|$)/i.test(link.getAttribute('href').trim())) return true;
    return one.type === 'submit' && !!one.form;
  };
  const asked = 'button,[role=button],a,input[type=button],span,i,div,svg';
  const plain = one => {
    const button = one.matches('button,[role=button],a,input');
    return one.childElementCount <= (button ? 1 : 0) && !pressed.has(one);
  };
  const labelled = [...document.querySelectorAll(asked)].slice(0, 20000).filter(plain)
    .map(one => [label(one), one]).filter(([text]) => words.includes(text));
  for (const word of words) {
    for (const [text, one] of labelled) {
      if (text !== word) continue;
      const box = one.getBoundingClientRect();
      if (!box.width || !box.height || leads(one) || !layer(one)) continue;
      const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      if (!seen || !(one === seen || one.contains(seen) || seen.contains(one))) continue;
      pressed.add(one);
      (one.click ? one : one.parentElement).click();
      return word;
    }
  }
  return '';
})()"""
MOST_LAYERS = 4
AFTER_PRESS = 0.3  # seconds a layer takes to fade


async def load(page: Page, bounds: Bounds, patience: Patience) -> bool:
    """Whether the page was there with all its parts in time; a busy network is not waited for."""

    def at(state: LoadState) -> Callable[[float], Awaitable[bool]]:
        async def come(seconds: float) -> bool:
            with suppress(PlaywrightTimeout):
                await page.wait_for_load_state(state, timeout=seconds * 1000)
                return True
            return False

        return come

    try:
        if not await patience.until(at("domcontentloaded"), bounds.open_seconds):
            return False
        if not await patience.until(at("load"), bounds.load_seconds):
            return False
    except PlaywrightError:
        return False
    with suppress(PlaywrightError):
        await patience.until(at("networkidle"), bounds.quiet_seconds)
    return True


async def close_layers(page: Page, world: World, bounds: Bounds) -> tuple[str, ...]:
    """The words of the buttons pressed; stops where the page goes elsewhere."""
    pressed: list[str] = []
    script = PRESS % {"words": json.dumps([*REJECT, *CLOSE], ensure_ascii=False)}
    url = page.url
    with suppress(PlaywrightError, TimeoutError):
        while len(pressed) < MOST_LAYERS:
            word = await world.ask(script, bounds.wake_seconds)
            if not word:
                break
            pressed.append(str(word))
            await asyncio.sleep(AFTER_PRESS)
            if page.url != url:
                break
    return tuple(pressed)


async def scroll_through(world: World, bounds: Bounds) -> tuple[int, bool]:
    """Down and up again, so that what loads late loads; px reached, and whether pictures wait."""
    script = SCROLL % {
        "ms": int(bounds.scroll_seconds * 1000),
        "inner": INNER,
        "tallest": bounds.tallest,
        "step": STEP,
        "step_ms": STEP_MS,
        "pictures_ms": PICTURES_MS,
    }
    try:
        told = await world.ask(script, bounds.scroll_seconds + bounds.wake_seconds)
    except (PlaywrightError, TimeoutError):
        return 0, True
    return int(told["reached"]), bool(told["waiting"])


async def pictures_wait(world: World, bounds: Bounds) -> bool:
    """Whether a picture that was asked for is not there."""
    try:
        return bool(await world.ask(WAITING, bounds.wake_seconds))
    except (PlaywrightError, TimeoutError):
        return True


async def unroll(page: Page, world: World, bounds: Bounds) -> int:
    """Make the window as tall as the page where that shows more of it; px, 0 where it does not.

    The page itself is not touched. One that only grows with its window keeps its first size.
    """
    script = UNROLL % {"inner": INNER}
    try:
        needed = int(await world.ask(script, bounds.wake_seconds))
        if not needed:
            return 0
        tall = min(needed, bounds.tallest)
        await page.set_viewport_size({**VIEWPORT, "height": tall})
        left = int(await world.ask(script, bounds.wake_seconds))
        if left > tall and needed <= bounds.tallest:
            await page.set_viewport_size({**VIEWPORT})
            return 0
    except (PlaywrightError, TimeoutError):
        return 0
    return tall
