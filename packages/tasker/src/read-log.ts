import type { CacheKey, Logger, ReadOutcome } from '@tasker-cache/core';

type Segments = readonly (string | number)[];

const outcomes: Readonly<Record<ReadOutcome, string>> = {
  hit: 'HIT',
  miss: 'MISS, querying DB',
  joined: 'MISS, joining a query that runs',
  stale: 'STALE, serving the last good value',
};

/** Logs each read at DEBUG, with the fields made of its key's segments. */
export function readLog(
  logger: Logger,
  subject: string,
  fieldsOf: (segments: Segments) => object,
): (outcome: ReadOutcome, key: CacheKey) => void {
  return (outcome, key) => {
    logger.debug(fieldsOf(key as Segments), `${subject} cache ${outcomes[outcome]}`);
  };
}
