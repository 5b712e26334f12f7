import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerTarget } from '../../servers/target.ts';
import { withFreePorts } from '../free-ports.ts';
import { describeServer } from './describe-server.ts';
import { NativeNode } from './native-node.ts';
import { nativeProgram, type Program } from './native-program.ts';
import type { OwnServer, StartOptions } from './server.ts';

/** Starts the target as processes of this machine. */
export async function startNative(target: ServerTarget, options: StartOptions): Promise<OwnServer> {
  const program = await nativeProgram(target);
  return withFreePorts(target.roles.length, options.port, (ports) =>
    startProcesses(target, program, ports, options.args ?? []),
  );
}

async function startProcesses(
  target: ServerTarget,
  program: Program,
  ports: readonly number[],
  args: readonly string[],
): Promise<OwnServer> {
  const files = (await target.files?.(ports)) ?? {};
  const folder = await mkdtemp(join(tmpdir(), 'tasker-cache-server-'));
  const start = { program, folder, ports, args };
  const nodes = target.roles.map((_, index) => new NativeNode(target, index, start));
  const each = async (work: (node: NativeNode) => Promise<void>) => {
    await Promise.all(nodes.map(work));
  };
  const kill = () => each((node) => node.kill());
  const joined = async () => target.join?.(nodes.map((node) => node.endpoint));
  const stop = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [version = ''] = await Promise.all(nodes.map((node) => node.start(files)));
    await joined();
    return {
      ...describeServer(target, nodes, files, version),
      how: 'native',
      freeze: () => each((node) => node.freeze()),
      thaw: () => each((node) => node.thaw()),
      kill,
      restart: async () => {
        await each((node) => node.restart());
        await joined();
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
