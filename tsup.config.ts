import { existsSync } from 'node:fs';
import type { Options } from 'tsup';

// Runs in each package's own folder, so that its dependencies stay outside the bundle.
const config: Options = {
  entry: ['src/index.ts', 'src/authors.ts', 'src/command.ts'].filter((file) => existsSync(file)),
  format: 'esm',
  target: 'node22.12',
  tsconfig: `${import.meta.dirname}/tsconfig.base.json`,
  dts: true,
  clean: true,
  treeshake: true,
};
export default config;
