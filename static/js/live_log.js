// The log of one attempt: late work is decided in the same dialog as everything else.
import { onDone, openDeed } from "./live_dialog.js";

for (const button of document.querySelectorAll("[data-deeds]")) {
  const { deeds, attempt, seen, name } = button.dataset;
  button.addEventListener("click", () => openDeed({ deeds: deeds.split(" "), attempt, seen, name }));
}
onDone(() => location.reload());
