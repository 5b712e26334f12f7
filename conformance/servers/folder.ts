import { fileURLToPath } from 'node:url';

/** Where unpacked servers are kept. Right for the sources and for `dist` alike: both are one level deep. */
export const serversFolder: string =
  process.env.TASKER_CACHE_SERVERS_FOLDER ?? fileURLToPath(new URL('../.servers', import.meta.url));
