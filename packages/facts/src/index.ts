export * from "./catalog.ts";
export * from "./fact.ts";
export * from "./ids.ts";
