// A call played again: its turns appear at their own times, faster by choice; only the agent's; from mark to mark.
const player = document.getElementById("player");
const list = document.getElementById("transcript");
const turns = [...list.querySelectorAll(".turn")];
const play = document.getElementById("play");
const speed = document.getElementById("speed");

let timer = null;
let shown = turns.length;

function show(count) {
  shown = count;
  for (const [place, turn] of turns.entries()) turn.classList.toggle("is-coming", place >= count);
  if (count > 0) turns[count - 1].scrollIntoView({ block: "nearest" });
}

function stop() {
  clearTimeout(timer);
  timer = null;
  play.textContent = play.dataset.play;
  play.removeAttribute("aria-pressed");
}

function next() {
  if (shown >= turns.length) return stop();
  show(shown + 1);
  if (shown >= turns.length) return stop();
  const gap = Number(turns[shown].dataset.at) - Number(turns[shown - 1].dataset.at);
  timer = setTimeout(next, Math.max(0, (gap * 1000) / Number(speed.value)));
}

play.addEventListener("click", () => {
  if (timer !== null) return stop();
  if (shown >= turns.length) show(0);
  play.textContent = play.dataset.pause;
  play.setAttribute("aria-pressed", "true");
  timer = setTimeout(next, 0);
});

document.getElementById("next-mark").addEventListener("click", () => {
  stop();
  show(turns.length);
  const marked = turns.filter((turn) => "marked" in turn.dataset && turn.offsetParent !== null);
  const at = marked.findIndex((turn) => turn.classList.contains("is-selected"));
  const goal = marked[(at + 1) % marked.length];
  if (!goal) return;
  for (const turn of turns) turn.classList.toggle("is-selected", turn === goal);
  goal.scrollIntoView({ block: "center" });
  goal.querySelector(".turn-pick")?.click();
});

document.getElementById("only-agent").addEventListener("change", (event) => {
  list.classList.toggle("only-agent", event.target.checked);
});

player.dataset.ready = "true";
