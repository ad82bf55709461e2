// The blueprint's grid: rows come and go, weights are summed, and the bank says what it has for every pick.

const FILL_AFTER = 400;
const form = document.getElementById("blueprint-form");
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const sections = [...form.querySelectorAll("[data-section]")];
const whole = (text) => (/^\s*\d+\s*$/.test(text) ? Number(text) : 0);

function sums() {
  const total = sections.reduce((sum, part) => sum + whole(part.querySelector("[name$='-weight']").value), 0);
  const shown = form.querySelector("[data-weight-sum]");
  shown.dataset.state = total === 100 ? "right" : "wrong";
  const text = total === 100 ? shown.dataset.right : shown.dataset.wrong.replace("{sum}", String(total));
  if (shown.textContent !== text) shown.textContent = text;
  for (const part of sections) {
    let count = 0;
    let points = 0;
    for (const row of part.querySelectorAll("[data-pick]")) {
      const number = whole(row.querySelector("[name$='-count']").value);
      count += number;
      points += number * whole(row.querySelector("[name$='-points']").value);
    }
    const raw = part.querySelector("[data-raw]");
    raw.textContent = raw.dataset.text.replace("{count}", String(count)).replace("{points}", String(points));
  }
}

function number(part) {
  part.querySelectorAll("[data-pick]").forEach((row, place) => {
    row.dataset.pick = row.dataset.pick.replace(/-(\d+|__)$/, `-${place}`);
    for (const control of row.querySelectorAll("input, select")) {
      control.name = control.name.replace(/-(\d+|__)-/, `-${place}-`);
      control.id = control.id.replace(/-(\d+|__)-/, `-${place}-`);
    }
  });
}

let timer = 0;
let running = null;
async function fill() {
  running?.abort();
  running = new AbortController();
  try {
    const reply = await fetch(form.dataset.fill, {
      method: "POST", body: new FormData(form), signal: running.signal,
      headers: { Accept: "application/json", "X-CSRFToken": csrf },
    });
    if (!reply.ok) return;
    const { fills } = await reply.json();
    for (const row of form.querySelectorAll("[data-pick]")) {
      const said = fills[row.dataset.pick];
      const cell = row.querySelector("[data-has]");
      cell.dataset.short = String(Boolean(said?.short));
      cell.replaceChildren(...(said?.lines ?? []).map((line) => Object.assign(document.createElement("span"), { textContent: line })));
    }
  } catch (error) {
    if (error.name !== "AbortError") console.warn("not reached", error.name);
  }
}

function touched() {
  sums();
  clearTimeout(timer);
  timer = setTimeout(fill, FILL_AFTER);
}

for (const part of sections) {
  part.querySelector("[data-add-pick]").addEventListener("click", () => {
    const picks = part.querySelector("[data-picks]");
    picks.append(part.querySelector("template").content.cloneNode(true));
    number(part);
    picks.lastElementChild.querySelector("select").focus();
    touched();
  });
  part.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-pick]");
    if (!button) return;
    button.closest("[data-pick]").remove();
    number(part);
    part.querySelector("[data-add-pick]").focus();
    touched();
  });
}
form.addEventListener("input", touched);
sums();
