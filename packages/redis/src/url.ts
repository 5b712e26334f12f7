/** Where the servers are and as whom to speak to them, as a URL says it. */
export interface Target {
  readonly kind: 'standalone' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  /** One server; the sentinels; or some nodes of the cluster. */
  readonly nodes: readonly Endpoint[];
  /** What the sentinels call the master; `''` without sentinels. */
  readonly masterName: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number | undefined;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const form =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^/?#]*)@)?(?<hosts>[^@/?#]*)(?<path>\/[^?#]*)?$/;
const endpointForm = /^(?:\[(?<ipv6>[\da-f:.]+)\]|(?<host>[^:[\]\s]+))(?::(?<port>\d{1,5}))?$/i;

/**
 * Reads `redis://`, `redis+sentinel://` and `redis+cluster://` URLs, and the same with `rediss`.
 * Throws an `Error` that says what is wrong without repeating the URL, which may hold a password.
 */
export function parseUrl(url: string): Target {
  const { scheme, kind = 'standalone', user, hosts = '', path = '' } = form.exec(url)?.groups ?? {};
  if (scheme === undefined) {
    throw new Error(
      'the URL must look like redis://[user:password@]host[:port][/database], with redis, rediss, ' +
        'redis+sentinel, rediss+sentinel, redis+cluster or rediss+cluster, without a query; ' +
        'special characters in the password are percent-encoded',
    );
  }
  const tls = scheme === 'rediss';
  const [username, password] = parseUser(user);
  const nodes = hosts.split(',').map((text) => parseEndpoint(text, kind));
  const [first = '', second = '', ...more] = path.slice(1).split('/');
  if (kind === 'sentinel') {
    if (first === '' || more.length > 0)
      throw new Error('a sentinel URL ends with /name-of-the-master, or /name/database');
    const masterName = decode(first, 'name of the master');
    const database = parseDatabase(second);
    return { kind, tls, nodes, masterName, username, password, database };
  }
  if (second !== '' || more.length > 0) throw new Error('the URL ends with /database at most');
  const database = parseDatabase(first);
  if (kind === 'cluster') {
    return { kind, tls, nodes, masterName: '', username, password, database };
  }
  if (nodes.length > 1)
    throw new Error(`several hosts need ${scheme}+cluster or ${scheme}+sentinel`);
  return { kind: 'standalone', tls, nodes, masterName: '', username, password, database };
}

/** The target for messages: no credentials. */
export function describeTarget({ kind, tls, nodes, masterName }: Target): string {
  const scheme = `${tls ? 'rediss' : 'redis'}${kind === 'standalone' ? '' : `+${kind}`}`;
  const hosts = nodes.map(({ host, port }) =>
    host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
  );
  return `${scheme}://${hosts.join(',')}${masterName === '' ? '' : `/${masterName}`}`;
}

function parseUser(user: string | undefined): [string | undefined, string | undefined] {
  if (user === undefined || user === '') return [undefined, undefined];
  const colon = user.indexOf(':');
  if (colon === -1) throw new Error('the URL has a user without a password; write user:password@');
  const username = decode(user.slice(0, colon), 'user');
  const password = decode(user.slice(colon + 1), 'password');
  return [username === '' ? undefined : username, password === '' ? undefined : password];
}

function parseEndpoint(text: string, kind: string): Endpoint {
  const { ipv6, host = ipv6, port } = endpointForm.exec(text)?.groups ?? {};
  const standard = kind === 'sentinel' ? 26379 : 6379;
  const number = port === undefined ? standard : Number(port);
  // Not repeated: an unencoded slash makes a part of the password look like a host.
  if (host === undefined || number < 1 || number > 65535)
    throw new Error('each host of the URL is a name or address, and a port from 1 to 65535');
  return { host, port: number };
}

function parseDatabase(text: string): number | undefined {
  if (text === '') return undefined;
  if (!/^\d{1,5}$/.test(text)) throw new Error('the database in the URL is a number');
  return Number(text);
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`the ${what} in the URL is not percent-encoded correctly: write % as %25`);
  }
}
