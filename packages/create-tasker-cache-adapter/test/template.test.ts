import { conformance } from '@tasker-cache/conformance';
import { findAdapter } from '@tasker-cache/core/adapter';
import { expect, test } from 'vitest';
import { myBackend, myBackendAdapter } from '../template/src/index.ts';

conformance({ test, name: 'template', create: ({ url }) => myBackendAdapter({ url }) });

test('is registered on import', () => {
  expect(findAdapter('my-backend')).toBe(myBackend);
});

test('an option of a wrong type is refused', () => {
  expect(() => myBackendAdapter({ url: 1 as unknown as string })).toThrow(/url is text/);
});
