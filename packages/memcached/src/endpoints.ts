/** One memcached server. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** `host:port`, for messages and for placing keys. */
  readonly name: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const defaultPort = 11_211;

/**
 * Reads `tcp://host:11211`, or several of them separated by commas.
 * Throws an `Error` that never quotes the text: any part of it may be a password.
 */
export function parseEndpoints(url: string): Endpoint[] {
  const parts = url.split(',');
  const endpoints = parts.map((part, index) => {
    const place = parts.length === 1 ? 'it' : `server ${index + 1} of ${parts.length}`;
    return parseEndpoint(part.trim(), place);
  });
  const twice = endpoints.find(({ name }, index) =>
    endpoints.slice(0, index).some((earlier) => earlier.name === name),
  );
  if (twice) throw new Error('it names a server twice');
  return endpoints;
}

function parseEndpoint(text: string, place: string): Endpoint {
  const withScheme = text.includes('://') ? text : `tcp://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (!url?.hostname || url.port === '0' || !decodes(url)) {
    const hint = 'percent-encode special characters of a user name or a password';
    throw new Error(`${place} is not an address like tcp://host:11211 (${hint})`);
  }
  if (url.protocol !== 'tcp:' && url.protocol !== 'memcached:') {
    throw new Error(`${place} has a scheme other than tcp:// (the client has no TLS)`);
  }
  if (url.search || url.hash || (url.pathname && url.pathname !== '/')) {
    throw new Error(`${place} has something after host and port`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? defaultPort : Number(url.port);
  return {
    host,
    port,
    name: `${url.hostname}:${port}`,
    username: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
  };
}

/** A lone percent sign in a user name or a password cannot be decoded. */
function decodes({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}
