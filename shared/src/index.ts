export { CORE_ERROR_CODES, type CoreErrorCode } from './error-codes.ts';
export { PTZ_DIRECTIONS, PTZ_LENS, type PtzDirection, type PtzLens, type PtzMove } from './ptz.ts';
