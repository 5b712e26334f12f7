import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conformance } from '@tasker-cache/conformance';
import { afterAll, test } from 'vitest';
import { sqliteAdapter } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasker-cache-sqlite-'));
const path = join(folder, 'cache.sqlite');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

conformance({ test, name: 'sqlite in memory', create: () => sqliteAdapter() });
conformance({ test, name: 'sqlite in a file', create: () => sqliteAdapter({ path }) });
