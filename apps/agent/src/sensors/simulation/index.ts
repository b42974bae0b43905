export { execLine, forkLine, type LineProcess } from "./event-lines.ts";
export { type FakeEsloggerStep, installFakeEslogger } from "./fake-eslogger.ts";
