// After a task: Enter goes on, for the link to the next one has the focus.
document.getElementById("next").focus({ preventScroll: true });
