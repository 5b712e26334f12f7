export { loadConfig } from './load-config.ts';
export { type ParseOptions, parseConfig } from './parse-config.ts';
export { redactUrl } from './urls.ts';
