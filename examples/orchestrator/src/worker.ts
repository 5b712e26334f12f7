// A worker process at its start: node worker.ts <build>
import { consoleLogger } from '@tasker-cache/core';
import { TemplateCache } from '@tasker-cache/tasker';
import { openTaskerCache } from './cache.ts';
import { databaseOver } from './database.ts';
import { askerOf } from './ipc.ts';

const build = process.argv[2];
const handlers = [
  { namespace: 'payments', name: 'charge_card', version: '2.0.0', handlerClass: 'ChargeCard' },
  { namespace: 'payments', name: 'refund', version: '1.2.0', handlerClass: 'Refund' },
];

await using cache = await openTaskerCache(consoleLogger());
const templates = new TemplateCache(cache);
const database = databaseOver(askerOf(process));

// First commit, then invalidate: a reader in between would put the old row back into the cache.
for (const handler of handlers) {
  await database.register(handler, `${handler.handlerClass}@${build}`);
}
const { confirmed } = await templates.registerHandlers(handlers);

process.send?.({ booted: { confirmed } });
process.disconnect();
