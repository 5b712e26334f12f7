import { expect, onTestFinished, test } from 'vitest';
import { type OwnServer, type ServerNode, startServer } from '../src/index.ts';
import { RawClient } from './raw-client.ts';

async function start(target: string): Promise<OwnServer> {
  const server = await startServer(target, { how: 'native' });
  onTestFinished(() => server.stop());
  return server;
}

async function roleOf({ port }: ServerNode): Promise<string | undefined> {
  using client = await RawClient.open(port);
  const reply = await client.ask('ROLE\r\n', 14);
  return /master|slave|sentinel/.exec(reply)?.[0];
}

test('redis-cluster: three masters that announce 127.0.0.1 and survive a restart', async () => {
  const server = await start('redis-cluster');
  const ports = server.nodes.map((node) => node.port);
  using first = await RawClient.open(server.port);
  expect(await first.ask('GET foo\r\n', 28)).toContain(`-MOVED 12182 127.0.0.1:${ports[2]}`);
  await server.restart();
  using last = await RawClient.open(ports[2] as number);
  expect(await last.ask('SET foo bar\r\n', 5)).toBe('+OK\r\n');
});

// A failover that fails is tried again after twice its timeout: 10 s. A sentinel that a busy machine
// held up for 2 s takes that for a wrong clock, and does nothing for 30 s (TILT mode).
const patient = { timeout: 60_000 };

test('redis-sentinel: the replica is promoted when the master dies, which comes back as a replica', {
  timeout: 240_000,
}, async () => {
  const server = await start('redis-sentinel');
  const [master, replica, sentinel] = server.nodes as [ServerNode, ServerNode, ServerNode];
  expect(await Promise.all([master, replica, sentinel].map(roleOf))).toEqual([
    'master',
    'slave',
    'sentinel',
  ]);
  await master.kill?.();
  await expect.poll(() => roleOf(replica), patient).toBe('master');
  using client = await RawClient.open(sentinel.port);
  const question = 'SENTINEL GET-MASTER-ADDR-BY-NAME tasker\r\n';
  await expect.poll(() => client.ask(question, 30), patient).toContain(`${replica.port}`);
  await master.restart?.();
  await expect.poll(() => roleOf(master), patient).toBe('slave');
});

test('redis-tls: a trusted certificate, no default user, a user without dangerous commands', async () => {
  const server = await start('redis-tls');
  using client = await RawClient.openTls(server.port, server.ca ?? '');
  expect(await client.ask('PING\r\n', 33)).toMatch(/^-NOAUTH/);
  const { username, password } = new URL(server.url);
  const login = [username, password].map(decodeURIComponent).join(' ');
  using user = await RawClient.openTls(server.port, server.ca ?? '');
  expect(await user.ask(`AUTH ${login}\r\n`, 5)).toBe('+OK\r\n');
  expect(await user.ask('SET a 1\r\n', 5)).toBe('+OK\r\n');
  expect(await user.ask('FLUSHALL\r\n', 7)).toMatch(/^-NOPERM/);
});

test('memcached-sasl: admits its user, and nobody else', async () => {
  const server = await start('memcached-sasl');
  const { username, password } = new URL(server.url);
  const status = async (secret: string) => {
    using client = await RawClient.open(server.port);
    await client.ask(plainLogin(decodeURIComponent(username), secret), 24);
    return client.received.readUInt16BE(6);
  };
  expect(await status(decodeURIComponent(password))).toBe(0);
  expect(await status('wrong')).toBe(0x20);
});

function plainLogin(username: string, password: string): Buffer {
  const [mechanism, secret] = ['PLAIN', `\0${username}\0${password}`];
  const request = Buffer.alloc(24);
  request.writeUInt8(0x80, 0);
  request.writeUInt8(0x21, 1);
  request.writeUInt16BE(mechanism.length, 2);
  request.writeUInt32BE(mechanism.length + secret.length, 8);
  return Buffer.concat([request, Buffer.from(mechanism + secret)]);
}
