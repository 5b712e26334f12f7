import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serverTargets } from '../servers/index.ts';
import { type OwnServer, startServer } from '../src/index.ts';
import { containerEngine } from '../src/servers/container-engine.ts';
import { attempt, RawClient } from './raw-client.ts';

// A machine without a Docker engine proves the native way alone.
const hasEngine = await containerEngine().then(
  () => true,
  () => false,
);
const ways = hasEngine ? (['native', 'containers'] as const) : (['native'] as const);
const debianTargets = serverTargets.filter((target) => target.debian);
const broken = ['fin', 'ECONNRESET'];

describe.each(ways)('%s', (how) => {
  async function start(target: string): Promise<OwnServer> {
    const server = await startServer(target, { how });
    onTestFinished(() => server.stop());
    return server;
  }

  test.each(debianTargets)('$name starts, and stops without a trace', async (target) => {
    const server = await start(target.name);
    expect(server.how).toBe(how.replace(/s$/, ''));
    expect(server.version.startsWith(target.version)).toBe(true);
    expect(server.nodes.map((node) => node.role)).toEqual(target.roles);
    for (const { port } of server.nodes) expect(await attempt(port)).toBe('open');
    await server.stop();
    await server.stop();
    for (const { port } of server.nodes)
      await expect.poll(() => attempt(port)).toBe('ECONNREFUSED');
  });

  test.each([
    ['redis-8.0', 'PING\r\n', '+PONG\r\n'],
    ['memcached-1.6.45', 'version\r\n', 'VERSION 1.6.45\r\n'],
  ])('%s: freeze keeps connections, thaw answers late', async (name, request, reply) => {
    const server = await start(name);
    using client = await RawClient.open(server.port);
    expect(await client.ask(request, reply.length)).toBe(reply);
    await server.freeze();
    client.send(request);
    await sleep(200);
    expect(client.received.length).toBe(reply.length);
    expect(await attempt(server.port)).toBe('open');
    await server.thaw();
    expect(await client.receive(reply.length * 2)).toBe(reply + reply);
  });

  test('freeze is complete when it resolves, for every thread', async () => {
    const server = await start('memcached-1.6.45');
    using client = await RawClient.open(server.port);
    const replyBytes = 'VERSION 1.6.45\r\n'.length;
    // A thread that still runs answers about one request in thirty.
    for (let round = 0; round < 60; round++) {
      await server.freeze();
      client.send('version\r\n');
      await sleep(10);
      expect(client.received.length).toBe(round * replyBytes);
      await server.thaw();
      await client.receive((round + 1) * replyBytes);
    }
  });

  test.each([
    ['redis-8.0', 'SET a 1\r\n', '+OK\r\n', 'GET a\r\n', '$1\r\n1\r\n', '$-1\r\n'],
    [
      ...['memcached-1.6.45', 'set a 0 0 1\r\n1\r\n', 'STORED\r\n'],
      ...['get a\r\n', 'VALUE a 0 1\r\n1\r\nEND\r\n', 'END\r\n'],
    ],
  ] as const)('%s: kill, restart on the same port, empty', async (name, ...dialogue) => {
    const [set, stored, get, found, missing] = dialogue as [string, string, string, string, string];
    const server = await start(name);
    using client = await RawClient.open(server.port);
    expect(await client.ask(set, stored.length)).toBe(stored);
    expect(await client.ask(get, found.length)).toBe(found);
    await server.kill();
    await server.kill();
    expect(broken).toContain(await client.ended);
    await expect.poll(() => attempt(server.port)).toBe('ECONNREFUSED');
    await server.restart();
    using again = await RawClient.open(server.port);
    expect(await again.ask(get, missing.length)).toBe(missing);
    await server.restart();
    expect(broken).toContain(await again.ended);
    expect(await attempt(server.port)).toBe('open');
  });

  test('a frozen server can be killed, restarted and stopped', async () => {
    const server = await start('redis-8.0');
    await server.freeze();
    await server.freeze();
    await server.restart();
    await server.thaw();
    await server.freeze();
    await server.stop();
    await expect.poll(() => attempt(server.port)).toBe('ECONNREFUSED');
  });

  test('takes arguments and a port', async () => {
    const { port } = await start('redis-8.0').then(async (server) => {
      await server.stop();
      return server;
    });
    const args = ['--maxmemory', '3mb'];
    await using server = await startServer('redis-8.0', { how, port, args });
    expect(server.port).toBe(port);
    using client = await RawClient.open(port);
    expect(await client.ask('CONFIG GET maxmemory\r\n', 31)).toContain('3145728');
  });

  test('says what a server printed that ended at once', async () => {
    const bad = startServer('redis-8.0', { how, args: ['--maxmemory', 'much'] });
    await expect(bad).rejects.toThrow(/ended at once: .*maxmemory/s);
  });

  test('two servers of one target run side by side', async () => {
    const [first, second] = await Promise.all([start('redis-8.0'), start('redis-8.0')]);
    expect(first.port).not.toBe(second.port);
  });
});
