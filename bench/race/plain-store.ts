import { PlainClient } from './plain-client.ts';

/** What Tasker's servers in Rust do to the cache when they invalidate and read. */
export interface PlainStore {
  /** The text under the key, a lease marker included. */
  get(key: string): Promise<string | undefined>;
  delete(key: string): Promise<void>;
  /** Absent on memcached. */
  deleteAll?(prefix: string): Promise<void>;
  close(): void;
}

export function plainStore(backend: 'redis' | 'memcached', url: string): PlainStore {
  return backend === 'redis' ? plainRedis(url) : plainMemcached(url);
}

type Resp = string | number | undefined | Resp[];

function plainRedis(url: string): PlainStore {
  const client = new PlainClient<Resp>(url, parseResp);
  const send = (...words: string[]) => {
    const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    return client.send(`*${words.length}\r\n${bulks.join('')}`);
  };
  return {
    get: async (key) => expectText(await send('GET', key)),
    async delete(key) {
      expectCount(await send('DEL', key));
    },
    async deleteAll(prefix) {
      let cursor = '0';
      do {
        const reply = await send('SCAN', cursor, 'MATCH', `${prefix}*`, 'COUNT', '100');
        const [next, keys] = reply as [string, string[]];
        if (typeof next !== 'string' || !Array.isArray(keys)) throw new Error('no reply to SCAN');
        if (keys.length > 0) expectCount(await send('DEL', ...keys));
        cursor = next;
      } while (cursor !== '0');
    },
    close: () => client.close(),
  };
}

function plainMemcached(url: string): PlainStore {
  const client = new PlainClient<string>(url, parseMemcached);
  return {
    async get(key) {
      const reply = await client.send(`get ${key}\r\n`);
      if (reply === 'END') return undefined;
      const [, text] = /^VALUE \S+ \d+ \d+\r\n(.*)\r\nEND$/s.exec(reply) ?? [];
      if (text === undefined || !reply.startsWith(`VALUE ${key} `))
        throw new Error('no reply to get');
      return text;
    },
    async delete(key) {
      const reply = await client.send(`delete ${key}\r\n`);
      if (reply !== 'DELETED' && reply !== 'NOT_FOUND') throw new Error('no reply to delete');
    },
    close: () => client.close(),
  };
}

function expectText(reply: Resp): string | undefined {
  if (reply === undefined || typeof reply === 'string') return reply;
  throw new Error('no reply to GET');
}

function expectCount(reply: Resp): void {
  if (typeof reply !== 'number') throw new Error('no reply to DEL');
}

type Parsed = { readonly reply: Resp; readonly end: number } | undefined;

function parseResp(bytes: Buffer, start = 0): Parsed {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd === -1) return undefined;
  const rest = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(bytes[start] as number)) {
    case ':':
      return { reply: Number(rest), end };
    case '$':
      return parseBulk(bytes, Number(rest), end);
    case '*':
      return parseArray(bytes, Number(rest), end);
    default:
      throw new Error(`unexpected reply: ${rest.slice(0, 40)}`);
  }
}

function parseBulk(bytes: Buffer, length: number, start: number): Parsed {
  if (length === -1) return { reply: undefined, end: start };
  const end = start + length + 2;
  return bytes.length < end ? undefined : { reply: bytes.toString('utf8', start, end - 2), end };
}

function parseArray(bytes: Buffer, length: number, start: number): Parsed {
  const items: Resp[] = [];
  let end = start;
  while (items.length < length) {
    const item = parseResp(bytes, end);
    if (item === undefined) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}

/** One line, or a value and the line `END`; none of the values here holds a line break. */
function parseMemcached(bytes: Buffer): { reply: string; end: number } | undefined {
  const text = bytes.toString();
  const isValue = 'VALUE '.startsWith(text.slice(0, 6));
  const tail = isValue ? '\r\nEND\r\n' : '\r\n';
  const at = text.indexOf(tail);
  if (at === -1) return undefined;
  const end = Buffer.byteLength(text.slice(0, at + tail.length));
  return { reply: text.slice(0, at + tail.length - 2), end };
}
