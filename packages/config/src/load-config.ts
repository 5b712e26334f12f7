import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { getSystemErrorMessage } from 'node:util';
import { type CacheConfig, CacheError } from '@tasker-cache/core';
import { type ParseOptions, parseConfig } from './parse-config.ts';

/**
 * Reads Tasker's TOML file, as `parseConfig` does with its text. Rejects with `CACHE_CONFIG_INVALID`
 * if the file cannot be read too; `openCache` accepts the promise as it is.
 */
export async function loadConfig(
  path: string,
  options: Pick<ParseOptions, 'env'> = {},
): Promise<CacheConfig> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, reasonOf(cause), cause);
  });
  if (!isUtf8(bytes)) throw unreadable(path, 'it is not UTF-8');
  return parseConfig(bytes.toString(), { ...options, file: path });
}

function unreadable(path: string, reason: string, cause?: unknown): CacheError {
  const message = `${path}: cannot read the configuration: ${reason}. Give the path of Tasker's TOML file`;
  return new CacheError('CACHE_CONFIG_INVALID', message, { cause });
}

function reasonOf(error: unknown): string {
  const { errno, code = 'unknown error' } = error as NodeJS.ErrnoException;
  return errno === undefined ? code : `${getSystemErrorMessage(errno)} (${code})`;
}
