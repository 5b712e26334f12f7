import type { Endpoint, ServerTarget } from '../../servers/target.ts';
import { until } from '../../servers/until.ts';
import { withFreePorts } from '../free-ports.ts';
import { type ContainerEngine, containerEngine } from './container-engine.ts';
import { containerFolder, containerScript } from './container-script.ts';
import { describeServer } from './describe-server.ts';
import type { OwnServer, StartOptions } from './server.ts';

/** Starts the target as one container. Testcontainers ends it with this process. */
export async function startContainer(
  target: ServerTarget,
  options: StartOptions,
): Promise<OwnServer> {
  const engine = await containerEngine();
  return withFreePorts(target.roles.length, options.port, (ports) =>
    runContainer(engine, target, ports, options.args ?? []),
  );
}

async function runContainer(
  { testcontainers, client }: ContainerEngine,
  target: ServerTarget,
  ports: readonly number[],
  args: readonly string[],
): Promise<OwnServer> {
  const files = (await target.files?.(ports)) ?? {};
  const copies = target.roles.flatMap((_, index) =>
    Object.entries(files).map(([name, content]) => {
      return { content, target: `${containerFolder(index)}/${name}` };
    }),
  );
  const started = await new testcontainers.GenericContainer(target.image)
    .withEntrypoint(['sh'])
    .withCommand(['-c', containerScript(target, ports, args)])
    // The same port on both sides: it stays after a restart, and nodes can tell each other's.
    .withExposedPorts(...ports.map((port) => ({ container: port, host: port })))
    .withCopyContentToContainer(copies)
    // Waiting is ours: until the server serves, not until it listens.
    .withWaitStrategy(testcontainers.Wait.forAll([]))
    .start();
  const container = client.container.getById(started.getId());
  const host = started.getHost().replace('localhost', '127.0.0.1');
  const nodes = target.roles.map((role, index) => ({ role, host, port: ports[index] as number }));
  const endpoints: Endpoint[] = nodes.map(({ port }) => ({ ...target.access, host, port }));
  const state = async () => (await container.inspect()).State;

  const serve = async () => {
    const versions = endpoints.map((endpoint) =>
      until(
        () => target.askVersion(endpoint),
        async () => {
          if ((await state()).Running) return;
          const said = await container.logs({ stdout: true, stderr: true, tail: 8 });
          throw new Error(`${target.image} ended at once: ${printable(said)}`);
        },
      ),
    );
    const [version = ''] = await Promise.all(versions);
    await target.join?.(endpoints);
    return version;
  };
  const kill = async () => {
    if (!(await state()).Running) return;
    const gone = container.wait();
    await container.kill();
    await gone;
  };
  const stop = async () => {
    await container.remove({ force: true, v: true }).catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 404) throw error;
    });
  };
  try {
    const version = await serve();
    if (!version.startsWith(target.version))
      throw new Error(`${target.image} holds version ${version}`);
    return {
      ...describeServer(target, nodes, files, version),
      how: 'container',
      freeze: async () => {
        if (!(await state()).Paused) await container.pause();
      },
      thaw: async () => {
        if ((await state()).Paused) await container.unpause();
      },
      kill,
      restart: async () => {
        await kill();
        await container.start();
        await serve();
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Docker puts a binary header before each line. */
function printable(log: Buffer): string {
  return log
    .toString('latin1')
    .replace(/[^\x20-\x7e\n]+/g, '')
    .trim();
}
