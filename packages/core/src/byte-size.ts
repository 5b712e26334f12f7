/** Whether the text has more than `limit` UTF-8 bytes; counts them only where it must. */
export function exceedsBytes(text: string, limit: number): boolean {
  if (text.length * 3 <= limit) return false;
  return text.length > limit || Buffer.byteLength(text) > limit;
}
