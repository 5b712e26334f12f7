import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

export interface TarballRegistry extends AsyncDisposable {
  readonly url: string;
}

/** A registry on the loopback that knows these packages alone: they install as if published. */
export async function startRegistry(
  tarballs: ReadonlyMap<string, string>,
): Promise<TarballRegistry> {
  const server = createServer(async (request, response) => {
    const [name = '', wantsTarball] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/');
    const path = tarballs.get(name);
    if (path === undefined) return response.writeHead(404).end('{}');
    const tarball = await readFile(path);
    if (wantsTarball) return response.end(tarball);
    const hash = createHash('sha512').update(tarball).digest('base64');
    const dist = { tarball: `${url}/${name}/-/package.tgz`, integrity: `sha512-${hash}` };
    const manifest = await manifestIn(path);
    const { version } = manifest;
    const versions = { [version]: { ...manifest, dist } };
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function manifestIn(tarball: string): Promise<{ readonly version: string }> {
  const { stdout } = await promisify(execFile)('tar', ['-xzOf', tarball, 'package/package.json']);
  return JSON.parse(stdout);
}
