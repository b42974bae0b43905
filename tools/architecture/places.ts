import { PACKAGES, ROOMS } from "./table.ts";

/** Where a file stands: what the rules need to know of it. */
export interface Place {
  readonly file: string;
  /** The room's name; a pure package's is `package plist`. */
  readonly room: string;
  /** The npm workspace (or `tools`) that the file belongs to: its folder. */
  readonly workspace: string;
  readonly feature: string | undefined;
  readonly adapter: string | undefined;
  /** `.sql.ts` and its like: the edge that the file's suffix names. */
  readonly edge: string | undefined;
  readonly isTest: boolean;
}

const TEST = /\.(test|testing)\.tsx?$|\/testing\//;

/** The place of a file by its path, or undefined when it stands in no room of the table. */
export function placeOf(file: string): Place | undefined {
  const room = roomOf(file);
  if (room === undefined) return undefined;
  return {
    file,
    room,
    workspace: /^(packages|apps)\/[^/]+/.exec(file)?.[0] ?? file.split("/", 1)[0] ?? file,
    feature: /^apps\/server\/src\/features\/([^/]+)\//.exec(file)?.[1],
    adapter: /^apps\/server\/src\/adapters\/([^/]+)/.exec(file)?.[1],
    edge: /\.(sql|http|mqtt|job)\.ts$/.exec(file)?.[0],
    isTest: TEST.test(file),
  };
}

function roomOf(file: string): string | undefined {
  const found = ROOMS.find((room) => room.path.test(file));
  if (found !== undefined) return found.name;
  const name = /^packages\/([^/]+)\//.exec(file)?.[1];
  return name !== undefined && name in PACKAGES ? `package ${name}` : undefined;
}
