const SECRET_NAME = /(?:pass(?:word|phrase|wd)?|secret|token|api-?key|credential|auth(?:orization)?|private-?key)$/i;
const USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi;
const HEADER = /^((?:proxy-)?authorization|cookie|x-[a-z-]*(?:key|token)):.*/is;

/**
 * Arguments as they may leave the Mac: values of options that are named like secrets, credentials in URLs and headers
 * are replaced. A best effort, since a program may take a secret in any place.
 */
export function redactArguments(args: readonly string[]): string[] {
  let hideNext = false;
  return args.map((argument) => {
    if (hideNext && !argument.startsWith("-")) {
      hideNext = false;
      return "(hidden)";
    }
    const option = /^(-{0,2}[\w.-]+)(?:=(.*))?$/s.exec(argument);
    const isSecret = option?.[1] !== undefined && SECRET_NAME.test(option[1]);
    hideNext = isSecret && option[2] === undefined && argument.startsWith("-");
    if (isSecret && option[2] !== undefined) return `${option[1]}=(hidden)`;
    return argument.replace(HEADER, "$1: (hidden)").replace(USER_INFO, "$1(hidden)@");
  });
}
