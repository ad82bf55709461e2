// A sheet as every desk keeps it: the draft saved as one marks, in order, and tried again; the lease kept while one is
// at it; the last save let through before the form goes.

const token = document.querySelector("meta[name=csrf-token]").content;
const IDLE = 1200;
const AGAIN = 5000;
const RENEW_EVERY = 60_000;
const LOOK_EVERY = 10_000;

// A form's fields as they are, anything else as JSON.
export function post(address, body) {
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  if (body instanceof URLSearchParams) return fetch(address, { method: "POST", headers, body });
  headers["Content-Type"] = "application/json";
  return fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
}

// `sheet()`: the body of a save; `onConflict(reply)`: another window saved meanwhile, and nothing is saved until
// `resume(version)`. Returns {change, resume}.
export function keepSheet(form, { sheet, onConflict }) {
  const words = JSON.parse(form.dataset.words);
  const line = document.getElementById("save-line");
  let timer = null;
  let sending = Promise.resolve();
  let dirty = false;
  let held = false;
  let lost = false;
  let active = false;
  let leaving = false;
  let renewed = Date.now();

  function say(text, tone) {
    line.textContent = text;
    line.dataset.tone = tone;
  }

  // The work went to somebody else: what was written can still be read and copied.
  function stop() {
    lost = true;
    document.getElementById("lost").hidden = false;
    for (const control of form.querySelectorAll("input, button")) control.disabled = true;
    for (const area of form.querySelectorAll("textarea")) area.readOnly = true;
  }

  function heard(reply, body) {
    if (reply.ok) {
      form.elements.version.value = body.version;
      renewed = Date.now();
      say(words.saved.replace("{time}", body.saved_at), "good");
    } else if (reply.status === 422 && body.problems) {
      say(`${words.rejected} ${Object.values(body.problems)[0] ?? ""}`, "bad");
    } else if (reply.status === 409 && body.conflict === "version") {
      held = true;
      say("", "bad");
      onConflict(body);
    } else if (reply.status === 409) {
      stop();
    } else {
      throw new Error(String(reply.status));
    }
  }

  async function save() {
    if (lost || held || !dirty) return;
    dirty = false;
    say(words.saving, "busy");
    try {
      const reply = await post(form.dataset.draft, sheet());
      heard(reply, await reply.json().catch(() => ({})));
    } catch {
      dirty = true;
      say(words.failed, "bad");
      timer = setTimeout(queueSave, AGAIN);
    }
  }

  function queueSave() {
    clearTimeout(timer);
    sending = sending.then(save);
    return sending;
  }

  function change() {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(queueSave, IDLE);
  }

  function resume(version) {
    form.elements.version.value = version;
    held = false;
  }

  async function renew() {
    if (lost || !active || Date.now() - renewed < RENEW_EVERY) return;
    active = false;
    renewed = Date.now();
    const reply = await post(form.dataset.lease, {}).catch(() => null);
    if (reply?.status === 409) stop();
  }

  // A save on its way would make the form's version an old one: let it arrive before the form goes.
  form.addEventListener(
    "submit",
    (event) => {
      clearTimeout(timer);
      if (leaving) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      dirty = false;
      // After this event is over: a form does not submit while it is still firing.
      sending.finally(() => setTimeout(() => {
        leaving = true;
        form.requestSubmit();
      }));
    },
    true,
  );
  form.addEventListener("input", change);
  form.addEventListener("change", change);
  for (const kind of ["keydown", "pointermove", "scroll", "input"]) {
    document.addEventListener(kind, () => (active = true), { passive: true, capture: true });
  }
  setInterval(renew, LOOK_EVERY);
  window.addEventListener("pageshow", () => (leaving = false));
  return { change, resume };
}

// The examiner's own phrases, put where `target()` says.
export function offerPhrases(form, target) {
  for (const button of form.querySelectorAll("[data-phrase]")) {
    button.addEventListener("click", () => {
      const text = target();
      const gap = text.value && !/\s$/.test(text.value) ? "\n" : "";
      text.setRangeText(gap + button.dataset.phrase, text.selectionEnd, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
      post(button.dataset.use, {}).catch(() => {});
    });
  }
}
