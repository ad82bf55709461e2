// The live view: asks the server every three seconds, and keeps a tile a candidate. All words come from the server.
import { onDone, openDeed, texts } from "./live_dialog.js";

const EVERY = 3000;
const board = document.querySelector("[data-board]");
const template = document.getElementById("tile");
const find = document.getElementById("find");
const tiles = new Map(); // person → {element, data}
let state = JSON.parse(document.getElementById("live-state").textContent);
let received = performance.now();
let timer = 0;
let asked = 0; // only the newest answer counts

const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
const set = (element, name, text) => {
  const place = element.querySelector(`[data-${name}]`);
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
};

function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}

function makeTile(person) {
  const element = template.content.firstElementChild.cloneNode(true);
  const tile = { element, data: null };
  element.querySelector("[data-handle]").addEventListener("click", () => {
    const { deeds, attempt, deed, name, number } = tile.data;
    openDeed({ deeds, attempt, seen: deed, name: `${name} · ${number}` });
  });
  tiles.set(person, tile);
  return tile;
}

function show(tile, data) {
  const { element } = tile;
  tile.data = data;
  for (const name of ["name", "number", "again", "word", "progress", "saved", "ended", "signals"]) {
    set(element, name, data[name]);
  }
  element.dataset.tone = data.tone;
  element.querySelector("[data-word]").className = `state state-${data.tone}`;
  const bar = element.querySelector("[data-bar]");
  bar.max = Math.max(1, data.questions);
  bar.value = data.answered;
  bar.setAttribute("aria-label", data.progress);
  element.querySelector("[data-progress-row]").hidden = !data.attempt;
  const handle = element.querySelector("[data-handle]");
  handle.hidden = !data.deeds.length;
  handle.textContent = texts.handle;
  handle.setAttribute("aria-label", `${texts.handle} ${data.name}`);
  const log = element.querySelector("[data-log]");
  log.hidden = !data.log;
  if (data.log) log.href = data.log;
  log.textContent = texts.log;
  log.setAttribute("aria-label", `${texts.log} ${data.name}`);
}

function tick() {
  const passed = performance.now() - received;
  for (const { element, data } of tiles.values()) {
    const left = data.left === null ? "" : clock(data.left - (data.stopped ? 0 : passed));
    set(element, "left", left && `${texts.left} ${left}${data.extra ? ` · ${data.extra}` : ""}`);
  }
}

// Tiles move only while nobody is about to press one: not under the pointer, not under the keyboard.
function mayMove() {
  return !board.matches(":hover") && !board.contains(document.activeElement) && !document.querySelector("dialog[open]");
}

function announce(before) {
  const urgent = state.tiles.filter(
    (data) => data.tone === "bad" && before.has(data.person) && before.get(data.person) !== data.condition,
  );
  if (!urgent.length) return;
  const place = document.querySelector("[data-announce]");
  place.textContent =
    urgent.length > 3
      ? fill(texts.announceMany, { count: urgent.length })
      : urgent.map((data) => fill(texts.announce, data)).join(" ");
}

function render() {
  const before = new Map([...tiles].map(([person, tile]) => [person, tile.data.condition]));
  for (const data of state.tiles) show(tiles.get(data.person) ?? makeTile(data.person), data);
  const present = new Set(state.tiles.map((data) => data.person));
  for (const [person, tile] of tiles) {
    if (present.has(person)) continue;
    tile.element.remove();
    tiles.delete(person);
  }
  const wanted = state.tiles.map((data) => tiles.get(data.person).element);
  const inOrder = wanted.every((element, place) => board.children[place] === element);
  if (!inOrder && (mayMove() || !board.children.length)) board.replaceChildren(...wanted);
  for (const element of wanted) if (!element.isConnected) board.append(element);
  document.querySelector("[data-counts]").replaceChildren(...state.counts.map(count));
  document.querySelector("[data-fresh]").textContent = fill(texts.fresh, { time: state.at });
  announce(before);
  filter();
  tick();
}

function count({ name, count: number }) {
  const item = document.createElement("li");
  const figure = document.createElement("b");
  figure.textContent = number;
  item.append(`${name} `, figure);
  return item;
}

function filter() {
  const wanted = find.value.trim().toLowerCase();
  for (const { element, data } of tiles.values()) {
    element.hidden = Boolean(wanted) && !`${data.name} ${data.number}`.toLowerCase().includes(wanted);
  }
}

async function refresh() {
  clearTimeout(timer);
  const mine = ++asked;
  try {
    const reply = await fetch(board.dataset.state, { headers: { Accept: "application/json" } });
    if ([401, 403, 404].includes(reply.status)) return location.reload();
    if (!reply.ok) throw new Error(reply.status);
    const answer = await reply.json();
    if (mine !== asked) return undefined;
    state = answer;
    received = performance.now();
    document.querySelector("[data-stale]").hidden = true;
    render();
  } catch {
    const stale = document.querySelector("[data-stale]");
    stale.textContent = fill(texts.stale, { time: state.at });
    stale.hidden = false;
  }
  if (mine === asked && !document.hidden) timer = setTimeout(refresh, EVERY);
  return undefined;
}

for (const button of document.querySelectorAll("[data-all]")) {
  button.addEventListener("click", () =>
    openDeed({ deeds: [button.dataset.all], attempt: null, seen: state.deed, name: texts.everybody }),
  );
}
onDone((word, name) => {
  const place = document.querySelector("[data-done]");
  place.textContent = fill(texts.announce, { name, word });
  place.hidden = false;
  setTimeout(() => (place.hidden = true), 8000);
  refresh();
});
find.addEventListener("input", filter);
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));
setInterval(tick, 1000);
render();
timer = setTimeout(refresh, EVERY);
