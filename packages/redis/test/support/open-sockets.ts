import { Socket } from 'node:net';

/** How many sockets of this process are open towards these ports. */
export function openSockets(ports: readonly number[]): number {
  const { _getActiveHandles: handles } = process as unknown as {
    _getActiveHandles(): readonly object[];
  };
  return handles
    .call(process)
    .filter((it) => it instanceof Socket && ports.includes(it.remotePort ?? 0)).length;
}
