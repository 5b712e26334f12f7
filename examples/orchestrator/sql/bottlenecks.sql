-- BottleneckAnalysis as Tasker's servers write it: the $1 slowest steps and tasks among those that
-- ran at least $2 times.
WITH
  step_figures AS (
    SELECT
      namespace, tasks.name AS task, version, step.name AS step,
      avg(extract(epoch FROM step.completed_at - step.started_at)) AS average_seconds,
      max(extract(epoch FROM step.completed_at - step.started_at)) AS longest_seconds,
      count(*) AS executions,
      count(*) FILTER (WHERE step.state = 'error') AS errors,
      max(step.completed_at) AS last_executed_at
    FROM workflow_steps AS step JOIN tasks USING (task_id)
    WHERE step.completed_at IS NOT NULL
    GROUP BY namespace, tasks.name, version, step.name
  ),
  slow_steps AS (
    SELECT * FROM step_figures WHERE executions >= $2::int
    ORDER BY average_seconds DESC, namespace, task, step LIMIT $1::int
  ),
  slow_tasks AS (
    SELECT
      namespace, name, version,
      avg(extract(epoch FROM completed_at - created_at)) AS average_seconds,
      max(extract(epoch FROM completed_at - created_at)) AS longest_seconds,
      count(*) AS executions,
      avg(steps) AS average_steps,
      count(*) FILTER (WHERE state = 'error') AS errors,
      max(completed_at) AS last_executed_at
    FROM tasks JOIN (SELECT task_id, count(*) AS steps FROM workflow_steps GROUP BY task_id)
      AS step_counts USING (task_id)
    GROUP BY namespace, name, version
    HAVING count(*) >= $2::int
    ORDER BY average_seconds DESC, namespace, name LIMIT $1::int
  ),
  -- Every state is reported, also one that no row is in.
  task_states (state) AS (VALUES
    ('pending'), ('initializing'), ('enqueuing_steps'), ('steps_in_process'),
    ('evaluating_results'), ('waiting_for_dependencies'), ('waiting_for_retry'),
    ('blocked_by_failures'), ('complete'), ('error'), ('cancelled'), ('resolved_manually')
  ),
  step_states (state) AS (VALUES
    ('pending'), ('enqueued'), ('in_progress'), ('enqueued_for_orchestration'),
    ('enqueued_as_error_for_orchestration'), ('waiting_for_retry'), ('complete'), ('error'),
    ('cancelled'), ('resolved_manually')
  ),
  system_health (name, count) AS (
    SELECT state || '_tasks', count(task_id) FROM task_states LEFT JOIN tasks USING (state)
      GROUP BY state
    UNION ALL SELECT 'total_tasks', count(*) FROM tasks
    UNION ALL SELECT state || '_steps', count(step_id)
      FROM step_states LEFT JOIN workflow_steps USING (state) GROUP BY state
    UNION ALL SELECT 'total_steps', count(*) FROM workflow_steps
  )
SELECT json_build_object(
  'slow_steps', (SELECT json_agg(json_build_object(
    'namespace_name', namespace,
    'task_name', task,
    'version', version,
    'step_name', step,
    'average_duration_seconds', round(average_seconds, 3),
    'max_duration_seconds', round(longest_seconds, 3),
    'execution_count', executions,
    'error_count', errors,
    'error_rate', round(errors::numeric / executions, 4),
    'last_executed_at',
      to_char(last_executed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
  )) FROM slow_steps),
  'slow_tasks', (SELECT json_agg(json_build_object(
    'namespace_name', namespace,
    'task_name', name,
    'version', version,
    'average_duration_seconds', round(average_seconds, 3),
    'max_duration_seconds', round(longest_seconds, 3),
    'execution_count', executions,
    'average_step_count', round(average_steps, 2),
    'error_count', errors,
    'error_rate', round(errors::numeric / executions, 4),
    'last_executed_at',
      to_char(last_executed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
  )) FROM slow_tasks),
  'resource_utilization', json_build_object(
    'database_pool_utilization', (
      SELECT round(count(*)::numeric / current_setting('max_connections')::int, 4)
      FROM pg_stat_activity
    ),
    'system_health', (SELECT json_object_agg(name, count) FROM system_health)
  ),
  'recommendations', (SELECT coalesce(json_agg(
    format('%s of %s/%s takes %s s on average', step, namespace, task, round(average_seconds, 1))
  ), '[]') FROM (SELECT * FROM slow_steps LIMIT 1) AS slowest)
) AS answer;
