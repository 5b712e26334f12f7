/** The process at the other end of an IPC channel: a child, or `process` itself for the parent. */
export interface Peer {
  on(event: 'message', listener: (message: Message) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  readonly connected?: boolean | undefined;
  send?(message: object): unknown;
}

export type Ask = <Answer>(question: string, argument?: unknown) => Promise<Answer>;

/** What a process answers, by question. Each names the type of the argument that it expects. */
export type Answers = Readonly<Record<string, (argument: never) => unknown>>;

interface Message {
  readonly id: number;
  readonly question?: string;
  readonly argument?: unknown;
  readonly answer?: unknown;
  readonly error?: string;
}

/** Answers the peer's questions; returns a function that asks it. Rejects when the peer goes away. */
export function connectTo(peer: Peer, answers: Answers): Ask {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const rejectAll = () => {
    for (const { reject } of waiting.values()) reject(new Error('The process went away'));
    waiting.clear();
  };
  const send = (message: Message) => {
    if (peer.connected) peer.send?.(message);
    else rejectAll();
  };
  const reply = async (id: number, question: string, argument: unknown) => {
    try {
      const answer = answers[question];
      if (answer === undefined) throw new TypeError(`No answer to '${question}'`);
      send({ id, answer: await answer(argument as never) });
    } catch (error) {
      send({ id, error: String(error) });
    }
  };
  peer.on('disconnect', rejectAll);
  peer.on('message', ({ id, question, argument, answer, error }) => {
    if (question !== undefined) return void reply(id, question, argument);
    const pending = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) pending?.resolve(answer);
    else pending?.reject(new Error(error));
  });
  let asked = 0;
  return <Answer>(question: string, argument?: unknown) => {
    const pending = Promise.withResolvers<unknown>();
    asked++;
    waiting.set(asked, pending);
    send({ id: asked, question, argument });
    return pending.promise as Promise<Answer>;
  };
}
