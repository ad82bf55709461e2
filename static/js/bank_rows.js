// Rows of options, steps or criteria: add, remove, move by buttons; their names are numbered anew after each change.

export function bindRows(form, touched) {
  const box = form.querySelector("[data-rows]");
  if (!box) return;
  const blank = box.querySelector("template");
  const rows = () => [...box.querySelectorAll(":scope > [data-row]")];

  function number() {
    rows().forEach((row, place) => {
      for (const control of row.querySelectorAll("input, textarea")) {
        if (control.name === "key") control.value = String(place);
        else control.name = control.name.replace(/-(\d+|__)-/, `-${place}-`);
        if (control.id) control.id = control.id.replace(/-(\d+|__)-/, `-${place}-`);
      }
      for (const label of row.querySelectorAll("label[for]")) label.htmlFor = label.htmlFor.replace(/-(\d+|__)-/, `-${place}-`);
      for (const shown of row.querySelectorAll("[data-row-number]")) shown.textContent = String(place + 1);
      row.querySelector("legend").textContent = form.dataset.rowOf.replace("{number}", String(place + 1));
    });
  }

  form.querySelector("[data-add-row]").addEventListener("click", () => {
    box.insertBefore(blank.content.cloneNode(true), blank);
    number();
    rows().at(-1).querySelector("textarea, input[type=text]").focus();
    touched();
  });

  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const row = button?.closest("[data-row]");
    if (!row) return;
    if ("removeRow" in button.dataset) {
      const next = rows()[rows().indexOf(row) + 1] ?? rows()[rows().indexOf(row) - 1];
      row.remove();
      (next?.querySelector("textarea") ?? form.querySelector("[data-add-row]")).focus();
    } else if (button.dataset.moveRow === "-1") {
      const before = rows()[rows().indexOf(row) - 1];
      if (before) box.insertBefore(row, before);
      button.focus();
    } else {
      const after = rows()[rows().indexOf(row) + 1];
      if (after) box.insertBefore(after, row);
      button.focus();
    }
    number();
    touched();
  });

  number();
}
