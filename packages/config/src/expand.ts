/** The values of environment variables, for example `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Expansion {
  readonly text: string;
  /** Whether the text came, in part at least, from `${…}`. */
  readonly hasVariables: boolean;
}

const literal = `\${`;
const escaped = `$\${`;
const references = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^{}]*))?\}|\$\{/g;

/**
 * Replaces `${NAME}` and `${NAME:-default}`; `$${` stands for a literal `${`. As in a shell, `:-`
 * also replaces an empty value. What a variable holds is not expanded again.
 */
export function expand(
  text: string,
  env: Environment,
): Expansion & { readonly problems: readonly string[] } {
  const problems: string[] = [];
  let hasVariables = false;
  const expanded = text.replace(references, (reference, name?: string, fallback?: string) => {
    if (reference === escaped) return literal;
    hasVariables = true;
    if (name === undefined) {
      problems.push(
        `a "${literal}" starts no variable: write \${NAME}, \${NAME:-default}, or "${escaped}" for a "${literal}"`,
      );
      return '';
    }
    const value = env[name];
    const isSet = typeof value === 'string' && !(value === '' && fallback !== undefined);
    if (isSet) return value;
    if (fallback === undefined) {
      problems.push(`the variable ${name} is not set. Set it, or write \${${name}:-default}`);
    }
    return fallback ?? '';
  });
  return { text: expanded, hasVariables, problems };
}
