import { Utils } from 'memjs';
import { expect, test } from 'vitest';
import { placeKeys } from '../src/placement.ts';

const servers = ['a.example:11211', 'b.example:11211', 'c.example:11211', 'd.example:11211'];
const keys = Array.from({ length: 20_000 }, (_, index) => `tasker:template:ns:task_${index}:1.0.0`);

const nameFor = (names: readonly string[]) => {
  const place = placeKeys(names, Utils.hashCode);
  return (key: string) => names[place(key)];
};

test('spreads keys evenly', () => {
  const place = placeKeys(servers, Utils.hashCode);
  const counts = servers.map(() => 0);
  for (const key of keys) counts[place(key)] = (counts[place(key)] as number) + 1;
  for (const count of counts) expect(count / keys.length).toBeCloseTo(0.25, 1);
});

test('does not depend on the order of the servers', () => {
  const [one, other] = [nameFor(servers), nameFor(servers.toReversed())];
  for (const key of keys) expect(other(key)).toBe(one(key));
});

test('moves only the keys of a server that leaves', () => {
  const [before, after] = [nameFor(servers), nameFor(servers.slice(0, 3))];
  const moved = keys.filter((key) => before(key) !== after(key));
  expect(moved.every((key) => before(key) === servers[3])).toBe(true);
  expect(moved.length / keys.length).toBeCloseTo(0.25, 1);
});

test("memjs's own choice, the remainder, would move three of four", () => {
  const moved = keys.filter((key) => Utils.hashCode(key) % 4 !== Utils.hashCode(key) % 3);
  expect(moved.length / keys.length).toBeCloseTo(0.75, 1);
});
