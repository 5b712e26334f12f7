import { connect } from 'node:net';

const knownPorts: Readonly<Record<string, number>> = {
  'redis:': 6379,
  'rediss:': 6379,
  'memcached:': 11_211,
};

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where the URL's server listens. Throws a `TypeError` when the URL does not say so. */
export function addressOf(serverUrl: string): Address {
  const url = URL.parse(serverUrl);
  const port = Number(url?.port) || knownPorts[url?.protocol ?? ''];
  if (!url?.hostname || port === undefined) {
    throw new TypeError('`server` is a URL with a host and a port, such as redis://127.0.0.1:6379');
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

/** Whether the server accepts a connection within three seconds. */
export function accepts(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: 3000 });
    const end = (isThere: boolean) => () => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).on('error', end(false));
  });
}
