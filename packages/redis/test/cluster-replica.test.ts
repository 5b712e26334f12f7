import { type OwnServer, startServer } from '@tasker-cache/conformance';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { redisAdapter } from '../src/index.ts';
import { until } from './support/failure.ts';

const keys = Array.from({ length: 300 }, (_, i) => `replica:${i}`);

describe('a cluster whose first master has a replica', () => {
  let server: OwnServer;
  let replica: OwnServer;
  let url: string;
  let master: Redis;
  const clients: Redis[] = [];

  const open = () => {
    const adapter = redisAdapter({ url });
    onTestFinished(() => adapter.close());
    return adapter as Required<typeof adapter>;
  };

  const connect = ({ port }: OwnServer) => {
    const client = new Redis(port, '127.0.0.1').on('error', () => {});
    clients.push(client);
    return client;
  };

  const isListed = async () =>
    JSON.stringify(await master.cluster('SLOTS')).includes(`,${replica.port},`);

  /** Resolves when the replica has the master's data: else it would not take over. */
  const isSynchronized = async () => {
    const client = connect(replica);
    await until(async () => /link_status:up/.test(await client.info('replication')), 15_000);
    await until(isListed, 15_000);
  };

  beforeAll(async () => {
    // A master would wait 5 s for further replicas.
    const eager = ['--repl-diskless-sync-delay', '0'];
    server = await startServer('redis-cluster', { how: 'own', args: eager });
    master = connect(server);
    const ports = server.nodes.map(({ port }) => port);
    url = `redis+cluster://${ports.map((port) => `127.0.0.1:${port}`).join(',')}`;
    const args = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
    replica = await startServer('redis-8.0', {
      how: 'own',
      args: [...args, '--cluster-node-timeout', '2000'],
    });
    const id = (await master.cluster('MYID')) as string;
    const client = connect(replica);
    await client.cluster('MEET', '127.0.0.1', server.port);
    await until(() => client.cluster('REPLICATE', id), 15_000);
    await isSynchronized();
  });

  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await replica?.stop();
    await server?.stop();
  });

  test('deletePrefix goes on while the replica dies and comes back', {
    timeout: 60_000,
  }, async () => {
    const adapter = open();
    let isDone = false;
    const deletions = async () => {
      while (!isDone) {
        await Promise.all(keys.map((key) => adapter.set(key, 'v', 60_000)));
        expect(await adapter.deletePrefix('replica:')).toBe(keys.length);
      }
    };
    const restart = async () => {
      await replica.kill();
      await until(async () => !(await isListed()), 15_000);
      await replica.restart();
      await isSynchronized();
    };
    await Promise.all([deletions(), restart().finally(() => (isDone = true))]);
  });

  test('the replica takes over from a dead master: the adapter follows it', {
    timeout: 60_000,
  }, async () => {
    const adapter = open();
    await adapter.getMany(keys);
    await server.nodes[0]?.kill?.();
    await until(() => Promise.all(keys.map((key) => adapter.set(key, 'v', 60_000))), 30_000);
    expect(await adapter.getMany(keys)).toEqual(keys.map(() => 'v'));
    expect(await until(() => adapter.deletePrefix('replica:'), 15_000)).toBe(keys.length);
  });
});
