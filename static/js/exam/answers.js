// Reads and writes the answer of one question in the page, kind by kind. Letters are those of this paper.

const readers = {
  single: (box) => box.querySelector("input:checked")?.value ?? null,
  multiple: (box) => {
    const picked = [...box.querySelectorAll("input:checked")].map((input) => input.value);
    return picked.length ? picked : null;
  },
  numeric: (box) => box.querySelector("input").value.trim() || null,
  written: (box) => box.querySelector("textarea").value || null,
  ordering: (box) => {
    const list = box.querySelector("[data-steps]");
    return list.dataset.touched ? [...list.children].map((step) => step.dataset.letter) : null;
  },
};

const writers = {
  single: (box, value) => box.querySelectorAll("input").forEach((input) => (input.checked = input.value === value)),
  multiple: (box, value) =>
    box.querySelectorAll("input").forEach((input) => (input.checked = (value ?? []).includes(input.value))),
  numeric: (box, value) => (box.querySelector("input").value = value ?? ""),
  written: (box, value) => {
    box.querySelector("textarea").value = value ?? "";
    count(box);
  },
  ordering: (box, value) => {
    const list = box.querySelector("[data-steps]");
    settle(box, Boolean(value));
    value?.forEach((letter) => list.append(list.querySelector(`[data-letter="${letter}"]`)));
  },
};

// Steps as they are shown at first are no answer until somebody has moved one, or said that they stand right.
function settle(box, settled) {
  box.querySelector("[data-steps]").dataset.touched = settled ? "1" : "";
  box.querySelector("[data-steps-right]").setAttribute("aria-pressed", settled);
}

export const read = (box) => readers[box.dataset.kind](box);
export const write = (box, value) => writers[box.dataset.kind](box, value);
export const isTyping = (box) => ["numeric", "written"].includes(box.dataset.kind);

// Whether marking will find a number here: digits of any width, thousands commas, a sign and the unit are forgiven.
// As lms/domain/questions/numeric.py reads it.
export function isNumber(typed, unit) {
  const plain = (text) => text.normalize("NFKC").trim().toLowerCase();
  let text = plain(typed);
  if (unit && text.endsWith(plain(unit))) text = text.slice(0, -plain(unit).length).trim();
  text = text.replace(/^¥/, "").replace(/[, ]/g, "").replaceAll("−", "-").trim();
  return /^[-+]?(?=\p{Nd}|\.\p{Nd})\p{Nd}*(\.\p{Nd}*)?$/u.test(text);
}

// Something stands in the field of a computed number that nobody will read as one.
export function isUnread(box) {
  const typed = box.dataset.kind === "numeric" ? read(box) : null;
  return typed !== null && !isNumber(typed, box.querySelector(".unit").textContent);
}

// Characters, not words: Chinese is counted so.
export function count(box) {
  const counter = box.querySelector("[data-count]");
  if (counter) counter.textContent = String([...box.querySelector("textarea").value].length);
}

// Steps move by buttons, so that no dragging is needed; the focus stays on the button that was pressed.
export function bindSteps(box, changed) {
  const list = box.querySelector("[data-steps]");
  list?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const step = button.closest(".step");
    const other = button.dataset.move === "1" ? step.nextElementSibling : step.previousElementSibling;
    if (other && button.dataset.move === "1") other.after(step);
    if (other && button.dataset.move === "-1") other.before(step);
    settle(box, true);
    button.focus();
    changed();
  });
  box.querySelector("[data-steps-right]")?.addEventListener("click", () => {
    settle(box, true);
    changed();
  });
}
