import { isReply } from './errors.ts';

/** An ACL that was mended is noticed by then. */
const rememberedMs = 1000;
/** What removes an entry is always tried. */
const reads: ReadonlySet<string> = new Set(['get', 'getMany']);

interface Denial {
  readonly error: unknown;
  readonly untilMs: number;
}

/** Remembers that the server's ACL denies a read, so that not each one waits for the same answer. */
export class Denials {
  readonly #denials: Map<string, Denial> = new Map();

  /** Throws the server's answer as long as it is remembered. */
  check(operation: string): void {
    const denial = this.#denials.get(operation);
    if (denial === undefined) return;
    if (performance.now() < denial.untilMs) throw denial.error;
    this.#denials.delete(operation);
  }

  /** Takes note of what the server said. */
  note(operation: string, error: unknown): void {
    if (!reads.has(operation) || !isDenied(error) || this.#denials.has(operation)) return;
    this.#denials.set(operation, { error, untilMs: performance.now() + rememberedMs });
  }
}

/** A denied key is another matter: other keys may be read. */
function isDenied(error: unknown): boolean {
  return isReply(error) && /^NOPERM .* to run the /.test(error.message);
}
