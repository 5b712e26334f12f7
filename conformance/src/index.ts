export {
  type Clause,
  type ClauseContext,
  type Group,
  groupOf,
  groups,
  type Level,
  levelOf,
  type Need,
  type OptionalMethod,
  type OwnedServer,
} from './clause.ts';
export { clauses } from './clauses/index.ts';
export { type ConformanceOptions, conformance, type TestFunction } from './conformance.ts';
export { FaultProxy, type ProxyOptions, startProxy } from './proxy/proxy.ts';
export { type RunOptions, runConformance } from './run.ts';
export {
  type ClauseResult,
  type ConformanceResults,
  isConformant,
  type State,
} from './run-result.ts';
export type {
  OwnServer,
  Server,
  ServerControls,
  ServerNode,
  StartOptions,
} from './servers/server.ts';
export { ServerNotRunError } from './servers/server.ts';
export { startServer } from './servers/start-server.ts';
