/** The known name with the smallest edit distance, and that distance. */
export function nearest(
  name: string,
  known: readonly string[],
): { readonly name: string; readonly distance: number } | undefined {
  const ranked = known.map((candidate) => ({
    name: candidate,
    distance: editDistance(name.slice(0, 64), candidate),
  }));
  return ranked.sort((a, b) => a.distance - b.distance)[0];
}

/** Levenshtein's distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (character === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
