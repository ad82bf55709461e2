// The commit bar says how many absent people are ticked to leave.
const left = document.getElementById("left");
const boxes = document.querySelectorAll("input[name=leavers]");
const count = () => {
  if (left) left.textContent = String([...boxes].filter((box) => box.checked).length);
};
for (const box of boxes) box.addEventListener("change", count);
window.addEventListener("pageshow", count);
