// The film of a run: the server has worked every moment out, here only a pointer moves over them.

const reel = JSON.parse(document.getElementById("reel").textContent);
const { frames, whole, words } = reel;
const $ = (id) => document.getElementById(id);
const views = [...document.querySelectorAll("[data-view]")];
const steps = [...document.querySelectorAll("#steps a[data-frame]")];
let at = 0; // milliseconds since the cue
let shown = -1;
let playing = false;
let last = 0;

export function clockText(ms) {
  const pad = (number) => String(number).padStart(2, "0");
  const tenths = Math.round(ms / 100);
  return `${pad(Math.floor(tenths / 600))}:${pad(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
}

// The last frame that was there at this moment.
function frameAt(ms) {
  let place = 0;
  while (place + 1 < frames.length && frames[place + 1].at <= ms) place += 1;
  return place;
}

function show(place, aloud = true) {
  if (place === shown) return;
  shown = place;
  const frame = frames[place];
  const seen = new Set(frame.views);
  for (const view of views) view.hidden = !seen.has(view.dataset.view);
  $("no-record").hidden = frame.views.some((name) => name.startsWith("card-"));
  $("reading").hidden = !frame.article;
  $("reading-title").textContent = frame.article;
  for (const step of steps) {
    const now = Number(step.dataset.frame) === place;
    step.closest("li").classList.toggle("is-now", now);
    if (now) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
  const item = steps[place].closest("li");
  $("now-step").replaceChildren(
    ...[...steps[place].childNodes].map((node) => node.cloneNode(true)),
    ...[...item.querySelectorAll(".fault")].map((fault) => {
      const line = document.createElement("span");
      line.className = "fault";
      line.append(...[...fault.childNodes].map((node) => node.cloneNode(true)));
      return line;
    }),
  );
  keepInSight(item);
  if (aloud && !playing) $("film-voice").textContent = spoken(place);
}

// Within the list alone: the page itself must not jump while it plays.
function keepInSight(item) {
  const list = $("steps");
  if (list.scrollHeight <= list.clientHeight) return;
  const top = item.offsetTop - list.offsetTop;
  if (top < list.scrollTop || top + item.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = top - list.clientHeight / 3;
  }
}

function spoken(place) {
  const deed = steps[place].querySelector(".deed").textContent.trim();
  const values = { number: place + 1, count: frames.length, time: clockText(frames[place].at), deed };
  return words.step.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
}

function move(ms, place = frameAt(ms)) {
  at = Math.min(whole, Math.max(0, ms));
  const scrub = $("scrub");
  scrub.value = String(at);
  $("film-clock").textContent = clockText(at);
  const x = `${(100 * at) / whole}%`;
  $("strip-head").setAttribute("x1", x);
  $("strip-head").setAttribute("x2", x);
  show(place);
  scrub.setAttribute("aria-valuetext", spoken(shown));
}

function to(place) {
  const inside = Math.min(frames.length - 1, Math.max(0, place));
  move(frames[inside].at, inside);
}

function play(on) {
  if (on && at >= whole) move(0, 0);
  playing = on;
  $("play").setAttribute("aria-pressed", String(on));
  $("play-word").textContent = on ? words.pause : words.play;
  last = performance.now();
  if (on) requestAnimationFrame(tick);
}

function tick(moment) {
  if (!playing) return;
  move(at + Math.max(0, moment - last) * Number($("speed").value));
  last = moment;
  if (at >= whole) play(false);
  else requestAnimationFrame(tick);
}

function key(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (target.closest("select, textarea, input:not([type=range])")) return;
  if (event.key === " " && !target.closest("button, a, summary")) play(!playing);
  else if (event.key === "ArrowLeft") to(shown - 1);
  else if (event.key === "ArrowRight") to(shown + 1);
  else return;
  event.preventDefault();
}

$("play").addEventListener("click", () => play(!playing));
$("back").addEventListener("click", () => to(shown - 1));
$("forth").addEventListener("click", () => to(shown + 1));
$("scrub").addEventListener("input", (event) => move(Number(event.target.value)));
document.addEventListener("keydown", key);
document.addEventListener("click", (event) => {
  const step = event.target.closest("a[data-frame]");
  const fault = event.target.closest("a[data-seq]");
  if (!step && !fault) return;
  event.preventDefault();
  play(false);
  to(step ? Number(step.dataset.frame) : frames.findIndex((frame) => frame.seq === Number(fault.dataset.seq)));
  if (fault) $("player").scrollIntoView({ block: "start" });
});

$("player").hidden = false;
move(0, 0);
document.body.dataset.ready = "true";
