import { serverTargets } from '../servers/index.ts';
import { UsageError } from './arguments.ts';

/** One row of the matrix: an adapter, and the server it is run against. */
export interface MatrixTarget {
  readonly name: string;
  readonly adapter: 'memory' | 'noop' | 'redis' | 'dragonfly' | 'memcached';
  /** Whether it needs the server that has the target's name. */
  readonly hasServer: boolean;
}

const adapterOf: Readonly<Record<string, MatrixTarget['adapter']>> = {
  redis: 'redis',
  valkey: 'redis',
  dragonfly: 'dragonfly',
  memcached: 'memcached',
};

/** The adapters of this process, then every server of the kit, in its order. */
export const matrixTargets: readonly MatrixTarget[] = [
  { name: 'memory', adapter: 'memory', hasServer: false },
  { name: 'noop', adapter: 'noop', hasServer: false },
  ...serverTargets.map(({ name, product }): MatrixTarget => {
    const adapter = adapterOf[product];
    if (adapter === undefined) throw new Error(`No adapter of ours speaks to ${product}`);
    return { name, adapter, hasServer: true };
  }),
];

/** The targets that the names mean, each once. Throws a `UsageError` for one that means nothing. */
export function selectTargets(names: readonly string[]): readonly MatrixTarget[] {
  if (names.length === 0) return matrixTargets;
  const selected = new Set(names.flatMap(meaning));
  return matrixTargets.filter((target) => selected.has(target));
}

function meaning(name: string): readonly MatrixTarget[] {
  const exact = matrixTargets.filter((target) => target.name === name);
  if (exact.length > 0) return exact;
  const alike = matrixTargets.filter(
    (target) => name !== '' && (target.adapter === name || target.name.startsWith(name)),
  );
  if (alike.length > 0) return alike;
  const known = matrixTargets.map((target) => target.name).join(', ');
  throw new UsageError(`--only '${name}' is no target and no adapter. Targets: ${known}`);
}
