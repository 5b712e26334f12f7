import type { Endpoint } from '../../servers/target.ts';

const defaultPorts = { redis: 6379, rediss: 6379, memcached: 11211 };

/** Reads a server's URL; memcached's may also be a plain `host:port`. The error never repeats it. */
export function parseServerUrl(text: string): Endpoint {
  const address = text.includes('://') ? text : `memcached://${text}`;
  const url = URL.parse(address);
  const scheme = url?.protocol.slice(0, -1) as Endpoint['scheme'];
  if (!url?.hostname || !(scheme in defaultPorts)) {
    const known = Object.keys(defaultPorts).join(', ');
    throw new Error(`is no URL of a server: expected scheme://host:port with one of ${known}`);
  }
  return {
    scheme,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || defaultPorts[scheme]),
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
  };
}
