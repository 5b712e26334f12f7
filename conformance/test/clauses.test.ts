import { readFileSync } from 'node:fs';
import { clauses, groupOf, groups, levelOf } from '@tasker-cache/conformance';
import { expect, test } from 'vitest';
import { mutants, networkMutants } from '../mutants/matrix.ts';

test('ids and titles stay as they are: none changes its meaning', () => {
  expect(clauses.map(({ id, title }) => `${id} ${title}`)).toMatchSnapshot();
});

test('there are at least 80 clauses, in every group, each under an id of its own', () => {
  expect(clauses.length).toBeGreaterThanOrEqual(80);
  expect(new Set(clauses.map(({ id }) => id)).size).toBe(clauses.length);
  expect(new Set(clauses.map(({ id }) => groupOf(id)))).toEqual(new Set(Object.values(groups)));
});

test('each clause says what it demands, how much, and why', () => {
  for (const clause of clauses) {
    expect(clause.id).toMatch(/^[A-Z]+-\d\d$/);
    expect(clause.title).toMatch(/^(MUST|SHOULD)( NOT)? [a-z]/);
    expect(clause.title.startsWith(levelOf(clause))).toBe(true);
    expect(clause.why.length).toBeGreaterThan(20);
    expect(clause.alone && clause.waits, clause.id).toBeFalsy();
  }
});

test('an id of no group is an error', () => {
  expect(() => groupOf('CACHE-01')).toThrow("'CACHE-01' is in none of the groups");
});

test('the README names every group with its ids, and the right numbers', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const group of Object.values(groups)) {
    const ids = clauses.map(({ id }) => id).filter((id) => groupOf(id) === group);
    expect(readme).toContain(`| ${group} | ${ids[0]} to ${ids.at(-1)} |`);
  }
  expect(readme).toContain(`${clauses.length} clauses`);
  expect(readme).toContain(`${mutants.length + networkMutants.length} over a correct adapter`);
});
