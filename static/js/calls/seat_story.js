// What the examiner sees of the story: emotion, beats, facts with their locks, and the lines that may be said now.

import { $, make } from "../drills/build.js";
import { wording } from "./wording.js";

function badge(text, tone = "quiet") {
  return make("span", { class: `state state-${tone}`, text });
}

export function showEmotion(state, words) {
  $("emotion-degree").textContent = wording(words.emotion, { degree: state.emotion });
  $("emotion-mood").textContent = state.mood;
  $("emotion").setAttribute("aria-valuenow", state.emotion);
  $("emotion").setAttribute("aria-valuetext", `${state.emotion} / 10`);
  for (const step of $("emotion").children) step.classList.toggle("on", Number(step.dataset.step) <= state.emotion);
  $("ready").textContent = state.ready ? words.ready : words.not_ready;
}

export function showBeats(state, words) {
  $("beats").replaceChildren(...state.beats.map((beat) => make(
    "li", { class: `beat ${beat.here ? "is-here" : ""}`, "aria-current": beat.here ? "step" : false },
    make("p", { class: "beat-acts" }, make("span", { text: beat.acts }),
      beat.here ? badge(words.here, "soon") : beat.visited ? badge(words.visited, "good") : null),
    beat.here ? make("p", { class: "quiet", text: wording(words.good_agent, { what: beat.expects }) }) : null,
  )));
}

export function showFacts(state, words) {
  $("facts").replaceChildren(...state.facts.map((fact) => {
    const never = fact.known_by === "crm_only";
    const tone = fact.told ? "good" : fact.locked ? "quiet" : "soon";
    const word = fact.told ? words.told : fact.locked ? words.locked : words.open;
    return make("li", { class: fact.locked ? "is-locked" : "" }, badge(word, tone), never ? badge(words.crm_only) : null,
      make("span", { text: fact.text }));
  }));
}

// `say` is called with a line's id; the nine first have a digit.
export function showLines(state, words, say) {
  const open = state.state === "live" && state.hand === "examiner";
  const kept = document.activeElement?.dataset?.line;
  $("lines").replaceChildren(...state.lines.map((line, at) => make("li", {}, make(
    "button", { type: "button", class: "cue-line", "data-line": line.id, disabled: !open, onclick: () => say(line.id) },
    at < 9 ? make("kbd", { text: String(at + 1), "aria-hidden": "true" }) : null,
    line.due ? badge(words.due, "soon") : null, make("span", { text: line.text }),
  ))));
  if (!state.lines.length) $("lines").append(make("li", { class: "quiet", text: words.no_lines }));
  if (kept) document.querySelector(`[data-line="${CSS.escape(kept)}"]`)?.focus();
}

export function showNotes(state, words, times) {
  $("notes").replaceChildren(...state.notes.map((note) => make("li", {},
    make("span", { class: "quiet number", text: wording(words.note_at, { seq: note.seq, time: times.get(note.seq) ?? "" }) }),
    make("p", { text: note.text }))));
}
