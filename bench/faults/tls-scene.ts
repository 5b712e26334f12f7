import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { type Backend, startBackend, urlOf } from './backends.ts';
import { type Identities, makeIdentities } from './certificates.ts';
import type { Scene } from './scene.ts';

/** TLS in front of the server, with a certificate that must not be accepted until the fault ends. */
export function behindTls(wrong: 'expired' | 'foreign'): (backend: Backend) => Promise<Scene> {
  return async (backend) => {
    const identities: Identities = await makeIdentities();
    const server = await startBackend(backend);
    const sockets = new Set<Socket>();
    const front = createServer(identities.good, (client) => {
      const upstream = connect({ host: server.host, port: server.port });
      for (const socket of [client, upstream]) {
        sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
      }
      client.pipe(upstream).pipe(client);
    });
    front.on('tlsClientError', () => {});
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    const { port } = front.address() as { port: number };
    const url = new URL(urlOf(server.url, backend.credentials).replace(/^redis:/, 'rediss:'));
    url.host = `127.0.0.1:${port}`;
    return {
      url: url.href,
      // The cache's own identity, which the server does not ask for, and must not be printed either.
      settings: { tls: { ca: identities.ca, ...identities.good } },
      secrets: [identities.good.key.split('\n')[1] ?? ''],
      begin: async () => front.setSecureContext(identities[wrong]),
      end: async () => front.setSecureContext(identities.good),
      async stop() {
        for (const socket of sockets) socket.destroy();
        front.close();
        await server.stop();
      },
    };
  };
}
