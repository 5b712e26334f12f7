import { CacheError, type Codec, jsonCodec } from '@tasker-cache/core';
import { mismatch, type Shape } from './shape.ts';

/**
 * JSON of one shape, checked on both ways: what does not fit is neither taken from the cache nor
 * written for others to stumble over. Fields that the shape does not name are kept.
 */
export function shapeCodec<T>(name: string, shape: Shape): Codec<T> {
  return {
    encode(value, key) {
      requireShape(name, shape, value);
      return jsonCodec.encode(value, key);
    },
    decode(text, key) {
      const value = jsonCodec.decode(text, key);
      requireShape(name, shape, value);
      return value as T;
    },
  };
}

function requireShape(name: string, shape: Shape, value: unknown): void {
  const found = mismatch(value, shape);
  if (found !== undefined) throw new CacheError('CACHE_VALUE_INVALID', `${name}${found}`);
}
