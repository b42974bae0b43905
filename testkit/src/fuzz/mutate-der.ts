import type { Random } from "../model/random.ts";
import { joined, type Mutate } from "./mutate-bytes.ts";

/** A DER element as a tree; a reader of its own, so that a fault of the one under test is not in here as well. */
interface Node {
  tag: number;
  /** undefined for what is no container. */
  children: Node[] | undefined;
  content: Uint8Array;
}

const MOST_DEPTH = 24;
const OCTET_STRING = 0x04;
const BIT_STRING = 0x03;
/** Tags that change what a reader does: universal ones, context ones, a multi-octet one. */
const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x24, 0x30, 0x31, 0x80, 0x81, 0xa0, 0xa1,
  0xa3, 0x1f,
] as const;
const CONTENTS = [
  Uint8Array.of(),
  Uint8Array.of(0),
  Uint8Array.of(0xff),
  Uint8Array.of(0x80, 0x01),
  new Uint8Array(40).fill(0xff),
  Buffer.from("99991231235959Z"),
  Buffer.from("\u{1f34e}\0\r\n"),
] as const;

/** The elements that fill some bytes exactly; undefined when they do not. */
function readAll(bytes: Uint8Array, depth: number): Node[] | undefined {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    let length = bytes[at + 1] ?? 0;
    let start = at + 2;
    if ((tag & 0x1f) === 0x1f || length === 0x80 || length > 0x83) return undefined;
    if (length > 0x80) {
      const octets = length - 0x80;
      length = bytes.subarray(start, start + octets).reduce((sum, octet) => sum * 256 + octet, 0);
      start += octets;
    }
    if (start + length > bytes.length) return undefined;
    const content = bytes.subarray(start, start + length);
    nodes.push({ tag, content, children: childrenOf(tag, content, depth) });
    at = start + length;
  }
  return nodes;
}

function childrenOf(tag: number, content: Uint8Array, depth: number): Node[] | undefined {
  if (depth >= MOST_DEPTH) return undefined;
  if ((tag & 0x20) !== 0) return readAll(content, depth + 1);
  // Extensions, keys and messages lie in strings.
  const isWrapping = tag === OCTET_STRING && content.length > 2 && (content[0] === 0x30 || content[0] === 0x03);
  return isWrapping ? readAll(content, depth + 1) : undefined;
}

function write({ tag, children, content }: Node): Uint8Array {
  const body = children === undefined ? content : joined(...children.map(write));
  return joined(Uint8Array.of(tag), lengthOf(body.length), body);
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Uint8Array.of(0x80 + octets.length, ...octets);
}

interface Spot {
  readonly siblings: Node[];
  readonly at: number;
}
function spotsIn(nodes: Node[]): Spot[] {
  return nodes.flatMap((node, at) => [
    { siblings: nodes, at },
    ...(node.children === undefined ? [] : spotsIn(node.children)),
  ]);
}
const someSpot = (nodes: Node[], random: Random): Spot => {
  const spots = spotsIn(nodes);
  return spots[random.integer(0, spots.length - 1)]!;
};

/** Does something to one element of the tree; the lengths around it stay right, so that the reader gets that far. */
const onTree =
  (change: (spot: Spot, node: Node, random: Random, other: Node) => void): Mutate =>
  (bytes, random, other) => {
    const nodes = readAll(bytes, 0);
    if (nodes === undefined || nodes.length === 0) return bytes;
    const others = readAll(other, 0);
    const spot = someSpot(nodes, random);
    const theirs = someSpot(others === undefined || others.length === 0 ? nodes : others, random);
    change(spot, spot.siblings[spot.at]!, random, structuredClone(theirs.siblings[theirs.at]!));
    return joined(...nodes.map(write));
  };

/** What can be done to DER, beside what can be done to any bytes. */
export const derMutations: readonly Mutate[] = [
  onTree(({ siblings, at }) => siblings.splice(at, 1)),
  onTree(({ siblings, at }, node) => siblings.splice(at, 0, structuredClone(node))),
  onTree(({ siblings, at }, _node, _random, other) => siblings.splice(at, 1, other)),
  onTree(({ siblings, at }, _node, _random, other) => siblings.splice(at, 0, other)),
  onTree(({ siblings, at }, node, random) => {
    const to = random.integer(0, siblings.length - 1);
    siblings[at] = siblings[to]!;
    siblings[to] = node;
  }),
  onTree((_spot, node, random) => {
    node.tag = random.chance(0.3) ? node.tag ^ 0x20 : random.pick(TAGS);
  }),
  onTree((_spot, node, random) => {
    node.children = undefined;
    node.content = random.pick(CONTENTS);
  }),
  onTree(({ siblings, at }, node, random) => {
    let wrapped = node;
    for (let depth = random.pick([1, 3, 15, 70]); depth > 0; depth--)
      wrapped = { tag: random.chance(0.9) ? 0x30 : 0x24, children: [wrapped], content: Uint8Array.of() };
    siblings[at] = wrapped;
  }),
  // A string in pieces, as BER has it.
  onTree((_spot, node) => {
    if (node.tag !== OCTET_STRING && node.tag !== BIT_STRING) return;
    node.children = [{ tag: node.tag, content: node.content, children: undefined }];
    node.tag |= 0x20;
  }),
  // Containers without an end, within each other.
  (bytes, random) => {
    const at = random.integer(0, Math.min(bytes.length, 60));
    const heads = Array<number[]>(random.pick([20, 200, 6000])).fill([random.pick([0x30, 0x31, 0xa0, 0x24]), 0x80]);
    return joined(bytes.subarray(0, at), Uint8Array.from(heads.flat()), bytes.subarray(at));
  },
  // Lengths that lie, and lengths without an end.
  (bytes, random) => {
    const at = random.integer(0, Math.max(0, Math.min(bytes.length, 400) - 2));
    const put = random.pick([
      [0x80],
      [0x81, bytes[at + 1] ?? 0],
      [0x82, 0, bytes[at + 1] ?? 0],
      [0x84, 0x7f, 0xff, 0xff, 0xff],
      [0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ]);
    return joined(bytes.subarray(0, at + 1), Uint8Array.from(put), bytes.subarray(at + 2));
  },
];
