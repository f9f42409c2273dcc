/** What a handler may know of a call beside its parameters. */
export interface RequestFacts {
  /** Address of the client, through trusted proxies. */
  readonly remoteAddress: string;
  /** Host name under which the client reached us, without port. */
  readonly host: string;
}
