import type { EsloggerFaults } from "../endpoint-security/eslogger-faults.ts";
import type { EsStream } from "../endpoint-security/event-stream.ts";
import type { MacModel } from "../model/mac-model.ts";

/** A dialog that a user of the virtual Mac was shown. */
export interface ShownDialog {
  readonly at: number;
  readonly user: string;
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly url: string;
}

/** What the tools of one Mac read and change. */
export interface ToolContext {
  readonly model: MacModel;
  readonly events: EsStream;
  readonly eslogger: EsloggerFaults;
  /** Every start of a tool with its arguments, as a process list would have shown it. */
  readonly started: string[];
  /** Whether whoever runs the tools was granted Full Disk Access by a PPPC profile. */
  hasFullDiskAccess(): boolean;
  /** A tool that changed the model says so: it goes to the disk, and so does what follows from it. */
  modelChanged(): Promise<void>;
  /** Shows a dialog; answers the button that the user chose. */
  showDialog(dialog: ShownDialog): Promise<string>;
}

/** One run of a tool: it writes as a process does, and `ended` says when its process is gone. */
export interface ToolRun {
  readonly argv: readonly string[];
  /** What it was given on standard input; empty for tools that do not say in their arguments that they read it. */
  stdin(): string;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Bytes that were written and not yet taken. */
  readonly waiting: () => number;
  readonly ended: AbortSignal;
}

/** A tool of macOS: answers its exit code. */
export type Tool = (run: ToolRun, context: ToolContext) => number | Promise<number>;

/** A tool that prints one text. */
export const printing =
  (print: (model: MacModel, argv: readonly string[]) => string | undefined, otherwise = "usage"): Tool =>
  (run, { model }) => {
    const text = print(model, run.argv);
    if (text === undefined) {
      run.stderr(`${otherwise}\n`);
      return 1;
    }
    run.stdout(text);
    return 0;
  };
