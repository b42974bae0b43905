export { bringPushCertificate, eventually, openStage, type Stage, type StageParts, stageOver } from "./stage.ts";
