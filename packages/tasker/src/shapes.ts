import type { ValueOf } from './shape.ts';

/** What is known of a task template's handler. `registered_at` is RFC 3339 text, in UTC. */
export const handlerMetadata = {
  namespace: 's',
  name: 's',
  version: 's',
  handler_class: 's',
  config_schema: 'any',
  default_dependent_system: 's?',
  registered_at: 's',
} as const;

/** Rates are fractions, durations seconds, times RFC 3339 text with up to nine decimals. */
export const performanceMetrics = {
  total_tasks: 'i',
  active_tasks: 'i',
  completed_tasks: 'i',
  failed_tasks: 'i',
  completion_rate: 'f',
  error_rate: 'f',
  average_task_duration_seconds: 'f',
  average_step_duration_seconds: 'f',
  tasks_per_hour: 'i',
  steps_per_hour: 'i',
  system_health_score: 'f',
  analysis_period_start: 's',
  calculated_at: 's',
} as const;

/** The slowest steps and tasks, how loaded the system is, and what to do about it. */
export const bottleneckAnalysis = {
  slow_steps: [
    {
      namespace_name: 's',
      task_name: 's',
      version: 's',
      step_name: 's',
      average_duration_seconds: 'f',
      max_duration_seconds: 'f',
      execution_count: 'i',
      error_count: 'i',
      error_rate: 'f',
      last_executed_at: 's?',
    },
  ],
  slow_tasks: [
    {
      namespace_name: 's',
      task_name: 's',
      version: 's',
      average_duration_seconds: 'f',
      max_duration_seconds: 'f',
      execution_count: 'i',
      average_step_count: 'f',
      error_count: 'i',
      error_rate: 'f',
      last_executed_at: 's?',
    },
  ],
  resource_utilization: {
    database_pool_utilization: 'f',
    system_health: {
      pending_tasks: 'i',
      initializing_tasks: 'i',
      enqueuing_steps_tasks: 'i',
      steps_in_process_tasks: 'i',
      evaluating_results_tasks: 'i',
      waiting_for_dependencies_tasks: 'i',
      waiting_for_retry_tasks: 'i',
      blocked_by_failures_tasks: 'i',
      complete_tasks: 'i',
      error_tasks: 'i',
      cancelled_tasks: 'i',
      resolved_manually_tasks: 'i',
      total_tasks: 'i',
      pending_steps: 'i',
      enqueued_steps: 'i',
      in_progress_steps: 'i',
      enqueued_for_orchestration_steps: 'i',
      enqueued_as_error_for_orchestration_steps: 'i',
      waiting_for_retry_steps: 'i',
      complete_steps: 'i',
      error_steps: 'i',
      cancelled_steps: 'i',
      resolved_manually_steps: 'i',
      total_steps: 'i',
    },
  },
  recommendations: ['s'],
} as const;

export type HandlerMetadata = ValueOf<typeof handlerMetadata>;
export type PerformanceMetrics = ValueOf<typeof performanceMetrics>;
export type BottleneckAnalysis = ValueOf<typeof bottleneckAnalysis>;
