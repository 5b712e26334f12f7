/** What only the process that started a server may do to it. All of it ends with the server answering or gone. */
export interface ServerControls {
  /** Stops the processes in their tracks: connections stay open, nothing answers. */
  freeze(): Promise<void>;
  /** Lets frozen processes run on, with everything that was sent to them meanwhile. */
  thaw(): Promise<void>;
  /** Ends the processes at once, as a crash does (SIGKILL). What was stored is lost. */
  kill(): Promise<void>;
  /** Starts them again on the same ports, empty; kills them before if they run. Resolves when they serve. */
  restart(): Promise<void>;
}

/** One process of a server that has several. Can be controlled alone when it runs natively. */
export interface ServerNode extends Partial<ServerControls> {
  /** `master`, `replica`, `sentinel`. */
  readonly role: string;
  readonly host: string;
  readonly port: number;
}

/** A running server. One that was reached by URL belongs to someone else: it has no controls. */
export interface Server extends Partial<ServerControls>, AsyncDisposable {
  /** The name it was started by, for example `redis-8.0`. */
  readonly target: string;
  /** With credentials, where it wants them: never print it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** As the server itself says. */
  readonly version: string;
  readonly how: 'url' | 'container' | 'native';
  /** All its processes; the first is the one `url` names. */
  readonly nodes: readonly ServerNode[];
  /** The certificate authority to trust (PEM), where it speaks TLS. */
  readonly ca?: string;
  /** Ends it and removes what it left; only disconnects from a server of someone else. Safe to repeat. */
  stop(): Promise<void>;
}

/** A server this process started. */
export type OwnServer = Server & ServerControls;

export interface StartOptions {
  /** Further arguments, after the target's own: `['--maxmemory', '2mb']`. Not for `url`. */
  readonly args?: readonly string[];
  /**
   * `auto`: a URL of the environment whose server has the target's version, then containers, then native.
   * `own`: the same without the URL, so that the server can be frozen and killed.
   * `url` takes the URL's server whatever its version. Default `auto`.
   */
  readonly how?: 'auto' | 'own' | 'url' | 'containers' | 'native';
  /** The port to listen on, of the first process. Default: a free one. Not for `url`. */
  readonly port?: number;
}

/** The server could not be had here. The message says why for each way, and what to do. */
export class ServerNotRunError extends Error {
  override readonly name = 'ServerNotRunError';
}
