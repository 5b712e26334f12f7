import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '@tasker-cache/conformance';
import type { Cache } from '@tasker-cache/core';
import type { TemplateReference } from '@tasker-cache/tasker';
import type { Database } from './database.ts';
import type { LogBook } from './log-book.ts';
import type { Orchestrator } from './orchestrator.ts';
import type { Report } from './report.ts';
import type { WorkerBoot } from './worker-boot.ts';

/** What a scene plays with. */
export interface Stage {
  readonly report: Report;
  readonly log: LogBook;
  readonly database: Database;
  readonly cache: Cache;
  readonly orchestrator: Orchestrator;
  /** All that the database knows. */
  readonly references: readonly TemplateReference[];
  /** The cache's server, where it has one. */
  readonly server: Server | undefined;
  /** Runs a worker of that build through its start. */
  bootWorker(build: string): Promise<WorkerBoot>;
}

export type Scene = (stage: Stage) => Promise<void>;

/** The template that the worker brings a new handler for. */
export const chargeCard: TemplateReference = {
  namespace: 'payments',
  name: 'charge_card',
  version: '2.0.0',
};

/** Reads every template once. Resolves to how many queries that took. */
export async function queriesForAll(stage: Stage): Promise<number> {
  const { database, orchestrator, references } = stage;
  const before = await database.executed('template');
  for (const reference of references) await orchestrator.template(reference);
  return (await database.executed('template')) - before;
}

/** Resolves to how long the work took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** Resolves to whether the condition came true in time. */
export async function until(condition: () => boolean, timeoutMs = 15_000): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > endMs) return false;
    await sleep(10);
  }
  return true;
}
