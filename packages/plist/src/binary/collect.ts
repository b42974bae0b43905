import { type BuildOptions, keysOf } from "../build-options.ts";
import { BuildTrail } from "../build-trail.ts";
import { isDictionary } from "../read.ts";
import type { PlistDictionary, PlistValue } from "../value.ts";
import { type BinaryScalar, identityOf, scalarOf } from "./scalar.ts";

/** A scalar, or a container whose members are references into the list of objects. */
export type FlatObject =
  | BinaryScalar
  | { readonly kind: "array"; readonly refs: readonly number[] }
  | { readonly kind: "dictionary"; readonly keys: readonly number[]; readonly values: readonly number[] };

interface Collecting {
  readonly options: BuildOptions;
  readonly trail: BuildTrail;
  readonly objects: FlatObject[];
  /** References of the scalars that are in the list, by what makes them equal. */
  readonly known: Map<unknown, number>;
}

/** Lays a value out as the flat list of a binary property list, top object first, every equal scalar once. */
export function collectObjects(value: PlistValue, options: BuildOptions): readonly FlatObject[] {
  const collecting: Collecting = { options, trail: new BuildTrail(), objects: [], known: new Map() };
  collect(collecting, value);
  return collecting.objects;
}

function collect(collecting: Collecting, value: PlistValue): number {
  if (Array.isArray(value)) return collectArray(collecting, value);
  if (isDictionary(value)) return collectDictionary(collecting, value);
  const scalar = scalarOf(value, collecting.trail);
  const identity = identityOf(scalar);
  const known = identity === undefined ? undefined : collecting.known.get(identity);
  if (known !== undefined) return known;
  const ref = collecting.objects.push(scalar) - 1;
  if (identity !== undefined) collecting.known.set(identity, ref);
  return ref;
}

function collectArray(collecting: Collecting, items: readonly PlistValue[]): number {
  const { objects, trail } = collecting;
  const refs: number[] = [];
  const ref = objects.push({ kind: "array", refs }) - 1;
  trail.enter(items);
  for (let index = 0; index < items.length; index++) {
    trail.step(index);
    refs.push(collect(collecting, items[index]!));
  }
  trail.leave(items);
  return ref;
}

function collectDictionary(collecting: Collecting, dictionary: PlistDictionary): number {
  const { objects, trail, options } = collecting;
  const keys: number[] = [];
  const values: number[] = [];
  const ref = objects.push({ kind: "dictionary", keys, values }) - 1;
  const names = keysOf(dictionary, options);
  trail.enter(dictionary);
  for (const name of names) {
    trail.step(name);
    keys.push(collect(collecting, name));
  }
  for (const name of names) {
    trail.step(name);
    values.push(collect(collecting, dictionary[name]!));
  }
  trail.leave(dictionary);
  return ref;
}
