export { configFrom, readSettings, SETTINGS, type ServerConfig, type Shipped } from "./config.ts";
export { changeMasterKey } from "./main/keys.ts";
export { type RunningServer, startServer } from "./main.ts";
