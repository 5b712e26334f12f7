import type { Clause } from '../src/clause.ts';
import type { Candidate } from './matrix.ts';
import { type Product, type RealMutant, runReal } from './real.ts';
import { realMemcached } from './real-memcached.ts';
import { memcachedItemMutants } from './real-memcached-items.ts';
import { memcachedProtocolMutants } from './real-memcached-protocol.ts';
import { over, type RedisClient, realRedis } from './real-redis.ts';
import { redisCommandMutants } from './real-redis-commands.ts';
import { redisConnectionMutants } from './real-redis-connections.ts';
import { redisPrefixMutants } from './real-redis-prefixes.ts';

const redisMutants = [...redisCommandMutants, ...redisPrefixMutants, ...redisConnectionMutants];
const memcachedMutants = [...memcachedItemMutants, ...memcachedProtocolMutants];

/** All broken adapters over real ones. */
export const realMutants: readonly RealMutant[] = [...redisMutants, ...memcachedMutants];

const unchanged = { fault: 'none', killedBy: [], mutate: () => ({}) };

/** What most mutants of Redis stand on: it has to be correct before they change it. */
const onBareClient: RealMutant<RedisClient> = {
  ...unchanged,
  id: 'correct-redis-client',
  mutate: (_, bare) => over(bare()),
};
/** Replies that ioredis parses are not guarded, and a client that never waits rejects after recycle. */
const withoutGuard = ({ id }: Clause) => !id.startsWith('HOSTILE-') && id !== 'LIFECYCLE-12';

/** Correct ones run last in the list, so first: they take longest. */
export const realCandidates: readonly Candidate[] = [
  ...redisMutants.map((mutant) => candidate(realRedis, mutant)),
  ...memcachedMutants.map((mutant) => candidate(realMemcached, mutant)),
  candidate(realRedis, onBareClient, withoutGuard),
  candidate(realRedis, { ...unchanged, id: 'correct-redis' }),
  candidate(realMemcached, { ...unchanged, id: 'correct-memcached' }),
];

/** A mutant meets the clauses that name its fault; a correct adapter meets all. */
function candidate<Client>(
  product: Product<Client>,
  mutant: RealMutant<Client>,
  isMeant = ({ id }: Clause) => mutant.killedBy.length === 0 || mutant.killedBy.includes(id),
): Candidate {
  const { id, fault, killedBy } = mutant;
  const run: Candidate['run'] = (clauses, deadlineMs) =>
    runReal(product, mutant, clauses.filter(isMeant), deadlineMs);
  return { id, fault, killedBy, run };
}
