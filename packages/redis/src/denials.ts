import type { CacheError } from '@tasker-cache/core/adapter';
import { isReply } from './errors.ts';

/** An ACL that was mended is noticed by then. */
const rememberedMs = 1000;
/** What removes an entry is always tried. */
const reads: ReadonlySet<string> = new Set(['get', 'getMany']);

interface Denial {
  readonly refused: CacheError;
  readonly untilMs: number;
}

/** Remembers that the server's ACL denies a read, so that not each one waits for the same answer. */
export class Denials {
  readonly #denials: Map<string, Denial> = new Map();

  /** Throws what the first one was refused with, as long as that is remembered. */
  check(operation: string): void {
    const denial = this.#denials.get(operation);
    if (denial === undefined) return;
    if (performance.now() < denial.untilMs) throw denial.refused;
    this.#denials.delete(operation);
  }

  /** Takes note of what the server said, and of what became of it. */
  note(operation: string, error: unknown, refused: CacheError): void {
    if (!reads.has(operation) || !isDenied(error) || this.#denials.has(operation)) return;
    this.#denials.set(operation, { refused, untilMs: performance.now() + rememberedMs });
  }
}

/** A denied key is another matter: other keys may be read. */
function isDenied(error: unknown): boolean {
  return isReply(error) && /^NOPERM .* to run the /.test(error.message);
}
