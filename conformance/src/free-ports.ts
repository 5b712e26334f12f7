import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which the system takes ports for outgoing connections,
// so that a killed server finds its port free again; a cluster's bus uses the port + 10,000.
const first = 10_000;
const last = 19_999;

/** Ports of this process on which nobody listens now, and somebody will again. */
export const reservedPorts: Set<number> = new Set();

const attempts = 5;
const taken = /EADDRINUSE|address already in use|failed to listen|port is already allocated/i;

/**
 * Starts something on ports on which nobody listens at 127.0.0.1, `given` being the first of them.
 * Tries other ones when another process was faster, unless one was given.
 */
export async function withFreePorts<T>(
  count: number,
  given: number | undefined,
  start: (ports: readonly number[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePorts(count, given));
    } catch (error) {
      if (given !== undefined || attempt === attempts || !taken.test(String(error))) throw error;
    }
  }
}

async function freePorts(count: number, given: number | undefined): Promise<number[]> {
  const ports = new Set(given === undefined ? [] : [given]);
  while (ports.size < count) {
    const port = randomInt(first, last + 1);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

/** Whether one may listen at this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (reservedPorts.has(port)) return resolve(false);
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
