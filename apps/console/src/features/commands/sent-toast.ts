import { toast } from "../../kit/toasts.ts";

interface Sent {
  readonly notBefore: string | null;
  readonly hold: string | null;
  readonly warnings?: readonly { readonly path: string; readonly message: string }[];
}

/** What happens next to a command that was just queued, and what Apple's tables have against it. */
export const sentToast = (requestType: string, { notBefore, hold, warnings = [] }: Sent): void => {
  const [first] = warnings;
  const next =
    hold !== null
      ? "A second person has to approve it."
      : notBefore !== null
        ? "Until its undo window ends it can be taken back here."
        : "It is sent when the Mac next asks; a push wakes the Mac.";
  toast({
    tone: first === undefined ? "progress" : "attention",
    title: `${requestType} is pending`,
    text:
      first === undefined
        ? next
        : `${next} Apple's tables say: ${first.path === "" ? "" : `${first.path} `}${first.message}${
            warnings.length > 1 ? `, and ${warnings.length - 1} more` : ""
          }.`,
  });
};
