const shape = /^([a-z][a-z0-9+.-]*):\/\/((?:[^/?#]*@)?)([^/?#]*)(.*)$/i;

/**
 * One URL for each host, or `undefined` if the text is no URL with hosts. The hosts of a Sentinel, a
 * Cluster or a memcached URL are separated by commas, which the URL parser refuses. Each host may
 * repeat the scheme.
 */
export function serverUrls(text: string): URL[] | undefined {
  if (/[\s\p{Cc}]/u.test(text)) return undefined;
  const [, first] = shape.exec(text) ?? [];
  const [, scheme, userInfo, hosts, rest] = shape.exec(text.replaceAll(`,${first}://`, ',')) ?? [];
  if (hosts === undefined) return undefined;
  const urls = hosts.split(',').map((host) => URL.parse(`${scheme}://${userInfo}${host}${rest}`));
  const isServer = (url: URL | null): url is URL => url !== null && url.hostname !== '';
  return urls.every(isServer) ? urls : undefined;
}

/**
 * The URL without user name, password, query and fragment, for logs and messages. Of a text that
 * does not parse, or has an `@` after its host, nothing but the scheme remains.
 */
export function redactUrl(text: string): string {
  const urls = serverUrls(text);
  const [first] = urls ?? [];
  if (urls === undefined || first === undefined || hasStrayAt(first)) {
    return `${/^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? ''}…`;
  }
  const userInfo = first.username === '' && first.password === '' ? '' : '***@';
  return `${first.protocol}//${userInfo}${urls.map(({ host }) => host).join(',')}${first.pathname}`;
}

/** An unencoded `/`, `?` or `#` in a password ends the host early and leaves an `@` behind it. */
export function hasStrayAt(url: URL): boolean {
  return `${url.pathname}${url.search}${url.hash}`.includes('@');
}
