import type { State } from '../../src/run-result.ts';
import { html, type Markup } from './markup.ts';

/** Told apart without colours. */
export const signs: Readonly<Record<State, string>> = {
  passed: '✓',
  failed: '✗',
  'not applicable': '–',
  'not run': '?',
};

/** The sign in its colours, next to a word that says it. */
export function signOf(state: State): Markup {
  return html`<span class="key ${slug(state)}" aria-hidden="true">${signs[state]}</span>`;
}

/** The state as a class. */
export function slug(state: State): string {
  return state.replace(' ', '-');
}
