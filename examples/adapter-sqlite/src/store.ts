import { DatabaseSync } from 'node:sqlite';

// Keys and texts are bytes: SQLite's functions for text stop at a NUL.
const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    key BLOB PRIMARY KEY,
    text BLOB NOT NULL,
    expires_at REAL NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entries_by_expiry ON entries (expires_at);
`;
const upsert = 'INSERT INTO entries (key, text, expires_at) VALUES (?, ?, ?) ON CONFLICT (key)';
const overwrite = 'DO UPDATE SET text = excluded.text, expires_at = excluded.expires_at';
const overwriteExpired = `DO UPDATE SET
  text = iif(expires_at <= ?4, excluded.text, text),
  expires_at = iif(expires_at <= ?4, excluded.expires_at, expires_at)`;

/** One connection to the database, with a statement for each step. Times are Unix milliseconds. */
export class Store {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepareAll>;

  /** Throws what SQLite throws; so do the methods. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 50 });
    // A cache may lose its last writes in a power failure; waiting for the disk costs milliseconds.
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${schema}`);
    this.#statements = prepareAll(this.#database);
  }

  get(key: string): string | undefined {
    const row = this.#statements.get.get(bytes(key), Date.now());
    return row && textOf(row);
  }

  set(key: string, text: string, ttlMs: number): void {
    this.#statements.set.run(bytes(key), bytes(text), expiry(ttlMs));
  }

  /** Stores if the key is absent; returns what is there now. One statement, so one step for all. */
  add(key: string, text: string, ttlMs: number): string {
    const row = this.#statements.add.get(bytes(key), bytes(text), expiry(ttlMs), Date.now());
    return textOf(row);
  }

  /** Whether the key held `expected`, and so was overwritten. One statement. */
  replace(key: string, expected: string, text: string, ttlMs: number): boolean {
    const { replace } = this.#statements;
    const now = Date.now();
    return replace.run(bytes(text), expiry(ttlMs), bytes(key), bytes(expected), now).changes === 1;
  }

  delete(key: string): boolean {
    return this.#statements.delete.all(bytes(key)).some(isAlive);
  }

  deletePrefix(prefix: string): number {
    const first = bytes(prefix);
    // No UTF-8 text holds the byte 255, so this comes after all keys that start with the prefix.
    const last = Buffer.concat([first, Buffer.of(255)]);
    return this.#statements.deletePrefix.all(first, last).filter(isAlive).length;
  }

  /** Removes what has expired and, above `maxEntries`, what expires next. */
  trim(maxEntries: number): void {
    this.#statements.deleteExpired.run(Date.now());
    const excess = Number(this.#statements.count.get()?.count) - maxEntries;
    if (excess > 0) this.#statements.evict.run(excess);
  }

  close(): void {
    this.#database.close();
  }
}

function prepareAll(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    get: prepare('SELECT text FROM entries WHERE key = ? AND expires_at > ?'),
    set: prepare(`${upsert} ${overwrite}`),
    add: prepare(`${upsert} ${overwriteExpired} RETURNING text`),
    replace: prepare(
      'UPDATE entries SET text = ?, expires_at = ? WHERE key = ? AND text = ? AND expires_at > ?',
    ),
    delete: prepare('DELETE FROM entries WHERE key = ? RETURNING expires_at'),
    deletePrefix: prepare('DELETE FROM entries WHERE key >= ? AND key < ? RETURNING expires_at'),
    count: prepare('SELECT count(*) AS count FROM entries'),
    deleteExpired: prepare('DELETE FROM entries WHERE expires_at <= ?'),
    evict: prepare(
      'DELETE FROM entries WHERE key IN (SELECT key FROM entries ORDER BY expires_at LIMIT ?)',
    ),
  };
}

type Row = Readonly<Record<string, unknown>>;

const bytes = (text: string) => Buffer.from(text);
const textOf = (row?: Row) => Buffer.from(row?.text as Uint8Array).toString();
const isAlive = (row: Row) => Number(row.expires_at) > Date.now();
const expiry = (ttlMs: number) => Date.now() + Math.ceil(ttlMs);
