import type { StaleRead } from './checker.ts';
import type { Fault } from './faults.ts';
import type { Event } from './history.ts';
import { fullKeyOf } from './keys.ts';

/** A stale read as lines that can be read from top to bottom; times are relative to its begin. */
export function story(
  { read, floor, invalidation }: StaleRead,
  history: readonly Event[],
  faults: readonly Fault[],
): string[] {
  const { key, process, startUs, endUs, version } = read;
  const lines: [number, string][] = [
    [invalidation.startUs, `${invalidation.process} begins its ${invalidation.how} of the key`],
    [
      invalidation.endUs,
      `${invalidation.process} is told: ${invalidation.confirmed ? 'confirmed' : 'not confirmed'}`,
    ],
    [startUs, `${process} begins to read`],
    [endUs, `${process} gets revision ${version} (${read.source}), older than ${floor}`],
  ];
  for (const event of history) {
    if (event.kind === 'commit' && event.key === key && event.version === floor) {
      lines.push([event.endUs, `revision ${floor} is committed`]);
    }
  }
  const loader = history.findLast(
    (event) =>
      event.kind === 'read' &&
      event.key === key &&
      event.version === version &&
      event.source === 'load' &&
      event !== read,
  );
  if (loader?.kind === 'read') {
    lines.push([loader.startUs, `${loader.process} begins to read, misses, and loads`]);
    lines.push([loader.endUs, `${loader.process} has loaded revision ${version}`]);
  }
  for (const fault of faults) {
    const distanceUs = startUs - fault.endUs;
    if (fault.startUs < endUs && distanceUs < 3_000_000) {
      lines.push([fault.startUs, `fault: ${fault.name}`]);
      lines.push([fault.endUs, `end of fault: ${fault.name}`]);
    }
  }
  lines.sort(([a], [b]) => a - b);
  const since = (timeUs: number) => `${((timeUs - startUs) / 1000).toFixed(1)} ms`.padStart(12);
  return [fullKeyOf(key), ...lines.map(([timeUs, text]) => `${since(timeUs)}  ${text}`)];
}
