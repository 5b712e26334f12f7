import type { Logger } from '@tasker-cache/core/adapter';
import type { Connection } from './connection.ts';
import type { Naming } from './errors.ts';
import { GivenConnection } from './given-connection.ts';
import { checkGivenClient, type RedisAdapterOptions, readSettings } from './options.ts';
import { OwnConnection } from './own-connection.ts';
import type { ServerIdentity } from './server-identity.ts';
import { describeTarget } from './url.ts';

/** Checks the options and chooses whose client to use. Connects to nothing yet. */
export function connect(options: RedisAdapterOptions): [Connection, Naming] {
  const { client, logger, name = 'redis', maxConnections = 1 } = options;
  const report = options.onServer ?? reportOtherProducts(name, logger);
  const onServer = (server: ServerIdentity) => {
    try {
      report(server);
    } catch {
      // What the caller's function throws must not end the connection.
    }
  };
  if (client !== undefined) {
    checkGivenClient(options);
    return [new GivenConnection(client, name, onServer), { name, address: 'the given client' }];
  }
  const settings = readSettings(options);
  if (maxConnections > 1)
    logger?.debug(
      { backend: name, max_connections: maxConnections },
      'max_connections is an upper bound: one connection carries everything',
    );
  const naming = { name, address: describeTarget(settings.target) };
  return [new OwnConnection(settings, onServer), naming];
}

function reportOtherProducts(name: string, logger?: Logger): (server: ServerIdentity) => void {
  let isReported = false;
  return ({ product, version }) => {
    if (isReported || product === 'redis' || product === 'unknown') return;
    isReported = true;
    logger?.debug({ backend: name, server: product, version }, 'The server is not Redis itself');
  };
}
