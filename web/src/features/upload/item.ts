/** One file on its way to the server, and what can become of it. */

/** A file as it was dropped or chosen; the path tells files of the same name apart ("Summer/IMG_1.jpg"). */
export interface Found {
  file: File;
  path: string;
}

/** In this order; the last four are final. */
export type Stage =
  | 'waiting' // nobody has looked at it yet
  | 'hashing'
  | 'hashed'
  | 'checking' // the server is being asked whether it has it
  | 'ready'
  | 'sending'
  | 'added'
  | 'here' // the server had it already
  | 'failed'
  | 'cancelled';

/** Why a file was not taken; the words are in messages (upload.why.…). */
export type FailureKind =
  | 'unreadable'
  | 'empty'
  | 'type'
  | 'quota'
  | 'too-big'
  | 'full'
  | 'connection'
  | 'server'
  | 'refused';

export interface Failure {
  kind: FailureKind;
  /** The server's own words, when ours do not say enough. */
  detail?: string | undefined;
  /** To look the request up in the server's log. */
  id?: string | undefined;
}

export class Item {
  readonly name: string;
  readonly size: number;
  stage: Stage = 'waiting';
  /** Of the file as it is now; base64. */
  checksum = '';
  /** Bytes that have left this device in the current attempt. */
  sent = 0;
  attempts = 0;
  failure: Failure | undefined;
  /** It was there already, and in the trash. */
  isTrashed = false;
  /** Ends what is being done with it. */
  abort: AbortController | undefined;

  constructor(
    readonly key: number,
    readonly path: string,
    /** A handle, not the contents. Null once it is on the server, so that the browser can let go of it. */
    public file: File | null,
    /** Its XMP sidecar, sent with it. */
    public sidecar: File | null,
  ) {
    this.name = file!.name;
    this.size = file!.size;
  }

  get settled(): boolean {
    return this.stage === 'added' || this.stage === 'here' || this.stage === 'failed' || this.stage === 'cancelled';
  }
}
