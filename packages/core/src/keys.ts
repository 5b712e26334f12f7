import { createHash } from 'node:crypto';
import { exceedsBytes } from './byte-size.ts';
import { CacheError } from './errors.ts';

/** One segment, or several. Segments are opaque text; core escapes and joins them. */
export type CacheKey = string | number | readonly (string | number)[];

const needsEscape = /[%:\s\p{Cc}]/u;
const escapable = /[%:\s\p{Cc}]/gu;

/** `%~` and a base64url SHA-256. Escapes never produce `%~`, so no other key looks like this. */
const hashedTailBytes = 2 + 43;

/**
 * The keys of one usage context: `{prefix}:{segment}:{key segments joined by ':'}`. Inside a segment
 * `%`, `:`, white space and control characters are percent-encoded (RFC 3986 §2.1, UTF-8), so two
 * different keys never become one, and no key can break a protocol line.
 */
export class KeySpace {
  /** What every key here starts with. */
  readonly root: string;
  readonly #maxKeyBytes: number;

  constructor(keyPrefix: string, segment: string, maxKeyBytes: number) {
    this.root = `${keyPrefix}:${segment}:`;
    this.#maxKeyBytes = maxKeyBytes;
  }

  /**
   * The backend's key. One that exceeds the adapter's limit keeps its head and ends in a hash of the
   * whole, so different keys stay different. Throws `CACHE_KEY_INVALID` for an empty segment, a
   * number that is not finite, or a lone surrogate.
   */
  key(key: CacheKey): string {
    const full = this.root + joined(key);
    return exceedsBytes(full, this.#maxKeyBytes) ? this.#shortened(full) : full;
  }

  /**
   * What all keys below `key` start with; `[]` means the whole space. Throws also
   * `CACHE_KEY_TOO_LONG` when shortened keys could escape it.
   */
  prefix(key: CacheKey): string {
    if (Array.isArray(key) && key.length === 0) return this.root;
    const prefix = `${this.root}${joined(key)}:`;
    const limit = this.#maxKeyBytes - hashedTailBytes;
    if (!exceedsBytes(prefix, limit)) return prefix;
    const message = `A key prefix has at most ${limit} bytes`;
    throw new CacheError('CACHE_KEY_TOO_LONG', message);
  }

  #shortened(full: string): string {
    const bytes = Buffer.from(full);
    let end = this.#maxKeyBytes - hashedTailBytes;
    // A character is not cut: the bytes that continue one are 0b10xxxxxx (RFC 3629 §3).
    while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    const hash = createHash('sha256').update(bytes).digest('base64url');
    return `${bytes.toString('utf8', 0, end)}%~${hash}`;
  }
}

function joined(key: CacheKey): string {
  if (typeof key !== 'object') return escapedSegment(key);
  return key.map(escapedSegment).join(':') || refuse('a key has at least one segment');
}

function escapedSegment(segment: string | number): string {
  const text = typeof segment === 'number' && Number.isFinite(segment) ? `${segment}` : segment;
  if (typeof text !== 'string' || text === '') {
    refuse(`a segment is non-empty text or a finite number, got ${String(text)}`);
  }
  if (!text.isWellFormed()) refuse('a segment has a lone surrogate');
  return needsEscape.test(text) ? text.replace(escapable, encodeURIComponent) : text;
}

function refuse(reason: string): never {
  throw new CacheError('CACHE_KEY_INVALID', `Invalid cache key: ${reason}`);
}
