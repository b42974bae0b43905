/** What we use of `node:ffi` (Node 26.1 on, experimental; absent in Node 24). */
interface Ffi {
  readonly dlopen: (path: string, definitions: object) => { readonly functions: Record<string, unknown> };
}

/**
 * Finds a function `int name(buffer, int)` in a system library, or undefined where Node has no ffi, or the library no such symbol.
 * The memory is borrowed for the time of the call only.
 */
export function nativeFunction(
  library: string,
  name: string,
): ((bytes: Uint32Array, value: number) => number) | undefined {
  const ffi = process.getBuiltinModule("node:ffi") as Ffi | undefined;
  if (ffi === undefined) return undefined;
  try {
    const { functions } = ffi.dlopen(library, { [name]: { arguments: ["buffer", "int32"], return: "int32" } });
    return functions[name] as (bytes: Uint32Array, value: number) => number;
  } catch {
    return undefined;
  }
}
