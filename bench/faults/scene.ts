import { type FaultProxy, type OwnServer, startProxy } from '@tasker-cache/conformance';
import { type Backend, startBackend, urlOf } from './backends.ts';

/** A server with one fault to come, and what a cache needs to reach it. */
export interface Scene {
  readonly url: string;
  /** The adapter's further options. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Texts besides the URL's credentials that must not be seen anywhere. */
  readonly secrets?: readonly string[];
  /** A host name that the run's process cannot resolve during the fault. */
  readonly unresolved?: string;
  begin(): Promise<void>;
  /** Absent where the fault stays. */
  readonly end?: () => Promise<void>;
  /** Present where the fault must cost the connection, which it sees. */
  readonly proxy?: FaultProxy;
  /** Keys that were nobody's business, and are gone. */
  readonly lostNeighbours?: () => Promise<readonly string[]>;
  stop(): Promise<void>;
}

type Proxied = (proxy: FaultProxy, backend: Backend) => Promise<void> | void;
type Controlled = (server: OwnServer, backend: Backend) => Promise<void>;

/** The kit's proxy misbehaves; healing it ends the fault. */
export function throughProxy(
  begin: Proxied,
  options: { readonly dropsConnection?: boolean; readonly end?: Proxied } = {},
): (backend: Backend) => Promise<Scene> {
  return async (backend) => {
    const server = await startBackend(backend);
    const proxy = await startProxy({ upstream: server });
    return {
      url: proxy.url(urlOf(server.url, backend.credentials)),
      begin: async () => begin(proxy, backend),
      end: async () => {
        await options.end?.(proxy, backend);
        await proxy.heal();
      },
      ...(options.dropsConnection && { proxy }),
      async stop() {
        await proxy.close();
        await server.stop();
      },
    };
  };
}

/** The server itself is made to fail. `args` are its further arguments. */
export function onServer(
  begin: Controlled,
  end: Controlled,
  args: readonly string[] = [],
): (backend: Backend) => Promise<Scene> {
  return async (backend) => {
    const server = await startBackend(backend, args);
    return {
      url: urlOf(server.url, backend.credentials),
      begin: () => begin(server, backend),
      end: () => end(server, backend),
      stop: () => server.stop(),
    };
  };
}
