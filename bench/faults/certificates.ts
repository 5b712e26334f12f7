import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Identities {
  /** The authority that the cache trusts. */
  readonly ca: string;
  readonly good: Identity;
  readonly expired: Identity;
  /** Of an authority that nobody trusts. */
  readonly foreign: Identity;
}

/** Certificates for `localhost`, made by openssl(1); nothing of them stays on disk. */
export async function makeIdentities(): Promise<Identities> {
  const folder = await mkdtemp(join(tmpdir(), 'tasker-cache-faults-'));
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const authority = (name: string) =>
    openssl(
      ...['req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
    );
  const sign = (issuer: string, name: string, ...validity: string[]) =>
    openssl(
      ...['x509', '-req', '-in', 'request', '-extfile', 'names', '-out', name, ...validity],
      ...['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'],
    );
  try {
    await Promise.all([authority('trusted'), authority('unknown')]);
    await openssl('req', ...newKey, '-subj', '/CN=localhost', '-keyout', 'key', '-out', 'request');
    await run('sh', ['-c', 'echo subjectAltName=IP:127.0.0.1,DNS:localhost > names'], {
      cwd: folder,
    });
    await sign('trusted', 'good', '-days', '2');
    // Yesterday. Later releases of openssl want dates in place of a negative number.
    await sign('trusted', 'expired', '-days', '-1').catch(() =>
      sign('trusted', 'expired', '-not_before', '20200101000000Z', '-not_after', '20200102000000Z'),
    );
    await sign('unknown', 'foreign', '-days', '2');
    const key = await read('key');
    const [ca, good, expired, foreign] = await Promise.all(
      ['trusted.pem', 'good', 'expired', 'foreign'].map(read),
    );
    const identity = (cert = '') => ({ cert, key });
    return {
      ca: ca ?? '',
      good: identity(good),
      expired: identity(expired),
      foreign: identity(foreign),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
