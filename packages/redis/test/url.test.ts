import { describe, expect, test } from 'vitest';
import { describeTarget, parseUrl } from '../src/url.ts';

describe('parseUrl', () => {
  test.each([
    ['redis://h', 'redis://h:6379'],
    ['redis://h/', 'redis://h:6379'],
    ['rediss://h:1', 'rediss://h:1'],
    ['redis://[::1]:7000/3', 'redis://[::1]:7000'],
    ['redis://[fe80::1]', 'redis://[fe80::1]:6379'],
    ['redis+sentinel://a,b:1/mymaster', 'redis+sentinel://a:26379,b:1/mymaster'],
    ['rediss+sentinel://u:p@a:1,[::1]:2/m/4', 'rediss+sentinel://a:1,[::1]:2/m'],
    ['redis+cluster://a:7000,b:7001', 'redis+cluster://a:7000,b:7001'],
    ['rediss+cluster://:p@a', 'rediss+cluster://a:6379'],
  ])('reads %s', (url, described) => {
    expect(describeTarget(parseUrl(url))).toBe(described);
  });

  test('reads credentials, percent-encoded or not, and the database', () => {
    const { username, password, database } = parseUrl('redis://ann:p%40s%3As%2F%25@h:1/7');
    expect({ username, password, database }).toEqual({
      username: 'ann',
      password: 'p@s:s/%',
      database: 7,
    });
    expect(parseUrl('redis://:pa@ss@h').password).toBe('pa@ss');
    expect(parseUrl('redis://:secret@h').username).toBeUndefined();
  });

  test.each([
    ['http://h', /must look like/],
    ['redis:/h', /must look like/],
    ['', /must look like/],
    ['redis://h?ssl=false', /without a query/],
    ['redis://', /each host/],
    ['redis://h:0', /1 to 65535/],
    ['redis://h:65536', /1 to 65535/],
    ['redis://::1', /each host/],
    ['redis://h/x', /database in the URL is a number/],
    ['redis://h/1/2', /at most/],
    ['redis://a,b', /several hosts need redis\+cluster or redis\+sentinel/],
    ['redis+sentinel://h', /name-of-the-master/],
    ['redis+sentinel://h/m/1/2', /name-of-the-master/],
    ['redis://u@h', /user:password@/],
    ['redis://:%zz@h', /percent-encoded/],
  ])('refuses %s', (url, reason) => {
    expect(() => parseUrl(url)).toThrow(reason);
  });

  test('never repeats a password, not even one that breaks the URL', () => {
    const broken = ['redis://:hunter2/x@h', 'redis://u:hunter2?@h', 'redis://u:hunter2#@h'];
    for (const url of [...broken, 'redis://:hunter2%@h', 'redis://hunter2@h', 'x://:hunter2@h']) {
      expect(() => parseUrl(url)).toThrow(/^(?!.*hunter2)/s);
    }
  });
});
