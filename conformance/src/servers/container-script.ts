import type { Place, ServerTarget } from '../../servers/target.ts';

/** The folder of the process of this index inside the container. */
export function containerFolder(index: number): string {
  return `/tmp/server-${index}`;
}

/** A script for `sh -c` that runs the target's processes until the last one ends. */
export function containerScript(
  target: ServerTarget,
  ports: readonly number[],
  args: readonly string[],
): string {
  const processes = target.roles.map((_, index) => {
    const folder = containerFolder(index);
    const place: Place = { folder, bind: '0.0.0.0', ports, libraries: [] };
    const environment = Object.entries(target.environment?.(place) ?? {});
    const lines = [
      `mkdir -p ${folder}`,
      `cd ${folder}`,
      ...environment.map(([name, value]) => `export ${name}=${quote(value)}`),
      ...setup(target, place),
      `exec ${[target.program, ...target.args(place, index), ...args].map(quote).join(' ')}`,
    ];
    return `(${lines.join('; ')}) &`;
  });
  // Testcontainers reads the ports of a container that runs: one that ended at once must not be gone.
  return `${processes.join('\n')}\nwait; sleep 3`;
}

function setup(target: ServerTarget, place: Place): string[] {
  const command = target.setup?.(place);
  if (!command) return [];
  const { program, args, input } = command;
  const words = [program, ...args].map(quote).join(' ');
  return [`if command -v ${program}; then printf %s ${quote(input)} | ${words}; fi`];
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
