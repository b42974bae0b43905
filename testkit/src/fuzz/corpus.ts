import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What broke something begins with this and is kept for good; the rest can be chosen anew. */
const FOUND = "found-";
const nameOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 12);

/** The inputs of one parser that were worth keeping: a folder with a file for each, which any language can read. */
export class Corpus {
  readonly #folder: string;

  /** @param folder not given: that of this name in fixtures/fuzz */
  constructor(name: string, folder = fileURLToPath(new URL(`../../../fixtures/fuzz/${name}`, import.meta.url))) {
    this.#folder = folder;
  }

  read(): readonly Uint8Array[] {
    if (!existsSync(this.#folder)) return [];
    const files = readdirSync(this.#folder).sort();
    return files.map((file) => new Uint8Array(readFileSync(path.join(this.#folder, file))));
  }

  keepFound(bytes: Uint8Array): string {
    return this.#write(`${FOUND}${nameOf(bytes)}`, bytes);
  }

  /** Puts these in the place of all but those that broke something. */
  replace(inputs: readonly Uint8Array[]): void {
    mkdirSync(this.#folder, { recursive: true });
    for (const file of readdirSync(this.#folder)) if (!file.startsWith(FOUND)) rmSync(path.join(this.#folder, file));
    for (const input of inputs) this.#write(nameOf(input), input);
  }

  #write(name: string, bytes: Uint8Array): string {
    mkdirSync(this.#folder, { recursive: true });
    const file = path.join(this.#folder, name);
    writeFileSync(file, bytes);
    return file;
  }
}
