// The console: one task from its ready card to its submission. Everything shown comes from the server's replies; a
// reload shows the same again.

import { Answers } from "./answers.js";
import { $, fill, follow } from "./build.js";
import { Clock, clockText } from "./clock.js";
import { bindKeys } from "./keys.js";
import { Knowledge } from "./knowledge.js";
import { Link } from "./link.js";
import { Record } from "./record.js";
import { Search } from "./search.js";

const setup = JSON.parse($("desk-setup").textContent);
const words = setup.words;
const workflow = setup.kind === "workflow";
const link = new Link({ ...setup, key: `shanggang-drill:${setup.person}:${setup.run}` });
const clock = new Clock(setup.limit_ms, setup.within_ms);
const done = new Set();
let running = false;
let leaving = false;
let askedAgain = false;

const send = async (kind, data) => {
  const reply = await link.send(kind, data);
  if (reply.error && (reply.status === 403 || ["ended", "attempt-over", "held-elsewhere"].includes(reply.reason))) leave();
  return reply;
};

const record = new Record(setup, send);
const knowledge = new Knowledge(words, send, record);
const answers = new Answers(setup, send);
const search = new Search(words, send, open);

// --- connection ------------------------------------------------------------------------------------------------------

function banner(text) {
  if ($("banner").textContent !== text) $("banner").textContent = text;
  $("banner").hidden = !text;
}

link.addEventListener("failed", ({ detail }) => {
  banner(detail.status === 401 || detail.status === 400 ? words.signed_out : words.offline);
  $("desk-state").textContent = fill(words.kept, { count: link.size });
});
link.addEventListener("answered", ({ detail }) => {
  banner("");
  $("desk-state").textContent = "";
  pause(detail.reason === "paused");
  if (detail.left_ms !== undefined && running) clock.sync(detail.left_ms);
  if (detail.state === "ended") leave();
});
window.addEventListener("online", () => link.hurry());

function pause(paused) {
  clock.paused = paused;
  $("paused").hidden = !paused;
  $("desk").toggleAttribute("inert", paused);
  if (paused) setTimeout(() => location.reload(), 4000);
}

// --- clock -----------------------------------------------------------------------------------------------------------

clock.addEventListener("tick", ({ detail }) => {
  const text = clockText(detail.seconds);
  if ($("clock-face").textContent !== text) $("clock-face").textContent = text;
  $("clock").dataset.tone = detail.tone;
});
clock.addEventListener("soon", () => ($("clock-voice").textContent = words.left_10));
clock.addEventListener("late", () => ($("clock-voice").textContent = words.over_limit));
clock.addEventListener("end", async () => {
  $("clock-voice").textContent = words.time_over;
  $("desk").hidden = true;
  $("over").hidden = false;
  $("over-title").focus();
  await link.drained(5000);
  setTimeout(leave, 1200); // the server's own clock decides; it ends the run when it is asked
});

function leave() {
  if (leaving) return;
  leaving = true;
  clock.stop();
  location.reload();
}

// --- deeds -----------------------------------------------------------------------------------------------------------

async function begin() {
  $("begin").disabled = true;
  const reply = await send("begin", {});
  if (reply.error) {
    banner(reply.error);
    $("begin").disabled = false;
    return;
  }
  start(reply.shown, reply.left_ms);
  search.focus();
}

function start(shown, leftMs) {
  running = true;
  $("ready").hidden = true;
  $("desk").hidden = false;
  $("submit").hidden = false;
  $("call").hidden = false;
  $("cue").textContent = shown.face.cue;
  $("caller-number").textContent = shown.face.number ?? words.withheld;
  $("caller-says").textContent = shown.face.says;
  answers.build(shown.fields, shown.answers ?? {}, shown.read);
  record.showLevel(shown.level, shown.proofs);
  knowledge.showNotices(shown.notices);
  if (shown.hits) search.show(shown);
  if (shown.articles) knowledge.list(shown);
  if (shown.article) knowledge.show(shown.article);
  knowledge.showUsed(answers.value("article"));
  if (shown.card) {
    record.show(shown.card);
    record.showPanel(shown.panel);
    search.mark(shown.card.customer);
  }
  record.showPins(shown.pins ?? []);
  clock.sync(leftMs);
  document.body.dataset.ready = "true";
}

async function open(customer) {
  const from = document.activeElement;
  const reply = await send("open", { customer });
  if (reply.error) return search.note(reply.error);
  record.show(reply.shown.card);
  record.showPanel(null);
  record.showLevel(record.level, record.proofs);
  search.mark(customer);
  show("record");
  follow(from, $("record-title"));
  step("identify", !workflow || record.level > 0);
}

async function submit() {
  if (!running || leaving) return;
  if (!askedAgain && answers.askAgain()) {
    askedAgain = true;
    return show("answers");
  }
  answers.flushAll();
  $("submit").disabled = true;
  answers.note(words.submitting);
  await send("submit", {});
}

answers.onchange = () => {
  askedAgain = false;
  knowledge.showUsed(answers.value("article"));
  stages();
};
record.pinsChanged = (pins) => {
  answers.showPins(pins, async (pin) => {
    const reply = await send("unpin", { ref: pin.ref });
    if (!reply.error) record.showPins(reply.shown.pins);
  });
  $("evidence").hidden = !workflow;
  stages();
};
knowledge.onread = (article) => answers.addArticle(article);
knowledge.onuse = (article) => {
  answers.useArticle(article);
  knowledge.showUsed(article.article);
};

// --- stages of a workflow --------------------------------------------------------------------------------------------

function step(name, reached) {
  if (reached) done.add(name);
  else done.delete(name);
  const item = document.querySelector(`[data-stage="${name}"]`);
  if (!item) return;
  item.dataset.done = String(reached);
  item.querySelector(".stage-state").textContent = reached ? " ✓" : "";
}

function stages() {
  if (!workflow) return;
  const filled = (test) => answers.fields.filter((field) => test(field.field)).every((field) =>
    field.field === "ticket.children" || answers.read(field).trim());
  step("identify", record.customer !== null && record.level > 0);
  step("diagnose", record.pins.length > 0);
  step("solve", filled((name) => !name.startsWith("ticket.")));
  step("ticket", filled((name) => name.startsWith("ticket.")));
}
link.addEventListener("answered", () => running && stages());

// --- panes on a small screen -----------------------------------------------------------------------------------------

function show(pane) {
  document.querySelector(".desk-grid").dataset.shown = pane;
  for (const button of document.querySelectorAll("[data-pane]")) {
    button.setAttribute("aria-pressed", String(button.dataset.pane === pane));
  }
}
for (const button of document.querySelectorAll("[data-pane]")) {
  button.addEventListener("click", () => show(button.dataset.pane));
}

function go(pane, to) {
  return () => {
    if (!running) return;
    show(pane);
    to();
  };
}

bindKeys(
  {
    submit: () => (running ? submit() : $("ready").hidden || begin()),
    panel: (number) => running && (show("record"), record.nth(number)),
    help: () => $("keys").showModal(),
    letters: {
      S: go("search", () => search.focus()),
      K: go("knowledge", () => knowledge.focus()),
      A: go("answers", () => answers.focus()),
      V: go("record", () => record.startVerifying()),
      U: go("knowledge", () => knowledge.use()),
    },
  },
  setup.single_keys,
);
$("submit").addEventListener("click", submit);
$("begin").addEventListener("click", begin);
$("clock-limit").textContent = ` / ${clockText(Math.round(setup.within_ms / 1000))}`;

// What an earlier load of this page had not sent goes out first; then the desk stands as the journal has it.
async function enter() {
  if (link.size) {
    link.run();
    await link.drained(15000);
    return location.reload();
  }
  if (setup.state === "open") {
    start(setup.desk, setup.left_ms);
    if (setup.paused) pause(true);
    return;
  }
  $("ready").hidden = false;
  $("begin").focus();
  document.body.dataset.ready = "true";
}

enter();
