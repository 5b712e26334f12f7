/** What a field holds; `?` means that it may be `null`. Every field is always there. */
interface Scalars {
  /** Text. */
  s: string;
  's?': string | null;
  /** An integer that JavaScript can hold exactly. */
  i: number;
  /** Any finite number. */
  f: number;
  /** Whatever JSON can say. */
  any: unknown;
}

/** A shape as data: a scalar, `[an element's shape]`, or an object's fields. */
export type Shape = keyof Scalars | readonly [Shape] | { readonly [field: string]: Shape };

/** The type of the values that fit a shape. Fields that the shape does not name may be there too. */
export type ValueOf<S> = S extends keyof Scalars
  ? Scalars[S]
  : S extends readonly [infer Element]
    ? readonly ValueOf<Element>[]
    : { readonly [Field in keyof S]: ValueOf<S[Field]> };

const scalars: Readonly<Record<keyof Scalars, readonly [string, (value: unknown) => boolean]>> = {
  s: ['text', (value) => typeof value === 'string'],
  's?': ['text or null', (value) => typeof value === 'string' || value === null],
  i: ['a safe integer', Number.isSafeInteger],
  f: ['a finite number', Number.isFinite],
  any: ['there', (value) => value !== undefined],
};

/** Says where and how `value` differs from `shape`, without the value; `undefined` if it fits. */
export function mismatch(value: unknown, shape: Shape): string | undefined {
  if (typeof shape === 'string') {
    const [words, fits] = scalars[shape];
    return fits(value) ? undefined : ` is not ${words}`;
  }
  return isArrayShape(shape) ? arrayMismatch(value, shape[0]) : objectMismatch(value, shape);
}

function arrayMismatch(value: unknown, shape: Shape): string | undefined {
  if (!Array.isArray(value)) return ' is not an array';
  for (let index = 0; index < value.length; index++) {
    const found = mismatch(value[index], shape);
    if (found !== undefined) return `[${index}]${found}`;
  }
  return undefined;
}

function objectMismatch(
  value: unknown,
  shape: { readonly [field: string]: Shape },
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return ' is not an object';
  for (const field in shape) {
    const found = mismatch((value as Record<string, unknown>)[field], shape[field] as Shape);
    if (found !== undefined) return `.${field}${found}`;
  }
  return undefined;
}

/** `Array.isArray` does not narrow readonly tuples. */
function isArrayShape(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}
