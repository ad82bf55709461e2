// The examiner's seat: plays the customer of one call, by lines or by free words, or lets the script do it.

import { $ } from "../drills/build.js";
import { Composer } from "./composer.js";
import { openKeep } from "./keep.js";
import { Listening } from "./listening.js";
import { Log } from "./log.js";
import { Outbox, post } from "./outbox.js";
import { bindPanes } from "./panes.js";
import { ResponseClock } from "./response.js";
import { showBeats, showEmotion, showFacts, showLines, showNotes } from "./seat_story.js";

const TYPING = "input, textarea, select";
const setup = JSON.parse($("call-setup").textContent);
const { urls, words, csrf } = setup;
const keep = await openKeep(setup.person, `seat-${setup.call}`);
const times = new Map(); // of turns, for the notes' marks

const log = new Log({ list: $("log"), box: $("log-box"), words, lang: $("words").lang, own: "customer" });
const clock = new ResponseClock({ words });
const outbox = new Outbox({ keep, csrf, known: () => log.last });
const composer = new Composer({ keep, words, send: (text) => outbox.send(urls.speak, { text }) });
let state = setup.state;
let shownState = "";
let listening = null;

// Replies may overtake each other: one that was asked for earlier than what is shown already says nothing new.
let asked = 0;
let told = 0;

function take(fresh, number = ++asked) {
  if (number < told) return;
  told = number;
  if (fresh.left) return location.assign($("leave").href);
  if (fresh.count < log.last) return;
  state = fresh;
  if (fresh.turns.length && fresh.turns[0].seq > log.last + 1) return refresh();
  for (const turn of log.add(fresh.turns)) times.set(turn.seq, turn.at);
  show();
}

function show() {
  const open = state.state === "live";
  const mine = state.hand === "examiner";
  $("call-state").dataset.state = state.state;
  $("call-state").textContent = words[state.state];
  $("response").hidden = !open;
  const spoken = log.speaker === "customer";
  clock.set(state.waiting_ms, spoken ? words.your_turn : words.their_turn);
  $("in-hand").textContent = mine ? words.in_hand : words.in_script;
  $("hand-word").textContent = mine ? words.to_script : words.take_over;
  const over = state.state === "ended";
  for (const id of ["hand", "ask-hang-up", "composer", "cues"]) $(id).hidden = over;
  $("over").hidden = !over;
  $("words").disabled = $("send").disabled = !open || !mine;
  showEmotion(state, words);
  showBeats(state, words);
  showFacts(state, words);
  showLines(state, words, sayLine);
  showNotes(state, words, times);
  if (over && shownState !== "ended") {
    listening?.close();
    composer.close();
    if (shownState) $("over-title").focus();
  }
  shownState = state.state;
}

function sayLine(line) {
  if (!outbox.waiting.length) outbox.send(urls.speak, { line });
}

let again;
async function refresh() {
  clearTimeout(again);
  const number = ++asked;
  try {
    const reply = await fetch(`${urls.state}?after=${log.last}`, { headers: { Accept: "application/json" }, redirect: "error" });
    if (reply.ok) {
      offline(false);
      return take(await reply.json(), number);
    }
    if (reply.status === 404) return location.assign($("leave").href);
    offline(true, reply.status);
  } catch {
    offline(true);
  }
  again = setTimeout(refresh, 1500);
}

function offline(lost, status = 0) {
  $("banner").hidden = !lost;
  if (lost) $("banner").textContent = status === 401 ? words.signed_out : words.retrying;
}

// A deed of the seat; false where it did not go through.
async function act(url, body) {
  const number = ++asked;
  const { status, body: reply } = await post(url, csrf, { ...body, after: log.last });
  if (status === 200) {
    offline(false);
    take(reply, number);
    return "";
  }
  if (!reply.error) offline(true, status);
  return reply.error ?? words.refused;
}

outbox.addEventListener("queued", ({ detail }) => detail.body.text && log.pending(detail.body.message, detail.body.text));
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

$("hand").addEventListener("click", async () => {
  composer.complain(await act(urls.hand, { to: state.hand === "examiner" ? "script" : "examiner" }));
});
$("hang-up-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("hang-up").close();
  composer.complain(await act(urls.hang_up, {}));
});
$("note-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("note").value;
  if (!text.trim()) return;
  const wrong = await act(urls.note, { text });
  $("note-error").textContent = wrong;
  if (!wrong && $("note").value === text) $("note").value = "";
});
document.addEventListener("keydown", (event) => {
  if (!setup.single_keys || event.isComposing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!/^[1-9]$/.test(event.key) || event.target.matches?.(TYPING) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  document.querySelectorAll(".cue-line")[Number(event.key) - 1]?.click();
});
bindPanes($("room"));

take(setup.state);
for (const item of outbox.waiting) if (item.body.text) log.pending(item.body.message, item.body.text);
outbox.run();
if (state.state !== "ended") listening = new Listening(urls.stream, (mark) => mark !== state.mark && refresh());
document.body.dataset.ready = "true";
