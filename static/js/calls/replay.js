// A finished call in its own time: each turn appears after the seconds that it took, at 1×, 2× or 4×.

const LONGEST = 20; // seconds that a replay waits at most
const controls = document.getElementById("replay");
const play = document.getElementById("replay-play");
const turns = [...document.querySelectorAll("#log > .turn")];
const word = play?.querySelector("span");
const begin = word?.textContent;
let speed = 1;
let timer = null;

function stop() {
  clearTimeout(timer);
  timer = null;
  for (const turn of turns) turn.hidden = false;
  play.setAttribute("aria-pressed", "false");
  word.textContent = begin;
}

function next(at) {
  if (at >= turns.length) return stop();
  turns[at].hidden = false;
  turns[at].scrollIntoView({ block: "nearest" });
  const wait = at + 1 < turns.length ? Math.min(LONGEST, Number(turns[at + 1].dataset.seconds)) : 1;
  timer = setTimeout(() => next(at + 1), (wait * 1000) / speed);
}

if (controls && turns.length) {
  controls.hidden = false;
  play.addEventListener("click", () => {
    if (timer !== null) return stop();
    for (const turn of turns) turn.hidden = true;
    play.setAttribute("aria-pressed", "true");
    word.textContent = play.dataset.stop;
    next(0);
  });
  for (const button of controls.querySelectorAll("[data-speed]")) {
    button.addEventListener("click", () => {
      speed = Number(button.dataset.speed);
      for (const one of controls.querySelectorAll("[data-speed]")) one.setAttribute("aria-pressed", String(one === button));
    });
  }
}
