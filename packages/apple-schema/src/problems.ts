/** What does not fit the tables. An `error` is refused; a `warning` may be something that is newer than the tables. */
export interface Problem {
  /** `Settings[0].Item`; empty for the whole. Names only: a value may be a secret. */
  readonly path: string;
  /** Without its subject, which is the path: "must be a string". */
  readonly message: string;
  readonly severity: "error" | "warning";
}

/** More than this nobody reads, and a hostile payload may hold millions. */
const MAX_PROBLEMS = 100;
const MAX_NAME = 100;

/** Collects what is wrong while a payload is walked. */
export class Problems {
  readonly list: Problem[] = [];

  error(path: string, message: string): void {
    this.#add(path, message, "error");
  }

  warn(path: string, message: string): void {
    this.#add(path, message, "warning");
  }

  /** Errors go before warnings when there is room for one only. */
  #add(path: string, message: string, severity: Problem["severity"]): void {
    if (this.list.length >= MAX_PROBLEMS) {
      const last = severity === "error" ? this.list.findLastIndex((problem) => problem.severity === "warning") : -1;
      if (last < 0) return;
      this.list.splice(last, 1);
    }
    this.list.push({ path, message, severity });
  }
}

/** The path of a key below a path. Long and unprintable names are cut: they come from outside. */
export function pathOf(above: string, key: string): string {
  const name = shown(key);
  return above === "" ? name : `${above}.${name}`;
}

export const shown = (name: string): string => {
  const text = name.replaceAll(/[^\x20-\x7e]/g, "?");
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}...` : text;
};
