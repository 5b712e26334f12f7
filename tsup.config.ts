import { readdirSync } from 'node:fs';
import type { Options } from 'tsup';

const folders = [...readdirSync('packages').map((name) => `packages/${name}`), 'conformance'];

const config: Options[] = folders.map((folder) => ({
  name: folder,
  entry: [`${folder}/src/index.ts`],
  outDir: `${folder}/dist`,
  format: 'esm',
  target: 'node22.12',
  tsconfig: 'tsconfig.base.json',
  dts: true,
  clean: true,
  treeshake: true,
}));
export default config;
