import { askRedis, redisArgs, redisTarget } from './redis-family.ts';
import type { Endpoint, ServerTarget } from './target.ts';
import { until } from './until.ts';

const slots = 16_384;
const host = '127.0.0.1';
const clusterArgs = [
  ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
  // Seen from outside, containers have no other address.
  ...['--cluster-announce-ip', host, '--cluster-node-timeout', '2000'],
];

/** Gives each master its share of the slots and introduces them to each other. */
async function join(masters: readonly Endpoint[]): Promise<void> {
  await Promise.all(masters.map((master, index) => claimSlots(master, index, masters.length)));
  const first = masters[0] as Endpoint;
  for (const { port } of masters) await askRedis(first, 'CLUSTER', 'MEET', host, `${port}`);
  const isWhole = new RegExp(`cluster_state:ok[^]*cluster_known_nodes:${masters.length}\\b`);
  const check = async (master: Endpoint) => {
    const info = await askRedis(master, 'CLUSTER', 'INFO');
    if (!isWhole.test(info)) throw new Error(`The cluster did not form: ${info}`);
  };
  await Promise.all(masters.map((master) => until(() => check(master))));
}

async function claimSlots(master: Endpoint, index: number, count: number): Promise<void> {
  const info = await askRedis(master, 'CLUSTER', 'INFO');
  if (!info.includes('cluster_slots_assigned:0\r\n')) return;
  const start = Math.ceil((slots * index) / count);
  const end = Math.ceil((slots * (index + 1)) / count) - 1;
  await askRedis(master, 'CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`);
  await askRedis(master, 'CLUSTER', 'ADDSLOTSRANGE', `${start}`, `${end}`);
}

export const redisCluster: ServerTarget = redisTarget({
  name: 'redis-cluster',
  version: '8.0',
  variable: 'REDIS_CLUSTER_URL',
  image: 'redis:8.0',
  debian: { suite: 'trixie', packages: ['redis-server'] },
  roles: ['master', 'master', 'master'],
  args: (place, index) => [...redisArgs(place, index), ...clusterArgs],
  join,
});
