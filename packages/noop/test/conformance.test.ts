import { conformance } from '@tasker-cache/conformance';
import { test } from 'vitest';
import { noopAdapter } from '../src/index.ts';

conformance({ test, name: 'noop', create: () => noopAdapter() });
