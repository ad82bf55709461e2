// Before the first paint: follow the system's colour scheme, as Bootstrap 5.3 wants it said.
const scheme = window.matchMedia("(prefers-color-scheme: dark)");
const apply = () => document.documentElement.setAttribute("data-bs-theme", scheme.matches ? "dark" : "light");
apply();
scheme.addEventListener("change", apply);
