/** Finds all words of a set in one pass over a text, in time linear in the text (Aho and Corasick, 1975). */
export interface WordSearch {
  /** Calls back once for each word that stands in the text, with its index. Not re-entrant. */
  readonly search: (text: string, found: (word: number) => void) => void;
}

/**
 * Builds the search over distinct, non-empty words. The trie's edges are one open-addressed table in typed arrays: 10,000 words
 * of 30 characters take about 6 MB, where tables of all characters per node would take hundreds.
 */
export function searchWords(words: readonly string[]): WordSearch {
  const total = words.reduce((sum, word) => sum + word.length, 0);
  const edges = edgeTable(total);
  const parents = new Int32Array(total + 1);
  const codes = new Uint16Array(total + 1);
  const depths = new Uint16Array(total + 1);
  const wordAt = new Int32Array(total + 1).fill(-1);
  let nodes = 1;
  words.forEach((word, index) => {
    let node = 0;
    for (let at = 0; at < word.length; at++) {
      const code = word.charCodeAt(at);
      let child = edges.get(node, code);
      if (child === 0) {
        child = nodes++;
        edges.set(node, code, child);
        parents[child] = node;
        codes[child] = code;
        depths[child] = at + 1;
      }
      node = child;
    }
    wordAt[node] = index;
  });
  const { fails, outputs } = linkFailures(nodes, edges, parents, codes, depths, wordAt);
  return searcher(words.length, edges, fails, outputs, wordAt);
}

interface EdgeTable {
  /** The child of a node by a UTF-16 code unit, or 0 (the root, which is nobody's child). */
  readonly get: (node: number, code: number) => number;
  readonly set: (node: number, code: number, child: number) => void;
}

function edgeTable(edges: number): EdgeTable {
  const bits = Math.max(4, Math.ceil(Math.log2(edges + 1)) + 1);
  const mask = 2 ** bits - 1;
  const froms = new Int32Array(mask + 1);
  const by = new Uint16Array(mask + 1);
  const children = new Int32Array(mask + 1);
  const slot = (node: number, code: number): number => {
    let at = (Math.imul(node, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b)) >>> (32 - bits);
    while (children[at] !== 0 && (froms[at] !== node || by[at] !== code)) at = (at + 1) & mask;
    return at;
  };
  return {
    get: (node, code) => children[slot(node, code)] as number,
    set: (node, code, child) => {
      const at = slot(node, code);
      froms[at] = node;
      by[at] = code;
      children[at] = child;
    },
  };
}

function linkFailures(
  nodes: number,
  edges: EdgeTable,
  parents: Int32Array,
  codes: Uint16Array,
  depths: Uint16Array,
  wordAt: Int32Array,
) {
  const fails = new Int32Array(nodes);
  const outputs = new Int32Array(nodes);
  // A node's failure link leads to a shallower node, so shallow ones come first.
  const order = Int32Array.from({ length: nodes }, (_, node) => node).sort(
    (a, b) => (depths[a] as number) - (depths[b] as number),
  );
  for (const node of order) {
    if (node === 0) continue;
    const parent = parents[node] as number;
    const code = codes[node] as number;
    let fail = 0;
    if (parent !== 0) {
      let from = fails[parent] as number;
      while (from !== 0 && edges.get(from, code) === 0) from = fails[from] as number;
      fail = edges.get(from, code);
    }
    fails[node] = fail;
    outputs[node] = wordAt[fail] === -1 ? (outputs[fail] as number) : fail;
  }
  return { fails, outputs };
}

function searcher(
  words: number,
  edges: EdgeTable,
  fails: Int32Array,
  outputs: Int32Array,
  wordAt: Int32Array,
): WordSearch {
  const seen = new Float64Array(words);
  let round = 0;
  const search = (text: string, found: (word: number) => void): void => {
    round += 1;
    let node = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      let child = edges.get(node, code);
      while (child === 0 && node !== 0) {
        node = fails[node] as number;
        child = edges.get(node, code);
      }
      node = child;
      let out = wordAt[node] === -1 ? (outputs[node] as number) : node;
      while (out !== 0) {
        const word = wordAt[out] as number;
        // A word seen before has had its own shorter outputs reported too.
        if (seen[word] === round) break;
        seen[word] = round;
        found(word);
        out = outputs[out] as number;
      }
    }
  };
  return { search };
}
