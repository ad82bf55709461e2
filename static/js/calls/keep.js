// What is typed or sent and not acknowledged yet, in the browser's own store as an exam's answers are: it survives a
// reload, a closed window, a browser that died. Of one person's one call; on a shared computer nobody meets another's.

import { openStore } from "../exam/store.js";

class Keep {
  constructor(store, owner, kept) {
    this.store = store;
    this.draftId = `draft:${owner}`;
    const left = kept.filter((op) => op.item).sort((a, b) => a.n - b.n);
    this.n = left.at(-1)?.n ?? 0;
    this.items = left.map((op) => op.item); // what an earlier page had not got through, in order
    this.draft = kept.find((op) => op.op === this.draftId)?.text ?? "";
  }

  put(item) {
    this.n += 1;
    return this.quietly(this.store.put({ op: item.body.message, n: this.n, item }));
  }

  remove(item) {
    return this.quietly(this.store.remove([item.body.message]));
  }

  type(text) {
    return this.quietly(text ? this.store.put({ op: this.draftId, text }) : this.store.remove([this.draftId]));
  }

  // A window that may keep nothing still holds everything itself.
  quietly(writing) {
    return writing.catch(() => undefined);
  }
}

// `place` names the call and which of its two seats.
export async function openKeep(person, place) {
  const store = await openStore(person, place);
  return new Keep(store, `${person}:${place}`, await store.all().catch(() => []));
}
