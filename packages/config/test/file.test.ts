import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CacheError } from '@tasker-cache/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../src/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tasker-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'tasker.toml');
  await writeFile(path, content);
  return path;
}

async function refusalOf(config: Promise<unknown>): Promise<CacheError> {
  const error: unknown = await config.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!CacheError.isInstance(error)) throw new Error('expected a CacheError', { cause: error });
  expect(error.code).toBe('CACHE_CONFIG_INVALID');
  return error;
}

const enabled = '[common.cache]\nenabled = true\nbackend = "moka"\n';

describe('loadConfig', () => {
  test('reads a file, with process.env or the variables it is given', async () => {
    const path = await write(`${enabled}key_prefix = "\${PREFIX:-none}"\n`);
    expect(await loadConfig(path)).toMatchObject({ enabled: true, keyPrefix: 'none' });
    expect(await loadConfig(path, { env: { PREFIX: 'p' } })).toMatchObject({ keyPrefix: 'p' });
  });

  test('names the file in errors and warnings', async () => {
    const path = await write('[common.cache]\nenabeld = true\n');
    expect((await loadConfig(path)).warnings?.[0]).toMatch(`${path}:2: common.cache.enabeld: `);
    const error = await refusalOf(loadConfig(await write('[common.cache]\nenabled = 1\n')));
    expect(error.message).toContain(`\n${path}:2: common.cache.enabled = 1: `);
  });

  test('a byte order mark, and CRLF', async () => {
    const path = await write(`\uFEFF${enabled.replaceAll('\n', '\r\n')}`);
    expect(await loadConfig(path)).toMatchObject({ enabled: true, warnings: [] });
  });

  test('an empty file', async () => {
    expect(await loadConfig(await write(''))).toMatchObject({ enabled: false });
  });

  test('a file that is not there', async () => {
    const path = join(folder, 'missing.toml');
    const { message } = await refusalOf(loadConfig(path));
    expect(message).toContain(
      `${path}: cannot read the configuration: no such file or directory (ENOENT)`,
    );
  });

  test('a directory', async () => {
    const { message } = await refusalOf(loadConfig(folder));
    expect(message).toContain(
      `${folder}: cannot read the configuration: illegal operation on a directory (EISDIR)`,
    );
  });

  test('a path through a file', async () => {
    const path = join(await write(enabled), 'tasker.toml');
    expect((await refusalOf(loadConfig(path))).message).toContain('not a directory (ENOTDIR)');
  });

  test.each([
    ['Latin-1', Buffer.from('[common.cache]\nkey_prefix = "é"\n', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFF[common.cache]\n', 'utf16le')],
  ])('a file in %s', async (_, bytes) => {
    const { message } = await refusalOf(loadConfig(await write(bytes)));
    expect(message).toContain('it is not UTF-8');
  });
});

describe('a megabyte of other tables', () => {
  const row = (index: number) => `[table${index}]\nkey = "value ${index}"\nlist = [1, 2, 3]\n`;
  const others = Array.from({ length: 25_000 }, (_, index) => row(index)).join('');

  test('is read', () => {
    expect(others.length).toBeGreaterThan(1_000_000);
    expect(parseConfig(others + enabled)).toMatchObject({ enabled: true, warnings: [] });
  });

  test('does not move the lines of problems', () => {
    const line = others.split('\n').length + 1;
    expect(() => parseConfig(`${others}[common.cache]\nenabled = 1\n`, { file: 'f' })).toThrow(
      `f:${line}: common.cache.enabled = 1: `,
    );
  });
});

describe('text that is not TOML', () => {
  test.each([
    ['a = "x\n', 1],
    ['[common.cache]\nenabled = yes\n', 2],
    ['\n\n[common.cache\n', 3],
    ['a = 1\na = 2\n', 2],
    ['a = 1\r\n\r\nb =\r\n', 3],
    ['x = 1 y = 2', 1],
  ])('%j is refused with its line', (text, line) => {
    expect(() => parseConfig(text, { file: 'tasker.toml' })).toThrow(
      new RegExp(`^tasker\\.toml:${line}:\\d+: not valid TOML: [a-z -]+\\. `),
    );
  });

  test('says nothing of the lines around the fault', () => {
    const text = 'password = "hunter2"\nurl = "redis://:hunter2@h\ntoken = "hunter2"\n';
    const thrown = (() => {
      try {
        return parseConfig(text);
      } catch (error) {
        return error as CacheError;
      }
    })() as CacheError;
    expect(thrown.code).toBe('CACHE_CONFIG_INVALID');
    expect(thrown.cause).toBeUndefined();
    expect(`${thrown.stack} ${JSON.stringify(thrown)}`).not.toContain('hunter2');
  });

  test('a text that is none at all', () => {
    expect(() => parseConfig(undefined as never)).toThrow(CacheError);
  });
});

test('numbers of 64 bits in other tables do no harm', () => {
  const text = `[other]\nid = 9223372036854775807\n${enabled}`;
  expect(parseConfig(text).enabled).toBe(true);
});
