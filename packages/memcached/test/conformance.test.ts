import { conformance, startServer } from '@tasker-cache/conformance';
import { afterAll, test } from 'vitest';
import { memcachedAdapter } from '../src/index.ts';
import { versions } from './helpers.ts';

for (const name of versions) {
  const server = await startServer(name, { how: 'own' });
  afterAll(() => server.stop());
  conformance({ test, name, server, create: ({ url }) => memcachedAdapter({ url }) });
}
