-- HandlerMetadata of one template, as Tasker's servers write it.
SELECT json_build_object(
  'namespace', namespace,
  'name', name,
  'version', version,
  'handler_class', handler_class,
  'config_schema', config_schema,
  'default_dependent_system', default_dependent_system,
  'registered_at',
    to_char(registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
) AS answer
FROM task_templates
WHERE namespace = $1 AND name = $2 AND version = $3;
