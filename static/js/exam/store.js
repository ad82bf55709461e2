// The browser's own store (contract 1): every change lands here first, and leaves only when the server confirmed it.
// IndexedDB with strict durability; localStorage where a browser has none.

const NAME = "shanggang-exam";

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("ops", { keyPath: "op" }).createIndex("owner", "owner");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

class IndexedStore {
  constructor(database, owner) {
    this.database = database;
    this.owner = owner;
  }

  write(deed) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction("ops", "readwrite", { durability: "strict" });
      deed(transaction.objectStore("ops"));
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
      transaction.commit(); // not when the page comes to it: a page that is just closing never would
    });
  }

  put(op, replaced) {
    return this.write((store) => {
      if (replaced) store.delete(replaced);
      store.put({ ...op, owner: this.owner });
    });
  }

  remove(ids) {
    return this.write((store) => ids.forEach((id) => store.delete(id)));
  }

  all() {
    return new Promise((resolve, reject) => {
      const request = this.database.transaction("ops").objectStore("ops").index("owner").getAll(this.owner);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}

class LocalStore {
  constructor(owner) {
    this.prefix = `${NAME}:${owner}:`;
  }

  async put(op, replaced) {
    if (replaced) localStorage.removeItem(this.prefix + replaced);
    localStorage.setItem(this.prefix + op.op, JSON.stringify(op));
  }

  async remove(ids) {
    ids.forEach((id) => localStorage.removeItem(this.prefix + id));
  }

  async all() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
    return keys.map((key) => JSON.parse(localStorage.getItem(key)));
  }
}

// The ops of one person's one attempt; on a shared computer nobody meets another's.
export async function openStore(person, attempt) {
  const owner = `${person}:${attempt}`;
  try {
    return new IndexedStore(await openDatabase(), owner);
  } catch {
    return new LocalStore(owner);
  }
}
