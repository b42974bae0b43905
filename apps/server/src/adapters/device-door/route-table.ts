import type { HttpRoute } from "../../kernel/feature.ts";

export interface FoundRoute {
  readonly route: HttpRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** Features' routes on this door, by method and path. */
export class RouteTable {
  readonly #routes: readonly {
    readonly route: HttpRoute;
    readonly pattern: RegExp;
    readonly names: readonly string[];
  }[];

  constructor(routes: readonly HttpRoute[]) {
    this.#routes = routes.map((route) => ({ route, ...compile(route.path) }));
  }

  /** @param path without its query. @returns "no-method" when only the method does not fit */
  find(method: string, path: string): FoundRoute | "no-method" | undefined {
    let isKnownPath = false;
    for (const { route, pattern, names } of this.#routes) {
      const match = pattern.exec(path);
      if (match === null) continue;
      isKnownPath = true;
      if (route.method !== method) continue;
      const params = Object.fromEntries(names.map((name, index) => [name, decoded(match[index + 1]!)]));
      return { route, params };
    }
    return isKnownPath ? "no-method" : undefined;
  }
}

/** `{name}` is one part of the path, `{name...}` at the end takes the rest. */
function compile(path: string): { readonly pattern: RegExp; readonly names: readonly string[] } {
  const names: string[] = [];
  const pattern = path.replace(
    /[.*+?^$()|[\]\\]|\{(\w+)(\.\.\.)?\}/g,
    (part, name: string | undefined, rest?: string) => {
      if (name === undefined) return `\\${part}`;
      names.push(name);
      return rest === undefined ? "([^/]+)" : "(.+)";
    },
  );
  return { pattern: new RegExp(`^${pattern}$`), names };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
