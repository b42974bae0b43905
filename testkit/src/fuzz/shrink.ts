/** The smallest input that is found to do the same, by leaving out ever smaller parts; bounded. */
export async function shrink(
  bytes: Uint8Array,
  doesTheSame: (candidate: Uint8Array) => Promise<boolean>,
  tries = 2000,
): Promise<Uint8Array> {
  let best = bytes;
  let left = tries;
  for (let part = Math.ceil(best.length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let at = 0; at < best.length && left > 0; left--) {
      const candidate = new Uint8Array(Buffer.concat([best.subarray(0, at), best.subarray(at + part)]));
      if (await doesTheSame(candidate)) best = candidate;
      else at += part;
    }
  }
  return best;
}
