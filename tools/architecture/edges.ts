import path from "node:path";
import type { ImportEdge } from "./imports.ts";
import { type Place, placeOf } from "./places.ts";
import type { Target } from "./resolve.ts";
import {
  CORE_MAY_IMPORT,
  EXCEPTIONS,
  FEATURES,
  LIBRARIES,
  NODE_MODULES,
  PACKAGES,
  ROOMS,
  TEST_LIBRARIES,
  TESTS_MAY,
} from "./table.ts";

/** Why an import is refused, or undefined when a row of the table allows it. */
export function refuse(from: Place, edge: ImportEdge, target: Target): string | undefined {
  const to = target.kind === "library" ? target.library : target.kind === "node" ? target.module : undefined;
  if (to !== undefined && EXCEPTIONS.some((e) => e.from.test(from.file) && e.to === to && (edge.isType || !e.types))) {
    return undefined;
  }
  switch (target.kind) {
    case "missing":
      return "resolves to no file of the repository";
    case "node":
      return refuseNode(from, target.module);
    case "library":
      return refuseLibrary(from, target.library);
    case "asset":
      return target.file.startsWith(`${from.workspace}/`)
        ? undefined
        : "a file of another workspace enters by its door";
    case "file": {
      const place = placeOf(target.file);
      if (place === undefined) return "stands in no room of the table";
      return refuseFile(from, place, target.isByName);
    }
  }
}

function refuseNode(from: Place, module: string): string | undefined {
  if (from.isTest) return undefined;
  const right = ROOMS.find((room) => room.name === from.room)?.node ?? false;
  if (right === false) return `${from.room} does no I/O and has no Node`;
  if (Array.isArray(right) && !right.includes(module)) return `${from.room} may use only ${right.join(", ")}`;
  const places = NODE_MODULES[module];
  return places === undefined || places.some((place) => place.test(from.file))
    ? undefined
    : `${module} has its own places`;
}

function refuseLibrary(from: Place, library: string): string | undefined {
  const places = LIBRARIES[library];
  if (from.isTest || from.room === "walks") {
    return places !== undefined || TEST_LIBRARIES.includes(library)
      ? undefined
      : `${library} is not in the table of libraries`;
  }
  if (places === undefined) return `${library} is not in the table of libraries`;
  return places.some((place) => place.test(from.file)) ? undefined : `${library} has one adapter, and this is not it`;
}

function refuseFile(from: Place, to: Place, isByName: boolean): string | undefined {
  if (to.isTest && !from.isTest) return "only tests import tests and testing files";
  if (to.isTest && from.workspace === to.workspace) return undefined;
  if (from.workspace !== to.workspace && !isByName) return `enter ${to.workspace} by its name and door`;
  if (from.file.startsWith("packages/") && to.file.startsWith("packages/")) return refusePackage(from, to);
  if (from.room === to.room) return refuseInside(from, to);
  if (!mayEnter(from, to)) return `${from.room} may not import ${to.room}`;
  return to.room === "feature" ? refuseDoor(from, to) : undefined;
}

function mayEnter(from: Place, to: Place): boolean {
  const own = ROOMS.find((room) => room.name === from.room)?.may ?? [];
  const more = from.isTest ? (TESTS_MAY[from.room.startsWith("package ") ? "package" : from.room] ?? []) : [];
  const rights = [...own, ...more];
  return rights.includes(to.room) || (to.room.startsWith("package ") && rights.includes("packages"));
}

function refusePackage(from: Place, to: Place): string | undefined {
  if (from.room === to.room || from.isTest) return undefined;
  if (from.room === "pki/node" && to.room === "package pki") return undefined;
  if (to.room === "pki/node") return "packages/pki/node is for programs, not for pure packages";
  const allowed = PACKAGES[from.room.slice("package ".length)] ?? [];
  return allowed.includes(to.room.slice("package ".length)) ? undefined : `${from.room} may not use ${to.room}`;
}

/** Both files are of one room: what a feature may see of itself and of others, and an adapter of others. */
function refuseInside(from: Place, to: Place): string | undefined {
  if (from.room === "adapter" && from.adapter !== to.adapter && !from.isTest)
    return "an adapter does not know another one";
  if (from.room !== "feature") return undefined;
  if (from.feature !== to.feature) return refuseOtherFeature(from, to);
  if (from.isTest) return undefined;
  const isManifest = path.posix.basename(from.file) === "feature.ts";
  const isDoor = path.posix.basename(from.file) === "index.ts";
  if (path.posix.basename(to.file) === "feature.ts" && !isDoor)
    return "nothing inside a feature but its door imports its manifest";
  if (to.edge === undefined || isManifest || from.edge === to.edge) return undefined;
  if (CORE_MAY_IMPORT.includes(to.edge)) return undefined;
  return from.edge === undefined
    ? "a feature's core does not import its edges"
    : "an edge does not import another kind of edge";
}

function refuseOtherFeature(from: Place, to: Place): string | undefined {
  const [low, high] = [FEATURES.indexOf(to.feature ?? ""), FEATURES.indexOf(from.feature ?? "")];
  if (low < 0 || high < 0) return `${low < 0 ? to.feature : from.feature} is not in the table of features`;
  if (low > high) return `${from.feature} stands below ${to.feature}: publish a fact instead`;
  const isDoor = to.file === `apps/server/src/features/${to.feature}/index.ts`;
  return isDoor || (from.isTest && to.edge !== undefined) ? undefined : `enter ${to.feature} by its index.ts`;
}

/** A feature entered from outside the features: by main (manifest and doors and edges), by adapters (ports and doors). */
function refuseDoor(from: Place, to: Place): string | undefined {
  const name = to.file.slice(`apps/server/src/features/${to.feature}/`.length);
  const doors = from.room === "main" || from.isTest ? ["feature.ts", "index.ts", "ports.ts"] : ["index.ts", "ports.ts"];
  if (doors.includes(name) || (from.isTest && to.edge !== undefined)) return undefined;
  return `enter ${to.feature} by ${doors.join(" or ")}`;
}
