import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { CacheAdapter } from '@tasker-cache/core/adapter';
import type { OwnedServer } from '../src/clause.ts';
import { correctAdapter, type Store } from './correct-adapter.ts';

export interface TinyServer extends Required<OwnedServer> {
  close(): Promise<void>;
}

/** A key-value server at 127.0.0.1: one JSON array a line asks, one JSON array a line answers, in order. */
export async function startTinyServer(): Promise<TinyServer> {
  const sockets = new Set<Socket>();
  const store: Store = new Map();
  const adapter = correctAdapter(store);
  const frozen: { until?: PromiseWithResolvers<void> } = {};
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
    let text = '';
    let turn = Promise.resolve();
    socket.setEncoding('utf8').on('data', (part) => {
      const lines = `${text}${part}`.split('\n');
      text = lines.pop() ?? '';
      turn = turn.then(async () => {
        await frozen.until?.promise;
        const answers = await Promise.all(lines.map((line) => answer(adapter, line)));
        if (!socket.destroyed)
          socket.write(answers.map((one) => `${JSON.stringify(one)}\n`).join(''));
      });
    });
  });
  const listen = (port: number) => once(server.listen(port, '127.0.0.1'), 'listening');
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const kill = async () => {
    const closed = once(server.close(), 'close');
    for (const socket of sockets) socket.resetAndDestroy();
    store.clear();
    await closed;
  };
  return {
    url: `tiny://127.0.0.1:${port}`,
    freeze() {
      frozen.until = Promise.withResolvers();
    },
    thaw() {
      frozen.until?.resolve();
      delete frozen.until;
    },
    kill,
    restart: async () => void (await listen(port)),
    close: kill,
  };
}

async function answer(adapter: CacheAdapter, line: string): Promise<[string, unknown?]> {
  try {
    const [method, ...details] = JSON.parse(line) as [keyof CacheAdapter, ...unknown[]];
    const run = adapter[method] as (...given: unknown[]) => Promise<unknown>;
    return ['ok', await run(...details)];
  } catch {
    return ['refused'];
  }
}
