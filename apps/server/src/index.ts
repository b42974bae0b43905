export { configFrom, readSettings, SETTINGS, type ServerConfig, type Shipped } from "./config.ts";
export { type RunningServer, startServer } from "./main.ts";
