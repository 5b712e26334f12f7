import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { runConformance } from '@tasker-cache/conformance';
import { expect, test } from 'vitest';
import { TinyAdapter } from '../mutants/tiny-adapter.ts';
import { startTinyServer } from '../mutants/tiny-server.ts';

test('ten runs while every core is busy: no clause fails a correct adapter', async () => {
  const busy = 'setInterval(() => { const end = Date.now() + 50; while (Date.now() < end); }, 0)';
  const burners = Array.from(
    { length: availableParallelism() },
    () => new Worker(busy, { eval: true }),
  );
  const server = await startTinyServer();
  const create = ({ url }: { url: string }) => new TinyAdapter(url);
  try {
    for (const round of [1, 2, 3, 4, 5]) {
      const options = { name: `round ${round}`, server: server.url, create };
      const runs = await Promise.all([runConformance(options), runConformance(options)]);
      const failed = runs.flatMap(({ results }) =>
        results.filter(({ state }) => state === 'failed'),
      );
      expect(failed.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
    }
  } finally {
    await Promise.all(burners.map((burner) => burner.terminate()));
    await server.close();
  }
}, 300_000);
