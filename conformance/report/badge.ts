import type { StoredResults } from './results.ts';

const heightPx = 20;
const padding = 8;
/** Of Verdana at 11 px, on average. `textLength` makes it exact. */
const letterPx = 6.6;

/** An SVG that says how many of the targets that ran are conformant. */
export function badge(results: readonly StoredResults[]): string {
  const ran = results.filter(({ notRun }) => notRun === undefined);
  const conformant = ran.filter(({ isConformant }) => isConformant);
  const failing = ran.filter(({ clauses }) =>
    Object.values(clauses).some((line) => line.startsWith('failed')),
  );
  const message =
    failing.length > 0
      ? `${failing.length} of ${ran.length} targets failing`
      : `${conformant.length} of ${ran.length} targets`;
  const color =
    failing.length > 0 ? '#b3261e' : conformant.length === ran.length ? '#1a7f37' : '#8a5a00';
  return draw('conformant', message, color);
}

function draw(label: string, message: string, color: string): string {
  const [left, right] = [label, message].map((text) => Math.round(text.length * letterPx)) as [
    number,
    number,
  ];
  const split = left + 2 * padding;
  const width = split + right + 2 * padding;
  const text = (x: number, length: number, content: string) =>
    `<text x="${x}" y="14" textLength="${length}">${content}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${heightPx}" role="img" aria-label="${label}: ${message}">`,
    `<title>${label}: ${message}</title>`,
    `<clipPath id="round"><rect width="${width}" height="${heightPx}" rx="3"/></clipPath>`,
    `<g clip-path="url(#round)"><rect width="${split}" height="${heightPx}" fill="#444"/>`,
    `<rect x="${split}" width="${width - split}" height="${heightPx}" fill="${color}"/></g>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`,
    `${text(padding, left, label)}${text(split + padding, right, message)}</g>`,
    '</svg>\n',
  ].join('');
}
