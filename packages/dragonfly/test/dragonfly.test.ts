import { createServer, type Server } from 'node:net';
import { startServer } from '@tasker-cache/conformance';
import { type CacheAdapter, CacheError, findAdapter } from '@tasker-cache/core/adapter';
import { afterEach, describe, expect, test } from 'vitest';
import { dragonfly, dragonflyAdapter } from '../src/index.ts';

const adapters: CacheAdapter[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

function open(url: string): { adapter: CacheAdapter; lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    lines.push(`${level} ${JSON.stringify(fields)} ${message}`);
  const logger = { debug: at('DEBUG'), info: at('INFO'), warn: at('WARN'), error: at('ERROR') };
  const adapter = dragonflyAdapter({ url, logger });
  adapters.push(adapter);
  return { adapter, lines };
}

/** Answers like a Dragonfly 1.40.1 that has seen nothing but a connect and a PING. */
async function dragonflyServer(): Promise<string> {
  const hello = ['server', 'redis', 'version', '7.4.0', 'dragonfly_version', 'df-v1.40.1'];
  const map = `*${hello.length}\r\n${hello.map((it) => `$${it.length}\r\n${it}\r\n`).join('')}`;
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      for (const [, name] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g))
        socket.write(name === 'HELLO' ? map : name === 'PING' ? '+PONG\r\n' : '+OK\r\n');
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `redis://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe('dragonfly', () => {
  test('registers under its own name and title', () => {
    expect(findAdapter('dragonfly')).toBe(dragonfly);
    expect(dragonfly.title).toBe('Dragonfly');
  });

  test('errors name it, those about its options included', async () => {
    const { adapter } = open('redis://127.0.0.1:1');
    expect(adapter.name).toBe('dragonfly');
    const error = await adapter.get('k').catch((reason) => reason);
    expect(CacheError.isInstance(error) && error.adapter).toBe('dragonfly');
    expect(error.message).toMatch(/^Adapter 'dragonfly' could not get\(\)/);
    expect(() => dragonflyAdapter({ database: -1 })).toThrow(/^Adapter 'dragonfly': database/);
  });

  test('warns once when the server is another product', async () => {
    const server = await startServer('redis-8.0', { how: 'own' });
    const { adapter, lines } = open(server.url);
    await adapter.ping();
    adapter.recycle?.();
    await adapter.ping();
    expect(lines).toEqual([
      `WARN {"backend":"dragonfly","server":"redis","version":"${server.version}"} The server is not Dragonfly`,
    ]);
    await server.stop();
  });

  test('says nothing when it is Dragonfly', async () => {
    const { adapter, lines } = open(await dragonflyServer());
    await adapter.ping();
    expect(lines).toEqual([]);
  });
});
