// A text that is not saved yet, kept in this browser's session. A browser may refuse: then there is no draft.
export function draftOf(id) {
  const key = `scenario-draft:${id}`;
  return {
    read() {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? "null");
      } catch {
        return null;
      }
    },
    keep(value) {
      try {
        if (value === null) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(value));
      } catch {
        // storage is full or closed
      }
    },
  };
}
