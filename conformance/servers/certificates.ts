import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A certificate authority and a certificate of it for 127.0.0.1 and localhost, valid for two days.
 * Made by openssl(1); nothing of it stays on disk.
 */
export async function makeCertificates(): Promise<
  Record<'ca.pem' | 'server.pem' | 'server.key', string>
> {
  const folder = await mkdtemp(join(tmpdir(), 'tasker-cache-certificates-'));
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  try {
    await openssl(...request, '-subj', '/CN=Test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
    await openssl(
      ...request,
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
      ...['-addext', 'basicConstraints=critical,CA:FALSE', '-CA', 'ca.pem', '-CAkey', 'ca.key'],
      ...['-keyout', 'server.key', '-out', 'server.pem'],
    );
    const [ca, certificate, key] = await Promise.all(
      ['ca.pem', 'server.pem', 'server.key'].map(read),
    );
    return { 'ca.pem': ca ?? '', 'server.pem': certificate ?? '', 'server.key': key ?? '' };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`openssl (on PATH) could not make certificates: ${stderr || message}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
