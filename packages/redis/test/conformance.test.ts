import { conformance, startServer } from '@tasker-cache/conformance';
import { afterAll, test } from 'vitest';
import { redisAdapter } from '../src/index.ts';

for (const target of ['redis-7.0', 'redis-8.0', 'redis-tls', 'valkey-8.1', 'valkey-9.1']) {
  const server = await startServer(target, { how: 'own' });
  const tls = server.ca === undefined ? undefined : { ca: server.ca };
  afterAll(() => server.stop());
  conformance({ test, name: target, server, create: ({ url }) => redisAdapter({ url, tls }) });
}
