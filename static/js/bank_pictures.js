// A picture is uploaded, and its Markdown put where the cursor stood last in a stem.

export function bindPictures(form, csrf, touched) {
  const pick = form.querySelector("[data-picture]");
  const state = form.querySelector("[data-picture-state]");
  const stems = [...form.querySelectorAll("textarea[name^=stem_]")];
  let last = stems[0];
  for (const stem of stems) stem.addEventListener("focus", () => { last = stem; });

  pick.addEventListener("change", async () => {
    if (!pick.files.length) return;
    state.textContent = form.dataset.uploading;
    const body = new FormData();
    body.append("picture", pick.files[0]);
    try {
      const reply = await fetch(form.dataset.pictures, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": csrf } });
      const said = await reply.json();
      state.textContent = reply.ok ? "" : (said.error ?? form.dataset.failed);
      if (reply.ok) {
        last.setRangeText(`\n${said.markdown}\n`, last.selectionStart, last.selectionEnd, "end");
        last.focus();
        touched();
      }
    } catch {
      state.textContent = form.dataset.failed;
    }
    pick.value = "";
  });
}
