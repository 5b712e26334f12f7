import { conformance } from '@tasker-cache/conformance';
import { test } from 'vitest';
import { myBackendAdapter } from '../src/index.ts';

conformance({
  test,
  name: 'my-backend',
  // Backend: with a server, the kit breaks the connection too.
  // server: process.env.MY_BACKEND_URL ?? 'my-backend://127.0.0.1:1234',
  create: ({ url }) => myBackendAdapter({ url }),
});
