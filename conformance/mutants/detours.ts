import type { NetworkMutant } from './mutant.ts';
import { TinyAdapter } from './tiny-adapter.ts';

const firstUrls = new Map<string, URL>();

/** Where the mutant's first instance was told to connect: the kit makes it, and breaks others. */
function firstUrl(mutant: string, { url }: TinyAdapter): URL {
  const first = firstUrls.get(mutant) ?? url;
  firstUrls.set(mutant, first);
  return first;
}

/** Faults of clients that reach the server past the URL that they were given. */
export const detourMutants: readonly NetworkMutant[] = [
  {
    id: 'shares-the-first-url',
    fault: 'every instance of the process connects to the URL of the first one',
    killedBy: ['OUTAGE-22', 'LIFECYCLE-08'],
    mutate(client) {
      Object.assign(client, { url: firstUrl('shares-the-first-url', client) });
    },
  },
  {
    id: 'asks-another-node',
    fault: 'reads of some keys go to an address that the URL does not name',
    killedBy: ['OUTAGE-22'],
    mutate(client) {
      const other = new TinyAdapter(firstUrl('asks-another-node', client).href);
      const [get, close] = [client.get.bind(client), client.close.bind(client)];
      client.get = (key) => (key.endsWith('3') ? other.get(key) : get(key));
      client.close = async () => void (await Promise.all([other.close(), close()]));
    },
  },
];
