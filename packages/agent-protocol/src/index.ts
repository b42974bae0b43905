export * from "./canonical-json.ts";
export * from "./down.ts";
export * from "./envelope.ts";
export * from "./https.ts";
export * from "./orders.ts";
export * from "./settings.ts";
export * from "./topic.ts";
export * from "./up.ts";
