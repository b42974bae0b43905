/** A word that the code does not use for its thing: identifiers that match are refused. */
export interface BannedWord {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** Checked against whole identifiers (camelCase and PascalCase), not prose; GLOSSARY.md says why. */
export const BANNED_WORDS: readonly BannedWord[] = [
  {
    pattern: /^(dep|Dep)(Token|Profile|Device|Devices|Server|Sync|Client|Enrollment)/,
    instead: "ADE, ABM or MDM server token",
  },
  { pattern: /^(machine|host|endpoint|computer)(Id|Ids|Record|Row|Store|Uuid|Serial)$/i, instead: "device" },
  { pattern: /^(heartbeat(?!Interval$)|Heartbeat)/, instead: "check-in or presence" },
  { pattern: /agentCommand/i, instead: "order" },
  { pattern: /^(backup|recovery)Key(s|Id|Store)?$/i, instead: "PRK" },
  { pattern: /^(org|organi[sz]ation|customer)(Id|Ids|Scope|Store|Row)$/i, instead: "tenant" },
  { pattern: /distributionPoint|cacheServer/i, instead: "edge node" },
  { pattern: /policyGroup/i, instead: "blueprint" },
  { pattern: /^(registration|Registration)(Id|Store|Row|Scope)$/, instead: "enrollment" },
];

const IDENTIFIER = /[A-Za-z_$][\w$]*/g;

/** The banned words among a source text's identifiers, each with what to write. Strings and comments are not read. */
export function bannedWordsIn(source: string): readonly string[] {
  const code = source
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .replace(/(^|[^:])\/\/.*$/gm, "$1")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
  const found = new Set<string>();
  for (const [name] of code.matchAll(IDENTIFIER)) {
    const banned = BANNED_WORDS.find((word) => word.pattern.test(name));
    if (banned !== undefined) found.add(`${name}: say ${banned.instead}`);
  }
  return [...found];
}
