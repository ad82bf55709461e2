// The question editor: rows that come, go and move; the candidate's rendering; near-duplicates; pictures.
import { bindRows } from "./bank_rows.js";
import { bindPictures } from "./bank_pictures.js";

const PREVIEW_AFTER = 300;
const ALIKE_AFTER = 900;

const form = document.getElementById("question-form");
const csrf = document.querySelector('meta[name="csrf-token"]').content;
let changed = false;

function later(milliseconds, deed) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(deed, milliseconds);
  };
}

// The newest question's answer wins: an older one still on its way is dropped.
function asker(address, show) {
  let running = null;
  return async () => {
    running?.abort();
    running = new AbortController();
    try {
      const reply = await fetch(address, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json", "X-CSRFToken": csrf },
        signal: running.signal,
      });
      if (reply.ok) show(await reply.json());
    } catch (error) {
      if (error.name !== "AbortError") console.warn("not reached", error.name);
    }
  };
}

const preview = document.getElementById("preview");
const render = asker(form.dataset.preview, ({ html }) => {
  preview.innerHTML = html; // rendered and sanitised by the server
  preview.lang = new FormData(form).get("preview_language") === "en" ? "en" : "zh-Hans";
});

const alike = document.getElementById("alike");
const compare = asker(form.dataset.alike, ({ alike: found }) => {
  alike.replaceChildren();
  if (!found.length) return;
  const title = document.createElement("p");
  title.textContent = alike.dataset.title;
  const list = document.createElement("ul");
  for (const one of found) {
    const link = Object.assign(document.createElement("a"), { href: one.address, target: "_blank", textContent: one.code });
    const item = document.createElement("li");
    item.append(link, ` ${one.title} · ${one.why}`);
    list.append(item);
  }
  alike.append(title, list);
});

const renderSoon = later(PREVIEW_AFTER, render);
const compareSoon = later(ALIKE_AFTER, compare);
function touched() {
  changed = true;
  renderSoon();
  compareSoon();
}
form.addEventListener("input", touched);
for (const choice of document.querySelectorAll('[name="preview_language"]')) choice.addEventListener("change", render);
bindRows(form, touched);
bindPictures(form, csrf, touched);

// A new question's code follows its topic until the author types one.
const codes = JSON.parse(form.dataset.codes);
const code = form.elements.code;
form.elements.place.addEventListener("change", () => {
  const wanted = codes[form.elements.place.value.split("/")[1]] ?? "";
  if (code && (!code.value || Object.values(codes).includes(code.value))) code.value = wanted;
});

form.addEventListener("submit", () => { changed = false; });
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
