// The one process that owns PostgreSQL. It answers { query, parameters } with the first row's answer.
import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import type { DatabaseQuestion } from './database.ts';
import { answerTo } from './ipc.ts';

const sqlFile = (name: string): Promise<string> =>
  readFile(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8');

const postgres = await PGlite.create();
await postgres.exec(await sqlFile('schema'));
await postgres.exec(await sqlFile('seed'));

const queries = new Map<string, string>();
const names = ['size', 'references', 'performance', 'bottlenecks', 'template', 'register'];
for (const name of names) {
  queries.set(name, await sqlFile(name));
}
const executed: Record<string, number> = {};

process.on('disconnect', () => process.exit());

answerTo(process, async (question) => {
  const { query, parameters } = question as DatabaseQuestion;
  if (query === 'executed') return executed;
  const sql = queries.get(query);
  if (sql === undefined) throw new Error(`No query is called '${query}'`);
  executed[query] = (executed[query] ?? 0) + 1;
  const { rows } = await postgres.query<{ answer: unknown }>(sql, parameters);
  return rows[0]?.answer;
});
