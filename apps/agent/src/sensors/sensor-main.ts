/** The sensor process of a checkout: `node sensor-main.ts [--tools DIR]`. The bundled agent calls `runSensorProcess` for `--sensor`. */
import { runSensorProcess } from "./sensor-process.ts";

runSensorProcess(process.argv.slice(2));
