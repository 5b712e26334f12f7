import type { Cluster } from 'ioredis';
import { type Send, sendBy } from './send.ts';
import { hasSetIfeq, hasSetNxGet, identify, type ServerIdentity } from './server-identity.ts';

/** A client that takes commands, and what is known about the server behind it. */
export interface Session {
  readonly send: Send;
  /** The cluster that `send` distributes commands to; `undefined` when there is one server. */
  readonly cluster: Cluster | undefined;
  readonly server: ServerIdentity;
  /** Which one-command forms the server takes; turned off when it calls one a syntax error. */
  readonly commands: { setNxGet: boolean; setIfeq: boolean };
  /** Ends the connection because it cannot be trusted any more; the next one comes by itself. */
  drop(): void;
  /** Connects anew, as the name may lead to another server by now; what is pending is answered. */
  renew(): void;
}

/** The way to the server, whoever owns the client. */
export interface Connection {
  /** Set while commands can be sent: all that an operation reads on its fast path. */
  readonly session: Session | undefined;
  readonly isClosed: boolean;
  /** Waits for a connect that is under way or starts one; rejects at once after one has failed. */
  ready(): Promise<Session>;
  recycle(): void;
  close(): Promise<void>;
}

/** Asks the server what it is, and starts a session with it. */
export async function openSession(
  way: Pick<Session, 'send' | 'cluster' | 'drop' | 'renew'>,
): Promise<Session> {
  const { send, cluster, drop, renew } = way;
  // Any of them would do, but one that is frozen would not answer.
  const node = cluster?.nodes('master').find(({ status }) => status === 'ready');
  const server = await identify(node === undefined ? send : sendBy(node));
  const commands = { setNxGet: hasSetNxGet(server), setIfeq: hasSetIfeq(server) };
  return { send, cluster, server, commands, drop, renew };
}
