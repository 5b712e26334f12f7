import { type AdapterDefinition, registerAdapter } from '@tasker-cache/core/adapter';
import { type MyBackendOptions, myBackendAdapter } from './adapter.ts';

export { type MyBackendOptions, myBackendAdapter };

/** What `backend = "my-backend"` means. `settings` is the table `[common.cache.my-backend]`. */
export const myBackend: AdapterDefinition = {
  name: 'my-backend',
  title: 'My Backend',
  create: ({ settings }) => myBackendAdapter(settings),
};

registerAdapter(myBackend);
