// What a courier's phone still has to tell, kept in the phone until the server has it: one row an act, in the order of the taps.
(() => {
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("rounds", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("acts", { keyPath: "serial", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

  const ask = async (mode, what) => {
    const transaction = (await opened).transaction("acts", mode);
    const request = what(transaction.objectStore("acts"));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };

  window.phoneStore = {
    all: () => ask("readonly", (acts) => acts.getAll()),
    keep: (act) => ask("readwrite", (acts) => acts.put(act)),
    drop: (serial) => ask("readwrite", (acts) => acts.delete(serial)),
  };
})();
