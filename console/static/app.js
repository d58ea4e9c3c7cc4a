// Keys, focus, one click once. Everything here only saves hands: the pages work without it.
(function () {
  "use strict";
  const all = (what, inside) => Array.from((inside || document).querySelectorAll(what));
  const one = (what) => document.querySelector(what);
  const say = (words) => { const live = one("#live"); if (live) live.textContent = words; };

  // ---- forms ----------------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1"; // a second click sends nothing; the server decides once in any case
  });
  window.addEventListener("pageshow", () => all("form").forEach((form) => delete form.dataset.sent));
  all("[data-submit]").forEach((pick) => pick.addEventListener("change", () => pick.form.requestSubmit()));

  // ---- verdict and reason ---------------------------------------------------------------------
  const decision = one("#decision"), reason = one("#reason");
  function narrow(verdict, choose) {
    all("optgroup", reason).forEach((group) => {
      const fits = group.dataset.verdict === verdict;
      group.hidden = group.disabled = !fits;
      if (!fits || !choose) return;
      const first = group.querySelector("[data-suggested]") || null;
      const chosen = reason.selectedOptions[0];
      if (chosen && chosen.parentElement === group) return;
      reason.value = "";
      propose(false);
      if (first) { first.selected = true; propose(true); }
    });
  }
  // A reason that nobody has chosen says so; a grave one is sent only after a look at it.
  const proposed = one("#proposed"), grave = one("#grave");
  const propose = (shown) => {
    if (proposed) { proposed.hidden = !shown; grave.hidden = true; reason.classList.toggle("machine", shown); }
  };
  function choose(number) {
    const radio = all("[name=verdict]", decision)[number - 1];
    if (!radio) return;
    radio.checked = true;
    narrow(radio.value, true);
    say(radio.parentElement.textContent.trim() + " " + (reason.selectedOptions[0] || {}).textContent);
    reason.dispatchEvent(new Event("change", { bubbles: true }));
    if (reason.value) { radio.focus(); } else { reason.focus(); }
  }
  if (decision && reason) {
    all("[name=verdict]", decision).forEach((radio) => {
      radio.addEventListener("change", () => narrow(radio.value, true));
      if (radio.checked) narrow(radio.value, false);
    });
    reason.addEventListener("input", () => propose(false));
    decision.addEventListener("submit", (event) => {
      if (!proposed || proposed.hidden || !grave.hidden || !("grave" in reason.selectedOptions[0].dataset)) return;
      event.preventDefault(); event.stopPropagation();
      grave.hidden = false; reason.focus(); say(proposed.textContent);
    });
    // 其他 says nothing by itself: the note is then asked for here, before anything is sent.
    const words = one("#note");
    const ask = () => {
      const chosen = reason.selectedOptions[0];
      if (words) words.required = !!chosen && "needsNote" in chosen.dataset;
    };
    decision.addEventListener("change", ask);
    ask();
    // What was typed is not lost by a reload or a step back in this tab.
    const note = one("#note"), key = "note:" + location.pathname;
    if (note && !note.value) note.value = sessionStorage.getItem(key) || "";
    if (note) note.addEventListener("input", () => sessionStorage.setItem(key, note.value));
    if (/[?&]done=/.test(location.search)) {
      const done = new URLSearchParams(location.search).get("done");
      sessionStorage.removeItem("note:/cases/" + done);
    }
  }

  // ---- a claim is renewed while the page is open ------------------------------------------------
  const renew = one("[data-renew]");
  if (renew) setInterval(() => {
    if (!document.hidden) fetch(renew.action, {
      method: "POST", body: new URLSearchParams(new FormData(renew)), redirect: "manual",
    }).catch(() => say(""));
  }, 240000);

  // ---- copying addresses ------------------------------------------------------------------------
  all("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const words = document.getElementById(button.dataset.copy);
      const range = document.createRange();
      range.selectNodeContents(words);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      if (navigator.clipboard) navigator.clipboard.writeText(words.textContent).catch(() => {});
      say(words.textContent);
    });
  });

  // ---- moving -----------------------------------------------------------------------------------
  function step(items, by, current) {
    if (!items.length) return -1;
    const next = current < 0 ? (by > 0 ? 0 : items.length - 1) : current + by;
    return Math.min(Math.max(next, 0), items.length - 1);
  }
  function row(by) {
    const rows = all("[data-row], [data-step]");
    const at = step(rows, by, rows.indexOf(document.activeElement));
    if (at < 0) return;
    rows[at].focus();
    rows[at].scrollIntoView({ block: "nearest" });
  }
  function openRow(link) {
    const claim = link.closest("li").querySelector("form.claim");
    if (claim) claim.requestSubmit(); else location.assign(link.href);
  }
  let quote = -1;
  function jump(by) {
    const marks = all("[data-quote]");
    if (!marks.length) return;
    quote = (quote + by + marks.length) % marks.length;
    if (quote < 0) quote = marks.length - 1;
    marks[quote].focus({ preventScroll: true });
    marks[quote].scrollIntoView({ block: "center" });
    say((quote + 1) + "/" + marks.length + " " + marks[quote].textContent);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest ? event.target.closest("[data-row]") : null;
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openRow(link);
  });

  // ---- many at once -----------------------------------------------------------------------------
  function pick() {
    const here = document.activeElement.closest("[data-pick]");
    const box = here && here.querySelector("[type=checkbox]");
    if (!box) return;
    box.checked = !box.checked;
    say((box.checked ? "✓ " : "✗ ") + here.textContent.trim().slice(0, 60));
  }
  function bulk() {
    const form = one("#bulk");
    if (Array.from(form.elements).some((field) => field.name === "case" && field.checked)) return form.requestSubmit();
    const told = one("#bulk-none");
    told.hidden = false;
    say(told.textContent);
  }

  // ---- keys -------------------------------------------------------------------------------------
  const acts = {
    down: () => row(1), up: () => row(-1),
    open: () => { if (document.activeElement.matches("[data-row]")) openRow(document.activeElement); },
    next_quote: () => jump(1), previous_quote: () => jump(-1),
    search: () => one("#words") && one("#words").focus(),
    reason: () => reason && reason.focus(), note: () => one("#note") && one("#note").focus(),
    undo: () => { const undo = one("form[data-undo]"); if (undo) undo.requestSubmit(); },
    queue: () => location.assign("/queue"), keys: () => location.assign("/keys"),
    tick: () => pick(), bulk: () => one("#bulk") && bulk(),
    takedowns: () => location.assign("/takedowns"), exports: () => location.assign("/exports"),
    statistics: () => location.assign("/statistics"),
  };
  ["violation", "clean", "transfer", "doubt"].forEach((verdict, place) => {
    acts[verdict] = () => decision && choose(place + 1);
  });
  const keys = {
    Enter: () => {
      const active = document.activeElement;
      if (active && active.matches("a, button, summary")) return false;
      if (!decision) return false;
      decision.requestSubmit();
    },
  };
  const halfWidth = (key) => key.replace(/^[\uff01-\uff5e]$/, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
  const chosen = (document.body.dataset.keys || "").trim().split(" "); // act key act key …
  for (let at = 0; at + 1 < chosen.length; at += 2) keys[chosen[at + 1]] = acts[chosen[at]];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target;
    const typing = field.matches("textarea, input:not([type=radio]):not([type=checkbox])");
    if (event.key === "Escape") { field.blur(); return; }
    if (typing) return; // Enter in a field sends its own form
    if (field.matches("select") && event.key !== "Enter") return;
    const act = keys[event.key] || keys[halfWidth(event.key)]; // an input method sends ？ for ?
    if (!act) return;
    if (act() !== false) event.preventDefault();
  });

  // ---- wide tables: said where there is more to the side ------------------------------------------
  const wide = () => all(".roll, .scroll").forEach((box) => {
    if (box.scrollWidth > box.clientWidth + 2) box.dataset.hint = document.body.dataset.wide;
    else delete box.dataset.hint;
  });
  wide(); addEventListener("resize", wide); document.addEventListener("toggle", wide, true);

  // ---- where the work goes ----------------------------------------------------------------------
  const first = one("[data-row]"), begin = one("[data-first]");
  if (begin) begin.focus({ preventScroll: true });
  else if (document.body.classList.contains("case")) one("#main").focus({ preventScroll: true });
  else if (first && document.activeElement === document.body) first.focus({ preventScroll: true });
})();
