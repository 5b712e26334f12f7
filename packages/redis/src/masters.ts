import type { Cluster, Redis } from 'ioredis';

/** Ranges of slots, each with its master's address. Replicas come and go, and hold no key alone. */
export type Layout = [first: number, last: number, master: string][];

type SlotsReply = [first: number, last: number, ...nodes: [host: string, port: number][]][];

/** Which masters serve which slots, as the cluster says now. Rejects while a slot has no master: part of the keys is out of reach. */
export async function layout(cluster: Cluster): Promise<Layout> {
  const ranges = (await cluster.cluster('SLOTS')) as unknown as SlotsReply;
  const slots = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (slots !== 16384) throw new Error(`only ${slots} of the cluster's 16384 slots have a master`);
  return ranges
    .map(([first, last, master]): Layout[number] => [first, last, `${master?.[0]}:${master?.[1]}`])
    .sort(([one], [other]) => one - other);
}

/** The masters of a layout. Throws when one is not connected, and has it connected for the next time. */
export function mastersIn(cluster: Cluster, ranges: Layout): Redis[] {
  const nodes = cluster.nodes('master');
  return [...new Set(ranges.map(([, , master]) => master))].map((address) => {
    const node = nodes.find(({ options }) => `${options.host}:${options.port}` === address);
    if (node !== undefined) return node;
    cluster.refreshSlotsCache();
    throw new Error(`the master ${address} is not connected`);
  });
}
