import { conformance } from '@tasker-cache/conformance';
import { test } from 'vitest';
import { memoryAdapter } from '../src/index.ts';

conformance({ test, name: 'moka', create: () => memoryAdapter() });
