/** `pnpm conformance`: our own adapters against every server that can be reached. */
import { main } from './main.ts';

// An adapter that fails may leave timers and sockets behind.
process.exit(await main(process.argv.slice(2)));
