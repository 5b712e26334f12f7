import type { ViteUserConfig } from 'vitest/config';

// Tests run on the sources, so they need no build.
const conditions = ['tasker-source'];

const config: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,examples}/*/test/**/*.test.ts', '{conformance/,}test/**/*.test.ts'],
    reporters: ['default', './test/closing-lines.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
};
export default config;
