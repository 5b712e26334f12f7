/** HTML that is safe to be put into other HTML. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | readonly Part[];

/** Builds HTML. What is put in is escaped, unless it is HTML itself; lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const texts = strings.map((string, index) => {
    const part = parts[index];
    return string + (part === undefined ? '' : render(part));
  });
  return new Markup(texts.join(''));
}

/** Data for a script: nothing in it can end the element. */
export function jsonMarkup(data: unknown): Markup {
  return new Markup(JSON.stringify(data).replaceAll('<', '\\u003c'));
}

function render(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return `${part}`.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
