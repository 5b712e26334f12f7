import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CacheAdapter, CacheError } from '@tasker-cache/core/adapter';
import type { Clause, ClauseContext } from '../clause.ts';
import { minuteMs, numbers } from './data.ts';
import { reads, store } from './outage-checks.ts';
import { boundMs, succeeds } from './waiting.ts';

export const hostileReplies: readonly Clause[] = [
  {
    id: 'HOSTILE-01',
    title: 'MUST survive bytes that are no protocol, and recover',
    why: 'ioredis 6 throws from its socket handler, which ends the process; another port, another protocol.',
    needs: ['proxy'],
    async run(context) {
      const { proxy, adapter, key } = context;
      await store(adapter, key);
      for (const bytes of garbage(context)) {
        await proxy.garbage(bytes);
        await neverWrong(context, adapter, adapter.get(key('a')), 'value of a');
        if (!adapter.recycle) return;
        await proxy.heal();
        await reads(context);
      }
    },
  },
  {
    id: 'HOSTILE-02',
    title: 'MUST survive them in answer to its first words, and recover',
    why: 'The handshake has a parser and promises of its own.',
    needs: ['proxy'],
    async run(context) {
      const { proxy, create, key, within } = context;
      for (const bytes of garbage(context).slice(0, 3)) {
        await proxy.garbage(bytes);
        const adapter = create();
        await neverWrong(context, adapter, adapter.get(key('a')), undefined);
        await proxy.heal();
        if (!adapter.recycle) continue;
        await within(
          boundMs,
          'recovery',
          succeeds(() => store(adapter, key)),
        );
        await reads({ adapter, key, within });
      }
    },
  },
  {
    id: 'HOSTILE-03',
    title: 'MUST settle everything that is pending when the stream makes no sense',
    why: 'The first operation is told, those behind it in the queue are forgotten.',
    needs: ['proxy'],
    async run(context) {
      const { proxy, adapter, key } = context;
      await store(adapter, key);
      await proxy.garbage();
      const pending = numbers(20).map(() =>
        neverWrong(context, adapter, adapter.get(key('a')), 'value of a'),
      );
      await Promise.all(pending);
    },
  },
  {
    id: 'HOSTILE-04',
    title: 'MUST survive bytes that nobody asked for, and not take them for an answer',
    why: 'An unsolicited reply shifts every later one, or throws where nobody can catch it.',
    needs: ['proxy'],
    async run(context) {
      const { proxy, adapter, key } = context;
      await store(adapter, key);
      for (const bytes of garbage(context)) {
        await proxy.extraReply(bytes);
        await neverWrong(context, adapter, adapter.get(key('a')), 'value of a');
        await sleep(20);
        if (!adapter.recycle) return;
        await neverWrong(context, adapter, adapter.get(key('b')), 'value of b');
        await proxy.heal();
        await reads(context);
      }
    },
  },
  {
    id: 'HOSTILE-05',
    title: 'MUST NOT take a repeated reply for the answer to the next operation',
    why: "Off by one, users saw each other's data (redis/redis-py#2624): only the connection's end helps.",
    needs: ['proxy'],
    async run(context) {
      const { proxy, adapter, key } = context;
      await store(adapter, key);
      await proxy.doubleReplies();
      for (const name of ['a', 'b', 'none', 'c', 'd', 'a']) {
        const expected = name === 'none' ? undefined : `value of ${name}`;
        await neverWrong(context, adapter, adapter.get(key(name)), expected);
        await sleep(10);
      }
      if (!adapter.recycle) return;
      await proxy.heal();
      await reads(context);
    },
  },
  {
    id: 'HOSTILE-06',
    title: 'MUST put together replies that come in small pieces',
    why: 'Characters and numbers cut by a chunk boundary (redis/node-redis#1111, #2993).',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      const value = 'ä€😀'.repeat(20);
      await adapter.set(key(), value, minuteMs);
      await adapter.get(key());
      await proxy.throttle(500);
      assert.equal(await within(boundMs, 'get()', adapter.get(key())), value);
      assert.equal(await within(boundMs, 'get()', adapter.get(key('none'))), undefined);
    },
  },
  {
    id: 'HOSTILE-07',
    title: 'MUST NOT trust an announced length, and recover',
    why: 'Two gigabytes set aside for 18 bytes; the parser waits for the rest, through the next connection too.',
    needs: ['proxy'],
    async run(context) {
      const { proxy, adapter, key } = context;
      await store(adapter, key);
      const before = memoryUsage();
      await proxy.hugeLength();
      await neverWrong(context, adapter, adapter.get(key('a')), 'value of a');
      const { rss, external } = memoryUsage();
      const grown = Math.max(rss - before.rss, external - before.external);
      assert.ok(grown < 2 ** 29, `the process grew by ${Math.round(grown / 2 ** 20)} MiB`);
      if (!adapter.recycle) return;
      await proxy.heal();
      await reads(context);
    },
  },
  {
    id: 'HOSTILE-08',
    title: 'MUST close while the stream makes no sense',
    why: 'A farewell that waits for its answer never gets it.',
    needs: ['proxy'],
    async run({ proxy, adapter, key, within }) {
      await adapter.ping();
      await proxy.garbage();
      const pending = adapter.get(key()).catch(() => {});
      await within(boundMs, 'close()', adapter.close());
      await within(boundMs, 'what was pending', pending);
    },
  },
];

/** What another service, a broken middlebox or chance may send. */
function garbage({ random }: ClauseContext): Buffer[] {
  const chance = numbers(4).map((index) => numbers(16 << index).map(() => random.below(256)));
  return [
    Buffer.from('\u0000\u0001 this is no protocol \r\n\r\n'),
    Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
    Buffer.alloc(64, 0xff),
    Buffer.from('\r\n\r\n\r\n'),
    Buffer.alloc(100),
    ...chance.map((bytes) => Buffer.from(bytes)),
  ];
}

/** bun counts what is outside of its heap only when it collects garbage. */
function memoryUsage(): NodeJS.MemoryUsage {
  (globalThis as { Bun?: { gc(isNow: boolean): void } }).Bun?.gc(true);
  return process.memoryUsage();
}

/**
 * Settles with the expected value or a `CacheError`. Bytes that look like half a reply keep an
 * operation waiting: then it has to settle when core gives up on it, which is recycle or close.
 */
async function neverWrong(
  { within }: ClauseContext,
  adapter: CacheAdapter,
  operation: Promise<unknown>,
  expected: unknown,
): Promise<void> {
  const outcome = operation.catch((error: unknown) => {
    assert.ok(CacheError.isInstance(error), `it rejects with a CacheError, not ${error}`);
    return expected;
  });
  const isSettled = await Promise.race([outcome.then(() => true), sleep(300, false)]);
  if (!isSettled && adapter.recycle) adapter.recycle();
  else if (!isSettled) await within(boundMs, 'close()', adapter.close());
  const value = await within(boundMs, 'an operation that core gave up', outcome);
  assert.equal(value, expected, 'the answer to something else');
}
