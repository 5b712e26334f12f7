import { AsyncLocalStorage } from 'node:async_hooks';

/** Collects what goes wrong outside of any promise: unhandled rejections and uncaught exceptions. */
export interface FaultCollector {
  add(error: Error): void;
}

interface Table {
  readonly storage: AsyncLocalStorage<FaultCollector>;
  /** Those who run now: a fault that nobody can be named for goes to all of them. */
  readonly active: Set<FaultCollector>;
}

const table: Table = { storage: new AsyncLocalStorage(), active: new Set() };

/** Runs `work`; faults of anything that it starts go to the collector, even when they come later. */
export function collectFaults<T>(collector: FaultCollector, work: () => Promise<T>): Promise<T> {
  return table.storage.run(collector, work);
}

/** Listens until the returned function is called. While it does, these faults do not end the process. */
export function listenForFaults(fallback: FaultCollector): () => void {
  if (table.active.size === 0) {
    process.on('unhandledRejection', onRejection);
    process.on('uncaughtException', onException);
  }
  table.active.add(fallback);
  return () => {
    table.active.delete(fallback);
    if (table.active.size > 0) return;
    process.off('unhandledRejection', onRejection);
    process.off('uncaughtException', onException);
  };
}

function onRejection(reason: unknown): void {
  report(new Error(`unhandled rejection: ${describe(reason)}`, { cause: reason }));
}

function onException(error: unknown): void {
  report(new Error(`uncaught exception: ${describe(error)}`, { cause: error }));
}

function report(error: Error): void {
  const named = table.storage.getStore();
  for (const collector of named ? [named] : table.active) collector.add(error);
}

function describe(reason: unknown): string {
  return reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
}
