import { type OwnServer, startServer } from '@tasker-cache/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memcachedAdapter } from '../src/index.ts';
import {
  askInText,
  codeOf,
  type FullAdapter,
  minuteMs,
  startMeddler,
  versions,
} from './helpers.ts';

const granted = { state: 'granted' };

describe.each(versions)('leases on %s', (version) => {
  let server: OwnServer;
  let adapter: FullAdapter;
  let other: FullAdapter;
  beforeAll(async () => {
    server = await startServer(version, { how: 'own' });
    adapter = memcachedAdapter({ url: server.url }) as FullAdapter;
    other = memcachedAdapter({ url: server.url }) as FullAdapter;
  });
  afterAll(async () => {
    await Promise.all([adapter.close(), other.close()]);
    await server.stop();
  });

  test('a leased key reads as a miss, alone and in a batch', async () => {
    await adapter.set('filled', 'value', minuteMs);
    await adapter.lease('leased', 'token', minuteMs);
    expect(await adapter.get('leased')).toBeUndefined();
    expect(await adapter.getMany(['leased', 'filled'])).toEqual([undefined, 'value']);
  });

  test('a lease survives a new connection, since the marker names its token', async () => {
    expect(await adapter.lease('recycled', 'token', minuteMs)).toEqual(granted);
    adapter.recycle();
    expect(await adapter.fill('recycled', 'token', 'value', minuteMs)).toBe(true);
    expect(await adapter.get('recycled')).toBe('value');
  });

  test('a lease ends with the server, although CAS ids start anew', async () => {
    await adapter.lease('restarted', 'old', minuteMs);
    await server.restart();
    await other.ping();
    expect(await adapter.fill('restarted', 'old', 'stale', minuteMs)).toBe(false);
    expect(await other.lease('restarted', 'new', minuteMs)).toEqual(granted);
    expect(await adapter.fill('restarted', 'old', 'stale', minuteMs)).toBe(false);
    expect(await other.fill('restarted', 'new', 'value', minuteMs)).toBe(true);
  });

  test('one of a hundred callers is granted', async () => {
    const ask = (index: number) =>
      (index % 2 ? adapter : other).lease('herd', `token-${index}`, minuteMs);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => ask(index)));
    const winner = answers.findIndex(({ state }) => state === 'granted');
    const rest = answers.filter((_, index) => index !== winner);
    for (const answer of rest) expect(answer).toEqual({ state: 'held', token: `token-${winner}` });
  });

  test('a value that changes between look and fill wins', async () => {
    // Another client's write gets in after the marker was seen and before the fill arrives.
    let interfere: (() => Promise<unknown>) | undefined;
    const marker = Buffer.from('!lease:late');
    await using meddler = await startMeddler(server, (bytes, client) => {
      if (interfere && bytes.includes(marker)) {
        const write = interfere;
        interfere = undefined;
        client.cork();
        void write().then(() => client.uncork());
      }
      return bytes;
    });
    const late = memcachedAdapter({ url: meddler.url }) as FullAdapter;
    for (const write of [
      () => askInText(server, 'set raced 0 60 5\r\nnewer'),
      () => askInText(server, 'delete raced'),
      () => other.delete('raced').then(() => other.lease('raced', 'late2', minuteMs)),
    ]) {
      await other.delete('raced');
      expect(await late.lease('raced', 'late', minuteMs)).toEqual(granted);
      interfere = write;
      expect(await late.fill('raced', 'late', 'stale', minuteMs)).toBe(false);
      expect(interfere).toBeUndefined();
      expect(await late.get('raced')).not.toBe('stale');
    }
    await late.close();
  });

  test('a key that comes and goes ends the lease call', async () => {
    // The `add` is always told "exists", and the `get` that follows "not found".
    await using meddler = await startMeddler(server, (bytes) => {
      if (bytes[0] === 0x81 && bytes[1] === 0x02) bytes.writeUInt16BE(0x02, 6);
      if (bytes[0] === 0x81 && bytes[1] === 0x00) bytes.writeUInt16BE(0x01, 6);
      return bytes;
    });
    const unlucky = memcachedAdapter({ url: meddler.url }) as FullAdapter;
    await unlucky.ping();
    expect(await codeOf(unlucky.lease('flickers', 'token', minuteMs))).toBe('CACHE_REFUSED');
    await unlucky.close();
  });

  test('a server without CAS ids refuses the fill, so that it cannot overwrite', async () => {
    await using plain = await startServer(version, { how: 'own', args: ['-C'] });
    const careful = memcachedAdapter({ url: plain.url }) as FullAdapter;
    await careful.lease('unsafe', 'token', minuteMs);
    expect(await codeOf(careful.fill('unsafe', 'token', 'value', minuteMs))).toBe('CACHE_REFUSED');
    await careful.close();
  });
});
