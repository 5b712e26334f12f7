import type { Scene } from '../stage.ts';

const rounds = 50;

export const sharedTemplates: Scene = async ({ report, database, orchestrator, references }) => {
  report.scene('Templates are cached where workers can invalidate them');
  for (let round = 0; round < rounds; round++) {
    for (const reference of references) await orchestrator.template(reference);
  }
  const queries = await database.executed('template');
  const reads = rounds * references.length;
  report.figure('templates', { reads, queries });
  report.claim(
    `${reads} reads of ${references.length} templates ran ${references.length} queries`,
    queries === references.length,
    queries,
  );
};
