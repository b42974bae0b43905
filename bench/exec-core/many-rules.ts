import type { BlockRule, RuleMatch } from "@pomona/rules";

/** Rules of every kind, as a fleet with long lists might have them; none of them matches the images of the benchmark. */
export function manyRules(count: number): BlockRule[] {
  return Array.from({ length: count }, (_, n) => {
    const kinds: RuleMatch[] = [
      { cdhash: (n + 1).toString(16).padStart(40, "a") },
      { signingId: `com.vendor${n % 997}.product${n}`, teamId: `TEAM${String(n % 1000).padStart(6, "0")}` },
      { teamId: `TE${String(n).padStart(8, "0")}` },
      { path: { exact: `/Applications/Product ${n}.app/Contents/MacOS/Product ${n}` } },
      { path: { contains: `/Library/Vendor ${n}/` } },
      { path: { pattern: `/Applications/Game ${n}*.app/**` } },
      { name: { exact: `tool-${n}` } },
      { name: { pattern: `crypto-miner-${n}-?` } },
    ];
    return { id: `rule-${n}`, name: `Rule ${n}`, match: kinds[n % kinds.length] as RuleMatch, mode: "block" };
  });
}
