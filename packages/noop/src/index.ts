import { type AdapterDefinition, noopAdapter, registerAdapter } from '@tasker-cache/core';

export { noopAdapter };

/** The backend that is there when no other is. */
export const noop: AdapterDefinition = {
  name: 'noop',
  title: 'NoOp',
  create: () => noopAdapter(),
};

registerAdapter(noop);
