import { connect, createServer, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { redisAdapter } from '../src/index.ts';
import { batchWrites } from '../src/write-batch.ts';
import { respServer } from './support/resp-server.ts';

test('the adapter sends what it is asked for at once in few writes', async () => {
  await using server = await respServer(([name]) => (name === 'PING' ? '+PONG\r\n' : '$-1\r\n'));
  const write = vi.spyOn(Socket.prototype, 'write');
  const adapter = redisAdapter({ url: server.url });
  await adapter.ping();
  await Promise.all(Array.from({ length: 64 }, (_, i) => adapter.get(`k${i}`)));
  const commands = write.mock.calls.filter(([text]) => `${text}`.includes('GET'));
  write.mockRestore();
  expect(commands).toHaveLength(2);
  await adapter.close();
});

describe('batchWrites', () => {
  const server = createServer();
  let sender: Socket;
  let received: () => string;

  beforeEach(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    sender = connect((server.address() as { port: number }).port, '127.0.0.1');
    const receiver = await accepted;
    let text = '';
    receiver.on('data', (data) => {
      text += data;
    });
    received = () => text;
  });

  afterEach(async () => {
    sender.destroy();
    await new Promise((done) => server.close(done));
  });

  test('sends the commands of a tick in order, 32 to a write', async () => {
    const write = vi.spyOn(sender, 'write');
    batchWrites(sender);
    const commands = Array.from({ length: 70 }, (_, i) => `command ${i} ü\r\n`);
    for (const command of commands) sender.write(command);
    expect(write).toHaveBeenCalledTimes(2);
    await vi.waitFor(() => expect(received()).toBe(commands.join('')));
    expect(write).toHaveBeenCalledTimes(3);
    sender.write('later');
    await vi.waitFor(() => expect(received()).toBe(`${commands.join('')}later`));
    expect(write).toHaveBeenCalledTimes(4);
  });

  test('drops what a socket that was ended meanwhile can no longer send', async () => {
    const errors: unknown[] = [];
    sender.on('error', (error) => errors.push(error));
    batchWrites(sender);
    sender.write('lost');
    sender.end();
    await new Promise((done) => sender.once('close', done));
    expect(errors).toEqual([]);
  });
});
