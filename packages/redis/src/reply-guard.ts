import type { Redis } from 'ioredis';
import { ProtocolError } from './errors.ts';
import { type Reply, ReplyDecoder } from './reply-decoder.ts';

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/**
 * Takes over the connection's incoming data.
 *
 * ioredis 6 throws from the socket's handler, where nobody can catch it, when a reply arrives that
 * nobody waits for. Here anything out of order destroys the connection: whatever was not settled
 * before rejects, and so do all replies that came in the same piece as the fault. A string above
 * `maxStringBytes` rejects, and is thrown away as it comes: it takes neither memory nor time.
 * `onError` hears of each reply that is an error, whoever waited for it.
 */
export function guardReplies(
  redis: Redis,
  maxStringBytes: number,
  onError: (reply: Error) => void,
): void {
  const { stream } = redis;
  let answered: Waiting[] = [];
  let replies: Reply[] = [];
  const decoder = new ReplyDecoder((reply) => {
    const item = redis.commandQueue.shift();
    if (item === undefined)
      throw new ProtocolError('the server sent a reply that nobody asked for');
    answered.push(item.command);
    replies.push(reply);
  }, maxStringBytes);
  const drop = (error: Error) => {
    stream.removeAllListeners('data');
    for (const command of answered) command.reject(error);
    for (let item = redis.commandQueue.shift(); item; item = redis.commandQueue.shift())
      item.command.reject(error);
    stream.destroy();
  };
  stream.removeAllListeners('data');
  stream.on('data', (piece: Buffer) => {
    try {
      decoder.write(piece);
    } catch (error) {
      return drop(error as Error);
    }
    const [commands, values] = [answered, replies];
    answered = [];
    replies = [];
    for (let i = 0; i < commands.length; i++) settle(commands[i] as Waiting, values[i] as Reply);
  });

  function settle(command: Waiting, reply: Reply): void {
    if (reply instanceof Error) {
      onError(reply);
      command.reject(reply);
    } else command.resolve(reply);
  }
}
