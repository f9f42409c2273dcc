/**
 * Why a raw_data_block is not decoded. `cut-off`: it ends too early; `reserved`: a value that has no meaning;
 * `not-lc`: a tool that AAC-LC has not; `layout`: channels that are neither one nor two; `pce`: a
 * program_config_element, which may say any channels.
 */
export type AacFault = 'cut-off' | 'reserved' | 'not-lc' | 'layout' | 'pce';
