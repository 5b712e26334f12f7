import { type OwnServer, startServer } from '@tasker-cache/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisAdapterOptions, redisAdapter } from '../src/index.ts';
import { failure } from './support/failure.ts';

describe('TLS with a user', () => {
  let server: OwnServer;

  beforeAll(async () => {
    server = await startServer('redis-tls', { how: 'own' });
  });

  afterAll(() => server?.stop());

  /** The error of a first operation, or `undefined`. */
  async function attempt(options: RedisAdapterOptions) {
    const adapter = redisAdapter(options);
    try {
      await adapter.set('k', 'v', 60_000);
      expect(await adapter.get('k')).toBe('v');
      return undefined;
    } catch {
      return await failure(adapter.get('k'));
    } finally {
      await adapter.close();
    }
  }

  test('with the right authority everything works, a percent-encoded password included', async () => {
    expect(await attempt({ url: server.url, tls: { ca: server.ca } })).toBeUndefined();
  });

  test('an unknown authority is refused, also when the environment allows everything', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const error = await attempt({ url: server.url });
      expect(error?.code).toBe('CACHE_UNAVAILABLE');
      expect(error?.message).toMatch(/certificate/);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  test('a certificate for another name is refused', async () => {
    const error = await attempt({
      url: server.url,
      tls: { ca: server.ca, servername: 'other.example' },
    });
    expect(error?.message).toMatch(/other\.example/);
  });

  test('plain text towards TLS is an outage that repeats no password', async () => {
    const error = await attempt({
      url: server.url.replace('rediss', 'redis'),
      connectionTimeoutMs: 1000,
    });
    expect(error?.code).toBe('CACHE_UNAVAILABLE');
    expect(error?.message).toMatch(/a port of TLS wants rediss:\/\//);
    const shown = [error?.message, error?.stack, JSON.stringify(error), error?.cause].join();
    expect(shown).not.toMatch(/p@ss|p%40ss/);
  });

  test('TLS towards plain text says that it may be that', async () => {
    const plain = await startServer('redis-8.0', { how: 'own' });
    try {
      const url = plain.url.replace('redis', 'rediss');
      const error = await attempt({ url, connectionTimeoutMs: 500 });
      expect(error?.code).toBe('CACHE_UNAVAILABLE');
      expect(error?.message).toMatch(/is that port one of TLS\?/);
    } finally {
      await plain.stop();
    }
  });
});
