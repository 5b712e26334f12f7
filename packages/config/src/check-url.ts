import { hasStrayAt, serverUrls } from './urls.ts';

/** What may follow the hosts in a URL of one scheme. */
interface Form {
  readonly path: RegExp;
  readonly expected: string;
  readonly isSingle?: boolean;
}

const standalone: Form = {
  path: /^\/?(?<database>\d|1[0-5])?$/,
  expected: 'nothing behind the host but the number of a database, /0 to /15',
  isSingle: true,
};
const sentinel: Form = {
  path: /^\/[^/]+\/?(?<database>\d|1[0-5])?$/,
  expected: 'the name of the master behind the hosts: /name, or /name/0 to /name/15',
};
const cluster: Form = {
  path: /^\/?(?<database>0)?$/,
  expected: 'nothing behind the hosts; a cluster has database 0 only',
};
const memcached: Form = {
  path: /^\/?$/,
  expected: 'nothing behind the hosts; memcached has no databases',
};

export type Forms = ReadonlyMap<string, Form>;

export const redisForms: Forms = new Map([
  ['redis:', standalone],
  ['rediss:', standalone],
  ['redis+sentinel:', sentinel],
  ['rediss+sentinel:', sentinel],
  ['redis+cluster:', cluster],
  ['rediss+cluster:', cluster],
]);
export const memcachedForms: Forms = new Map([
  ['tcp:', memcached],
  ['memcached:', memcached],
]);

/** What is wrong with the URL of a known backend, as `expected …`, or `undefined`. */
export function urlProblem(value: unknown, forms: Forms): string | undefined {
  const schemes = `expected a URL, in quotes, with ${[...forms.keys()].join(', ')}`;
  if (typeof value !== 'string' || !value.includes('://')) return schemes;
  const urls = serverUrls(value);
  const [first] = urls ?? [];
  if (urls === undefined || first === undefined || hasStrayAt(first) || !decodes(first)) {
    return 'expected scheme://user:password@host:port without white space; percent-encode special characters in user and password, and put IPv6 addresses in brackets';
  }
  const form = forms.get(first.protocol);
  if (form === undefined) return schemes;
  const { protocol, pathname, search, hash } = first;
  if (form.isSingle && urls.length > 1) {
    return `expected one host; several need ${protocol.replace(':', '+cluster:')} or ${protocol.replace(':', '+sentinel:')}`;
  }
  return form.path.test(pathname + search + hash) ? undefined : `expected ${form.expected}`;
}

function decodes({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** What a URL says that keys of their own say too. The URL has no problem. */
export function partsOfUrl(text: string): Readonly<Record<string, string | number>> {
  const [url] = serverUrls(text) ?? [];
  if (url === undefined) return {};
  const database = redisForms.get(url.protocol)?.path.exec(url.pathname)?.groups?.database;
  return {
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(database === undefined ? {} : { database: Number(database) }),
  };
}
