import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  BottleneckAnalysis,
  BottleneckQuery,
  HandlerMetadata,
  PerformanceMetrics,
  TemplateReference,
} from '@tasker-cache/tasker';
import { type Ask, answerTo, askerOf } from './ipc.ts';

export interface DatabaseQuestion {
  readonly query: string;
  readonly parameters: unknown[];
}

/** Tasker's queries. PostgreSQL runs in another process, so every call is a round trip. */
export interface Database {
  performance(hours: number): Promise<PerformanceMetrics>;
  bottlenecks(query: BottleneckQuery): Promise<BottleneckAnalysis>;
  template(reference: TemplateReference): Promise<HandlerMetadata>;
  /** Which templates there are. */
  references(): Promise<readonly TemplateReference[]>;
  /** Makes the class the template's handler, and commits. */
  register(reference: TemplateReference, handlerClass: string): Promise<void>;
  size(): Promise<{ readonly version: string; readonly steps: number }>;
  /** How often a query ran, whichever process asked for it. */
  executed(query: 'performance' | 'bottlenecks' | 'template'): Promise<number>;
}

/** The database behind a channel: its own process, or a parent that passes questions on. */
export function databaseOver(ask: Ask): Database {
  const run = <T>(query: string, ...parameters: unknown[]) =>
    ask({ query, parameters } satisfies DatabaseQuestion) as Promise<T>;
  return {
    performance: (hours) => run('performance', hours),
    bottlenecks: ({ limit, minExecutions }) => run('bottlenecks', limit, minExecutions),
    template: ({ namespace, name, version }) => run('template', namespace, name, version),
    references: () => run('references'),
    register: ({ namespace, name, version }, handlerClass) =>
      run('register', namespace, name, version, handlerClass),
    size: () => run('size'),
    executed: async (query) => (await run<Record<string, number>>('executed'))[query] ?? 0,
  };
}

export interface DatabaseProcess extends Disposable {
  readonly database: Database;
  /** Lets a child of this process ask the same database. */
  serve(child: ChildProcess): void;
}

/** Starts PostgreSQL in a process of its own, and fills it before it answers the first question. */
export function startDatabase(): DatabaseProcess {
  const child = fork(fileURLToPath(new URL('database-process.ts', import.meta.url)));
  const ask = askerOf(child);
  return {
    database: databaseOver(ask),
    serve: (other) => answerTo(other, ask),
    [Symbol.dispose]: () => child.disconnect(),
  };
}
