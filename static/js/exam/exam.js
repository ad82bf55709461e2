// The exam page: answers, grid, clock, save state and hand-in, wired together.

import { bindSteps, count, isTyping, isUnread, read, write } from "./answers.js";
import { Clock } from "./clock.js";
import { Queue } from "./queue.js";
import { Signals } from "./signals.js";
import { openStore } from "./store.js";

const setup = JSON.parse(document.getElementById("exam-setup").textContent);
const words = setup.words;
const $ = (id) => document.getElementById(id);
const boxes = [...document.querySelectorAll(".question")];
const byPosition = new Map(boxes.map((box) => [Number(box.dataset.position), box]));
const flags = new Map();
const WARNING_DELAY = 1000;
let shown = null;
let closing = false; // the page is being left for good
let confirmed = null; // the hand-in that the candidate wants, until it is taken back
let signedOut = false;
let unreached = false; // the server was out of reach when it was last asked
let allWell = words.ready;

async function post(path, body, timeout = 8000, keepalive = false) {
  const reply = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": setup.csrf },
    body: JSON.stringify(body),
    credentials: "same-origin",
    redirect: "error",
    keepalive,
    signal: AbortSignal.timeout(timeout),
  });
  return { status: reply.status, body: await reply.json().catch(() => null) };
}

const store = await openStore(setup.person, setup.attempt);
const clock = new Clock($("clock-face"), $("clock-voice"), words, setup.total_seconds);
const signals = new Signals();
const queue = new Queue(store, (epoch, ops, timeout) => post(setup.urls.answers, { epoch, ops }, timeout));

// --- save state in words -----------------------------------------------------------------------------------------

function say(text, tone) {
  const state = $("save-state");
  if (state.textContent !== text) state.textContent = text;
  state.dataset.tone = tone;
}

// What sticks below the header needs its height: a long title, or a narrow window, makes it higher.
const bar = document.querySelector(".focus-bar");
new ResizeObserver(() => {
  document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
}).observe(bar);

function banner(text) {
  const notice = $("banner");
  notice.hidden = !text;
  if (notice.textContent !== text) notice.textContent = text;
}

queue.addEventListener("waiting", () => say(words.saving, "busy"));
queue.addEventListener("saving", () => say(words.saving, "busy"));
queue.addEventListener("unstored", () => banner(words.unstored));
queue.addEventListener("failed", ({ detail }) => missed(detail.status));
queue.addEventListener("refused", () => queue.size || calm());
window.addEventListener("offline", () => missed(0));

// The server did not do what it was asked; status 0: it did not answer.
// 401: signed out; 400: the token of this page's sign-in is no longer good, which is the same to a candidate.
function missed(status) {
  if (closing) return;
  unreached = true;
  signedOut = status === 401 || status === 400;
  const waiting = queue.size;
  say(waiting ? words.not_saved.replace("{count}", waiting) : words.not_connected, "bad");
  if (signedOut) banner(words.signed_out);
  else if (!waiting) banner(words.unreached);
  else banner((status ? words.server_trouble : words.offline).replace("{count}", waiting));
}

// The server is there again. What still waits is sent now, and says itself how it went.
function reached() {
  if (!unreached) return;
  unreached = signedOut = false;
  if (queue.size) queue.soon(0);
  else calm();
}

// Nothing waits any more: what is left to say is what the server refused.
function calm() {
  const refused = queue.refused.size;
  say(refused ? words.not_saved.replace("{count}", refused) : allWell, refused ? "bad" : "good");
  banner(refusal());
  if ($("next-state")) $("next-state").textContent = "";
}

// Which answers the server calls wrong, in words; nothing where it took all.
function refusal() {
  const positions = [...new Set([...queue.refused.values()].map((op) => op.q))].sort((a, b) => a - b);
  return positions.length ? words.refused.replace("{numbers}", positions.join(words.comma)) : "";
}

queue.addEventListener("answered", ({ detail }) => {
  unreached = signedOut = false;
  clock.sync(detail.left_ms, detail.paused);
  if (detail.standing === "paused") return showPause(true);
  showPause(false);
  if (detail.standing === "stale" && detail.ops.some((op) => op.epoch === queue.epoch)) return lose(detail.ops);
  if (detail.standing === "late") {
    say(words.late, "bad");
    banner(words.late_long);
    if (!queue.size) closeDown();
    return;
  }
  allWell = words.saved.replace("{time}", detail.saved_at);
  if (!queue.size) calm();
});

// Another device or tab holds the attempt now: this page stops, and shows what it could not save.
function lose(ops) {
  queue.stop();
  closing = true;
  $("confirm").close();
  const kept = ops.map((op) => (typeof op.a === "string" ? op.a : "")).filter(Boolean).join("\n\n");
  $("lost-text").value = kept;
  $("lost-text").hidden = !kept;
  $("exam-body").hidden = true;
  $("lost").hidden = false;
  $("lost-title").focus();
}

function showPause(paused) {
  clock.paused = paused;
  if (paused) $("confirm").close();
  const turned = $("paused").hidden === paused;
  $("paused").hidden = !paused;
  $("exam-body").classList.toggle("is-paused", paused);
  $("exam-body").toggleAttribute("inert", paused);
  if (turned) pulseLater();
  if (turned && !paused) queue.soon(0);
}

// --- questions and the grid --------------------------------------------------------------------------------------

function isAnswered(box) {
  const value = read(box);
  return value !== null && String(value).trim() !== "";
}

function mark(position) {
  const box = byPosition.get(position);
  const cell = $(`cell-${position}`);
  if (!box || !cell) return;
  const answered = isAnswered(box);
  const flagged = Boolean(flags.get(position));
  cell.dataset.answered = String(answered);
  cell.dataset.flagged = String(flagged);
  const states = [answered ? words.answered : words.blank, ...(flagged ? [words.flagged] : [])];
  cell.querySelector(".cell-state").textContent = states.join(words.comma);
  const button = box.querySelector("[data-flag]");
  button.setAttribute("aria-pressed", String(flagged));
  summarise();
}

// A wrong number would be 0 points without a word. Said once the typing rests, so that "-" on the way to "-5" is none.
function warn(box) {
  const place = box.querySelector("[data-unread]");
  const text = isUnread(box) ? words.unread : "";
  if (place && place.textContent !== text) place.textContent = text;
}

const warnings = new Map();

function warnSoon(box) {
  clearTimeout(warnings.get(box));
  warnings.set(box, setTimeout(() => warn(box), isUnread(box) ? WARNING_DELAY : 0));
}

function summarise() {
  for (const line of document.querySelectorAll("[data-section-count]")) {
    const inside = boxes.filter((box) => box.dataset.section === line.dataset.sectionCount);
    line.textContent = `${inside.filter(isAnswered).length}/${inside.length}`;
  }
}

function show(position, focus = true) {
  if (!byPosition.has(position)) return;
  shown = position;
  boxes.forEach((box) => (box.hidden = Number(box.dataset.position) !== position));
  $("review").hidden = true;
  $("questions").hidden = false;
  document.querySelectorAll(".cell").forEach((cell) => cell.removeAttribute("aria-current"));
  $(`cell-${position}`)?.setAttribute("aria-current", "true");
  const box = byPosition.get(position);
  if (focus) box.querySelector("h2").focus();
  if (focus) window.scrollTo({ top: 0 });
  history.replaceState(null, "", `#q${position}`);
}

async function changed(box) {
  const position = Number(box.dataset.position);
  mark(position);
  warnSoon(box);
  await queue.add(position, read(box), Boolean(flags.get(position)), isTyping(box));
}

for (const box of boxes) {
  // `input`, not keys: text that an input method brings fires no key events. While it is composing nothing is sent.
  box.addEventListener("input", (event) => {
    count(box);
    if (event.isComposing) clearTimeout(warnings.get(box));
    else changed(box);
  });
  box.addEventListener("compositionend", () => changed(box));
  box.addEventListener("focusout", () => queue.size && queue.soon(0));
  bindSteps(box, () => changed(box));
  box.querySelector("[data-flag]")?.addEventListener("click", () => {
    const position = Number(box.dataset.position);
    flags.set(position, !flags.get(position));
    changed(box);
  });
  box.querySelector("[data-clear]")?.addEventListener("click", () => {
    write(box, null);
    changed(box);
  });
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-go]");
  if (target) show(Number(target.dataset.go));
});

// --- review sheet and hand-in ------------------------------------------------------------------------------------

// Also the questions that forward navigation has left for good: they are not in the page any more.
function unanswered() {
  return [...setup.left_blank, ...boxes.filter((box) => !isAnswered(box)).map((box) => Number(box.dataset.position))];
}

function review() {
  const blanks = unanswered();
  const flagged = [...flags].filter(([, on]) => on).map(([position]) => position).sort((a, b) => a - b);
  fillList($("review-blank"), blanks);
  const unread = boxes.filter(isUnread).map((box) => Number(box.dataset.position));
  fillList($("review-flagged"), flagged);
  fillList($("review-unread"), unread);
  $("review-none").hidden = blanks.length + flagged.length + unread.length > 0;
  $("review-back").dataset.go = String(shown);
  $("questions").hidden = true;
  $("review").hidden = false;
  $("review-title").focus();
}

function fillList(list, positions) {
  list.closest("div").hidden = !positions.length;
  list.replaceChildren(
    ...positions.map((position) => {
      const item = document.createElement("li");
      const name = words.question.replace("{number}", position);
      if (!byPosition.has(position)) {
        item.append(name);
        return item;
      }
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline";
      button.dataset.go = String(position);
      button.textContent = name;
      item.append(button);
      return item;
    }),
  );
}

function confirmHandIn() {
  const blanks = unanswered();
  $("confirm-blanks").textContent = blanks.length
    ? words.confirm_blanks.replace("{count}", blanks.length).replace("{numbers}", blanks.join(words.comma))
    : words.confirm_full;
  $("confirm").showModal();
}

// Everything is sent, and the server has just said that this page may go on. No form leaves the page without that:
// out of reach it would end at the browser's own error page, and refused at the program's.
async function mayLeave() {
  if (!(await queue.flush())) return false;
  const reply = await pulse();
  return Boolean(reply?.held) && reply.state === "open" && !reply.paused && !queue.size;
}

function leave(form) {
  closing = true;
  form.submit();
}

// Confirmed, then tried until it may go, however long the network is away. Whatever closes the dialog takes it back:
// the candidate goes on, the exam is paused, another device takes over, the time runs out.
async function handIn() {
  const mine = (confirmed = Symbol("hand-in"));
  const stands = () => confirmed === mine && $("confirm").open;
  $("hand-in-now").disabled = true;
  $("hand-in-signed-out").hidden = true;
  $("hand-in-state").textContent = words.handing_in;
  while (stands()) {
    const ready = await mayLeave();
    if (!stands()) return;
    if (ready) {
      $("hand-in-state").textContent = words.handing_in;
      $("go-on").disabled = true; // from here on it cannot be taken back
      return leave($("hand-in-form"));
    }
    if (signedOut) {
      takeBack();
      $("hand-in-signed-out").hidden = false;
      return;
    }
    $("hand-in-state").textContent = unreached
      ? words.hand_in_waits
      : words.still_saving.replace("{count}", queue.size);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function takeBack() {
  confirmed = null;
  $("hand-in-now").disabled = false;
  $("hand-in-signed-out").hidden = true;
  $("hand-in-state").textContent = "";
}

document.querySelectorAll("[data-review]").forEach((button) => button.addEventListener("click", review));
$("ask-hand-in")?.addEventListener("click", confirmHandIn);
$("hand-in-now").addEventListener("click", handIn);
$("confirm").addEventListener("close", takeBack);
$("confirm").addEventListener("cancel", (event) => closing && event.preventDefault());

// The time is over: no question stays on the screen; what waits is still sent, for a person to decide on.
clock.addEventListener("end", closeDown);
clock.addEventListener("extended", ({ detail }) => {
  $("clock-voice").textContent = words.extended.replace("{minutes}", detail.minutes);
  banner(words.extended.replace("{minutes}", detail.minutes));
  if (!$("ended").hidden) location.reload();
});

async function closeDown() {
  $("exam-body").hidden = true;
  $("ended").hidden = false;
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  $("ended-title").focus();
  while (!(await queue.flush())) {
    $("ended-state").textContent = signedOut ? words.signed_out : words.still_saving.replace("{count}", queue.size);
    if (queue.stopped) return;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  // An extension may just have arrived: ask once more before handing in.
  const reply = await pulse();
  if (reply?.state === "open" && reply.left_ms > 0) return location.reload();
  if (!reply) return setTimeout(closeDown, 3000);
  $("hand-in-form").submit();
}

// --- forward only ------------------------------------------------------------------------------------------------

$("next-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  let tries = 0;
  do {
    if (await mayLeave()) return leave(event.target);
    tries += 1; // something was typed while an earlier change was still on its way
  } while (!unreached && tries < 3);
  if (unreached && !signedOut) $("next-state").textContent = words.next_waits;
});

// --- pulse -------------------------------------------------------------------------------------------------------

async function pulse() {
  const taken = signals.take();
  const reply = await post(setup.urls.pulse, { epoch: queue.epoch, signals: taken }).catch(() => null);
  if (reply?.status !== 200 || !reply.body) {
    signals.giveBack(taken);
    missed(reply?.status ?? 0);
    return null;
  }
  reached();
  clock.sync(reply.body.left_ms, reply.body.paused);
  showPause(reply.body.paused);
  if (reply.body.state !== "open" && !closing) location.reload();
  else if (!reply.body.held && !closing && reply.body.state === "open") lose([...queue.pending.values()]);
  return reply.body;
}

let nextPulse = 0;

function pulseLater() {
  clearTimeout(nextPulse);
  const seconds = clock.paused ? setup.paused_pulse_seconds : setup.pulse_seconds;
  nextPulse = setTimeout(() => pulse().finally(pulseLater), seconds * 1000);
}

window.addEventListener("online", () => {
  queue.soon(0);
  pulse();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) queue.flush();
  else pulse();
});
window.addEventListener("pagehide", () => {
  const ops = [...queue.pending.values()].filter((op) => op.epoch === queue.epoch).slice(0, 50);
  if (ops.length && !queue.stopped) {
    post(setup.urls.answers, { epoch: queue.epoch, ops: ops.map(({ op, seq, q, a, f }) => ({ op, seq, q, a, f })) }, 8000, true)
      .catch(() => undefined);
  }
});

// --- begin: take hold of the attempt, bring back what was saved and what was not ----------------------------------

function restore(position, value, flagged) {
  const box = byPosition.get(position);
  if (!box) return;
  flags.set(position, flagged);
  write(box, value);
}

async function begin() {
  for (const [position, saved] of Object.entries(setup.answers)) restore(Number(position), saved.a, saved.f);
  const held = await post(setup.urls.hold, {}).catch(() => null);
  if (!held || held.status !== 200) {
    if (held && held.status === 409) return location.reload();
    missed(held?.status ?? 0);
    return setTimeout(begin, 3000);
  }
  for (const op of await queue.adopt(held.body.epoch, held.body.carries_from)) restore(op.q, op.a, op.f);
  clock.sync(held.body.left_ms, held.body.paused);
  showPause(held.body.paused);
  boxes.forEach((box) => mark(Number(box.dataset.position)));
  boxes.forEach(warn);
  const wanted = Number(location.hash.replace("#q", ""));
  show(byPosition.has(wanted) ? wanted : Number(boxes[0].dataset.position), false);
  banner("");
  say(queue.size ? words.saving : words.ready, queue.size ? "busy" : "good");
  document.body.dataset.ready = "true";
  pulseLater();
}

begin();
