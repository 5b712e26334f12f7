import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type OwnServer, ServerNotRunError, type StartOptions, startServer } from '../src/index.ts';
import { attempt } from './raw-client.ts';

let running: OwnServer;

beforeAll(async () => {
  running = await startServer('redis-7.0', { how: 'native' });
});
afterAll(() => running.stop());
afterEach(() => vi.unstubAllEnvs());

test('a URL comes first, and gives no controls over a server of someone else', async () => {
  vi.stubEnv('REDIS_URL', running.url);
  const server = await startServer('redis-7.0');
  expect(server).toMatchObject({ how: 'url', port: running.port, version: running.version });
  for (const control of ['freeze', 'thaw', 'kill', 'restart'])
    expect(server).not.toHaveProperty(control);
  await server.stop();
  expect(await attempt(running.port)).toBe('open');
});

test('a server of another version is passed over, unless the URL was asked for', async () => {
  vi.stubEnv('REDIS_URL', running.url);
  await using other = await startServer('redis-8.0');
  expect(other.how).not.toBe('url');
  const asked = await startServer('redis-8.0', { how: 'url' });
  expect(asked.version).toBe(running.version);
});

test('arguments and ports need a server of our own', async () => {
  vi.stubEnv('REDIS_URL', running.url);
  const asked = startServer('redis-7.0', { how: 'url', args: ['--maxmemory', '3mb'] });
  await expect(asked).rejects.toThrow('takes no arguments');
});

test.each([
  ['', 'REDIS_URL is not set'],
  ['redis://tasker:hidden@127.0.0.1:1', 'REDIS_URL: connect ECONNREFUSED 127.0.0.1:1'],
  ['redis://tasker:hidden@', 'REDIS_URL: is no URL of a server'],
  ['http://tasker:hidden@127.0.0.1', 'REDIS_URL: is no URL of a server'],
])('%s is refused by its name, without its password, and not replaced', async (url, reason) => {
  vi.stubEnv('REDIS_URL', url);
  const how = url ? 'auto' : 'url';
  const error = await startServer('redis-7.0', { how }).catch((it: unknown) => it);
  expect(error).toBeInstanceOf(ServerNotRunError);
  expect(String(error)).toContain(reason);
  expect(String(error)).not.toContain('hidden');
});

test('a URL of another product is refused', async () => {
  vi.stubEnv('DRAGONFLY_URL', running.url);
  const version = running.version.replaceAll('.', '\\.');
  await expect(startServer('dragonfly')).rejects.toThrow(
    new RegExp(`^not run: dragonfly: DRAGONFLY_URL: is redis ${version}, not dragonfly$`),
  );
});

test('says why a server cannot be had, and what to do', async () => {
  vi.stubEnv('PATH', '');
  vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
  const message = async (how: NonNullable<StartOptions['how']>) => {
    const error = await startServer('redis-8.0', { how }).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(ServerNotRunError);
    return (error as Error).message;
  };
  expect(await message('url')).toBe(
    'not run: redis-8.0: REDIS_URL is not set. To have it: set REDIS_URL',
  );
  const own = 'start a Docker engine or put redis-server 8.0 on PATH';
  expect(await message('own')).toMatch(
    new RegExp(`^not run: redis-8\\.0: .+\\. To have it: ${own}$`),
  );
  const any = 'set REDIS_URL, start a Docker engine, or put redis-server 8.0 on PATH';
  expect(await message('auto')).toMatch(new RegExp(`\\. To have it: ${any}$`));
});

test('refuses a name it does not know, and names those it knows', async () => {
  const unknown = startServer('redis-0.1');
  await expect(unknown).rejects.toThrow(/No server target 'redis-0\.1'.*redis-8\.0/);
});
