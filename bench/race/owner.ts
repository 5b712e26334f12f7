// The one process that owns PostgreSQL. It logs each commit once it is visible.
import { PGlite } from '@electric-sql/pglite';
import type { HandlerMetadata } from '@tasker-cache/tasker';
import { nowUs } from './history.ts';
import { keyCount, referenceOf } from './keys.ts';
import { connectToParent } from './parent.ts';
import { Recorder } from './recorder.ts';

const schema = `
  CREATE TABLE task_templates (
    key integer PRIMARY KEY,
    namespace text NOT NULL, name text NOT NULL, version text NOT NULL,
    handler_class text NOT NULL DEFAULT 'Race',
    revision integer NOT NULL DEFAULT 1,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`;
const select = `
  SELECT json_build_object(
    'namespace', namespace, 'name', name, 'version', version, 'handler_class', handler_class,
    'config_schema', json_build_object('revision', revision), 'default_dependent_system', NULL,
    'registered_at', to_char(registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
  ) AS template FROM task_templates WHERE key = $1`;
const update =
  'UPDATE task_templates SET revision = revision + 1 WHERE key = $1 RETURNING revision';

const postgres = await PGlite.create();
await postgres.exec(schema);
for (let key = 0; key < keyCount; key++) {
  const { namespace, name, version } = referenceOf(key);
  const insert =
    'INSERT INTO task_templates (key, namespace, name, version) VALUES ($1, $2, $3, $4)';
  await postgres.query(insert, [key, namespace, name, version]);
}

const recorder = new Recorder();

const ask = connectToParent({
  ready: () => true,
  async template(key: number): Promise<HandlerMetadata | undefined> {
    const { rows } = await postgres.query<{ template: HandlerMetadata }>(select, [key]);
    return rows[0]?.template;
  },
  async update(key: number): Promise<number | undefined> {
    const { rows } = await postgres.query<{ revision: number }>(update, [key]);
    const version = rows[0]?.revision;
    if (version !== undefined) recorder.add({ kind: 'commit', key, version, endUs: nowUs() });
    return version;
  },
  flush: () => recorder.flush(),
});
recorder.sendTo(ask);
