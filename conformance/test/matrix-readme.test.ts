import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { matrixTargets } from '../commands/targets.ts';
import { badge } from '../report/badge.ts';
import { allResults, end, readmeBlock, readmeFile, start, writeReadme } from '../report/readme.ts';
import { resultsFolder, storedResults, writeResults } from '../report/results.ts';
import { clauses } from '../src/clauses/index.ts';
import { runOf, unreached } from './report-outcomes.ts';

const stale = 'run `pnpm conformance`, then `pnpm conformance --readme`';

test('there are committed results of every target, and of every clause', () => {
  const results = allResults();
  expect(
    results.map(({ target }) => target),
    stale,
  ).toEqual(matrixTargets.map(({ name }) => name));
  const ids = clauses.map(({ id }) => id);
  for (const { target, notRun, clauses: lines } of results)
    expect(Object.keys(lines), `${target}: ${stale}`).toEqual(notRun === undefined ? ids : []);
});

test('the matrix of README.md is the one of the committed results', async () => {
  const text = await readFile(readmeFile, 'utf8');
  const [, rest = `no line ${start}`] = text.split(start);
  expect(rest.split(end)[0]?.trim(), stale).toBe(readmeBlock(allResults()));
});

test('the badge is the one of the committed results', async () => {
  const text = await readFile(join(resultsFolder, 'badge.svg'), 'utf8');
  expect(text, stale).toBe(badge(allResults()));
});

test('the block counts, names reasons once, and replaces the one before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tasker-cache-readme-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'README.md');
  await writeFile(file, '# Title\n');
  const outcomes = [
    runOf('redis-7.0', { 1: 'not run' }),
    runOf('redis-8.0', { 1: 'not run', 2: 'failed', 3: 'not applicable' }),
    runOf('valkey-8.1', { 3: 'not applicable' }),
    unreached,
  ];
  for (const outcome of outcomes) writeResults(folder, outcome);
  expect(writeReadme(folder, file)).toBe(false);
  expect(await readFile(file, 'utf8')).toBe('# Title\n');
  await writeFile(file, `# Title\n${start}\nold\n${end}\nafter\n`);
  expect(writeReadme(folder, file)).toBe(true);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(`| 8.0.2 | ${clauses.length - 3} | 1 | 1 | 1 | no |`);
  expect(text).toContain(`| 8.0.2 | ${clauses.length - 1} | 0 | 1 | 0 | yes |`);
  expect(text).toContain('| – | – | – | – | – | not run |');
  expect(text).toMatch(/^- redis-7\.0, redis-8\.0: RW-02 not run: /m);
  expect(text).toMatch(/^- dragonfly: not run: DRAGONFLY_URL is not set\.$/m);
  expect(text).not.toContain('old');
  expect(text).toMatch(/\nafter\n$/);
  expect(await readFile(join(folder, 'badge.svg'), 'utf8')).toContain('1 of 3 targets failing');
});

test('what is stored does not differ from run to run', () => {
  const run = runOf('redis-8.0', {});
  const [first, ...others] = run.results;
  const reason = 'no server answers at 127.0.0.1:12345 for kit:cafe:RW-01:\nat a line';
  const failed = { ...first, state: 'failed', reason } as (typeof run.results)[number];
  const stored = storedResults({ ...run, results: [failed, ...others] });
  expect(stored.clauses['RW-01']).toBe('failed: no server answers at ADDRESS for kit:SEED:RW-01:');
  expect(JSON.stringify(stored)).not.toMatch(/durationMs|native|cafe/);
});
