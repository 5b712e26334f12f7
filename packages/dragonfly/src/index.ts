import { type AdapterDefinition, registerAdapter } from '@tasker-cache/core/adapter';
import { type DragonflyAdapterOptions, dragonflyAdapter } from './adapter.ts';

export { type DragonflyAdapterOptions, dragonflyAdapter } from './adapter.ts';

/** For `openCache`. Importing this package registers it. */
export const dragonfly: AdapterDefinition = {
  name: 'dragonfly',
  title: 'Dragonfly',
  create: ({ settings, maxValueBytes, logger }) =>
    dragonflyAdapter({
      maxValueBytes: Math.floor(maxValueBytes),
      ...(settings as DragonflyAdapterOptions),
      logger,
    }),
};

registerAdapter(dragonfly);
