import { countsOf, type Outcome, states, verdict } from '../outcome.ts';
import { html, type Markup } from './markup.ts';
import { signOf } from './signs.ts';

/** A row for each target. */
export function targetsTable(outcomes: readonly Outcome[]): Markup {
  return html`<h2 id="targets">Targets</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="targets">
<table class="targets">
<thead><tr><th scope="col">Target</th><th scope="col">Conformant</th>${states.map(head)}</tr></thead>
<tbody>
${outcomes.map(row)}</tbody>
</table>
</div>`;
}

function head(state: (typeof states)[number]): Markup {
  return html`<th scope="col" class="number">${signOf(state)} <span class="word">${state}</span></th>`;
}

function row(outcome: Outcome): Markup {
  return html`<tr><th scope="row">${outcome.target}<small>${facts(outcome)}</small></th><td>${verdict(outcome)}</td>${numbers(outcome)}</tr>
`;
}

function facts(outcome: Outcome): string {
  if ('notRun' in outcome) return outcome.notRun;
  const { server, durationMs } = outcome;
  const where = server ? `${server.version}, ${server.how}` : 'in process';
  return `${where}, ${(durationMs / 1000).toFixed(1)}\u00a0s`;
}

function numbers(outcome: Outcome): readonly Markup[] {
  if ('notRun' in outcome) return states.map(() => html`<td class="number">–</td>`);
  const counts = countsOf(outcome);
  return states.map((state) => {
    const isAlarming = state === 'failed' && counts.failed > 0;
    return html`<td class="number${isAlarming ? ' failed' : ''}">${counts[state]}</td>`;
  });
}
