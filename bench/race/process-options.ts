/** What a process of the race is told on its command line. */
export interface ProcessOptions {
  /** For example `reader-1`. */
  readonly name: string;
  readonly seed: number;
  readonly backend: 'redis' | 'memcached';
  /** The server's, behind the proxy. */
  readonly url: string;
  /** Without leases. */
  readonly naive: boolean;
  readonly maxUndelivered?: number;
}

export function readProcessOptions(): ProcessOptions {
  return JSON.parse(process.argv[2] as string) as ProcessOptions;
}
