import {
  type Cache,
  CacheError,
  type CacheKey,
  type Codec,
  type Invalidation,
  type Load,
  type Logger,
  type Region,
} from '@tasker-cache/core';
import { readLog } from './read-log.ts';
import { shapeCodec } from './shape-codec.ts';
import { type HandlerMetadata, handlerMetadata } from './shapes.ts';

/** Which template. */
export interface TemplateReference {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
}

/** Deletions that are under way at once. */
const batchSize = 100;

/**
 * Tasker's task templates, cached for `template_ttl_seconds` on a shared backend, and not at all on
 * any other. No method but `get` rejects, and `get` only as `load` does, or with
 * `CACHE_LOAD_TIMEOUT`.
 */
export class TemplateCache {
  readonly #region: Region<HandlerMetadata>;
  readonly #logger: Logger;
  readonly #warned: Set<string | undefined> = new Set();

  constructor(cache: Cache) {
    this.#logger = cache.logger;
    this.#region = cache.region('templates', {
      codec: templateCodec,
      onRead: readLog(cache.logger, 'Task template', ([namespace, name, version]) => ({
        namespace,
        name,
        version,
      })),
    });
  }

  /**
   * The template, from the cache or from `load`. `undefined` from `load` is returned and not cached;
   * so is a template of another namespace, name or version, and that is logged.
   */
  get<V extends HandlerMetadata | undefined>(
    reference: TemplateReference,
    load: Load<V>,
  ): Promise<HandlerMetadata | V> {
    return this.#region.getOrLoad(keyOf(reference), load);
  }

  /** Removes one template. Call it after the change in the database is committed. */
  invalidate(reference: TemplateReference): Promise<Invalidation> {
    return this.#region.delete(keyOf(reference));
  }

  /** Removes all templates of a namespace, where the backend can delete by prefix. */
  invalidateNamespace(namespace: string): Promise<Invalidation> {
    return this.#deletePrefix([namespace], { namespace });
  }

  /** Removes all templates, where the backend can delete by prefix. */
  invalidateAll(): Promise<Invalidation> {
    return this.#deletePrefix([], {});
  }

  /**
   * What a worker calls at its start, after its handlers are written to the database: removes
   * exactly these templates. Confirmed if each removal is.
   */
  async registerHandlers(references: Iterable<TemplateReference>): Promise<Invalidation> {
    const pending = [...references];
    let confirmed = true;
    while (pending.length > 0) {
      const batch = pending.splice(0, batchSize).map((reference) => this.invalidate(reference));
      for (const invalidation of await Promise.all(batch)) confirmed &&= invalidation.confirmed;
    }
    return { confirmed };
  }

  async #deletePrefix(
    key: readonly string[],
    fields: { readonly namespace?: string },
  ): Promise<Invalidation> {
    const invalidation = await this.#region.deletePrefix(key);
    if (!invalidation.confirmed && !this.#warned.has(fields.namespace)) {
      this.#warned.add(fields.namespace);
      const what = 'Cached templates were not deleted: the backend cannot delete by prefix';
      this.#logger.warn(fields, `${what}, or was not reached; relying on TTL expiry`);
    }
    return invalidation;
  }
}

const json: Codec<HandlerMetadata> = shapeCodec('Task template', handlerMetadata);

const templateCodec: Codec<HandlerMetadata> = {
  encode(template, key) {
    if (!isAt(key, template)) refuse('loaded');
    return json.encode(template, key);
  },
  decode(text, key) {
    const template = json.decode(text, key);
    if (!isAt(key, template)) refuse('stored');
    return template;
  },
};

function keyOf({ namespace, name, version }: TemplateReference): readonly string[] {
  return [namespace, name, version];
}

function isAt(key: CacheKey, template: TemplateReference): boolean {
  const [namespace, name, version] = key as readonly string[];
  return template.namespace === namespace && template.name === name && template.version === version;
}

function refuse(origin: string): never {
  const message = `The ${origin} template has another namespace, name or version than was asked for`;
  throw new CacheError('CACHE_VALUE_MISPLACED', message);
}
