import type { Scope } from './adapter.ts';
import { CacheError } from './errors.ts';

/**
 * What a cache is used for, and so which backends may serve it. The three contexts of Tasker are
 * known by name; an application passes its own as an object.
 */
export interface UsageContext {
  /** Names the context in configuration (`ttlMs`), `stats()` and logs. */
  readonly name: string;
  /** The key segment after the prefix. Two contexts must not share one. */
  readonly segment: string;
  /** The word for it in sentences, for example `template`. */
  readonly label: string;
  /** The scopes that may serve it. On any other, its region is disabled and says so once. */
  readonly scopes: readonly Scope[];
  /**
   * `true`: a reader may get a value that was loaded before its read began, so it joins any running
   * load. `false`: no reader gets what an invalidation before its read removed; loads are fenced by
   * leases.
   */
  readonly toleratesStaleness: boolean;
}

const anyScope: readonly Scope[] = ['shared', 'process', 'none'];

const contexts: readonly UsageContext[] = [
  context('templates', 'template', ['shared', 'none'], false),
  context('analytics', 'analytics', anyScope, true),
  context('generic', 'generic', anyScope, false),
];

function context(
  name: string,
  segment: string,
  scopes: readonly Scope[],
  toleratesStaleness: boolean,
): UsageContext {
  return { name, segment, label: segment, scopes, toleratesStaleness };
}

/** Throws `CACHE_CONFIG_INVALID` for a name that is none of `templates`, `analytics`, `generic`. */
export function findUsage(usage: string | UsageContext): UsageContext {
  if (typeof usage === 'object') return usage;
  const known = contexts.find(({ name }) => name === usage);
  if (known !== undefined) return known;
  const names = contexts.map(({ name }) => name).join(', ');
  const message = `Unknown usage context '${usage}'. Known: ${names}, or pass a UsageContext`;
  throw new CacheError('CACHE_CONFIG_INVALID', message);
}

/** The guide's warning for a context that the adapter may not serve. */
export function unsafeUsageWarning(adapterName: string, { label }: UsageContext): string {
  const title = label.charAt(0).toUpperCase() + label.slice(1);
  const whose = label === 'template' ? 'worker ' : '';
  return `Cache provider '${adapterName}' is not safe for ${label} caching (in-memory cache would drift from ${whose}invalidations). ${title} caching disabled.`;
}

/** For an adapter without leases. */
export function unfencedWarning(adapterName: string, { label }: UsageContext): string {
  return `Cache provider '${adapterName}' has no leases: a ${label} entry loaded before an invalidation may be stored after it.`;
}
