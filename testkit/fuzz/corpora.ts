import { readdirSync, readFileSync } from "node:fs";
import { decodePem } from "@pomona/pki";

const fixtures = new URL("../../fixtures/", import.meta.url);

export const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, fixtures)));

/** Files of a folder whose names fit. */
export const fixturesIn = (folder: string, names: RegExp): readonly Uint8Array[] =>
  readdirSync(new URL(folder, fixtures))
    .filter((name) => names.test(name))
    .sort()
    .map((name) => fixture(`${folder}/${name}`));

/** What the PEM blocks of such files hold. */
export const pemsIn = (folder: string, names: RegExp): readonly Uint8Array[] =>
  fixturesIn(folder, names).flatMap((text) => decodePem(Buffer.from(text).toString("latin1")).map(({ der }) => der));
