/** The build stops with the whole list of what is wrong, each line naming its file. */
export class BuildFault extends Error {
  readonly faults: readonly string[];

  constructor(what: string, faults: readonly string[]) {
    super(`${what}\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'BuildFault';
    this.faults = faults;
  }
}
