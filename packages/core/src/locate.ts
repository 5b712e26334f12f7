import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AdapterDefinition } from './adapter.ts';
import { CacheError } from './errors.ts';
import { findAdapter } from './registry.ts';
import type { CacheConfig } from './settings.ts';

/**
 * Finds the adapter of the configured backend: among `given`, then among the registered ones, then
 * by importing `config.module` as the application in `folder` would. Rejects with
 * `CACHE_ADAPTER_MISSING`, which says what to install.
 */
export async function locateAdapter(
  { backend, module }: CacheConfig,
  given: readonly AdapterDefinition[],
  folder: string,
): Promise<AdapterDefinition> {
  const known = findAdapter(backend, given);
  if (known !== undefined) return known;
  if (module === undefined) {
    refuse(
      `No adapter is registered for backend '${backend}'. Import its package, or name it as \`module\``,
    );
  }
  let path: string;
  try {
    path = createRequire(join(folder, 'package.json')).resolve(module);
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
    refuse(
      isMissing
        ? `The adapter for backend '${backend}' is not installed. Run: npm install ${module}`
        : `Package '${module}' cannot be resolved: its "exports" need a "default" condition`,
      cause,
    );
  }
  await import(pathToFileURL(path).href);
  return (
    findAdapter(backend) ??
    refuse(`Package '${module}' registers no adapter for backend '${backend}'. Check both names`)
  );
}

function refuse(message: string, cause?: unknown): never {
  throw new CacheError('CACHE_ADAPTER_MISSING', message, { cause });
}
