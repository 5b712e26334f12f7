import { groupOf, groups } from '../../src/clause.ts';
import { clauses } from '../../src/clauses/index.ts';
import { type Run, states } from '../outcome.ts';
import { html, type Markup } from './markup.ts';
import { signOf, signs, slug } from './signs.ts';

/** A row for each clause, a column for each target, a body for each group. */
export function matrixTable(runs: readonly Run[]): Markup {
  const keys = states.map((state) => html`<span>${signOf(state)} ${state}</span> `);
  const heads = runs.map(
    ({ target }) => html`<th scope="col"><span class="upright">${target}</span></th>`,
  );
  return html`<p class="keys">${keys}</p>
<p id="how">Arrow keys move between cells. Enter or a click shows a clause and what happened.</p>
<div class="scroll matrix-scroll" role="region" aria-labelledby="clauses">
<table class="matrix" aria-describedby="how">
<thead><tr><th scope="col">Clause</th>${heads}</tr></thead>
${Object.values(groups).map((group) => body(group, runs))}</table>
</div>`;
}

function body(group: string, runs: readonly Run[]): Markup {
  const rows = clauses
    .filter(({ id }) => groupOf(id) === group)
    .map(({ id, title }) => row(id, title, runs));
  return html`<tbody data-group="${group}">
<tr class="group"><th scope="rowgroup" colspan="${runs.length + 1}"><span>${group}</span></th></tr>
${rows}</tbody>
`;
}

function row(id: string, title: string, runs: readonly Run[]): Markup {
  const cells = runs.map(({ target, results }, index) => {
    const state = results.find((result) => result.id === id)?.state ?? 'not run';
    const name = `${id} ${target}: ${state}`;
    return html`<td><button type="button" class="${slug(state)}" data-target="${index}" aria-label="${name}">${signs[state]}</button></td>`;
  });
  return html`<tr data-id="${id}"><th scope="row"><button type="button" class="clause">${id}<span class="title"> ${title}</span></button></th>${cells}</tr>
`;
}
