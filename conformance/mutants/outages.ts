import { setTimeout as sleep } from 'node:timers/promises';
import { isOutage } from '@tasker-cache/core/adapter';
import { type NetworkMutant, onConnect } from './mutant.ts';

/** Faults of clients that meet an outage. */
export const outageMutants: readonly NetworkMutant[] = [
  {
    id: 'ping-always-ok',
    fault: 'ping() resolves, whatever happens',
    killedBy: ['OUTAGE-01', 'OUTAGE-09'],
    mutate(client) {
      const ping = client.ping.bind(client);
      client.ping = () => (client.isClosed ? ping() : ping().catch(() => {}));
    },
  },
  {
    id: 'error-is-a-miss',
    fault: 'get() resolves to a miss during an outage',
    killedBy: ['OUTAGE-02'],
    mutate(client) {
      const get = client.get.bind(client);
      client.get = (key) =>
        get(key).catch((error) => {
          if (!isOutage(error)) throw error;
          return undefined;
        });
    },
  },
  {
    id: 'waits-for-the-server',
    fault: 'operations are kept until the server is back',
    killedBy: ['OUTAGE-02', 'OUTAGE-01'],
    mutate(client) {
      const ask = client.ask.bind(client);
      client.ask = (...details) =>
        ask(...details).catch((error) => {
          if (!isOutage(error) || client.isClosed) throw error;
          return sleep(100).then(() => client.ask(...details));
        });
    },
  },
  {
    id: 'never-connects-again',
    fault: 'after the first lost connection there is no second one',
    killedBy: ['OUTAGE-03', 'OUTAGE-21'],
    mutate(client) {
      const connect = client.connect.bind(client);
      let isFirst = true;
      client.connect = () => {
        if (!isFirst) throw client.error('CACHE_UNAVAILABLE', 'connect');
        isFirst = false;
        return connect();
      };
    },
  },
  {
    id: 'hangs-on-fin',
    fault: 'what is pending at a FIN never settles',
    killedBy: ['OUTAGE-04', 'OUTAGE-05'],
    mutate(client) {
      onConnect(client, (link) => {
        link.socket.prependListener('end', () => link.waiting.splice(0));
      });
    },
  },
  {
    id: 'poisoned-buffer',
    fault: 'half a reply stays in the buffer, for the next connection',
    killedBy: ['OUTAGE-05'],
    mutate(client) {
      let text = '';
      const drop = client.drop.bind(client);
      client.drop = (link, code) => {
        text ||= link.text;
        drop(link, code);
      };
      onConnect(client, (link) => {
        link.text = text;
      });
    },
  },
  {
    id: 'hangs-on-reset',
    fault: 'what is pending at a RST never settles',
    killedBy: ['OUTAGE-06'],
    mutate(client) {
      onConnect(client, (link) => {
        link.socket.prependListener('error', () => link.waiting.splice(0));
      });
    },
  },
  {
    id: 'no-error-listener',
    fault: "nobody listens to the socket's 'error' event",
    killedBy: ['OUTAGE-07'],
    mutate: (client) => onConnect(client, (link) => void link.socket.removeAllListeners('error')),
  },
  {
    id: 'swallows-delete-errors',
    fault: 'delete() resolves to false during an outage',
    killedBy: ['OUTAGE-08'],
    mutate(client) {
      const remove = client.delete.bind(client);
      client.delete = (key) =>
        remove(key).catch((error) => {
          if (!isOutage(error)) throw error;
          return false;
        });
    },
  },
  {
    id: 'ping-looks-at-a-flag',
    fault: 'ping() resolves while the connection looks open',
    killedBy: ['OUTAGE-09'],
    mutate(client) {
      const ping = client.ping.bind(client);
      client.ping = async () => (client.link?.socket.readyState === 'open' ? undefined : ping());
    },
  },
  {
    id: 'sends-again',
    fault: 'a rejected operation is sent again once the server is back',
    killedBy: ['OUTAGE-10'],
    mutate(client) {
      const ask = client.ask.bind(client);
      client.ask = (...details) => {
        const answer = ask(...details);
        const again = (): Promise<unknown> =>
          sleep(20).then(() => client.isClosed || ask(...details).catch(again));
        answer.catch((error) => details[0] === 'set' && isOutage(error) && again());
        return answer;
      };
    },
  },
];
