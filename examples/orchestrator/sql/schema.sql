-- The part of Tasker's schema that templates and analytics are read from.
CREATE TABLE task_templates (
  namespace text,
  name text,
  version text,
  handler_class text NOT NULL,
  config_schema jsonb,
  default_dependent_system text,
  registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (namespace, name, version)
);

CREATE TABLE tasks (
  task_id integer PRIMARY KEY,
  namespace text NOT NULL,
  name text NOT NULL,
  version text NOT NULL,
  state text NOT NULL,
  created_at timestamptz NOT NULL,
  completed_at timestamptz
);

CREATE TABLE workflow_steps (
  step_id integer PRIMARY KEY,
  task_id integer NOT NULL REFERENCES tasks,
  name text NOT NULL,
  state text NOT NULL,
  started_at timestamptz,
  completed_at timestamptz
);
