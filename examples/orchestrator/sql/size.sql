SELECT json_build_object(
  'version', split_part(version(), ' (', 1),
  'steps', (SELECT count(*) FROM workflow_steps)
) AS answer;
