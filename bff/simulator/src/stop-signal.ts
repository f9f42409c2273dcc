/** A terminal and a wrapper may both pass the same key press on. */
const SAME_PRESS_MS = 1_000;
/** Exit code of what was ended by SIGINT. */
const INTERRUPTED = 130;

/** Aborted by SIGINT or SIGTERM, or when the parent process is gone. A later signal ends the process at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const onSignal = (): void => {
    const nowMs = performance.now();
    firstAtMs ??= nowMs;
    if (nowMs - firstAtMs > SAME_PRESS_MS) process.exit(INTERRUPTED);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.once('disconnect', () => {
    controller.abort();
  });
  return controller.signal;
}
