import { FEATURES, LIBRARIES, MAX_KERNEL_FILES, MAX_LINES, PACKAGES, ROOMS } from "./table.ts";

/** The architecture table in Markdown, for ARCHITECTURE.md. */
export function describeTable(): string {
  return [
    "| room | may import | Node |",
    "| --- | --- | --- |",
    ...Object.entries(PACKAGES).map(
      ([name, may]) => `| packages/${name} (pure) | ${may.join(", ") || "nothing"} | no |`,
    ),
    ...ROOMS.map(({ name, may, node }) => `| ${name} | ${may.join(", ")} | ${nodeRight(node)} |`),
    "",
    `Features, lowest to highest; each may enter those before it by \`index.ts\`: ${FEATURES.join(" · ")}.`,
    "",
    "| library | only in |",
    "| --- | --- |",
    ...Object.entries(LIBRARIES).map(([name, places]) => `| ${name} | ${places.map(readable).join(", ")} |`),
    "",
    `Hand-written files have at most ${MAX_LINES} lines, the kernel at most ${MAX_KERNEL_FILES} files.`,
    "",
  ].join("\n");
}

function nodeRight(node: boolean | readonly string[]): string {
  if (typeof node === "boolean") return node ? "yes" : "no";
  return node.join(", ");
}

/** A path pattern as people write it: anchors and escapes gone, `.*` as a star, alternatives in braces. */
const readable = (pattern: RegExp): string =>
  `\`${pattern.source
    .replace(/^\^|\$$/g, "")
    .replaceAll("\\/", "/")
    .replaceAll("(.*/)?mqtt[^/]*(/|\\.ts$)", "**/mqtt*")
    .replaceAll(".*\\.", "**/*.")
    .replaceAll("\\.", ".")
    .replaceAll(/\(([^)]*)\)/g, (_, inner: string) => `{${inner.replaceAll("|", ",")}}`)}\``;
