import { type AdapterDefinition, registerAdapter } from '@tasker-cache/core/adapter';
import { defaultCapacity, type MemoryOptions, memoryAdapter } from './memory-adapter.ts';

export { type MemoryOptions, memoryAdapter };

/** The backend of one process, under the name that Tasker's configuration has for it. */
export const memory: AdapterDefinition = {
  name: 'moka',
  aliases: ['memory', 'in-memory'],
  title: 'Moka',
  create: ({ settings }) => memoryAdapter(settings),
  startupFields: ({ settings }) => ({ max_capacity: settings.maxCapacity ?? defaultCapacity }),
};

registerAdapter(memory);
