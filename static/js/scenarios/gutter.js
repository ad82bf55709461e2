// The numbers beside the script's text; a line with a problem has a sign before its number.
export function gutter(numbers, text) {
  let counted = 0;
  let flawed = new Map(); // line → what is wrong there

  function draw() {
    const rows = Array.from({ length: counted }, (_one, at) => {
      const number = `${at + 1}\n`;
      const what = flawed.get(at + 1);
      return what ? Object.assign(document.createElement("mark"), { textContent: `▸${number}`, title: what }) : number;
    });
    numbers.replaceChildren(...rows);
    follow();
  }

  function follow() {
    numbers.scrollTop = text.scrollTop;
  }

  return {
    follow,
    // Lines that moved are no longer where their problem was found.
    count() {
      const lines = text.value.split("\n").length;
      if (lines === counted) return;
      counted = lines;
      flawed = new Map();
      draw();
    },
    mark(problems) {
      flawed = new Map(problems.map((one) => [one.line, one.what]));
      draw();
    },
  };
}
