import { CacheError } from '@tasker-cache/core';
import { type ParseOptions, parseConfig } from '../src/index.ts';

/** The lines of the error that the text is refused with, its head left out. */
export function problemsOf(text: string, env: ParseOptions['env'] = {}): string[] {
  try {
    parseConfig(text, { env, file: 'tasker.toml' });
  } catch (error) {
    if (!CacheError.isInstance(error) || error.code !== 'CACHE_CONFIG_INVALID') throw error;
    return error.message.split('\n').slice(1);
  }
  throw new Error('expected a refusal');
}

export function settingsOf(
  text: string,
  env: ParseOptions['env'] = {},
): Readonly<Record<string, unknown>> {
  return parseConfig(text, { env }).settings ?? {};
}

export function warningsOf(text: string, env: ParseOptions['env'] = {}): readonly string[] {
  return parseConfig(text, { env, file: 'tasker.toml' }).warnings ?? [];
}

/** `[common.cache]` switched on, with a backend and further text. */
export function cacheWith(backend: string, more = ''): string {
  return `[common.cache]\nenabled = true\nbackend = "${backend}"\n${more}`;
}

/** Repeatable numbers from 0 to below 1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
