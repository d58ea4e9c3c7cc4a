"""Scripts that see into open shadow trees, which `innerText` and `outerHTML` pass over.

Closed ones show themselves to no script; the browser writes them into the MHTML, which tells that
there are some.
"""

from __future__ import annotations

from evidence.isolated import World

MOST_ROOTS = 2_000
CLOSED = 'shadowmode=3D"closed"'  # of a template in MHTML, quoted-printable
SOFT_BREAK = "=\r\n"

ROOTS = """const roots = [], waiting = [document];
  while (waiting.length && roots.length < %(most)d) {
    for (const one of waiting.shift().querySelectorAll('*')) {
      if (one.shadowRoot) { roots.push(one.shadowRoot); waiting.push(one.shadowRoot); }
      if (roots.length >= %(most)d) break;
    }
  }"""

# What stands in shadow trees follows the page's own text: it has no place in it.
TEXT = """(() => {
  %(roots)s
  const parts = [document.body ? document.body.innerText : ''];
  const hidden = one => {
    for (let up = one; up; up = up.assignedSlot || up.parentElement || up.getRootNode().host)
      if (getComputedStyle(up).display === 'none') return true;
    return false;
  };
  for (const root of roots) {
    if (hidden(root.host)) continue;
    for (const one of root.childNodes) {
      if (one.nodeType === 3) parts.push(one.data.trim());
      else if (one.nodeType === 1 && !/^(style|script|template)$/i.test(one.localName)
        && getComputedStyle(one).display !== 'none')
        parts.push(one.innerText ?? one.textContent);
    }
  }
  const text = parts.filter(part => part && part.trim()).join('\\n\\n');
  return {text: text.slice(0, %(room)d), cut: text.length > %(room)d || roots.length >= %(most)d};
})()"""

# Null where `outerHTML` says it all.
DOM = """(() => {
  %(roots)s
  const top = document.documentElement;
  if (!roots.length || !top) return null;
  const shell = top.cloneNode(false).outerHTML, end = shell.lastIndexOf('</');
  if (end < 0) return null;
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '';
  const inner = top.getHTML({shadowRoots: roots, serializableShadowRoots: true});
  const whole = type + shell.slice(0, end) + inner + shell.slice(end);
  return {html: whole.length > %(room)d ? '' : whole, cut: roots.length >= %(most)d};
})()"""


async def text_in(world: World, room: int, seconds: float) -> tuple[str, bool]:
    """What a reader sees of one document, open shadow trees after it; and whether it was cut."""
    told = await world.ask(filled(TEXT, room), seconds)
    return str(told["text"]), bool(told["cut"])


async def html_in(world: World, room: int, seconds: float) -> tuple[str, bool] | None:
    """The document with its open shadow trees as templates, "" where that is too long; and whether
    some were left out. None where it has none."""
    told = await world.ask(filled(DOM, room), seconds)
    return None if told is None else (str(told["html"]), bool(told["cut"]))


def filled(script: str, room: int) -> str:
    return script % {"roots": ROOTS % {"most": MOST_ROOTS}, "most": MOST_ROOTS, "room": room}


def has_closed(mhtml: str) -> bool:
    return CLOSED in mhtml.replace(SOFT_BREAK, "")
