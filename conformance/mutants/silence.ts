import { setTimeout as sleep } from 'node:timers/promises';
import { CacheError } from '@tasker-cache/core/adapter';
import { type NetworkMutant, onConnect } from './mutant.ts';
import type { Link } from './tiny-adapter.ts';

/** Faults of clients whose server has fallen silent, and of their connections. */
export const silenceMutants: readonly NetworkMutant[] = [
  {
    id: 'recycle-does-nothing',
    fault: 'recycle() leaves the connection as it is',
    killedBy: ['OUTAGE-11'],
    mutate(client) {
      client.recycle = () => {};
    },
  },
  {
    id: 'recycle-forgets',
    fault: 'what is pending at recycle() never settles',
    killedBy: ['OUTAGE-11', 'LIFECYCLE-12'],
    mutate(client) {
      const recycle = client.recycle.bind(client);
      client.recycle = () => {
        client.link?.waiting.splice(0);
        recycle();
      };
    },
  },
  {
    id: 'waits-for-answers-to-close',
    fault: 'close() waits until everything pending is answered',
    killedBy: ['OUTAGE-12'],
    mutate(client) {
      const close = client.close.bind(client);
      client.close = async () => {
        client.isClosed = true;
        while (client.link && client.link.waiting.length > 0) await sleep(10);
        await close();
      };
    },
  },
  {
    id: 'keeps-the-recycled-connection',
    fault: 'recycle() rejects what is pending, and goes on with the same connection',
    killedBy: ['OUTAGE-13', 'OUTAGE-20'],
    mutate(client) {
      client.recycle = () => {
        for (const { operation, reject } of client.link?.waiting.splice(0) ?? []) {
          reject(client.error('CACHE_TIMEOUT', operation));
        }
      };
      client.onLine = (link, line) =>
        link.waiting.shift()?.resolve(JSON.parse(line)[1] ?? undefined);
    },
  },
  {
    id: 'own-deadline',
    fault: 'an operation gives up after 400 ms',
    killedBy: ['OUTAGE-14'],
    mutate(client) {
      const ask = client.ask.bind(client);
      client.ask = (operation, ...details) => {
        const late = sleep(400).then(() =>
          Promise.reject(client.error('CACHE_TIMEOUT', operation)),
        );
        return Promise.race([ask(operation, ...details), late]);
      };
    },
  },
  {
    id: 'carries-the-queue-over',
    fault: 'what waits for the lost connection is answered by the next one',
    killedBy: ['OUTAGE-15'],
    mutate(client) {
      let waiting: Link['waiting'] = [];
      const drop = client.drop.bind(client);
      client.drop = (link, code) => {
        if (code !== 'CACHE_CLOSED') waiting = link.waiting.splice(0);
        drop(link, code);
      };
      onConnect(client, (link) => void link.waiting.push(...waiting));
    },
  },
  {
    id: 'first-silence-is-final',
    fault: 'a connection that has never answered is waited for, forever',
    killedBy: ['OUTAGE-16'],
    mutate(client) {
      const state = { hasAnswered: false, isStuck: false };
      const { recycle, ask, onLine } = client;
      client.onLine = (link, line) => {
        state.hasAnswered = true;
        onLine.call(client, link, line);
      };
      client.recycle = () => {
        state.isStuck ||= !state.hasAnswered && client.link !== undefined;
        recycle.call(client);
      };
      client.ask = (...details) =>
        state.isStuck && !client.isClosed ? new Promise(() => {}) : ask.apply(client, details);
    },
  },
  {
    id: 'leaks-connections',
    fault: 'recycle() opens a new connection, and leaves the old one open',
    killedBy: ['OUTAGE-17'],
    mutate(client) {
      client.recycle = () => {
        const { link } = client;
        client.link = undefined;
        for (const { operation, reject } of link?.waiting.splice(0) ?? []) {
          reject(client.error('CACHE_UNAVAILABLE', operation));
        }
      };
    },
  },
  {
    id: 'one-connection-each',
    fault: 'each operation opens a connection',
    killedBy: ['OUTAGE-18'],
    mutate(client) {
      const onLine = client.onLine.bind(client);
      client.onLine = (link, line) => {
        onLine(link, line);
        if (link.waiting.length === 0) client.drop(link);
      };
    },
  },
  {
    id: 'password-in-errors',
    fault: 'the URL is part of the message',
    killedBy: ['OUTAGE-19'],
    mutate(client) {
      const about = (operation: string) => ({ adapter: client.name, operation });
      client.error = (code, operation) =>
        new CacheError(code, `No answer from ${client.url}`, about(operation));
    },
  },
  {
    id: 'leaves-its-connection',
    fault: 'close() leaves the connection open',
    killedBy: ['LIFECYCLE-08'],
    mutate(client) {
      client.close = async () => {
        client.isClosed = true;
      };
    },
  },
];
