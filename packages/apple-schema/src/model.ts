/** How a User Enrollment stands to a thing. `ignored`: it may be sent and does nothing. */
export type UserEnrollmentMode = "allowed" | "required" | "forbidden" | "ignored";

/** What Apple says of macOS about a command, a payload type, a declaration, a status item or one key of it. */
export interface OsFacts {
  /** First version of macOS that has it; null where macOS never had it. */
  readonly introduced: string | null;
  /** From this version on it still works and should not be used. */
  readonly deprecated?: string;
  /** From this version on it does not exist. */
  readonly removed?: string;
  /** Apple's name of the access right that the enrollment needs. */
  readonly accessRights?: string;
  readonly deviceChannel?: boolean;
  readonly userChannel?: boolean;
  readonly supervised?: boolean;
  /** Only after automated enrollment. */
  readonly requiresDep?: boolean;
  readonly userApprovedMdm?: boolean;
  /** Profiles: a person may install it by hand. */
  readonly allowManualInstall?: boolean;
  /** Profiles: more than one payload of the type may be there. */
  readonly multiple?: boolean;
  readonly userEnrollment?: UserEnrollmentMode;
  /** Declarations: `supervised`, `user`, `local`. */
  readonly allowedEnrollments?: readonly string[];
  /** Declarations: `system`, `user`. */
  readonly allowedScopes?: readonly string[];
  /** Not in Apple's tables: our corrections say on which processors it works. */
  readonly chip?: "apple" | "intel";
}

export type KeyType = "string" | "integer" | "real" | "boolean" | "date" | "data" | "array" | "dictionary" | "any";

/** A key with what may stand under it. A tree, but for `ref`. */
export interface KeySchema {
  /** Its name; that of an array's item says nothing. */
  readonly key: string;
  readonly type: KeyType;
  readonly required?: true;
  /** The values that it may have. */
  readonly values?: readonly (string | number | boolean)[];
  /** Strings: the values that are known; others are a warning. */
  readonly known?: readonly string[];
  /** Least and greatest value; null where there is no bound. */
  readonly range?: readonly [number | null, number | null];
  /** Regular expression that the whole string fits. */
  readonly format?: string;
  readonly default?: string | number | boolean;
  /** Arrays: least and greatest number of items; null where there is no bound. */
  readonly count?: readonly [number | null, number | null];
  /** Declarations: how several values become one. */
  readonly combine?: string;
  /** Declarations: types of assets that this key may name. */
  readonly assetTypes?: readonly string[];
  readonly assetContentTypes?: readonly string[];
  /** Dictionaries: the keys that it may hold. Without this and without `any` it may hold anything. */
  readonly keys?: readonly KeySchema[];
  /** Dictionaries: what stands under keys that are not listed. */
  readonly any?: KeySchema;
  /** Arrays: what an item may be, one of these. Without this, anything. */
  readonly items?: readonly KeySchema[];
  /** Stands for the definition of this name in its entry. */
  readonly ref?: string;
  /** In a decoded entry all that holds, inherited values too; in a table only what differs from the key above. */
  readonly os?: OsFacts;
}

/** One command, payload type, declaration, status item, check-in message or error. */
export interface SchemaEntry {
  readonly os: OsFacts;
  readonly keys: readonly KeySchema[];
  /** Commands: the keys of the answer. */
  readonly response?: readonly KeySchema[];
  /** Keys that are named by `ref`, because they hold themselves or stand in several places. */
  readonly definitions?: Readonly<Record<string, KeySchema>>;
  /** Declarations: whether one (`single`), the first, or all of several count. */
  readonly apply?: string;
}

/** A row of a generated table: name -> JSON of an entry whose keys inherit. */
export type Table = Readonly<Record<string, string>>;
/** An entry as a table or a correction holds it: what a key does not say it inherits. */
export type TableKey = Omit<KeySchema, "os" | "keys" | "any" | "items"> & {
  readonly os?: Partial<OsFacts>;
  readonly keys?: readonly TableKey[];
  readonly any?: TableKey;
  readonly items?: readonly TableKey[];
};
export interface TableEntry {
  readonly os: OsFacts;
  readonly keys?: readonly TableKey[];
  readonly response?: readonly TableKey[];
  readonly definitions?: Readonly<Record<string, TableKey>>;
  readonly apply?: string;
}

/** The tables. `error` holds the bodies of Apple's 403 answers. */
export type TableKind = "command" | "check-in" | "profile" | "declaration" | "status-item" | "credential" | "error";
