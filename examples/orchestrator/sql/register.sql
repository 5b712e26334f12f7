-- What a booting worker writes: this build of the handler serves the template from now on.
INSERT INTO task_templates (namespace, name, version, handler_class)
VALUES ($1, $2, $3, $4)
ON CONFLICT (namespace, name, version)
DO UPDATE SET handler_class = excluded.handler_class, registered_at = excluded.registered_at;
