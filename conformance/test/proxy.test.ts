import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { isFree } from '../src/free-ports.ts';
import { type OwnServer, startProxy, startServer } from '../src/index.ts';
import { attempt, RawClient, resetAfterData } from './raw-client.ts';

const ping = 'PING\r\n';

async function start(target: string): Promise<OwnServer> {
  const server = await startServer(target, { how: 'native' });
  onTestFinished(() => server.stop());
  return server;
}

test('counts connections, names its mode and writes URLs', async () => {
  await using proxy = await startProxy({ upstream: await start('redis-8.0') });
  expect([proxy.mode, proxy.connections, proxy.accepted]).toEqual(['pass', 0, 0]);
  expect(proxy.url('redis')).toBe(`redis://127.0.0.1:${proxy.port}`);
  expect(proxy.url('rediss://tasker:p%40ss@localhost:6380/3?a=b')).toBe(
    `rediss://tasker:p%40ss@127.0.0.1:${proxy.port}/3?a=b`,
  );
  const first = await RawClient.open(proxy.port);
  using second = await RawClient.open(proxy.port);
  await second.ask(ping, 7);
  expect([proxy.connections, proxy.accepted]).toEqual([2, 2]);
  first.socket.destroy();
  await expect.poll(() => proxy.connections).toBe(1);
  expect(proxy.accepted).toBe(2);
  await proxy.blackHole();
  expect(proxy.mode).toBe('blackHole');
});

test('close ends every connection and the listener, listenPort takes the port again', async () => {
  const upstream = await start('redis-8.0');
  const proxy = await startProxy({ upstream });
  using client = await RawClient.open(proxy.port);
  await client.ask(ping, 7);
  await proxy.close();
  await proxy.close();
  expect(await client.ended).toBe('ECONNRESET');
  expect(await attempt(proxy.port)).toBe('ECONNREFUSED');
  await using again = await startProxy({ upstream, listenPort: proxy.port });
  expect(again.port).toBe(proxy.port);
  await expect(startProxy({ upstream, listenPort: proxy.port })).rejects.toThrow('EADDRINUSE');
});

test('nobody else in this process is given the port of a proxy that refuses', async () => {
  const proxy = await startProxy({ upstream: await start('redis-8.0') });
  await proxy.refuse();
  expect(await isFree(proxy.port)).toBe(false);
  await proxy.heal();
  await proxy.close();
  expect(await isFree(proxy.port)).toBe(true);
});

test('a dead upstream resets clients, a restarted one serves them again', async () => {
  const upstream = await start('redis-8.0');
  await using proxy = await startProxy({ upstream });
  using before = await RawClient.open(proxy.port);
  await before.ask(ping, 7);
  await upstream.kill();
  // A killed process ends its idle connections with FIN.
  expect(await before.ended).toBe('fin');
  using during = await RawClient.open(proxy.port);
  expect(await during.ended).toBe('ECONNRESET');
  await upstream.restart();
  using after = await RawClient.open(proxy.port);
  expect(await after.ask(ping, 7)).toBe('+PONG\r\n');
});

test('a client that sends FIN after its request still gets the reply', async () => {
  await using proxy = await startProxy({ upstream: await start('memcached-1.6.45') });
  using client = await RawClient.open(proxy.port);
  client.socket.end('version\r\n');
  expect(await client.receive(16)).toBe('VERSION 1.6.45\r\n');
  await once(client.socket, 'close');
  await expect.poll(() => proxy.connections).toBe(0);
});

test('stands before TLS', async () => {
  const upstream = await start('redis-tls');
  await using proxy = await startProxy({ upstream });
  using client = await RawClient.openTls(proxy.port, upstream.ca ?? '');
  expect(await client.ask(ping, 10)).toMatch(/^-NOAUTH /);
  await proxy.severMidReply();
  client.send(ping);
  expect(await client.ended).toBe(resetAfterData);
});

test("hugeLength answers memcached's binary protocol in kind", async () => {
  await using proxy = await startProxy({ upstream: await start('memcached-1.6.45') });
  await proxy.hugeLength();
  const get = Buffer.alloc(25);
  get.writeUInt8(0x80, 0);
  get.writeUInt16BE(1, 2);
  get.writeUInt32BE(1, 8);
  get.writeUInt32BE(0xcafe, 12);
  get.write('k', 24);
  using client = await RawClient.open(proxy.port);
  await client.ask(get, 42);
  const { received } = client;
  expect(received[0]).toBe(0x81);
  expect(received.readUInt32BE(8)).toBe(0x7fffffff);
  expect(received.readUInt32BE(12)).toBe(0xcafe);
});

test('holds at most about a megabyte: a sender that meets a black hole is slowed down', async () => {
  await using proxy = await startProxy({ upstream: await start('redis-8.0') });
  await proxy.blackHole();
  using client = await RawClient.open(proxy.port);
  const before = process.memoryUsage().arrayBuffers;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let sentBytes = 0;
  while (sentBytes < 64 * 1024 * 1024) {
    if (!client.socket.write(chunk)) {
      const drained = await Promise.race([
        once(client.socket, 'drain').then(() => true),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 300)),
      ]);
      if (!drained) break;
    }
    sentBytes += chunk.length;
  }
  expect(sentBytes).toBeLessThan(32 * 1024 * 1024);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
});

test('a client that does not read slows the upstream down, and gets everything later', async () => {
  await using proxy = await startProxy({ upstream: await start('redis-8.0') });
  using client = await RawClient.open(proxy.port);
  const sizeBytes = 8 * 1024 * 1024;
  expect(await client.ask(`SETRANGE large ${sizeBytes - 1} x\r\n`, 10)).toBe(`:${sizeBytes}\r\n`);
  const before = process.memoryUsage().arrayBuffers;
  client.socket.pause();
  const rounds = 8;
  client.send('GET large\r\n'.repeat(rounds));
  await sleep(300);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  let receivedBytes = 0;
  client.socket.removeAllListeners('data');
  client.socket.on('data', (bytes: Buffer) => {
    receivedBytes += bytes.length;
  });
  client.socket.resume();
  const replyBytes = `$${sizeBytes}\r\n`.length + sizeBytes + 2;
  await expect.poll(() => receivedBytes, { timeout: 10_000 }).toBe(rounds * replyBytes);
});

test('a client that leaves takes its upstream connection along', async () => {
  const upstream = await start('redis-8.0');
  await using proxy = await startProxy({ upstream });
  using direct = await RawClient.open(upstream.port);
  const clients = async () => {
    const info = await direct.ask('CLIENT LIST\r\n', 100);
    return info.match(/\bid=/g)?.length;
  };
  const leaving = await RawClient.open(proxy.port);
  await leaving.ask(ping, 7);
  expect(await clients()).toBe(2);
  leaving.send('BLPOP nothing 0\r\n');
  leaving.socket.resetAndDestroy();
  await expect.poll(clients).toBe(1);
});
