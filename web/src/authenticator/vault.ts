/** What this phone keeps: rows in IndexedDB. Keys lie there as the browser's own objects, whose bytes no script can read. */

export type Store = 'devices' | 'codes' | 'keys';

const name = 'secondlock-authenticator';

const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    for (const store of ['devices', 'codes', 'keys'] satisfies Store[]) {
      opening.result.createObjectStore(store, { keyPath: 'id' });
    }
  };
  return answered(opening);
}

let opened: Promise<IDBDatabase> | undefined;

async function rows(store: Store, mode: IDBTransactionMode): Promise<IDBObjectStore> {
  opened ??= open();
  try {
    return (await opened).transaction(store, mode).objectStore(store);
  } catch (thrown) {
    // A browser may close the database on its own, for example when it clears up.
    opened = undefined;
    throw thrown;
  }
}

/** All rows of a store. */
export const readAll = async <T>(store: Store): Promise<T[]> =>
  (await answered((await rows(store, 'readonly')).getAll())) as T[];

/** The row of an id. */
export const read = async <T>(store: Store, id: string): Promise<T | undefined> =>
  (await answered((await rows(store, 'readonly')).get(id))) as T | undefined;

/** Resolves when the row is on the disk, not merely asked for. */
export async function write<T extends { readonly id: string }>(store: Store, row: T): Promise<void> {
  await finished((await rows(store, 'readwrite')).put(row));
}

/** Writes a row unless one of its id is there, as one act; gives the one that is there then. */
export async function writeFirst<T extends { readonly id: string }>(store: Store, row: T): Promise<T> {
  await finished((await rows(store, 'readwrite')).add(row)).catch(() => undefined);
  const kept = await read<T>(store, row.id);
  if (!kept) throw new Error('nothing was kept');
  return kept;
}

/** Removes a row. */
export async function erase(store: Store, id: string): Promise<void> {
  await finished((await rows(store, 'readwrite')).delete(id));
}

const finished = (request: IDBRequest): Promise<void> =>
  new Promise((resolve, reject) => {
    const { transaction } = request;
    if (!transaction) return reject(new Error('no transaction'));
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });

/** Asks the browser not to clear this away when it is short of space. It may say no, and all works still. */
export const askToStay = (): void => {
  void navigator.storage?.persist?.().catch(() => false);
};
