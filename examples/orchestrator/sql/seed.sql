-- 20,000 tasks of 10 steps each, one task every 4 s until now: the same rows on every run.
INSERT INTO task_templates (namespace, name, version, handler_class, config_schema)
VALUES
  ('payments', 'charge_card', '2.0.0', 'ChargeCard', '{"required": ["amount", "currency"]}'),
  ('payments', 'refund', '1.2.0', 'Refund', '{"required": ["charge"]}'),
  ('fulfillment', 'ship_order', '1.4.0', 'ShipOrder', '{"required": ["order"]}'),
  ('fulfillment', 'restock', '1.0.0', 'Restock', NULL),
  ('notifications', 'send_receipt', '3.1.0', 'SendReceipt', '{"required": ["email"]}'),
  ('reporting', 'close_month', '1.0.0', 'CloseMonth', NULL);

INSERT INTO tasks
SELECT
  id,
  template.namespace,
  template.name,
  template.version,
  progress.state,
  created_at,
  CASE WHEN progress.state IN ('complete', 'cancelled') THEN created_at + interval '45 s' END
FROM
  generate_series(1, 20000) AS id
  JOIN (SELECT *, row_number() OVER (ORDER BY namespace, name) AS position FROM task_templates)
    AS template ON template.position = id % 6 + 1
  CROSS JOIN LATERAL (SELECT now() - (20000 - id) * interval '4 s' AS created_at) AS clock
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN id > 19990 THEN 'pending'
      WHEN id > 19970 THEN 'steps_in_process'
      WHEN id % 25 = 0 THEN 'error'
      WHEN id % 100 = 1 THEN 'cancelled'
      ELSE 'complete'
    END AS state
  ) AS progress;

INSERT INTO workflow_steps
SELECT
  (task_id - 1) * 10 + position,
  task_id,
  step,
  progress.state,
  CASE WHEN progress.state NOT IN ('pending', 'cancelled') THEN started_at END,
  CASE
    WHEN progress.state IN ('complete', 'error')
      -- Posting to the ledger is the bottleneck that the analysis has to find.
      THEN started_at + (CASE step WHEN 'post_ledger' THEN 9 ELSE 1 END)
        * (200 + task_id::bigint * position * 7919 % 1000) * interval '1 ms'
  END
FROM
  tasks
  CROSS JOIN unnest(ARRAY[
    'validate', 'load_customer', 'check_limits', 'reserve', 'authorize',
    'capture', 'post_ledger', 'notify', 'archive', 'finish'
  ]) WITH ORDINALITY AS steps (step, position)
  CROSS JOIN LATERAL (SELECT created_at + position * interval '4 s' AS started_at) AS clock
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN tasks.state = 'complete' THEN 'complete'
      WHEN tasks.state = 'pending' THEN 'pending'
      WHEN position < 7 THEN 'complete'
      WHEN tasks.state = 'cancelled' THEN 'cancelled'
      WHEN position > 7 THEN 'pending'
      WHEN tasks.state = 'error' THEN 'error'
      ELSE 'in_progress'
    END AS state
  ) AS progress;

ANALYZE;
