/**
 * Explores one scope from the command line, for bounds that are too large for every test run:
 * `node --conditions=tasker-source packages/core/test/model/explore.ts --readers 3 --writers 2`.
 * Takes every number of `Scope` as an option (`--failed-loads 1`), and the options below.
 */
import { parseArgs } from 'node:util';
import { explore } from './explorer.ts';
import { backends, joiningAnyLoad } from './known-scopes.ts';
import { type Beginning, type Scope, scopeOf } from './scope.ts';

const numbers = [
  ...['processes', 'readers', 'writers', 'foreign-writers', 'vanishes', 'drops', 'timeouts'],
  ...['failed-loads', 'restarts', 'closes', 'shared-ticks', 'longest-tick', 'breaker-threshold'],
  ...['max-undelivered', 'regions-per-process', 'writing-processes'],
];
const { values } = parseArgs({
  options: {
    ...Object.fromEntries(numbers.map((name) => [name, { type: 'string' } as const])),
    backend: { type: 'string', default: 'lease-in-key' },
    beginnings: { type: 'string', default: 'cold' },
    server: { type: 'string', default: 'there' },
    invalidates: { type: 'string', default: 'key' },
    microtasks: { type: 'string', default: '0,64' },
    'joins-any-load': { type: 'boolean', default: false },
    'synchronous-database': { type: 'boolean', default: false },
    'loaders-invalidate': { type: 'boolean', default: false },
    'every-order': { type: 'boolean', default: false },
    'checks-abstraction': { type: 'boolean', default: false },
  },
});

const given = Object.entries(values).filter(([name]) => numbers.includes(name));
const backend = backends[values.backend];
if (backend === undefined) {
  throw new Error(`--backend is one of ${Object.keys(backends).join(', ')}`);
}
const scope: Scope = scopeOf({
  ...Object.fromEntries(given.map(([name, value]) => [camelCase(name), Number(value)])),
  backend,
  ...(values['joins-any-load'] && { usage: joiningAnyLoad }),
  beginnings: values.beginnings.split(',') as Beginning[],
  invalidates: values.invalidates as Scope['invalidates'],
  microtasks: values.microtasks.split(',').map(Number),
  server: values.server as Scope['server'],
  loadersInvalidate: values['loaders-invalidate'],
  synchronousDatabase: values['synchronous-database'],
  reduces: !values['every-order'],
});
const report = await explore(scope, {
  checksAbstraction: values['checks-abstraction'],
  onProgress: ({ states, transitions }) =>
    console.error(`${seconds()} s: ${states} states, ${transitions} transitions`),
});
const { states, transitions, runs, schedules, longestSchedule, violation } = report;
console.log(`${states} states and ${transitions} transitions in ${runs} runs and ${seconds()} s`);
if (violation === undefined) {
  console.log(
    `They stand for ${schedules} schedules of at most ${longestSchedule} choices; ` +
      'none breaks a promise.',
  );
} else {
  console.log(`VIOLATION: ${violation.message}`);
  for (const line of violation.words) console.log(`  ${line}`);
  process.exitCode = 1;
}

function seconds(): number {
  // The explored code has every other clock.
  return Math.round(process.uptime());
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
