-- PerformanceMetrics of the last $1 hours, as Tasker's servers write it.
WITH
  period AS (SELECT now() - $1::int * interval '1 hour' AS start),
  recent_tasks AS (SELECT tasks.* FROM tasks, period WHERE created_at >= start),
  task_figures AS (
    SELECT
      count(*) AS total,
      count(*) FILTER (WHERE state IN ('pending', 'steps_in_process')) AS active,
      count(*) FILTER (WHERE state = 'complete') AS completed,
      count(*) FILTER (WHERE state = 'error') AS failed,
      avg(extract(epoch FROM completed_at - created_at)) AS average_seconds
    FROM recent_tasks
  ),
  step_figures AS (
    SELECT
      count(*) FILTER (WHERE step.state = 'complete') AS completed,
      avg(extract(epoch FROM step.completed_at - step.started_at)) AS average_seconds
    FROM workflow_steps AS step JOIN recent_tasks USING (task_id)
  )
SELECT json_build_object(
  'total_tasks', task.total,
  'active_tasks', task.active,
  'completed_tasks', task.completed,
  'failed_tasks', task.failed,
  'completion_rate', round(task.completed::numeric / greatest(task.total, 1), 4),
  'error_rate', round(task.failed::numeric / greatest(task.total, 1), 4),
  'average_task_duration_seconds', round(coalesce(task.average_seconds, 0), 3),
  'average_step_duration_seconds', round(coalesce(step.average_seconds, 0), 3),
  'tasks_per_hour', task.completed / $1::int,
  'steps_per_hour', step.completed / $1::int,
  'system_health_score', round(1 - task.failed::numeric / greatest(task.total, 1), 4),
  'analysis_period_start', to_char(start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
  'calculated_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
) AS answer
FROM period, task_figures AS task, step_figures AS step;
