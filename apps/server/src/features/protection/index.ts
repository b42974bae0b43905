export { DesiredStates } from "./desired-state.ts";
