import type { Endpoint, ServerTarget } from '../../servers/target.ts';
import { type Server, ServerNotRunError, type StartOptions } from './server.ts';
import { parseServerUrl } from './server-url.ts';

/**
 * Reaches the server that the target's environment variable names. It stays as it is: nothing is started.
 * One that was named and does not answer is a `ServerNotRunError`: no other server may stand in for it.
 */
export async function reachByUrl(
  target: ServerTarget,
  { how, args, port: wantedPort }: StartOptions,
): Promise<Server> {
  const { name, variable } = target;
  const url = process.env[variable];
  if (!url) throw new Error(`${variable} is not set`);
  if (args?.length || wantedPort !== undefined)
    throw new Error(`${variable} names a running server, which takes no arguments and no port`);
  const { host, port, version } = await reach(target, url);
  // One variable serves targets of several versions. Who asks for the URL takes what it names.
  if (how !== 'url' && !version.startsWith(target.version))
    throw new Error(`${variable} names version ${version}`);
  const nodes = [{ role: target.roles[0] as string, host, port }];
  const stop = async () => {};
  const dispose = { stop, [Symbol.asyncDispose]: stop };
  return { target: name, url, host, port, version, how: 'url', nodes, ...dispose };
}

async function reach(target: ServerTarget, url: string): Promise<Endpoint & { version: string }> {
  try {
    const endpoint = parseServerUrl(url);
    return { ...endpoint, version: await target.askVersion(endpoint) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerNotRunError(`not run: ${target.name}: ${target.variable}: ${reason}`);
  }
}
