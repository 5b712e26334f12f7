import { LEASE_MARKER } from '@tasker-cache/core/adapter';
import type { RealMutant } from './real.ts';
import { over, overCommands, type RedisClient } from './real-redis.ts';

const databases = { next: 0 };

/** Commands that a Redis server takes, and that mean something else. */
export const redisCommandMutants: readonly RealMutant<RedisClient>[] = [
  {
    id: 'redis-whole-seconds',
    fault: 'SET … EX: the TTL is cut to whole seconds, and the server refuses 0 of them',
    killedBy: ['EXPIRY-01', 'EXPIRY-04'],
    mutate: (_, bare) =>
      overCommands(bare(), 'SET PX', (send, [key = '', value = '', , px]) =>
        send('SET', key, value, 'EX', Math.floor(Number(px) / 1000)),
      ),
  },
  {
    id: 'redis-ms-for-seconds',
    fault: 'SET … EX with milliseconds: the TTL is 1000 times too long',
    killedBy: ['EXPIRY-01', 'EXPIRY-12'],
    mutate: (_, bare) =>
      overCommands(bare(), 'SET PX', (send, args) => send('SET', ...args.with(2, 'EX'))),
  },
  {
    id: 'redis-keeps-the-ttl',
    fault: 'SET … KEEPTTL, then PEXPIRE … NX: the first TTL stays',
    killedBy: ['EXPIRY-10'],
    mutate: (_, bare) =>
      overCommands(bare(), 'SET PX', async (send, [key = '', value = '', , px = '']) => {
        const reply = await send('SET', key, value, 'KEEPTTL');
        await send('PEXPIRE', key, px, 'NX');
        return reply;
      }),
  },
  {
    id: 'redis-set-in-two-steps',
    fault: 'SET, then PEXPIRE: the value stays forever when the connection breaks in between',
    killedBy: ['OUTAGE-23'],
    mutate: (_, bare) =>
      overCommands(bare(), 'SET PX', async (send, [key = '', value = '', , px = '']) => {
        const reply = await send('SET', key, value);
        await send('PEXPIRE', key, px);
        return reply;
      }),
  },
  {
    id: 'redis-lease-in-two-steps',
    fault: 'SET … NX, then PEXPIRE: the marker stays forever when the connection breaks in between',
    killedBy: ['OUTAGE-23'],
    mutate: (_, bare) =>
      overCommands(bare(), 'SET NX', async (send, [key = '', marker = '', , , , px = '']) => {
        const present = await send('SET', key, marker, 'NX', 'GET');
        if (present === null) await send('PEXPIRE', key, px);
        return present;
      }),
  },
  {
    id: 'redis-getex',
    fault: 'GETEX: each read gives the value another minute',
    killedBy: ['EXPIRY-11'],
    mutate: (_, bare) =>
      overCommands(bare(), 'GET', (send, [key = '']) => send('GETEX', key, 'PX', 60_000)),
  },
  {
    id: 'redis-set-nx',
    fault: 'SET … NX: what is there is not overwritten',
    killedBy: ['RW-03', 'LEASE-10'],
    mutate: (_, bare) =>
      overCommands(bare(), 'SET PX', (send, args) => send('SET', ...args, 'NX').then(() => 'OK')),
  },
  {
    id: 'redis-lease-without-nx',
    fault: 'SET … GET without NX: each lease writes its marker',
    killedBy: ['LEASE-02', 'LEASE-03', 'LEASE-04', 'LEASE-18'],
    mutate: (_, bare) =>
      overCommands(bare(), 'SET NX', (send, args) => send('SET', ...args.toSpliced(2, 1))),
  },
  {
    id: 'redis-fill-ignores-token',
    fault: 'the fill is a plain SET',
    killedBy: ['LEASE-07', 'LEASE-08', 'LEASE-11'],
    mutate: (_, bare) =>
      overCommands(bare(), 'EVALSHA', (send, [, , key = '', , value = '', px = '']) =>
        send('SET', key, value, 'PX', px).then(() => 1),
      ),
  },
  {
    id: 'redis-fill-in-two-steps',
    fault: 'the fill is a GET and a SET',
    killedBy: ['LEASE-17', 'LEASE-19'],
    mutate: (_, bare) =>
      overCommands(bare(), 'EVALSHA', async (send, [, , key = '', marker, value = '', px = '']) => {
        if ((await send('GET', key)) !== marker) return 0;
        await send('SET', key, value, 'PX', px);
        return 1;
      }),
  },
  {
    id: 'redis-fill-keeps-the-ttl',
    fault: 'the filled value lives as long as the lease would have',
    killedBy: ['LEASE-16'],
    mutate: (_, bare) =>
      overCommands(bare(), 'EVALSHA', async (send, args) => {
        const leftMs = Number(await send('PTTL', args[2] ?? ''));
        return send('EVALSHA', ...args.with(5, `${Math.max(1, leftMs)}`));
      }),
  },
  {
    id: 'redis-marker-is-a-value',
    fault: 'GET and MGET hand out the marker of a lease',
    killedBy: ['LEASE-05', 'BATCH-05'],
    mutate(_, bare) {
      const client = bare();
      const value = (reply: unknown) => reply ?? undefined;
      return {
        get: async (key: string) => value(await client.call('GET', key)),
        getMany: async (keys: string[]) =>
          ((await client.call('MGET', ...keys)) as unknown[]).map(value),
      };
    },
  },
  {
    id: 'redis-miss-is-empty',
    fault: 'the null reply to GET becomes an empty string',
    killedBy: ['RW-02'],
    mutate: (_, bare) =>
      overCommands(bare(), 'GET', async (send, args) => (await send('GET', ...args)) ?? ''),
  },
  {
    id: 'redis-latin1',
    fault: 'the bytes of a reply are read as latin1',
    killedBy: ['RW-07', 'RW-15'],
    mutate(_, bare) {
      const client = bare();
      return overCommands(client, 'GET', async (_send, [key = '']) => {
        const reply = await client.callBuffer('GET', key);
        return reply?.toString('latin1') ?? null;
      });
    },
  },
  {
    id: 'redis-mget-sorted',
    fault: 'MGET with sorted keys: the answers are in their order',
    killedBy: ['BATCH-01'],
    mutate: (_, bare) =>
      overCommands(bare(), 'MGET', (send, keys) => send('MGET', ...keys.toSorted())),
  },
  {
    id: 'redis-database-each',
    fault: 'each instance uses another database of the server',
    killedBy: ['DELETE-05', 'LEASE-09', 'POLICY-07'],
    mutate(_, bare) {
      databases.next = (databases.next + 1) % 16;
      return over(bare({ db: databases.next }));
    },
  },
  {
    id: 'redis-set-respects-leases',
    fault: 'set() leaves a key alone that someone has leased',
    killedBy: ['LEASE-10'],
    mutate: (_, bare) =>
      overCommands(bare(), 'SET PX', async (send, args) => {
        const present = await send('GET', args[0] ?? '');
        return `${present}`.startsWith(LEASE_MARKER) ? 'OK' : send('SET', ...args);
      }),
  },
];
