// What stands in [data-only-here] is shown this once: before it is copied, printed, downloaded or said to be kept
// (<a data-kept>), the browser asks whether the page may be left.
let unkept = document.querySelector("[data-only-here]") !== null;
const kept = () => { unkept = false; };
window.addEventListener("beforeunload", (event) => {
  if (unkept) event.preventDefault();
});
window.addEventListener("afterprint", kept);
for (const form of document.querySelectorAll("form[data-again]")) form.addEventListener("submit", kept);
for (const link of document.querySelectorAll("[data-kept]")) link.addEventListener("click", kept);

// <button data-copy="id"> copies the text of that element and says so in its own label.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.querySelector("[role=status]").textContent = button.dataset.copied;
      kept();
    } catch {
      getSelection().selectAllChildren(source); // no clipboard without HTTPS: at least it is selected
    }
  });
}

// <button data-print> prints the page.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
