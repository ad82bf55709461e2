// One pane at a time, where there is no room for all; elsewhere what stands beside the conversation.

// The function that shows a pane by its name. A button with `data-with` stands for other panes, too.
export function bindPanes(room) {
  const buttons = [...document.querySelectorAll("[data-pane]")];
  const show = (pane) => {
    room.dataset.shown = pane;
    for (const one of buttons) {
      const stands = [one.dataset.pane, ...(one.dataset.with ?? "").split(" ")].includes(pane);
      one.setAttribute("aria-pressed", String(stands));
    }
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.pane));
  return show;
}
