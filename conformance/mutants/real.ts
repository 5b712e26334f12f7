import type { CacheAdapter } from '@tasker-cache/core/adapter';
import type { Clause } from '../src/clause.ts';
import { runConformance } from '../src/run.ts';
import { type OwnServer, ServerNotRunError } from '../src/servers/server.ts';
import { startServer } from '../src/servers/start-server.ts';
import type { FullAdapter } from './correct-adapter.ts';
import type { Ended } from './matrix.ts';
import type { Named } from './mutant.ts';

/** A broken adapter over a real one, which is connected to a real server. */
export interface RealMutant<Client = never> extends Named {
  /**
   * The parts that are different. `bare` makes clients of the library below the adapter, to do
   * what the adapter would not; they end when the adapter closes.
   */
  mutate(
    adapter: FullAdapter,
    bare: (options?: object) => Client,
  ): Partial<Record<keyof CacheAdapter, unknown>>;
}

/** An adapter of ours, and the server that it is run against. */
export interface Product<Client> {
  /** The name of a server that the kit can start. */
  readonly target: string;
  adapter(url: string): CacheAdapter;
  client(url: string, options?: object): Client;
  end(client: Client): void;
}

/** A server that cannot be had is not looked for again. */
const missing = new Map<string, string>();

/** Starts a server for this mutant alone: some faults harm whoever else is there. */
export async function runReal<Client>(
  product: Product<Client>,
  { id, mutate }: Pick<RealMutant<Client>, 'id' | 'mutate'>,
  clauses: readonly Clause[],
  deadlineMs: number,
): Promise<Ended> {
  const server = await serverOf(product.target);
  if (typeof server === 'string') return { results: [], durationMs: 0, notRun: server };
  const adapters: CacheAdapter[] = [];
  const create = ({ url }: { url: string }) => {
    const adapter = product.adapter(url);
    adapters.push(adapter);
    return broken(product, adapter, url, mutate);
  };
  try {
    const run = await runConformance({ name: id, server, create, clauses, deadlineMs });
    const { results, durationMs } = run;
    return { results, durationMs, server: `${product.target} ${server.version} (${server.how})` };
  } finally {
    await Promise.allSettled(adapters.map((adapter) => adapter.close()));
    await server.stop();
  }
}

async function serverOf(target: string): Promise<OwnServer | string> {
  const known = missing.get(target);
  if (known !== undefined) return known;
  try {
    return await startServer(target, { how: 'own' });
  } catch (error) {
    if (!(error instanceof ServerNotRunError)) throw error;
    const reason = error.message.replace('not run: ', '');
    missing.set(target, reason);
    return reason;
  }
}

function broken<Client>(
  product: Product<Client>,
  adapter: CacheAdapter,
  url: string,
  mutate: RealMutant<Client>['mutate'],
): CacheAdapter {
  const clients: Client[] = [];
  const bare = (options?: object) => {
    const client = product.client(url, options);
    clients.push(client);
    return client;
  };
  const changed = mutate(adapter as FullAdapter, bare) as Partial<CacheAdapter>;
  const parts: Partial<CacheAdapter> = {
    ...changed,
    async close() {
      await (changed.close?.() ?? adapter.close());
      for (const client of clients) product.end(client);
    },
  };
  return new Proxy(adapter, {
    get(target, name: keyof CacheAdapter) {
      if (name in parts) return parts[name];
      const value: unknown = target[name];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
