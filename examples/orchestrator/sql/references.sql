SELECT json_agg(json_build_object('namespace', namespace, 'name', name, 'version', version)
  ORDER BY namespace, name) AS answer
FROM task_templates;
