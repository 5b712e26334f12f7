/** A claim that was just checked. */
export interface Statement {
  readonly statement: string;
  readonly holds: boolean;
}

export function statement(text: string, holds: boolean): Statement {
  return { statement: text, holds };
}

export function printStatements(statements: readonly Statement[]): void {
  for (const { statement, holds } of statements) {
    console.log(`${holds ? '[holds]         ' : '[DOES NOT HOLD] '}${statement}`);
  }
}
