// On a narrow screen one pane at a time.

export function bindPanes(room) {
  const buttons = [...document.querySelectorAll("[data-pane]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      room.dataset.shown = button.dataset.pane;
      for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
    });
  }
}
