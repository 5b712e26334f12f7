import { inspect } from 'node:util';
import {
  type AdapterDefinition,
  type Cache,
  type CacheConfig,
  consoleLogger,
  type Logger,
  openCache,
} from '@tasker-cache/core';
import { secretsIn } from '../bench/faults/secrets.ts';

const operations = [
  ...(['ping', 'get', 'getMany', 'set', 'delete', 'deletePrefix', 'lease', 'fill'] as const),
];

/** All that anybody prints of a value. */
function printed(value: unknown): string {
  const whole = { depth: Number.POSITIVE_INFINITY, showHidden: true } as const;
  const lengths = { maxStringLength: null, maxArrayLength: null } as const;
  const parts = [inspect(value, { ...whole, ...lengths }), String(value), JSON.stringify(value)];
  if (value instanceof Error) parts.push(value.message, String(value.stack), printed(value.cause));
  return parts.join('\n');
}

/** Collects, as one text, all that can be seen of caches from outside. */
export class Onlooker {
  readonly logger: Logger;
  readonly #seen: string[] = [];

  constructor() {
    const lines = consoleLogger('debug', (line) => this.#seen.push(line));
    const both = (level: keyof Logger) => (fields: object, message: string) => {
      this.see(fields, message);
      lines[level](fields, message);
    };
    this.logger = {
      debug: both('debug'),
      info: both('info'),
      warn: both('warn'),
      error: both('error'),
    };
  }

  /** Whether a text was seen. */
  shows(text: string): boolean {
    return this.#seen.some((seen) => seen.includes(text));
  }

  see(...values: readonly unknown[]): void {
    for (const value of values) this.#seen.push(printed(value));
  }

  /**
   * Which of the secrets were seen: in any form, as a piece of letters and digits, which no
   * encoding changes, or in the hex of a printed `Buffer`.
   */
  found(secrets: readonly string[]): string[] {
    const text = this.#seen.join('\n');
    const pieces = secrets
      .flatMap((secret) => secret.split(/\W+/))
      .filter((it) => /\d.{4}/.test(it));
    const isInHex = (secret: string) => {
      const bytes = Buffer.from(secret).toString('hex');
      return text.includes(bytes) || text.includes(bytes.replace(/..(?!$)/g, '$& '));
    };
    return [...secretsIn(text, [...secrets, ...pieces]), ...secrets.filter(isInHex)];
  }

  /** The same adapters, with eyes on what they are and on what they reject with. */
  watch(definition: AdapterDefinition): AdapterDefinition {
    this.see(definition);
    const create: AdapterDefinition['create'] = async (context) => {
      const adapter = await definition.create(context);
      this.see(adapter);
      for (const operation of operations) {
        const method = adapter[operation]?.bind(adapter) as
          | ((...given: unknown[]) => Promise<unknown>)
          | undefined;
        if (method === undefined) continue;
        const watched = (...given: unknown[]) =>
          method(...given).catch((error: unknown) => {
            this.see(error, adapter);
            throw error;
          });
        Object.assign(adapter, { [operation]: watched });
      }
      return adapter;
    };
    return { ...definition, create };
  }

  /** Opens a cache, once as a required one, and uses it before and after `fault`. */
  async use(
    config: () => CacheConfig,
    definitions: readonly AdapterDefinition[],
    fault?: () => Promise<unknown>,
  ): Promise<Cache> {
    const adapters = definitions.map((definition) => this.watch(definition));
    const { logger } = this;
    // As `loadConfig` does it: what is wrong comes as a rejection.
    const load = async () => ({ connectionTimeoutMs: 2000, ...config() });
    const required = await openCache(load(), { adapters, logger, required: true }).catch((error) =>
      this.see(error),
    );
    await required?.close();
    const cache = await openCache(load(), { adapters, logger });
    const region = cache.region<string>('generic');
    const work = async () => {
      await region.getOrLoad('key', () => 'value');
      await region.set('other', 'value');
      await region.getMany(['key', 'other']);
      await region.delete('key');
      await region.deletePrefix('key');
      await cache.healthCheck();
      this.see(cache, region, cache.status(), cache.stats());
    };
    await work();
    await fault?.();
    if (fault !== undefined) await work();
    await cache.close();
    this.see(cache, region, cache.status(), cache.stats());
    return cache;
  }
}
