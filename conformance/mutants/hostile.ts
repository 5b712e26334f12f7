import type { NetworkMutant } from './mutant.ts';

/** Faults of clients whose server makes no sense. */
export const hostileMutants: readonly NetworkMutant[] = [
  {
    id: 'throws-at-garbage',
    fault: 'a reply that makes no sense throws in the socket handler',
    killedBy: ['HOSTILE-01', 'HOSTILE-02'],
    mutate(client) {
      const onLine = client.onLine.bind(client);
      client.onLine = (link, line) => onLine(link, JSON.stringify(JSON.parse(line)));
    },
  },
  {
    id: 'gives-up-at-garbage',
    fault: 'a first reply that makes no sense is final',
    killedBy: ['HOSTILE-02'],
    mutate(client) {
      const { onData, connect } = client;
      const state = { isFirst: true, isBroken: false };
      client.onData = (link, bytes) => {
        if (state.isFirst && bytes[0] !== 0x5b) state.isBroken = true;
        state.isFirst = false;
        onData.call(client, link, bytes);
      };
      client.connect = () => {
        if (state.isBroken) throw client.error('CACHE_UNAVAILABLE', 'connect');
        return connect.call(client);
      };
    },
  },
  {
    id: 'tells-the-first-alone',
    fault: 'when the connection is lost, the first operation rejects, and the others wait',
    killedBy: ['HOSTILE-03', 'OUTAGE-06'],
    mutate(client) {
      const drop = client.drop.bind(client);
      client.drop = (link, code) => {
        link.waiting.splice(1);
        drop(link, code);
      };
    },
  },
  {
    id: 'crashes-at-extra-replies',
    fault: 'a reply that nobody asked for throws in the socket handler',
    killedBy: ['HOSTILE-04'],
    mutate(client) {
      const onLine = client.onLine.bind(client);
      client.onLine = (link, line) => {
        if (link.waiting.length === 0) throw new TypeError('Cannot read properties of undefined');
        onLine(link, line);
      };
    },
  },
  {
    id: 'keeps-extra-replies',
    fault: 'a reply that nobody asked for answers the next operation',
    killedBy: ['HOSTILE-05'],
    mutate(client) {
      const extra: string[] = [];
      const { onLine, ask } = client;
      client.onLine = (link, line) => {
        if (link.waiting.length > 0) onLine.call(client, link, line);
        else extra.push(line);
      };
      client.ask = async (...details) => {
        const answer = ask.apply(client, details);
        const line = extra.shift();
        if (line === undefined) return answer;
        answer.catch(() => {});
        return JSON.parse(line)[1] ?? undefined;
      };
    },
  },
  {
    id: 'decodes-pieces',
    fault: 'each piece of a reply is decoded alone',
    killedBy: ['HOSTILE-06'],
    mutate(client) {
      const onData = client.onData.bind(client);
      client.onData = (link, bytes) => onData(link, Buffer.from(bytes.toString()));
    },
  },
  {
    id: 'wants-whole-replies',
    fault: 'a reply that comes in pieces is taken for garbage',
    killedBy: ['HOSTILE-06'],
    mutate(client) {
      const onData = client.onData.bind(client);
      client.onData = (link, bytes) => {
        if (bytes.at(-1) === 0x0a) onData(link, bytes);
        else client.drop(link);
      };
    },
  },
  {
    id: 'trusts-lengths',
    fault: 'an announced length is allocated at once',
    killedBy: ['HOSTILE-07'],
    mutate(client) {
      const kept: Buffer[] = [];
      const onData = client.onData.bind(client);
      client.onData = (link, bytes) => {
        const announced = Number(/^\$(\d{9,})/.exec(bytes.toString('latin1'))?.[1] ?? 0);
        if (announced > 0) kept.push(Buffer.allocUnsafe(Math.min(announced, 640 * 2 ** 20)));
        onData(link, bytes);
      };
    },
  },
  {
    id: 'says-goodbye',
    fault: 'close() waits for the answer to its farewell',
    killedBy: ['HOSTILE-08', 'OUTAGE-12'],
    mutate(client) {
      const close = client.close.bind(client);
      client.close = async () => {
        if (client.link) await client.ping();
        await close();
      };
    },
  },
];
