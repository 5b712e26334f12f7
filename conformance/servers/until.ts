import { setTimeout as sleep } from 'node:timers/promises';

const deadlineMs = 15_000;
const pauseMs = 20;

/** Repeats `attempt` until it resolves. Rejects with its last error after 15 s, or as soon as `giveUp` throws. */
export async function until<T>(
  attempt: () => Promise<T>,
  giveUp: (error: unknown) => Promise<void> = async () => {},
): Promise<T> {
  const started = Date.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      await giveUp(error);
      if (Date.now() - started > deadlineMs) throw error;
      await sleep(pauseMs);
    }
  }
}
