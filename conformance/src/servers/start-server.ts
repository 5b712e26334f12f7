import { appendFileSync } from 'node:fs';
import { serverTargets } from '../../servers/index.ts';
import type { ServerTarget } from '../../servers/target.ts';
import { reachByUrl } from './by-url.ts';
import { startContainer } from './containers.ts';
import { startNative } from './native.ts';
import { type OwnServer, type Server, ServerNotRunError, type StartOptions } from './server.ts';

interface Way {
  readonly start: (target: ServerTarget, options: StartOptions) => Promise<Server>;
  /** What would help where it did not work. */
  readonly advice: (target: ServerTarget) => string;
}

const byUrl: Way = { start: reachByUrl, advice: ({ variable }) => `set ${variable}` };
const container: Way = { start: startContainer, advice: () => 'start a Docker engine' };
const native: Way = {
  start: startNative,
  advice: ({ program, version }) => `put ${`${program} ${version}`.trim()} on PATH`,
};

const ways: Record<NonNullable<StartOptions['how']>, readonly Way[]> = {
  auto: [byUrl, container, native],
  own: [container, native],
  url: [byUrl],
  containers: [container],
  native: [native],
};
const anyOf = new Intl.ListFormat('en', { type: 'disjunction' });

/**
 * Starts (or reaches) a server by the target's name and resolves when it serves.
 *
 * A server that was started ends with this process at the latest, even when it crashes.
 * Rejects with a `ServerNotRunError` when it cannot be had here, and with a `TypeError` for an unknown name.
 */
export function startServer(
  target: string,
  options: StartOptions & { readonly how: 'own' | 'containers' | 'native' },
): Promise<OwnServer>;
export function startServer(target: string, options?: StartOptions): Promise<Server>;
export async function startServer(name: string, options: StartOptions = {}): Promise<Server> {
  const target = serverTargets.find((it) => it.name === name);
  if (!target) {
    const known = serverTargets.map((it) => it.name).join(', ');
    throw new TypeError(`No server target '${name}'. Known: ${known}`);
  }
  const reasons: string[] = [];
  const tried = ways[options.how ?? 'auto'];
  for (const { start } of tried) {
    try {
      const server = await start(target, options);
      logServer(server);
      return server;
    } catch (error) {
      if (error instanceof ServerNotRunError) throw error;
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  const advice = anyOf.format(tried.map((way) => way.advice(target)));
  throw new ServerNotRunError(`not run: ${name}: ${reasons.join('; ')}. To have it: ${advice}`);
}

/** Lets a test run say at its end what it really ran against. */
function logServer({ target, version, how }: Server): void {
  const path = process.env.TASKER_CACHE_SERVER_LOG;
  if (path !== undefined) appendFileSync(path, `${target} ${version} (${how})\n`);
}
