export { FaultProxy, type ProxyOptions, startProxy } from './proxy/proxy.ts';
export type {
  OwnServer,
  Server,
  ServerControls,
  ServerNode,
  StartOptions,
} from './servers/server.ts';
export { ServerNotRunError } from './servers/server.ts';
export { startServer } from './servers/start-server.ts';
