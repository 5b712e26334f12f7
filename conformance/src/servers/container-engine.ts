import { existsSync } from 'node:fs';
import { homedir } from 'node:os';

type Testcontainers = typeof import('testcontainers');
type Client = Awaited<ReturnType<Testcontainers['getContainerRuntimeClient']>>;

export interface ContainerEngine {
  readonly testcontainers: Testcontainers;
  readonly client: Client;
}

/** Testcontainers and the Docker engine it found. Rejects with the reason when there is none. */
export async function containerEngine(): Promise<ContainerEngine> {
  // Importing it takes a second, so look first.
  if (!mayHaveEngine()) throw new Error('no Docker engine: no DOCKER_HOST and no socket of one');
  const testcontainers = await import('testcontainers').catch(() => {
    throw new Error(
      'a Docker engine may be there, but the package testcontainers is not installed',
    );
  });
  const client = await testcontainers.getContainerRuntimeClient().catch((error: Error) => {
    throw new Error(`no Docker engine answers: ${error.message}`);
  });
  return { testcontainers, client };
}

function mayHaveEngine(): boolean {
  const { DOCKER_HOST, XDG_RUNTIME_DIR } = process.env;
  const home = homedir();
  const traces = [
    '/var/run/docker.sock',
    `${XDG_RUNTIME_DIR}/docker.sock`,
    `${home}/.docker/run/docker.sock`,
    `${home}/.docker/desktop/docker.sock`,
    `${home}/.testcontainers.properties`,
  ];
  return Boolean(DOCKER_HOST) || process.platform === 'win32' || traces.some(existsSync);
}
