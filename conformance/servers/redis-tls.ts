import { makeCertificates } from './certificates.ts';
import { redisArgs, redisTarget } from './redis-family.ts';
import type { Access, ServerTarget } from './target.ts';

// A password that only survives in a URL when it is percent-encoded.
const access = { scheme: 'rediss', username: 'tasker', password: 'p@ss/w:rd%' } satisfies Access;
const rights = ['+@all', '-@dangerous', '-@admin', '+info'];

/** TLS alone, no default user, and a user who may do what a cache does: no FLUSHALL, no KEYS, no CONFIG. */
export const redisTls: ServerTarget = redisTarget({
  name: 'redis-tls',
  version: '8.0',
  variable: 'REDIS_TLS_URL',
  image: 'redis:8.0',
  debian: { suite: 'trixie', packages: ['redis-server'] },
  access,
  args: (place) => [
    ...redisArgs(place, 0),
    ...['--port', '0', '--tls-port', `${place.ports[0]}`, '--tls-auth-clients', 'no'],
    ...['--tls-ca-cert-file', `${place.folder}/ca.pem`],
    ...['--tls-cert-file', `${place.folder}/server.pem`],
    ...['--tls-key-file', `${place.folder}/server.key`],
    ...['--user', 'default', 'off'],
    ...['--user', access.username, 'on', `>${access.password}`, '~*', ...rights],
  ],
  files: makeCertificates,
  authority: 'ca.pem',
});
