// Elements from data: texts are always texts, never markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export const $ = (id) => document.getElementById(id);

// Up and down through the buttons of a list; Home and End to its ends.
export function arrows(list, selector, event) {
  const items = [...list.querySelectorAll(selector)];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined || !items.length) return false;
  event.preventDefault();
  if (to < 0) return "above";
  items[Math.min(to, items.length - 1)].focus();
  return true;
}

// New items for a list. Who stood at one of its buttons stands at the same one after it, or, where it is gone, in the
// field: a reply that comes late must not take the keyboard away, nor put another record under the Enter key.
export function refill(list, items, field) {
  const held = list.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  list.replaceChildren(...items);
  if (held !== undefined) (list.querySelector(`[data-key="${CSS.escape(held)}"]`) ?? field).focus();
}

// To what a reply has brought; unless the hands have gone on to another place in the meantime. The same item of a list
// that was filled anew is the same place.
export function follow(from, to) {
  const now = document.activeElement;
  const same = from.dataset.key !== undefined && now.dataset.key === from.dataset.key;
  if (same || [from, document.body].includes(now)) to.focus({ preventScroll: true });
}
