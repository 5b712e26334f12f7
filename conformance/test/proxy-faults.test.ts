import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type FaultProxy, type OwnServer, startProxy, startServer } from '../src/index.ts';
import { attempt, RawClient, resetAfterData } from './raw-client.ts';

const ping = 'PING\r\n';
const pong = '+PONG\r\n';

let server: OwnServer;
let proxy: FaultProxy;
const clients: RawClient[] = [];

beforeAll(async () => {
  server = await startServer('redis-8.0', { how: 'native' });
  proxy = await startProxy({ upstream: server });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  await proxy.heal();
});
afterAll(async () => {
  await proxy.close();
  await server.stop();
});

async function open(): Promise<RawClient> {
  const client = await RawClient.open(proxy.port);
  clients.push(client);
  return client;
}

async function openAndPing(): Promise<RawClient> {
  const client = await open();
  expect(await client.ask(ping, pong.length)).toBe(pong);
  return client;
}

test('pass moves large values both ways, byte for byte', async () => {
  const client = await open();
  const value = 'äß€'.repeat(700_000);
  const bytes = Buffer.byteLength(value);
  const set = `*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$${bytes}\r\n${value}\r\n`;
  expect(await client.ask(set, 5)).toBe('+OK\r\n');
  const header = `$${bytes}\r\n`;
  const reply = await client.ask('GET large\r\n', header.length + bytes + 2);
  expect(Buffer.from(reply, 'latin1').toString() === `${header}${value}\r\n`).toBe(true);
});

test('refuse resets open connections and refuses new ones, heal listens at the same port', async () => {
  const client = await openAndPing();
  await proxy.refuse();
  expect(await client.ended).toBe('ECONNRESET');
  expect(await attempt(proxy.port)).toBe('ECONNREFUSED');
  await proxy.heal();
  await openAndPing();
});

test('sever resets open connections once', async () => {
  const client = await openAndPing();
  await proxy.sever();
  expect(await client.ended).toBe('ECONNRESET');
  await openAndPing();
});

test('severMidReply delivers half a reply, then RST', async () => {
  const client = await openAndPing();
  await proxy.severMidReply();
  client.send('ECHO 12345678\r\n');
  expect(await client.ended).toBe(resetAfterData);
  expect(client.received.toString()).toBe(`${pong}$8\r\n123`);
});

test('halfFrame delivers half a reply, then FIN', async () => {
  const client = await openAndPing();
  await proxy.halfFrame();
  client.send('ECHO 12345678\r\n');
  expect(await client.ended).toBe('fin');
  expect(client.received.toString()).toBe(`${pong}$8\r\n123`);
});

test('finPending ends a request that is pending already, and each one after it', async () => {
  const [pending, idle] = [await openAndPing(), await openAndPing()];
  pending.send('BLPOP nothing 0\r\n');
  await server.freeze();
  idle.send(ping);
  await sleep(50);
  const fresh = await open();
  await proxy.finPending();
  expect(await pending.ended).toBe('fin');
  expect(await idle.ended).toBe('fin');
  fresh.send(ping);
  expect(await fresh.ended).toBe('fin');
  expect(fresh.received.length).toBe(0);
  await server.thaw();
});

test('blackHole accepts and stays silent, on open and new connections; heal delivers late', async () => {
  const old = await openAndPing();
  await proxy.blackHole();
  const fresh = await open();
  old.send('ECHO old\r\n');
  fresh.send('ECHO new\r\n');
  await sleep(200);
  expect([old.received.toString(), fresh.received.toString()]).toEqual([pong, '']);
  await proxy.heal();
  expect(await fresh.receive(9)).toBe('$3\r\nnew\r\n');
  expect(await old.receive(16)).toBe(`${pong}$3\r\nold\r\n`);
});

test('blackHole still notices that clients leave, cleanly or not', async () => {
  const [polite, rude] = [await openAndPing(), await openAndPing()];
  await proxy.blackHole();
  polite.send(ping);
  rude.send(ping);
  polite.socket.end();
  rude.socket.resetAndDestroy();
  await expect.poll(() => proxy.connections).toBe(0);
});

test('delay postpones each reply and keeps the order', async () => {
  const client = await openAndPing();
  await proxy.delay(150);
  const started = performance.now();
  client.send('ECHO 1\r\n');
  await sleep(20);
  client.send('ECHO 2\r\n');
  expect(await client.receive(21)).toBe(`${pong}$1\r\n1\r\n$1\r\n2\r\n`);
  const tookMs = performance.now() - started;
  expect(tookMs).toBeGreaterThan(165);
});

test('throttle lets replies trickle', async () => {
  const client = await openAndPing();
  await proxy.throttle(5_000);
  const started = performance.now();
  const reply = await client.ask(`ECHO ${'x'.repeat(1_993)}\r\n`, 2_002);
  expect(reply).toBe(`$1993\r\n${'x'.repeat(1_993)}\r\n`);
  expect(performance.now() - started).toBeGreaterThan(350);
});

test('garbage answers with bytes that are no protocol, given or its own', async () => {
  const client = await openAndPing();
  await proxy.garbage();
  expect((await client.ask(ping, 10)).charCodeAt(0)).toBe(0);
  await proxy.garbage(Buffer.from('?!'));
  const other = await open();
  expect(await other.ask(ping, 2)).toBe('?!');
});

test('extraReply appends once, to one reply', async () => {
  const client = await openAndPing();
  await proxy.extraReply('+EXTRA\r\n');
  expect(await client.ask(ping, pong.length + 8)).toBe(`${pong}+EXTRA\r\n`);
  expect(await client.ask(ping, pong.length)).toBe(pong);
});

test('doubleReplies repeats every reply until heal', async () => {
  const client = await openAndPing();
  await proxy.doubleReplies();
  expect(await client.ask(ping, 2 * pong.length)).toBe(pong + pong);
  const fresh = await open();
  expect(await fresh.ask(ping, 2 * pong.length)).toBe(pong + pong);
  await proxy.heal();
  await client.ask(ping, pong.length);
  await client.ask('ECHO 1\r\n', 7);
  expect(client.received.toString()).toBe(`${pong.repeat(4)}$1\r\n1\r\n`);
});

test('hugeLength announces 2 GB', async () => {
  const client = await openAndPing();
  await proxy.hugeLength();
  expect(await client.ask(ping, 31)).toBe('$2147483647\r\nonly the beginning');
});

test('resetEvery resets in place of each nth reply', async () => {
  await proxy.resetEvery(3);
  for (let round = 0; round < 2; round++) {
    const client = await openAndPing();
    expect(await client.ask(ping, pong.length)).toBe(pong);
    client.send(ping);
    expect(await client.ended).toBe('ECONNRESET');
  }
});
