import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { badge } from './badge.ts';
import { page } from './html/page.ts';
import type { Outcome } from './outcome.ts';
import { allResults } from './readme.ts';

/**
 * Writes the run's report next to the results; returns the files' paths. The page is about this run,
 * the badge about all results that the folder holds.
 */
export function writeReport(
  folder: string,
  form: 'html' | 'json' | 'none',
  outcomes: readonly Outcome[],
): string[] {
  const files: Record<typeof form, Readonly<Record<string, () => string>>> = {
    none: {},
    json: { 'report.json': () => `${JSON.stringify(outcomes, withoutErrors, 2)}\n` },
    html: {
      'matrix.html': () => page(outcomes),
      'badge.svg': () => badge(allResults(folder)),
    },
  };
  return Object.entries(files[form]).map(([name, text]) => {
    const file = join(folder, name);
    writeFileSync(file, text());
    return file;
  });
}

/** The reason tells it; an error object would come out as `{}` or with whatever hangs on it. */
function withoutErrors(name: string, value: unknown): unknown {
  return name === 'error' ? undefined : value;
}
