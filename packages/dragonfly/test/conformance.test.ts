import { conformance, ServerNotRunError, startServer } from '@tasker-cache/conformance';
import { afterAll, test } from 'vitest';
import { dragonflyAdapter } from '../src/index.ts';

const dragonfly = await startServer('dragonfly').catch((error: unknown) => {
  if (error instanceof ServerNotRunError) return undefined;
  throw error;
});
// Without a Dragonfly, at least the adapter runs; the name says on what.
const server = dragonfly ?? (await startServer('redis-8.0', { how: 'own' }));
const name = dragonfly ? 'dragonfly' : 'the dragonfly adapter on redis-8.0';
afterAll(() => server.stop());
conformance({ test, name, server, create: ({ url }) => dragonflyAdapter({ url }) });
