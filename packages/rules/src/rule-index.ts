import { searchWords, type WordSearch } from "./aho-corasick.ts";
import type { PreparedExec, PreparedRule } from "./prepared-rule.ts";

const EXACT_FIELDS = ["cdhash", "signingId", "teamId", "path", "name"] as const;
const TEXT_FIELDS = ["path", "name"] as const;

/** With more rules than this under its best exact key, a rule is found by a rarer literal of its texts where it has one. */
const CROWDED = 16;

type ExactField = (typeof EXACT_FIELDS)[number];
type TextField = (typeof TEXT_FIELDS)[number];
type Buckets = Map<string, PreparedRule[]>;

/** Finds the few rules that can match an image, out of many. */
export interface RuleIndex {
  /** Calls back with every rule that may match, each once. Not re-entrant. */
  readonly candidates: (exec: PreparedExec, found: (rule: PreparedRule) => void) => void;
}

/**
 * Puts each rule under one key that every image it matches must have: the exact field that the fewest rules share, else the
 * rarest literal of its `contains` or `pattern`, which an Aho-Corasick pass over path and name finds.
 */
export function indexRules(rules: readonly PreparedRule[]): RuleIndex {
  const population = countKeys(rules);
  const exact = new Map<ExactField, Buckets>(EXACT_FIELDS.map((field) => [field, new Map()]));
  const literal = new Map<TextField, Buckets>(TEXT_FIELDS.map((field) => [field, new Map()]));
  for (const rule of rules) {
    const key = chooseKey(rule, population);
    const buckets = key.isExact ? exact.get(key.field) : literal.get(key.field as TextField);
    const bucket = buckets?.get(key.text);
    if (bucket) bucket.push(rule);
    else buckets?.set(key.text, [rule]);
  }
  const exactIndexes = [...exact].filter(([, buckets]) => buckets.size > 0);
  const searches = [...literal]
    .filter(([, buckets]) => buckets.size > 0)
    .map(([field, buckets]) => wordIndex(field, buckets));
  const candidates = (exec: PreparedExec, found: (rule: PreparedRule) => void): void => {
    for (const [field, buckets] of exactIndexes) {
      const text = exec[field];
      const bucket = text === undefined ? undefined : buckets.get(text);
      if (bucket) for (const rule of bucket) found(rule);
    }
    for (const { field, words, buckets } of searches)
      words.search(exec[field], (word) => {
        for (const rule of buckets[word] as PreparedRule[]) found(rule);
      });
  };
  return { candidates };
}

function wordIndex(
  field: TextField,
  buckets: Buckets,
): { field: TextField; words: WordSearch; buckets: PreparedRule[][] } {
  return { field, words: searchWords([...buckets.keys()]), buckets: [...buckets.values()] };
}

interface Key {
  readonly isExact: boolean;
  readonly field: ExactField;
  readonly text: string;
}

function keysOf(rule: PreparedRule): Key[] {
  const keys: Key[] = [];
  for (const field of EXACT_FIELDS) {
    const value = rule[field];
    const text = typeof value === "string" ? value : value?.exact;
    if (text !== undefined) keys.push({ isExact: true, field, text });
  }
  for (const field of TEXT_FIELDS)
    for (const text of new Set(rule[field]?.literals)) keys.push({ isExact: false, field, text });
  return keys;
}

function populationKey(key: Key): string {
  return `${key.isExact ? "=" : "~"}${key.field}\0${key.text}`;
}

function countKeys(rules: readonly PreparedRule[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const rule of rules)
    for (const key of keysOf(rule)) counts.set(populationKey(key), (counts.get(populationKey(key)) ?? 0) + 1);
  return counts;
}

function chooseKey(rule: PreparedRule, population: Map<string, number>): Key {
  const keys = keysOf(rule).map((key) => ({ key, count: population.get(populationKey(key)) ?? 0 }));
  // Fewest rules under it first; then an exact one; then the longer text, which is in fewer paths.
  keys.sort(
    (a, b) =>
      a.count - b.count || Number(b.key.isExact) - Number(a.key.isExact) || b.key.text.length - a.key.text.length,
  );
  const exact = keys.find(({ key }) => key.isExact);
  const chosen = exact !== undefined && exact.count <= CROWDED ? exact : keys[0];
  if (chosen === undefined) throw new TypeError("a valid rule has a literal to find it by");
  return chosen.key;
}
