// In certification: tells the invigilators that somebody is there and what the page notices, and hears from them of a
// pause, its end, or the drill's end. The page is loaded anew then; what was not sent yet goes out first.

import { Signals } from "../exam/signals.js";

const setup = JSON.parse(document.getElementById("watch-setup").textContent);
const signals = new Signals();

async function pulse() {
  const taken = signals.take();
  try {
    const reply = await fetch(setup.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": setup.csrf },
      body: JSON.stringify({ epoch: setup.epoch, signals: taken }),
      signal: AbortSignal.timeout(8000),
    });
    if (!reply.ok) throw new Error(String(reply.status));
    const { state, paused } = await reply.json();
    if (state !== "open" || paused !== setup.paused) location.reload();
  } catch {
    signals.giveBack(taken);
  }
}

setInterval(pulse, setup.pulse_seconds * 1000);
document.addEventListener("visibilitychange", () => document.hidden || pulse());
