const LITERAL = 0;
const ONE = 1;
const RUN = 2;
const DEEP_RUN = 3;
const COMPONENTS = 4;
const INSIDE_COMPONENTS = 5;
const SLASH = 47;

/** A compiled pattern of `TextMatch`. */
export interface Glob {
  /** Whether the whole text matches; at most `text.length * pattern.length` steps, whatever both are. */
  readonly matches: (text: string) => boolean;
  /** The pattern's runs of literal characters: each of them stands in every text that matches. */
  readonly literals: readonly string[];
}

/** One state of the automaton: what it waits for, and the code point where that is a literal. */
interface State {
  readonly kind: number;
  readonly code: number;
}

/** Compiles `?`, `*` and `**` (law at `TextMatch`) to an automaton that is run over all its states at once, never backtracking. */
export function compileGlob(pattern: string): Glob {
  const states = parse(pattern);
  const kinds = Uint8Array.from(states, (state) => state.kind);
  const codes = Int32Array.from(states, (state) => state.code);
  return { matches: (text) => run(kinds, codes, text), literals: literalsOf(states) };
}

function parse(pattern: string): State[] {
  const characters = Array.from(pattern);
  const states: State[] = [];
  const push = (kind: number, code = 0) => states.push({ kind, code });
  let at = 0;
  while (at < characters.length) {
    const character = characters[at] as string;
    if (character !== "*") {
      push(character === "?" ? ONE : LITERAL, character.codePointAt(0));
      at += 1;
      continue;
    }
    let end = at;
    while (characters[end] === "*") end += 1;
    const startsComponent = at === 0 || characters[at - 1] === "/";
    if (end - at === 1) push(RUN);
    else if (startsComponent && characters[end] === "/") {
      push(COMPONENTS);
      push(INSIDE_COMPONENTS);
      end += 1;
    } else push(DEEP_RUN);
    at = end;
  }
  return states;
}

function literalsOf(states: readonly State[]): string[] {
  const runs: string[] = [];
  let run = "";
  for (const state of states) {
    if (state.kind === LITERAL) run += String.fromCodePoint(state.code);
    else if (run !== "") {
      runs.push(run);
      run = "";
    }
  }
  if (run !== "") runs.push(run);
  return runs;
}

function run(kinds: Uint8Array, codes: Int32Array, text: string): boolean {
  const end = kinds.length;
  const entered = new Int32Array(end + 1).fill(-1);
  let current: number[] = [];
  let next: number[] = [];
  let step = 0;
  // Enters a state and all that it reaches without reading; each state once per step.
  const enter = (state: number) => {
    for (let s = state; entered[s] !== step; ) {
      entered[s] = step;
      next.push(s);
      const kind = s === end ? LITERAL : kinds[s];
      if (kind === RUN || kind === DEEP_RUN) s += 1;
      else if (kind === COMPONENTS) {
        entered[s + 1] = step;
        next.push(s + 1);
        s += 2;
      } else return;
    }
  };
  enter(0);
  for (let at = 0; at < text.length; ) {
    [current, next] = [next, current];
    next.length = 0;
    if (current.length === 0) return false;
    const code = text.codePointAt(at) as number;
    at += code > 0xffff ? 2 : 1;
    step += 1;
    for (const state of current) {
      if (state === end) continue;
      const kind = kinds[state];
      if (kind === LITERAL) {
        if (codes[state] === code) enter(state + 1);
      } else if (kind === ONE) {
        if (code !== SLASH) enter(state + 1);
      } else if (kind === RUN) {
        if (code !== SLASH) enter(state);
      } else if (kind === DEEP_RUN) enter(state);
      else if (kind === INSIDE_COMPONENTS) {
        if (entered[state] !== step) {
          entered[state] = step;
          next.push(state);
        }
        if (code === SLASH) enter(state + 1);
      }
    }
  }
  return next.includes(end);
}
