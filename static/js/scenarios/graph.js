// A graph that is wider than the window begins at its middle, where the first beat stands.
const frame = document.querySelector(".graph-scroll");
frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
