import { type Answers, type Ask, connectTo } from './ipc.ts';

/** Answers the parent; without one this process ends, as nobody would read what it does. */
export function connectToParent(answers: Answers): Ask {
  if (!process.connected) process.exit();
  process.on('disconnect', () => process.exit());
  return connectTo(process, answers);
}
