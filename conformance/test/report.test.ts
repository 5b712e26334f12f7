import { expect, test } from 'vitest';
import { badge } from '../report/badge.ts';
import { page } from '../report/html/page.ts';
import { storedResults } from '../report/results.ts';
import { clauses } from '../src/clauses/index.ts';
import { hostileReason, runOf, unreached } from './report-outcomes.ts';

const runs = [runOf('redis-8.0', {}), runOf('valkey-8.1', { 0: 'failed', 5: 'not run' })];
const text = page([...runs, unreached]);
const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;

test('the page has a row for each clause, a cell for each target, and heads for both', () => {
  expect(count(/<tr data-id="/g)).toBe(clauses.length);
  expect(count(/<td><button type="button" class="[\w-]+" data-target="\d" aria-label="/g)).toBe(
    clauses.length * runs.length,
  );
  expect(count(/<th scope="row">/g)).toBe(clauses.length + runs.length + 1);
  expect(count(/<th scope="rowgroup"/g)).toBe(13);
  expect(text).toContain(`aria-label="${clauses[0]?.id} valkey-8.1: failed">✗<`);
  expect(text).toContain('DRAGONFLY_URL is not set');
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the page needs no other file', () => {
  expect(text).not.toMatch(/ src=|href="(?!data:)|@import|url\(|fetch\(|https?:/);
});

test('nothing that a run says becomes markup', () => {
  expect(text).not.toContain('<script>document.title');
  const [, json = ''] =
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text) ?? [];
  const { targets } = JSON.parse(json);
  expect(targets[1].results[clauses[0]?.id ?? ''].reason).toBe(hostileReason);
  const named = page([{ ...unreached, notRun: '<img src=x onerror=alert(1)>' }]);
  expect(named).not.toContain('<img');
});

test.each([
  [runs.map(storedResults), '1 of 2 targets failing'],
  [[runOf('a', {})].map(storedResults), '1 of 1 targets'],
  [[runOf('a', {}), runOf('b', { 0: 'not run' }), unreached].map(storedResults), '1 of 2 targets'],
])('the badge says how many targets that ran are conformant', (results, message) => {
  const svg = badge(results);
  expect(svg).toContain(`<title>conformant: ${message}</title>`);
  expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="conformant: /);
});
