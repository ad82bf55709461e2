// <button data-copy="id"> copies the text of that element and says so in its own label.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.querySelector("[role=status]").textContent = button.dataset.copied;
    } catch {
      getSelection().selectAllChildren(source); // no clipboard without HTTPS: at least it is selected
    }
  });
}

// <button data-print> prints the page.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
