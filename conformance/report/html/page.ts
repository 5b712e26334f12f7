import { readFileSync } from 'node:fs';
import { groups } from '../../src/clause.ts';
import { clauses } from '../../src/clauses/index.ts';
import { type Outcome, type Run, states } from '../outcome.ts';
import { html, jsonMarkup, Markup } from './markup.ts';
import { matrixTable } from './matrix-table.ts';
import { targetsTable } from './targets-table.ts';

const asset = (name: string) =>
  new Markup(readFileSync(new URL(name, import.meta.url), 'utf8').trim());

/** One HTML page without any other file: the targets, the matrix, and the texts behind each cell. */
export function page(outcomes: readonly Outcome[]): string {
  const runs = outcomes.filter((outcome) => 'results' in outcome);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Conformance of the cache adapters</title>
<link rel="icon" href="data:,">
<style>
${asset('page.css')}
</style>
</head>
<body>
<header>
<h1>Conformance of the cache adapters</h1>
<p>${clauses.length} clauses, ${runs.length} of ${outcomes.length} targets run. Conformant: every MUST that applies ran and passed.</p>
</header>
<main>
${targetsTable(outcomes)}
<h2 id="clauses">Clauses</h2>
${filters()}
${matrixTable(runs)}
</main>
<dialog aria-labelledby="detail-title"></dialog>
<script type="application/json" id="data">${jsonMarkup(dataOf(runs))}</script>
<script>
${asset('page.js')}
</script>
</body>
</html>
`.text;
}

function filters(): Markup {
  const option = (value: string) => html`<option>${value}</option>`;
  return html`<form class="filters">
<label>Group <select id="group"><option value="">all</option>${Object.values(groups).map(option)}</select></label>
<label>State <select id="state"><option value="">all</option>${states.map(option)}</select></label>
<output id="shown" for="group state"></output>
</form>`;
}

/** What the dialog shows. */
function dataOf(runs: readonly Run[]): unknown {
  return {
    clauses: Object.fromEntries(clauses.map(({ id, title, why }) => [id, { title, why }])),
    targets: runs.map(({ target, results }) => ({
      target,
      results: Object.fromEntries(
        results.map(({ id, state, reason, durationMs }) => [id, { state, reason, durationMs }]),
      ),
    })),
  };
}
