/** The process at the other end of an IPC channel: a child, or `process` itself for the parent. */
export interface Peer {
  on(event: 'message', listener: (message: Message) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  send?(message: object): unknown;
}

export type Ask = (question: unknown) => Promise<unknown>;

interface Message {
  readonly ask?: number;
  readonly question?: unknown;
  readonly reply?: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** A function that puts questions to a peer. Its promises reject when the peer fails or goes away. */
export function askerOf(peer: Peer): Ask {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  peer.on('message', ({ reply, answer, error }) => {
    if (reply === undefined) return;
    const pending = waiting.get(reply);
    waiting.delete(reply);
    if (error === undefined) pending?.resolve(answer);
    else pending?.reject(new Error(error));
  });
  peer.on('disconnect', () => {
    for (const { reject } of waiting.values()) reject(new Error('The process went away'));
  });
  return (question) => {
    const pending = Promise.withResolvers<unknown>();
    const ask = ++asked;
    waiting.set(ask, pending);
    peer.send?.({ ask, question });
    return pending.promise;
  };
}

/** Answers a peer's questions. */
export function answerTo(peer: Peer, answer: Ask): void {
  peer.on('message', async ({ ask, question }) => {
    if (ask === undefined) return;
    try {
      peer.send?.({ reply: ask, answer: await answer(question) });
    } catch (error) {
      peer.send?.({ reply: ask, error: String(error) });
    }
  });
}
