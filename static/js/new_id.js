// An id that nobody else makes: the time, so that a table's index grows at its end only, and ten random bytes.
// (randomUUID is missing on plain http.)
export function newId() {
  const random = crypto.getRandomValues(new Uint8Array(10));
  return Date.now().toString(16).padStart(12, "0") + Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
