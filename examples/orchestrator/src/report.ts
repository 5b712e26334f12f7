import { styleText } from 'node:util';

const width = 80;
const margin = '   ';

export interface Bar {
  readonly label: string;
  readonly ms: number;
}

/** Prints what the demo says, and remembers what did not hold. */
export class Report {
  readonly #startedMs: number = performance.now();
  readonly #figures: Record<string, unknown> = {};
  readonly #failed: string[] = [];
  #scenes = 0;
  #statements = 0;

  scene(title: string): void {
    print(`\n${styleText('bold', `${++this.#scenes}. ${title}`)}`);
  }

  say(text: string): void {
    for (const line of wrapped(text, width - margin.length)) print(margin + line);
  }

  /** A log line, as the program called `source` wrote it. */
  log(source: string, line: string): void {
    const lead = `${margin}${source} | `;
    const [first, ...rest] = wrapped(line, width - lead.length);
    print(styleText('dim', lead + first));
    for (const more of rest) print(styleText('dim', `${' '.repeat(lead.length)}${more}`));
  }

  /** A statement that has just been checked. `seen` says what was there instead. */
  claim(statement: string, holds: boolean, seen?: unknown): void {
    this.#statements++;
    if (!holds) this.#failed.push(statement);
    const mark = holds ? styleText('green', '[holds]') : styleText('red', '[DOES NOT HOLD]');
    const text = holds || seen === undefined ? statement : `${statement}: got ${String(seen)}`;
    const [first, ...rest] = wrapped(text, width - margin.length - '[holds] '.length);
    print(`${margin}${mark} ${first}`);
    for (const more of rest) print(`${margin}${' '.repeat('[holds] '.length)}${more}`);
  }

  bars(bars: readonly Bar[]): void {
    const labelWidth = Math.max(...bars.map(({ label }) => label.length));
    const longestMs = Math.max(...bars.map(({ ms }) => ms));
    const barWidth = width - margin.length - labelWidth - '  1234.56 ms '.length;
    for (const { label, ms } of bars) {
      const bar = '█'.repeat(Math.round((ms / longestMs) * barWidth)) || '▏';
      print(`${margin}${label.padEnd(labelWidth)} ${bar} ${milliseconds(ms)}`);
    }
  }

  /** For `--json`. */
  figure(name: string, value: unknown): void {
    this.#figures[name] = value;
  }

  /** The closing line, and the JSON if wanted. Returns the exit code. */
  finish(json: boolean): number {
    const seconds = Number(((performance.now() - this.#startedMs) / 1000).toFixed(1));
    const failed = this.#failed;
    const held = this.#statements - failed.length;
    print(`\n${held} of ${this.#statements} statements held, in ${seconds} s.`);
    if (json) {
      print(JSON.stringify({ ...this.#figures, seconds, statements: { held, failed } }));
    }
    return failed.length === 0 ? 0 : 1;
  }
}

export function milliseconds(ms: number): string {
  return `${threeDigits(ms)} ms`;
}

/** All that such a measurement is good for. */
export function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  // Log lines hold words that are longer than a line.
  const words = text.match(new RegExp(`[^ ]{1,${columns}}`, 'g')) ?? [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
