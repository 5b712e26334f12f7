import { inspect } from 'node:util';
import type { AdapterDefinition, CacheAdapter } from '@tasker-cache/core';
import type { Entry } from './values.ts';

/** Looks on between core and an adapter, and can make its `ping` slow. */
export class Watch {
  /** Another key's values that `get` resolved to. */
  wrongValues = 0;
  probeDelayMs = 0;
  /** Every distinct error, in full. */
  readonly errors: Set<string> = new Set();
  adapter: CacheAdapter | undefined;

  definition(definition: AdapterDefinition): AdapterDefinition {
    return {
      ...definition,
      create: async (context) => this.#watch(await definition.create(context)),
    };
  }

  #watch(adapter: CacheAdapter): CacheAdapter {
    const get = adapter.get.bind(adapter);
    const ping = adapter.ping.bind(adapter);
    const noted = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        if (this.errors.size < 1000) this.errors.add(inspectAll(error));
        throw error;
      }
    };
    adapter.get = async (key) => {
      const text = await noted(get(key));
      if (text !== undefined && !isOf(key, text)) this.wrongValues++;
      return text;
    };
    adapter.ping = async () => {
      await new Promise((resolve) => setTimeout(resolve, this.probeDelayMs));
      await noted(ping());
    };
    this.adapter = adapter;
    return adapter;
  }
}

/** Everything that an object shows to whoever prints it. */
export function inspectAll(value: unknown): string {
  return inspect(value, {
    depth: 10,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
  });
}

/** Longer texts are none of the load's, and parsing them would take the cache's time. */
const longestEntry = 1000;

/** A key that core has shortened does not say whose it is. */
function isOf(key: string, text: string): boolean {
  if (key.includes('%~') || text.length > longestEntry) return true;
  try {
    return decodeURIComponent(key).endsWith(`:${(JSON.parse(text) as Entry).key}`);
  } catch {
    return false;
  }
}
