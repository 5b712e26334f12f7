import { createRequire } from 'node:module';
import { memcachedAdapter } from '@tasker-cache/memcached';
import type { Product } from './real.ts';

/** What the mutants use of a memjs client: it checks nothing, and knows seconds alone. */
export interface MemcachedClient {
  get(key: string): Promise<{ value: Buffer | null }>;
  set(key: string, value: string, options: { expires: number }): Promise<boolean>;
  add(key: string, value: string, options: { expires: number }): Promise<boolean>;
  replace(key: string, value: string, options: { expires: number }): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  touch(key: string, expires: number): Promise<boolean>;
  flush(): Promise<unknown>;
  close(): void;
}

// The adapter's own memjs, of which the kit needs none.
const fromAdapter = createRequire(
  new URL('../../packages/memcached/package.json', import.meta.url),
);

export const realMemcached: Product<MemcachedClient> = {
  target: 'memcached-1.6.45',
  adapter: (url) => memcachedAdapter({ url }),
  client(url, options) {
    const { Client } = fromAdapter('memjs') as {
      Client: { create(servers: string, options: object): MemcachedClient };
    };
    const quiet = { retries: 0, timeout: 30, logger: { log() {} } };
    return Client.create(new URL(url).host, { ...quiet, ...options });
  },
  end: (client) => client.close(),
};

export const seconds = (ttlMs: number): number => Math.max(1, Math.ceil(ttlMs / 1000));
