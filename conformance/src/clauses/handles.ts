import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** A timer, a socket, a watcher: what can keep the process running. */
interface Handle {
  readonly kind: string;
  readonly resource: { hasRef?(): boolean };
}

/**
 * Runs `work` and resolves to what it has left open three seconds later, by kind. Counts what `work`
 * itself has opened, whatever else this process does. `undefined` where the runtime does not tell,
 * as bun does not: its `createHook` calls nobody.
 */
export async function leftOpenBy(work: () => Promise<void>): Promise<string[] | undefined> {
  const storage = new AsyncLocalStorage<true>();
  const handles = new Map<number, Handle>();
  const hook = createHook({
    init: (id, kind, _, resource) =>
      void (storage.getStore() && handles.set(id, { kind, resource })),
    destroy: (id) => void handles.delete(id),
  }).enable();
  const open = () => [...handles.values()].filter(({ resource }) => resource.hasRef?.());
  try {
    storage.run(true, () => setTimeout(() => {}).unref());
    if (handles.size === 0) return undefined;
    await storage.run(true, work);
    const end = performance.now() + 3000;
    while (open().length > 0 && performance.now() < end) await sleep(20);
    return open().map(({ kind }) => kind);
  } finally {
    hook.disable();
  }
}
