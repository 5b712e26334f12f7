import { type AdapterDefinition, registerAdapter } from '@tasker-cache/core/adapter';
import { type SqliteOptions, sqliteAdapter } from './adapter.ts';

export { type SqliteOptions, sqliteAdapter };

/** What `backend = "sqlite"` means. `settings` is the table `[common.cache.sqlite]`. */
export const sqlite: AdapterDefinition = {
  name: 'sqlite',
  title: 'SQLite',
  create: ({ settings }) => sqliteAdapter(settings),
};

registerAdapter(sqlite);
