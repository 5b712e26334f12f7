import { type Logger, openCache } from '@tasker-cache/core';
import { noop } from '@tasker-cache/noop';
import { expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../src/index.ts';

/** Collects what is logged, level and message. */
function recorder(): { readonly lines: string[]; readonly logger: Logger } {
  const lines: string[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  const logger = { debug: at('DEBUG'), info: at('INFO'), warn: at('WARN'), error: at('ERROR') };
  return { lines, logger };
}

test('openCache accepts what parseConfig gives, and logs its warnings once', async () => {
  const text = '[common.cache]\nenabled = true\nbackend = "noop"\nkey_prefx = "x"\n';
  const { lines, logger } = recorder();
  const config = parseConfig(text, { env: {}, file: 'tasker.toml' });
  const cache = await openCache(config, { adapters: [noop], logger, required: true });
  await cache.close();
  expect(lines.filter((line) => line.startsWith('WARN'))).toEqual([
    'WARN tasker.toml:4: common.cache.key_prefx: unknown key, ignored; the nearest known name is key_prefix. {}',
  ]);
});

test('openCache falls back to NoOp when loadConfig rejects, and logs the reason', async () => {
  const { lines, logger } = recorder();
  const cache = await openCache(loadConfig('/nowhere/tasker.toml'), { logger });
  await cache.close();
  const [line, ...others] = lines.filter((entry) => entry.startsWith('WARN'));
  expect(line).toContain('/nowhere/tasker.toml: cannot read the configuration: no such file');
  expect(others).toEqual([]);
});
