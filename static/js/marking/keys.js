// Shortcuts of the marking desk: J/K next and previous criterion, digits give points, C comment, Ctrl+Enter submits.
// Single keys never fire while one types or composes, and can be switched off (WCAG 2.1.4).

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const SECOND_DIGIT_WITHIN = 900;

export function bindKeys(form, { toggle, help, remember }) {
  const criteria = [...form.querySelectorAll("[data-criterion]")];
  let current = 0;
  let last = { digit: "", at: 0 };

  function go(to) {
    current = Math.max(0, Math.min(criteria.length - 1, to));
    for (const [place, one] of criteria.entries()) one.classList.toggle("is-current", place === current);
    const radio = criteria[current].querySelector("input:checked") ?? criteria[current].querySelector("input");
    radio.focus({ preventScroll: true });
    criteria[current].scrollIntoView({ block: "nearest" });
  }

  function give(digit) {
    const most = Number(criteria[current].dataset.most);
    const both = last.digit + digit;
    const quick = Date.now() - last.at < SECOND_DIGIT_WITHIN && Number(both) <= most && last.place === current;
    const points = quick ? both : digit;
    last = { digit, at: Date.now(), place: current };
    const radio = [...criteria[current].querySelectorAll("input")].find((one) => one.value === String(Number(points)));
    if (!radio) return;
    radio.checked = true;
    radio.focus({ preventScroll: true });
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    if (/^[0-9]$/.test(event.key)) give(event.key);
    else if (event.key === "j" || event.key === "J") go(current + 1);
    else if (event.key === "k" || event.key === "K") go(current - 1);
    else if (event.key === "c" || event.key === "C") form.elements.comment?.focus();
    else return;
    event.preventDefault();
  });

  form.addEventListener("focusin", (event) => {
    const place = criteria.findIndex((one) => one.contains(event.target));
    if (place >= 0) {
      current = place;
      for (const [at, one] of criteria.entries()) one.classList.toggle("is-current", at === current);
    }
  });

  toggle.addEventListener("change", () => {
    help.hidden = !toggle.checked;
    remember(toggle.checked);
  });
  if (toggle.checked && document.activeElement === document.body) go(0);
}
