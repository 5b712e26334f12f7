import { consoleLogger, type Logger } from '@tasker-cache/core';

/** Keeps the cache's log lines, and shows those that an operator sees: INFO and above. */
export class LogBook {
  readonly lines: string[] = [];
  readonly logger: Logger;

  constructor(show: (line: string) => void) {
    this.logger = consoleLogger('debug', (line) => {
      this.lines.push(line);
      if (!line.startsWith('DEBUG')) show(line);
    });
  }

  has(line: string): boolean {
    return this.lines.includes(line);
  }
}
