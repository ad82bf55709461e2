// Shortcuts of every desk: J/K next and previous criterion, digits choose, C comment, Ctrl+Enter submits; a desk adds
// deeds of its own. Single keys never fire while one types or composes, and can be switched off (WCAG 2.1.4).

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const SECOND_DIGIT_WITHIN = 900;

// Points of up to two digits: the second within a moment belongs to the first.
export function typedPoints() {
  let last = { digit: "", at: 0, criterion: null };
  return (criterion, digit) => {
    const both = last.digit + digit;
    const quick = Date.now() - last.at < SECOND_DIGIT_WITHIN && last.criterion === criterion;
    const points = quick && Number(both) <= Number(criterion.dataset.most) ? both : digit;
    last = { digit: points, at: Date.now(), criterion };
    return String(Number(points));
  };
}

// `value(criterion, digit)`: what a digit chooses; `deeds`: key → what it does to the current criterion; `arrows`: up
// and down go from criterion to criterion too.
export function bindKeys(form, { toggle, help, remember, value = typedPoints(), deeds = {}, arrows = false }) {
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  let current = 0;

  function mark(place) {
    current = place;
    for (const [at, one] of criteria.entries()) one.classList.toggle("is-current", at === current);
  }

  function go(by) {
    mark(Math.max(0, Math.min(criteria.length - 1, current + by)));
    const radio = criteria[current].querySelector("input:checked") ?? criteria[current].querySelector("input");
    radio.focus({ preventScroll: true });
    criteria[current].scrollIntoView({ block: "nearest" });
  }

  function choose(digit) {
    const wanted = value(criteria[current], digit);
    const radio = [...criteria[current].querySelectorAll("input[type=radio]")].find((one) => one.value === wanted);
    if (!radio) return;
    radio.checked = true;
    radio.focus({ preventScroll: true });
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const all = {
    j: () => go(1),
    k: () => go(-1),
    c: (criterion) => (criterion.querySelector("[data-comment]") ?? form.elements.comment)?.focus(),
    ...(arrows && { ArrowDown: () => go(1), ArrowUp: () => go(-1) }),
    ...deeds,
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    if (event.key.startsWith("Arrow") && !form.contains(event.target)) return; // elsewhere arrows scroll
    const deed = all[event.key] ?? all[event.key.toLowerCase()];
    if (/^[0-9]$/.test(event.key)) choose(event.key);
    else if (deed) deed(criteria[current]);
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
