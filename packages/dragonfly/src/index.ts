import { type AdapterDefinition, registerAdapter } from '@tasker-cache/core';
import { type DragonflyAdapterOptions, dragonflyAdapter } from './adapter.ts';

export { type DragonflyAdapterOptions, dragonflyAdapter } from './adapter.ts';

/** For `openCache`. Importing this package registers it. */
export const dragonfly: AdapterDefinition = {
  name: 'dragonfly',
  title: 'Dragonfly',
  create: ({ settings, logger }) =>
    dragonflyAdapter({ ...(settings as DragonflyAdapterOptions), logger }),
};

registerAdapter(dragonfly);
