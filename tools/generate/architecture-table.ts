import { readFile } from "node:fs/promises";
import path from "node:path";
import { describeTable } from "../architecture/describe.ts";
import type { Generator } from "./generator.ts";

const BEGIN = "<!-- generated: architecture table -->";
const END = "<!-- end of generated -->";

/** The part of ARCHITECTURE.md between the markers, from the table that the check enforces. */
export const architectureTable: Generator = async (root) => {
  const file = "ARCHITECTURE.md";
  const text = await readFile(path.join(root, file), "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${file} has lost its markers ${BEGIN} and ${END}`);
  return new Map([[file, `${text.slice(0, begin + BEGIN.length)}\n\n${describeTable()}\n${text.slice(end)}`]]);
};
