import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { attempt } from './raw-client.ts';

const index = new URL('../src/index.ts', import.meta.url).href;
const lock = new URL('../src/servers/lock.ts', import.meta.url).href;
const source = ['--conditions=tasker-source', '--input-type=module', '--eval'];

test('servers end with the process that started them, however it ends', async () => {
  const script = `
    const { startServer } = await import('${index}');
    const servers = [];
    for (const name of ['redis-8.0', 'memcached-1.6.45', 'redis-7.0'])
      servers.push(await startServer(name, { how: 'native' }));
    await servers[2].freeze();
    console.log(servers.map((server) => server.port).join());
    if (process.argv[1] === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
    if (process.argv[1] === 'throw') throw new Error('a crash');`;
  for (const end of ['SIGKILL', 'throw', 'return']) {
    const args = [...source, script, end];
    const ended = await promisify(execFile)(process.execPath, args).catch((it) => it);
    const ports = ended.stdout.trim().split(',').map(Number);
    expect(ports).toHaveLength(3);
    for (const port of ports) await expect.poll(() => attempt(port)).toBe('ECONNREFUSED');
  }
});

test('one process at a time holds a lock, and a killed one frees it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tasker-cache-lock-'));
  const script = `
    const { withLock } = await import('${lock}');
    await withLock('${folder}/lock', async () => {
      console.log('locked');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const compete = () => {
    const child = spawn(process.execPath, [...source, script]);
    return { child, locked: once(child.stdout, 'data').then(() => child) };
  };
  const all = [compete(), compete()];
  try {
    const holder = await Promise.race(all.map(({ locked }) => locked));
    const other = all.find(({ child }) => child !== holder);
    const isFree = other?.locked.then(() => true);
    const later = new Promise((resolve) => setTimeout(() => resolve(false), 300));
    expect(await Promise.race([isFree, later])).toBe(false);
    holder.kill('SIGKILL');
    expect(await isFree).toBe(true);
  } finally {
    for (const { child } of all) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
});
