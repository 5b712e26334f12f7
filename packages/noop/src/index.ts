import { type AdapterDefinition, registerAdapter } from '@tasker-cache/core/adapter';
import { noopAdapter } from './noop-adapter.ts';

export { noopAdapter };

/** The backend that is there when no other is. */
export const noop: AdapterDefinition = {
  name: 'noop',
  title: 'NoOp',
  create: () => noopAdapter(),
};

registerAdapter(noop);
