import { parse } from 'smol-toml';

/** A key's names from the top of the document, for example `['common', 'cache', 'enabled']`. */
export type Path = readonly string[];

/** Strings in their four forms, comments, the characters that separate, and bare text. */
const tokens =
  /"""(?:[^"\\]+|\\[\s\S]|"(?!""))*"{3,5}|'''(?:[^']+|'(?!''))*'{3,5}|"(?:[^"\\\n]+|\\.)*"|'[^'\n]*'|#[^\n]*|[[\]{}=,\n]|[^\s"'#[\]{}=,]+/g;

interface Bracket {
  readonly path: Path;
  readonly isTable: boolean;
}

/**
 * Finds the line of a key, or of the innermost table around it that the text mentions. smol-toml
 * reports no positions; this reads only what separates keys, in text that smol-toml has accepted.
 */
export function locateKeys(text: string): (path: Path) => number | undefined {
  const lines = new Map<string, number>();
  const brackets: Bracket[] = [];
  let table: Path = [];
  let path: Path = [];
  let key = '';
  let line = 1;
  let inHeader = false;
  let inKey = true;

  const record = (): Path => {
    const full = [...(inHeader ? [] : (brackets.at(-1)?.path ?? table)), ...keyPath(key)];
    for (const end of full.keys()) {
      const implied = JSON.stringify(full.slice(0, end));
      if (!lines.has(implied)) lines.set(implied, line);
    }
    lines.set(JSON.stringify(full), line);
    key = '';
    return full;
  };

  for (const [token] of text.matchAll(tokens)) {
    if (token.startsWith('#')) continue;
    if (token === '\n') {
      if (brackets.length === 0) inKey = true;
      inHeader = false;
    } else if (!inKey) {
      if (token === '{' || token === '[') brackets.push({ path, isTable: token === '{' });
      if (token === '}' || token === ']') brackets.pop();
      inKey = token === '{' || (token === ',' && brackets.at(-1)?.isTable === true);
    } else if (token === '[') {
      inHeader = true;
    } else if (token === ']') {
      if (key !== '') table = record();
    } else if (token === '=') {
      path = record();
      inKey = false;
    } else if (token === '}') {
      brackets.pop();
      inKey = false;
    } else {
      key += token;
    }
    line += token.split('\n').length - 1;
  }

  return (wanted) => {
    for (let end = wanted.length; end > 0; end--) {
      const found = lines.get(JSON.stringify(wanted.slice(0, end)));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** smol-toml decodes quoted keys, which know more escapes than JSON. */
function keyPath(key: string): Path {
  if (!/["']/.test(key)) return key.split('.');
  const path: string[] = [];
  for (let level: unknown = parse(`${key} = 0`); typeof level === 'object'; ) {
    const [[name, next] = ['', 0]] = Object.entries(level ?? {});
    path.push(name);
    level = next;
  }
  return path;
}
