import { memcachedArgs, memcachedTarget } from './memcached-family.ts';
import type { Access, ServerTarget } from './target.ts';

const realm = 'conformance';
const user = 'tasker';
const access = {
  scheme: 'memcached',
  username: `${user}@${realm}`,
  password: 'p@ss/w:rd%',
} satisfies Access;

/** SASL PLAIN over the binary protocol. Debian's build reads users from a database, the image's from a file. */
export const memcachedSasl: ServerTarget = memcachedTarget({
  name: 'memcached-sasl',
  version: '1.6.45',
  variable: 'MEMCACHED_SASL_URL',
  debian: { suite: 'sid', packages: ['memcached', 'libsasl2-modules', 'sasl2-bin'] },
  access,
  args: (place) => [...memcachedArgs(place), '--enable-sasl'],
  files: async () => ({
    'memcached.conf': [
      'mech_list: plain',
      'pwcheck_method: auxprop',
      'auxprop_plugin: sasldb',
      'sasldb_path: users.db',
      '',
    ].join('\n'),
    users: `${access.username}:${access.password}\n`,
  }),
  environment: ({ folder, libraries }) => ({
    SASL_CONF_PATH: folder,
    MEMCACHED_SASL_PWDB: `${folder}/users`,
    ...(libraries.length > 0 && { SASL_PATH: libraries.map((it) => `${it}/sasl2`).join(':') }),
  }),
  setup: ({ folder }) => ({
    program: 'saslpasswd2',
    args: ['-p', '-c', '-f', `${folder}/users.db`, '-a', 'memcached', '-u', realm, user],
    input: access.password,
  }),
});
