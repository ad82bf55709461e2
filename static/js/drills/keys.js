// The keyboard: letters by their place on it, so that no layout or input method gets in between; no F-keys, no traps.

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select";

export function bindKeys(deeds, singleKeys) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return run(event, deeds.submit);
    if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
      if (digit) return run(event, () => deeds.panel(Number(digit[1])));
      const letter = /^Key([A-Z])$/.exec(event.code);
      const deed = letter && deeds.letters[letter[1]];
      return deed ? run(event, deed) : undefined;
    }
    if (!singleKeys) return;
    if (event.key === "/" && event.target.id === "search" && !event.target.value) return event.preventDefault(); // there
    if (event.target.matches?.(TYPING)) return;
    if (event.key === "/") run(event, deeds.letters.S);
    else if (event.key === "?") run(event, deeds.help);
    else if (/^[1-9]$/.test(event.key)) run(event, () => deeds.panel(Number(event.key)));
  });
}

function run(event, deed) {
  event.preventDefault();
  deed();
}
