import { type OwnServer, startServer } from '@tasker-cache/conformance';
import memjs from 'memjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Connection } from '../src/connection.ts';
import type { Endpoint } from '../src/endpoints.ts';
import { memcachedAdapter } from '../src/index.ts';
import { readOptions } from '../src/options.ts';
import { opcodes } from '../src/protocol.ts';
import { codeOf, type FullAdapter, minuteMs, startMeddler } from './helpers.ts';

const opaqueOffset = 12;

describe('replies that do not fit', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await startServer('memcached-1.6.45', { how: 'own' });
    const adapter = memcachedAdapter({ url: server.url });
    for (const key of ['a', 'b', 'c']) await adapter.set(key, `of ${key}`, minuteMs);
    await adapter.close();
  });
  afterAll(() => server.stop());

  /** Reads three keys through a proxy that changes one piece of what the server sends. */
  async function readThrough(meddle: (bytes: Buffer) => Buffer): Promise<{
    during: PromiseSettledResult<string | undefined>[];
    after: (string | undefined)[];
    connections: number;
  }> {
    let isArmed = false;
    await using meddler = await startMeddler(server, (bytes) => {
      if (!isArmed) return bytes;
      isArmed = false;
      return meddle(bytes);
    });
    const adapter = memcachedAdapter({ url: meddler.url }) as FullAdapter;
    await adapter.ping();
    isArmed = true;
    const during = await Promise.allSettled(['a', 'b', 'c'].map((key) => adapter.get(key)));
    const after = await adapter.getMany(['a', 'b', 'c']);
    await adapter.close();
    return { during, after, connections: meddler.accepted() };
  }

  const frames = (bytes: Buffer): Buffer[] => {
    const found: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += (found.at(-1) as Buffer).length) {
      found.push(bytes.subarray(at, at + 24 + bytes.readUInt32BE(at + 8)));
    }
    return found;
  };

  test.each<[string, (bytes: Buffer) => Buffer]>([
    [
      'the reply to another request',
      (bytes) => {
        bytes.writeUInt32BE(bytes.readUInt32BE(opaqueOffset) + 1, opaqueOffset);
        return bytes;
      },
    ],
    ['a reply that is missing', (bytes) => Buffer.concat(frames(bytes).slice(1))],
    ['replies in another order', (bytes) => Buffer.concat(frames(bytes).toReversed())],
    [
      'a reply that comes twice',
      (bytes) => {
        const [first, ...rest] = frames(bytes);
        return Buffer.concat([first as Buffer, first as Buffer, ...rest]);
      },
    ],
    [
      'a reply to another command',
      (bytes) => {
        bytes[1] = opcodes.delete;
        return bytes;
      },
    ],
    [
      'lengths that contradict each other',
      (bytes) => {
        bytes.writeUInt16BE(0xffff, 2);
        return bytes;
      },
    ],
    [
      'a request in place of a reply',
      (bytes) => {
        bytes[0] = 0x80;
        return bytes;
      },
    ],
    ['text', () => Buffer.from('SERVER_ERROR a long story\r\n'.repeat(4))],
  ])('%s: nobody gets a value of another key, and a new connection serves', async (_, meddle) => {
    const { during, after, connections } = await readThrough(meddle);
    expect(during.some(({ status }) => status === 'rejected')).toBe(true);
    for (const [index, outcome] of during.entries()) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toBe(`of ${'abc'[index]}`);
      else expect(outcome.reason.code).toBe('CACHE_UNAVAILABLE');
    }
    expect(after).toEqual(['of a', 'of b', 'of c']);
    expect(connections).toBe(2);
  });

  test('a reply that nobody asked for ends the connection, not the process', async () => {
    const { during, after, connections } = await readThrough((bytes) =>
      Buffer.concat([bytes, frames(bytes)[0] as Buffer]),
    );
    expect(during.map((outcome) => outcome.status)).toEqual(Array(3).fill('fulfilled'));
    expect(after).toEqual(['of a', 'of b', 'of c']);
    expect(connections).toBe(2);
  });

  test('a reply to another command is seen at once, not at the deadline', async () => {
    let isArmed = false;
    await using meddler = await startMeddler(server, (bytes) => {
      if (isArmed) bytes[1] = opcodes.delete;
      return bytes;
    });
    const adapter = memcachedAdapter({ url: meddler.url }) as FullAdapter;
    await adapter.ping();
    isArmed = true;
    expect(await codeOf(adapter.get('a'))).toBe('CACHE_UNAVAILABLE');
    await adapter.close();
  });

  test('a batch with an error in it is refused as a whole', async () => {
    await using meddler = await startMeddler(server, (bytes) => {
      if (bytes.includes('of a')) bytes.writeUInt16BE(0x82, 6);
      return bytes;
    });
    const adapter = memcachedAdapter({ url: meddler.url }) as FullAdapter;
    await adapter.ping();
    expect(await codeOf(adapter.getMany(['a', 'b']))).toBe('CACHE_REFUSED');
    expect(await adapter.getMany(['b', 'c'])).toEqual(['of b', 'of c']);
    expect(meddler.accepted()).toBe(1);
    await adapter.close();
  });

  test('a batch with a key that was not asked for is refused as a whole', async () => {
    let isArmed = false;
    await using meddler = await startMeddler(server, (bytes) => {
      const at = isArmed ? bytes.indexOf('aof a') : -1;
      if (at >= 0) bytes.write('x', at);
      return bytes;
    });
    const adapter = memcachedAdapter({ url: meddler.url }) as FullAdapter;
    await adapter.ping();
    isArmed = true;
    expect(await codeOf(adapter.getMany(['a', 'b']))).toBe('CACHE_UNAVAILABLE');
    isArmed = false;
    expect(await adapter.getMany(['a', 'b'])).toEqual(['of a', 'of b']);
    expect(meddler.accepted()).toBe(2);
    await adapter.close();
  });

  test.each([2 ** 31 - 3, 2 ** 32 - 3])('request numbers go on after %d', async (lastOpaque) => {
    const endpoint = readOptions({ url: server.url }).endpoints[0] as Endpoint;
    const settings = { connectionTimeoutMs: 1_000, operationTimeoutMs: 1_000, onNoLogin() {} };
    const connection = new Connection(memjs, endpoint, settings, lastOpaque);
    const read = (key: string) => connection.send('get', [{ opcode: opcodes.get, key }]);
    const keys = ['a', 'b', 'c', 'a', 'b', 'c'];
    const replies = await Promise.all(keys.map(read));
    expect(replies.map(([reply]) => reply?.val.toString())).toEqual(keys.map((key) => `of ${key}`));
    connection.drop({ code: 'CACHE_CLOSED', reason: 'the test is over' });
    await connection.ended;
  });
});
