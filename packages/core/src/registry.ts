import type { AdapterDefinition } from './adapter.ts';

/** One table per process, so two copies of this package see the same adapters. */
const table: Map<string, AdapterDefinition> = sharedTable();

/**
 * Makes an adapter known under its name and its aliases. Importing an adapter package does this.
 * A later registration replaces an earlier one of the same name.
 */
export function registerAdapter(definition: AdapterDefinition): void {
  for (const name of [definition.name, ...(definition.aliases ?? [])]) table.set(name, definition);
}

/** Finds an adapter by name or alias: among `definitions` first, then among the registered ones. */
export function findAdapter(
  backend: string,
  definitions: readonly AdapterDefinition[] = [],
): AdapterDefinition | undefined {
  const given = definitions.find(
    (definition) => definition.name === backend || definition.aliases?.includes(backend),
  );
  return given ?? table.get(backend);
}

function sharedTable(): Map<string, AdapterDefinition> {
  const key = Symbol.for('tasker-cache.adapters');
  const shared = globalThis as { [key]?: Map<string, AdapterDefinition> };
  shared[key] ??= new Map();
  return shared[key];
}
