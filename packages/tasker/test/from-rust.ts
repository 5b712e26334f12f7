/** Texts as a Rust server's serde_json writes them: one line, `1.0` for floats, nanoseconds. */

export const rustTemplate: string = [
  '{"namespace":"payments","name":"charge","version":"1.2.0","handler_class":"Charge::Handler",',
  '"config_schema":{"type":"object","properties":{"amount":{"minimum":0.5}},"required":[]},',
  '"default_dependent_system":null,"registered_at":"2026-03-01T09:30:00.123456789Z"}',
].join('');

export const rustPerformance: string = [
  '{"total_tasks":9007199254740991,"active_tasks":12,"completed_tasks":0,"failed_tasks":3,',
  '"completion_rate":1.0,"error_rate":0.0024,"average_task_duration_seconds":4.0,',
  '"average_step_duration_seconds":1e-7,"tasks_per_hour":51,"steps_per_hour":204,',
  '"system_health_score":0.0,"analysis_period_start":"2026-02-28T09:30:00.123456789+00:00",',
  '"calculated_at":"2026-03-01T09:30:00.000000001+00:00"}',
].join('');

const tasks = [
  ...['pending', 'initializing', 'enqueuing_steps', 'steps_in_process', 'evaluating_results'],
  ...['waiting_for_dependencies', 'waiting_for_retry', 'blocked_by_failures', 'complete', 'error'],
  ...['cancelled', 'resolved_manually', 'total'],
];
const steps = [
  ...['pending', 'enqueued', 'in_progress', 'enqueued_for_orchestration'],
  ...['enqueued_as_error_for_orchestration', 'waiting_for_retry', 'complete', 'error'],
  ...['cancelled', 'resolved_manually', 'total'],
];
const counts = [
  ...tasks.map((state) => `${state}_tasks`),
  ...steps.map((state) => `${state}_steps`),
];

export const rustBottlenecks: string = [
  '{"slow_steps":[{"namespace_name":"payments","task_name":"charge","version":"1.2.0",',
  '"step_name":"capture","average_duration_seconds":12.5,"max_duration_seconds":60.0,',
  '"execution_count":4000000000,"error_count":0,"error_rate":0.0,',
  '"last_executed_at":"2026-03-01T09:30:00.123456789+00:00"},{"namespace_name":"payments",',
  '"task_name":"refund","version":"1.0.0","step_name":"notify","average_duration_seconds":1.0,',
  '"max_duration_seconds":1.0,"execution_count":10,"error_count":1,"error_rate":0.1,',
  '"last_executed_at":null}],"slow_tasks":[{"namespace_name":"payments","task_name":"charge",',
  '"version":"1.2.0","average_duration_seconds":30.25,"max_duration_seconds":90.0,',
  '"execution_count":1000,"average_step_count":4.0,"error_count":2,"error_rate":0.002,',
  '"last_executed_at":null}],"resource_utilization":{"database_pool_utilization":0.35,',
  `"system_health":{${counts.map((name, index) => `"${name}":${index}`).join(',')}}},`,
  '"recommendations":["Raise the pool","Für Ümlaute 😀"]}',
].join('');
