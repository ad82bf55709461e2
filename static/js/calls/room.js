// The trainee's call room: shows what the server has committed, sends what is said and done.

import { $ } from "../drills/build.js";
import { Composer } from "./composer.js";
import { CallDesk } from "./desk.js";
import { openKeep } from "./keep.js";
import { Listening } from "./listening.js";
import { Log } from "./log.js";
import { Outbox, post } from "./outbox.js";
import { bindPanes } from "./panes.js";
import { ResponseClock } from "./response.js";
import { Voice } from "./voice.js";
import { minutes } from "./wording.js";

const setup = JSON.parse($("call-setup").textContent);
const { urls, words, csrf } = setup;
const keep = await openKeep(setup.person, `call-${setup.call}`);
const lang = $("words").lang;
const began = setup.state.state;

const log = new Log({ list: $("log"), box: $("log-box"), words, lang, own: "agent" });
const clock = new ResponseClock({ words, limit: setup.limit_ms });
const voice = new Voice(lang);
const outbox = new Outbox({ keep, csrf, known: () => log.last });
const composer = new Composer({ keep, words, send: (text) => outbox.send(urls.say, { text }) });
const showPane = bindPanes($("room"));
const desk = setup.desk ? new CallDesk({ setup: setup.desk, csrf, show: showPane, live: () => state.state === "live" }) : null;
let state = setup.state;
let talking = null; // when the call was answered, by this page's clock
let timer;
let shownState = "";
let listening = null;
let patience;

function take(fresh) {
  const first = !shownState;
  if (fresh.count < log.last) return; // an older answer that came late
  state = fresh;
  if (fresh.turns.length && fresh.turns[0].seq > log.last + 1) return refresh();
  const turns = log.add(fresh.turns);
  if (!first) turns.filter((turn) => turn.speaker === "customer").forEach((turn) => voice.read(turn.text));
  talking = fresh.talk_ms === null ? null : performance.now() - fresh.talk_ms;
  show();
  wake();
}

function show() {
  const { state: now } = state;
  if (now === "ended" && ["ringing", "waiting"].includes(shownState || began)) return location.assign(urls.self);
  const changed = now !== shownState;
  shownState = now;
  $("call-state").dataset.state = now;
  $("call-state").textContent = words[now];
  const open = now === "live";
  $("ringing").hidden = open || now === "ended";
  $("room").hidden = !$("ringing").hidden;
  for (const id of ["actions", "talk", "response", "composer"]) $(id).hidden = !open;
  $("over").hidden = now !== "ended";
  $("composing").hidden = !state.composing;
  $("composing").textContent = words.composing;
  waitForExaminer();
  $("hold").setAttribute("aria-pressed", String(state.on_hold));
  $("hold-word").textContent = state.on_hold ? words.resume_button : words.hold_button;
  const mine = state.waiting_ms !== null;
  clock.set(state.on_hold ? null : state.waiting_ms, state.on_hold ? words.on_hold : mine ? words.your_turn : words.their_turn);
  if (changed) arrive(now);
}

// Who waits for an examiner is told when nobody comes; the server says how long it has been.
function waitForExaminer() {
  clearTimeout(patience);
  const left = state.nobody_in_ms;
  $("nobody").hidden = left !== 0;
  if (left) patience = setTimeout(() => ($("nobody").hidden = false), left);
}

function arrive(now) {
  if (now === "ended") listening?.close();
  if (now === "ended") desk?.close();
  if (now === "ended") composer.close();
  $("ringing-title").textContent = words[now];
  $("answer").hidden = now !== "ringing";
  if (now === "ringing") $("answer").focus();
  if (now === "live") $("words").focus();
  if (now === "ended") {
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    $("over-title").focus();
  }
}

// The next look: when the customer would ask whether anybody is there, or while words are on their way.
function wake() {
  clearTimeout(timer);
  if (state.state !== "live") return;
  const wait = state.composing && !setup.live_customer ? 1000 : state.silence_ms === null ? null : state.silence_ms + 150;
  if (wait !== null) timer = setTimeout(refresh, wait);
}

async function refresh() {
  try {
    const reply = await fetch(`${urls.turns}?after=${log.last}`, { headers: { Accept: "application/json" }, redirect: "error" });
    if (reply.ok) {
      if (!outbox.failures) offline(false);
      return take(await reply.json());
    }
    offline(true, reply.status);
  } catch {
    offline(true);
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, 1500);
}

function offline(lost, status = 0) {
  const banner = $("banner");
  banner.hidden = !lost;
  if (lost) banner.textContent = status === 401 ? words.signed_out : words.retrying;
}

async function pickUp() {
  $("answer").disabled = true;
  const { status, body } = await post(urls.answer, csrf, { after: log.last });
  $("answer").disabled = false;
  if (status === 200) {
    offline(false);
    return take(body);
  }
  offline(!body.error, status);
  if (body.error) refresh();
  else $("answer").focus();
}

outbox.addEventListener("queued", ({ detail }) => detail.body.text && log.pending(detail.body.message, detail.body.text));
outbox.addEventListener("sending", ({ detail }) => {
  setTimeout(() => outbox.flying && outbox.waiting[0] === detail && !outbox.failures && refresh(), 1000);
});
outbox.addEventListener("failed", ({ detail }) => offline(true, detail.status));
outbox.addEventListener("acknowledged", ({ detail }) => {
  offline(false);
  log.settled(detail.item.body.message);
  take(detail.body);
});
outbox.addEventListener("refused", ({ detail }) => {
  offline(false);
  log.settled(detail.item.body.message);
  composer.giveBack(detail.item.body.text, detail.body.error ?? words.refused);
  refresh();
});

$("answer").addEventListener("click", pickUp);
$("hold").addEventListener("click", () => {
  if (!outbox.waiting.length) outbox.send(urls.do, { do: state.on_hold ? "resume" : "hold" });
  $("words").focus();
});
for (const form of document.querySelectorAll("form[data-deed]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    outbox.send(urls.do, { do: form.dataset.deed, data: Object.fromEntries(new FormData(form)) });
    form.closest("dialog")?.close();
    if (form.dataset.deed === "ticket") showPane("talk");
    form.reset();
    $("words").focus();
  });
}
for (const button of document.querySelectorAll("[data-go]")) {
  button.addEventListener("click", () => {
    showPane(button.dataset.go);
    $("ticket-type").focus();
  });
}
setInterval(() => {
  $("talk-time").textContent = talking === null ? "" : minutes(performance.now() - talking);
}, 500);
window.addEventListener("online", refresh);

take(setup.state);
for (const item of outbox.waiting) if (item.body.text) log.pending(item.body.message, item.body.text);
outbox.run();
if (setup.live_customer) listening = new Listening(urls.stream, (mark) => mark !== state.mark && refresh());
document.body.dataset.ready = "true";
