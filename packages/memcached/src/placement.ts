/**
 * Decides which server holds a key, by rendezvous hashing: each server draws a number for the key,
 * the highest one wins. So the order of the servers does not matter, and when one leaves, only its
 * own keys move. `hash` is memjs's.
 */
export function placeKeys(
  servers: readonly string[],
  hash: (text: string) => number,
): (key: string) => number {
  if (servers.length === 1) return () => 0;
  const seeds = servers.map((name) => scramble(hash(name)));
  return (key) => {
    const keyHash = hash(key);
    let winner = 0;
    let highest = -1;
    for (const [index, seed] of seeds.entries()) {
      const draw = scramble(keyHash ^ seed);
      if (draw > highest) {
        highest = draw;
        winner = index;
      }
    }
    return winner;
  };
}

/** MurmurHash3's finalizer: every bit of the input changes half of the output's bits. */
function scramble(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85eb_ca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
