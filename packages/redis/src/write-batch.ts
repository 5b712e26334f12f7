import type { Socket } from 'node:net';

/** Longer batches keep the server waiting for its first command. */
const commandsPerWrite = 32;

/** Sends the commands of one tick in few writes: a write costs more than a command. */
export function batchWrites(stream: Socket): void {
  const write = stream.write;
  let text = '';
  let commands = 0;
  const flush = () => {
    if (commands === 0) return;
    const batch = text;
    text = '';
    commands = 0;
    if (stream.writable) write.call(stream, batch);
  };
  stream.write = ((command: string) => {
    if (commands === 0) process.nextTick(flush);
    text += command;
    commands++;
    if (commands === commandsPerWrite) flush();
    return true;
  }) as typeof stream.write;
}
