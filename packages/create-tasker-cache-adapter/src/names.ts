import { UsageError } from './arguments.ts';

const prefix = 'tasker-cache-';

/** Every name that the configuration knows, and those that would collide with core's exports. */
const taken = [
  ...['redis', 'dragonfly', 'memcached', 'moka', 'memory', 'in-memory', 'noop'],
  ...['register', 'register-adapter'],
];

/** The spellings of one backend's name. */
export interface Names {
  readonly packageName: string;
  /** From what the template says to what the new package says. */
  readonly spellings: ReadonlyMap<string, string>;
}

/**
 * Derives the names from the backend's, which may be given as the package's name too. Throws a
 * `UsageError` unless it can be a value of `backend`, a part of an npm name, and an identifier.
 */
export function namesOf(given: string): Names {
  const name = given.startsWith(prefix) ? given.slice(prefix.length) : given;
  const expected = 'Expected lower-case letters, digits and single hyphens, such as my-backend';
  if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name)) {
    throw new UsageError(`'${given}' cannot be a backend's name. ${expected}`);
  }
  if (name.length > 64) {
    throw new UsageError(`A backend's name has at most 64 characters, this one ${name.length}`);
  }
  if (taken.includes(name)) {
    throw new UsageError(`'${name}' is taken by tasker-cache itself. Choose another name`);
  }
  const words = name.split('-');
  const capitalised = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const pascal = capitalised.join('');
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1);
  if (!isIdentifier(camel)) {
    throw new UsageError(`'${name}' is a word of JavaScript. Choose another name`);
  }
  return {
    packageName: prefix + name,
    spellings: new Map([
      ['my-backend', name],
      ['myBackend', camel],
      ['MyBackend', pascal],
      ['My Backend', capitalised.join(' ')],
      ['MY_BACKEND', words.join('_').toUpperCase()],
    ]),
  };
}

/** Asks the engine itself: it knows its reserved words. */
function isIdentifier(name: string): boolean {
  try {
    new Function(`'use strict'; async () => { let ${name}; }`);
    return true;
  } catch {
    return false;
  }
}
