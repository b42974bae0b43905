/** Variables that make Node, OpenSSL or the loader run or trust something else; `NODE_` in the agent's environment is never ours. */
const FORBIDDEN = /^(?:NODE_.*|SSL_CERT_(?:FILE|DIR)|OPENSSL_.*|LD_(?:PRELOAD|LIBRARY_PATH|AUDIT)|DYLD_.*)$/;
/** They change nothing in this program; test runners and npm set them for their children. */
const HARMLESS = new Set(["NODE_TEST_CONTEXT", "NODE_ENV", "NODE_NO_WARNINGS", "NODE_DISABLE_COLORS", "NODE_VERSION"]);
const FORBIDDEN_FLAGS =
  /^--(?:inspect|require|import|loader|experimental-loader|eval|env-file|tls-keylog|use-openssl-ca)/;

/**
 * What in the environment or in Node's own flags would let somebody else into this process, which runs as root.
 * @returns the first name that is refused, never its value
 */
export function forbiddenInfluence(
  env: Readonly<Record<string, string | undefined>>,
  execArgv: readonly string[],
): string | undefined {
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && FORBIDDEN.test(name) && !HARMLESS.has(name)) return name;
  }
  return execArgv.find((flag) => FORBIDDEN_FLAGS.test(flag) || flag === "-r" || flag === "-e")?.split("=")[0];
}
