import { describe, expect, expectTypeOf, test } from 'vitest';
import type { BottleneckAnalysis, HandlerMetadata, PerformanceMetrics } from '../src/index.ts';
import { mismatch, type Shape } from '../src/shape.ts';
import { shapeCodec } from '../src/shape-codec.ts';
import { bottleneckAnalysis, handlerMetadata, performanceMetrics } from '../src/shapes.ts';
import { rustBottlenecks, rustPerformance, rustTemplate } from './from-rust.ts';

const documents: readonly [string, Shape, string][] = [
  ['HandlerMetadata', handlerMetadata, rustTemplate],
  ['PerformanceMetrics', performanceMetrics, rustPerformance],
  ['BottleneckAnalysis', bottleneckAnalysis, rustBottlenecks],
];

/** What no field of that kind may hold. */
const misfits: Readonly<Record<string, readonly unknown[]>> = {
  s: [null, 1, undefined],
  's?': [1, undefined, {}],
  i: [null, '1', 1.5, 2 ** 53, Number.NaN, undefined],
  f: [null, '1.0', Number.NaN, Number.POSITIVE_INFINITY, undefined],
  any: [undefined],
  array: [null, {}, 'text', undefined],
  object: [null, [], 'text', undefined],
};

interface Place {
  /** As a mismatch names it, for example `.slow_steps[0].version`. */
  readonly path: string;
  readonly misfits: readonly unknown[];
  put(value: unknown): void;
}

/** Every place of a document that its shape names. */
function* places(shape: Shape, value: unknown, path: string, put: Place['put']): Generator<Place> {
  const kind = typeof shape === 'string' ? shape : Array.isArray(shape) ? 'array' : 'object';
  yield { path, misfits: misfits[kind] as readonly unknown[], put };
  if (typeof shape === 'string') return;
  const inner: [string, string | number, Shape][] = Array.isArray(shape)
    ? (value as unknown[]).map((_, index) => [`[${index}]`, index, shape[0] as Shape])
    : Object.entries(shape).map(([field, fieldShape]) => [`.${field}`, field, fieldShape]);
  const holder = value as Record<string | number, unknown>;
  for (const [step, index, innerShape] of inner) {
    yield* places(innerShape, holder[index], path + step, (other) => {
      holder[index] = other;
    });
  }
}

describe.each(documents)('%s', (name, shape, text) => {
  test('fits what a Rust server writes', () => {
    expect(mismatch(JSON.parse(text), shape)).toBeUndefined();
  });

  test('names every field that the Rust server writes, and no other', () => {
    const named = [...places(shape, JSON.parse(text), '', () => {})].map(({ path }) => path);
    const written = [...text.matchAll(/"([a-z_]+)":/g)].map(([, field]) => field);
    const opaque = ['type', 'properties', 'amount', 'minimum', 'required'];
    const fields = new Set(written.filter((field) => !opaque.includes(field as string)));
    expect(new Set(named.map((path) => path.match(/[a-z_]+$/)?.[0]).filter(Boolean))).toEqual(
      fields,
    );
  });

  test('refuses each field that holds something else, or nothing, and names it', () => {
    const paths = [...places(shape, JSON.parse(text), '', () => {})].slice(1).keys();
    for (const index of paths) {
      const value = JSON.parse(text);
      const place = [...places(shape, value, '', () => {})][index + 1] as Place;
      for (const misfit of place.misfits) {
        place.put(misfit);
        const found = mismatch(value, shape);
        expect(found?.startsWith(`${place.path} is not `), `${found} at ${place.path}`).toBe(true);
      }
    }
  });

  test.each(['null', '[]', '"text"', '1'])('refuses %s as a whole', (other) => {
    expect(mismatch(JSON.parse(other), shape)).toBe(' is not an object');
  });

  test('comes back as it was, with fields that are not known yet', () => {
    const codec = shapeCodec(name, shape);
    const extended = `{"added_later":{"n":[1,null]},${text.slice(1)}`;
    const value = codec.decode(extended, 'key');
    expect(JSON.parse(codec.encode(value, 'key'))).toEqual(JSON.parse(extended));
    const timestamps = extended.match(/\d{4}-\d\d-\d\dT[^"]+/g) ?? [];
    expect(timestamps.length).toBeGreaterThan(0);
    for (const timestamp of timestamps) expect(codec.encode(value, 'key')).toContain(timestamp);
  });

  test('writes integers as integer tokens', () => {
    const codec = shapeCodec(name, shape);
    const written = codec.encode(codec.decode(text, 'key'), 'key');
    for (const token of text.match(/_(?:tasks|count|hour)":\d+(?=[,}])/g) ?? []) {
      expect(written).toContain(token);
    }
  });
});

test('a mismatch does not quote the value', () => {
  const codec = shapeCodec('Task template', handlerMetadata);
  const secret = rustTemplate.replace('"1.2.0"', '{"password":"hunter2"}');
  expect(() => codec.decode(secret, 'key')).toThrow(/^Task template\.version is not text$/);
  expect(() => codec.decode(`${secret}hunter2`, 'key')).toThrow(/^The stored text is not JSON$/);
});

test('__proto__ in the text is data', () => {
  const text = `{"__proto__":{"polluted":true},${rustTemplate.slice(1)}`;
  const value = shapeCodec('Task template', handlerMetadata).decode(text, 'key');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('types follow the shapes', () => {
  expectTypeOf<HandlerMetadata['default_dependent_system']>().toEqualTypeOf<string | null>();
  expectTypeOf<HandlerMetadata['config_schema']>().toEqualTypeOf<unknown>();
  expectTypeOf<PerformanceMetrics['total_tasks']>().toEqualTypeOf<number>();
  expectTypeOf<BottleneckAnalysis['recommendations']>().toEqualTypeOf<readonly string[]>();
  type SlowStep = BottleneckAnalysis['slow_steps'][number];
  expectTypeOf<SlowStep['last_executed_at']>().toEqualTypeOf<string | null>();
  type Health = BottleneckAnalysis['resource_utilization']['system_health'];
  expectTypeOf<Health['total_steps']>().toEqualTypeOf<number>();
});
