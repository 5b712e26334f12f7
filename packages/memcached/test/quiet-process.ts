import { startProxy } from '@tasker-cache/conformance';
import { memcachedAdapter } from '../src/index.ts';

// Everything that makes memjs write to the console, and every promise left to itself.
const { hostname, port } = new URL(process.argv[2] as string);
const proxy = await startProxy({ upstream: { host: hostname, port: Number(port) } });
process.env.MEMCACHE_USERNAME = 'from the environment';
process.env.MEMCACHE_PASSWORD = 'from the environment';
const nobody = memcachedAdapter({ url: 'tcp://127.0.0.1:1' });
const adapter = memcachedAdapter({ url: proxy.url('tcp'), operationTimeoutMs: 100 });

const settled: Promise<unknown>[] = [];
const ask = (): void => {
  for (const each of [adapter, nobody]) {
    settled.push(Promise.allSettled([each.get('key'), each.set('key', 'value', 1_000)]));
  }
};
ask();
await Promise.all(settled);
for (const fault of ['finPending', 'halfFrame', 'garbage', 'blackHole', 'refuse'] as const) {
  await proxy[fault]();
  ask();
  await Promise.all(settled);
}
await proxy.heal();
await adapter.set('key', 'x'.repeat(2_000_000), 1_000).catch(() => {});
await adapter.ping();
await proxy.close();
await Promise.all([adapter.close(), nobody.close()]);
process.stdout.write('done');
