// Shortcuts of the desk: J/K or arrows go from criterion to criterion, 1–5 give a level, [ and ] choose a turn, E pins
// it, C comments, Ctrl+Enter submits. Single keys never fire while one types or composes, and can be switched off.

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

export function bindKeys(form, { toggle, help, remember, turns, pin }) {
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  let current = 0;

  function mark(to) {
    current = to;
    for (const [place, one] of criteria.entries()) one.classList.toggle("is-current", place === current);
  }

  function go(to) {
    mark(Math.max(0, Math.min(criteria.length - 1, to)));
    const radio = criteria[current].querySelector("input:checked") ?? criteria[current].querySelector("input");
    radio.focus({ preventScroll: true });
    criteria[current].scrollIntoView({ block: "nearest" });
  }

  function give(level) {
    const radio = criteria[current].querySelector(`input[type=radio][value="${level}"]`);
    radio.checked = true;
    radio.focus({ preventScroll: true });
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const deeds = {
    j: () => go(current + 1),
    k: () => go(current - 1),
    ArrowDown: () => go(current + 1),
    ArrowUp: () => go(current - 1),
    "[": () => turns.move(-1),
    "]": () => turns.move(1),
    e: () => pin(criteria[current].querySelector("[data-pins]")),
    c: () => criteria[current].querySelector("[data-comment]").focus(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    const arrow = event.key.startsWith("Arrow");
    if (arrow && !form.contains(event.target)) return; // elsewhere arrows scroll
    if (/^[1-5]$/.test(event.key)) give(event.key);
    else if (deeds[event.key] ?? deeds[event.key.toLowerCase()]) (deeds[event.key] ?? deeds[event.key.toLowerCase()])();
    else return;
    event.preventDefault();
  });

  form.addEventListener("focusin", (event) => {
    const place = criteria.findIndex((one) => one.contains(event.target));
    if (place >= 0) mark(place);
  });
  toggle.addEventListener("change", () => {
    help.hidden = !toggle.checked;
    remember(toggle.checked);
  });
  if (toggle.checked && document.activeElement === document.body) go(0);
}
