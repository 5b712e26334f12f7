import { CacheError } from '@tasker-cache/core';
import { parse, TomlError } from 'smol-toml';
import { position } from './report.ts';

export type Table = Readonly<Record<string, unknown>>;

/**
 * Parses the whole file, or throws `CACHE_CONFIG_INVALID`. The error has no cause: smol-toml's
 * message quotes the lines around the fault, and those may hold a password.
 */
export function parseToml(text: string, file: string): Table {
  try {
    // A 64-bit integer in a table that is not ours must not make the file unreadable.
    return parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    const known = error instanceof TomlError ? error : undefined;
    const [reason] = known?.message.replace('Invalid TOML document: ', '').split('\n') ?? [];
    const at = position(file, known?.line, known?.column);
    const message = `${at}not valid TOML: ${reason ?? 'it cannot be parsed'}. Correct this place: until then nothing in the file can be read.`;
    throw new CacheError('CACHE_CONFIG_INVALID', message);
  }
}

export function isTable(value: unknown): value is Table {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}
