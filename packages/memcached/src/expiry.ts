/** Above this, memcached reads an expiry as a Unix time (memcached's doc/protocol.txt). */
const longestRelativeSeconds = 60 * 60 * 24 * 30;

/** The field is an unsigned 32-bit number: Unix times end in the year 2106. */
const latestUnixSeconds = 2 ** 32 - 1;

/** The expiry for a TTL above 0: whole seconds, rounded up, and never 0, which means "forever". */
export function toExpiry(ttlMs: number, nowMs: number): number {
  const seconds = Math.max(1, Math.ceil(ttlMs / 1000));
  if (seconds <= longestRelativeSeconds) return seconds;
  return Math.min(Math.ceil((nowMs + ttlMs) / 1000), latestUnixSeconds);
}
