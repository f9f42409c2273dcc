/** Name lengths that the database holds, in code points. */
export const NAME_LENGTH = 128;
export const FACT_LENGTH = 64;
/** Complete catalogues that must agree before a channel or a node of the tree is gone. */
export const MISSES_TO_GO = 2;
