// Small behaviours of every page, each bound by a data attribute.

for (const button of document.querySelectorAll("[data-toggle-rail]")) {
  const places = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => {
    const open = places.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });
}

// <button data-open-dialog="id"> opens a native dialog; <button data-close-dialog> inside closes it.
for (const button of document.querySelectorAll("[data-open-dialog]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.openDialog).showModal());
}
for (const button of document.querySelectorAll("[data-close-dialog]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

// A double click is one deed: a form is sent once. Coming back by history makes it usable again.
for (const form of document.querySelectorAll("form[method=post]:not([data-again])")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.querySelector(".error-summary")?.focus();
